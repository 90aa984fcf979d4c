import { WallClock } from './clock.ts';
import { makeSortable, placeTip, setUpTheme } from './controls.ts';
import { detailsPanel, type PanelActions, recordPanel, sentence } from './details.ts';
import { find } from './dom.ts';
import { LogGrid } from './log.ts';
import { type Packed, type PageRecord, type TimelineEntry, unpack } from './page-model.ts';
import { setUpPanZoom } from './pan-zoom.ts';
import { Timeline } from './timeline.ts';

const packed = JSON.parse(find('data')?.textContent ?? '') as Packed;
const model = unpack(packed);
const clock = new WallClock(packed);
document.body.classList.remove('still');

const canvas = find<HTMLCanvasElement>('canvas');
const grid = find('grid');
const panel = find('details');
const recordBox = find('record');

/** Fills and shows a panel; `focus`: moves the focus into it, for actions by key. */
const fill = (box: HTMLElement | undefined, nodes: readonly Node[], focus: boolean): void => {
  if (!box) return;
  box.replaceChildren(...nodes);
  box.hidden = false;
  if (focus) box.focus();
};

/** Hides a panel; moves the focus back if it was in the panel. */
const hide = (box: HTMLElement | undefined, back: HTMLElement | undefined): void => {
  if (!box || box.hidden) return;
  const inside = box.contains(document.activeElement);
  box.hidden = true;
  if (inside) back?.focus();
};

const closeRecord = (): void => hide(recordBox, grid);

const closeDetails = (): void => {
  hide(panel, canvas);
  timeline?.arrange();
  timeline?.select(undefined);
};

const openRecord = (record: PageRecord, by: 'key' | 'pointer'): void =>
  fill(recordBox, recordPanel(record, clock, actions, closeRecord), by === 'key');

const log = grid && new LogGrid(grid, model, clock, openRecord);
const timeline = canvas && new Timeline(canvas, model, clock);

const scrollTo = (id: string): void => find(id)?.scrollIntoView();

/** Half of the range that is shown around a record without a span, ns. */
const AROUND = 30e9;

const actions: PanelActions = {
  zoomTo: (entry) => timeline?.zoomTo(entry),
  open: (entry) => openDetails(entry, 'key'),
  logOf: (cause) => {
    log?.only(cause);
    scrollTo('log');
  },
  openRecord: (record) => {
    log?.pointAt(record);
    openRecord(record, 'key');
    scrollTo('log');
  },
  /** Opens a span of the run or cause of the record at that moment, if there is one. */
  showInTimeline: ({ at, item, run, cause }) => {
    const spans = model.spans.filter((span) => (run === null ? span.cause === cause : span.run === run));
    const inside = spans.filter(({ start, finish }) => start <= at && at <= finish);
    const nearest = inside.findLast((span) => span.item === item) ?? inside.at(-1) ?? spans[0];
    if (cause !== null && nearest) openDetails(nearest, 'key');
    else if (timeline) timeline.view = { from: at - AROUND, to: at + AROUND };
    scrollTo('timeline');
  },
};

/** The reason of a failed span, from the table of errors. */
const whyOf = ({ type, index }: TimelineEntry): string | null => {
  if (type !== 'span') return null;
  const row = document.querySelector(`#errors button[data-span="${index}"]`)?.closest('tr');
  return row?.querySelector('.why')?.textContent ?? null;
};

/** Shows the details of a span or a decision; the log shows records with the same cause. */
const openDetails = (entry: TimelineEntry, by: 'key' | 'pointer'): void => {
  timeline?.pointAt(entry);
  timeline?.select(entry);
  if (entry.cause !== null) log?.only(entry.cause);
  fill(panel, detailsPanel(entry, whyOf(entry), model, clock, actions, closeDetails), by === 'key');
  if (panel) panel.scrollTop = 0;
  timeline?.arrange();
};

if (timeline) {
  const said = find('said');
  const point = (entry: TimelineEntry | undefined, x: number, y: number) => {
    placeTip(entry && sentence(entry, clock), entry, x, y);
    if (said && entry && entry === timeline.focused) said.textContent = sentence(entry, clock);
  };
  setUpPanZoom(timeline, { point, open: openDetails, close: closeDetails });
  timeline.arrange();
}
setUpTheme(() => timeline?.recolour());

for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) makeSortable(table);
const closeOnEscape = (box: HTMLElement | undefined, close: () => void): void =>
  box?.addEventListener('keydown', ({ key }) => key === 'Escape' && close());
closeOnEscape(panel, closeDetails);
closeOnEscape(recordBox, closeRecord);

/** Buttons in the tables: an item, a failed span, a record. */
document.addEventListener('click', ({ target }) => {
  const { item, span, record } = (target instanceof Element && target.closest('button')?.dataset) || {};
  const found = { span: model.spans[Number(span)], record: model.records[Number(record)] };
  if (item !== undefined) {
    const lanes = find<HTMLInputElement>('lanes');
    if (lanes) lanes.value = item;
    lanes?.dispatchEvent(new Event('input'));
    scrollTo('timeline');
  } else if (found.span) {
    openDetails(found.span, 'key');
    timeline?.zoomTo(found.span);
    scrollTo('stage');
  } else if (found.record) {
    const { at } = found.record;
    if (timeline) timeline.view = { from: at - AROUND, to: at + AROUND };
    log?.pointAt(found.record);
    openRecord(found.record, 'key');
    recordBox?.scrollIntoView({ block: 'end' });
  }
});
