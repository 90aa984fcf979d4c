import { WallClock } from './clock.ts';
import { makeSortable, placeTip, setUpTheme } from './controls.ts';
import { details, recordPanel, sentence } from './details.ts';
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

/** Shows a panel with something in it; `focus`: who came by key goes on in it. */
const fill = (box: HTMLElement | undefined, nodes: readonly Node[], focus: boolean): void => {
  if (!box) return;
  box.replaceChildren(...nodes);
  box.hidden = false;
  if (focus) box.focus();
};

/** Hides a panel; the keys go back to where they came from when they were in it. */
const hide = (box: HTMLElement | undefined, back: HTMLElement | undefined): void => {
  if (!box || box.hidden) return;
  const inside = box.contains(document.activeElement);
  box.hidden = true;
  if (inside) back?.focus();
};

const toLog = (): void => find('log')?.scrollIntoView();

const openRecord = (record: PageRecord, by: 'key' | 'pointer'): void => {
  const close = () => hide(recordBox, grid);
  const nodes = recordPanel(record, clock, { logOf, showAt, close });
  fill(recordBox, nodes, by === 'key');
};
const log = grid && new LogGrid(grid, model, clock, openRecord);
const timeline = canvas && new Timeline(canvas, model, clock);

const logOf = (cause: string): void => {
  log?.only(cause);
  toLog();
};

/** Moves the timeline to a record: to a span of its run or cause at that moment, if there is one. */
const showAt = ({ at, item, run, cause }: PageRecord): void => {
  const spans = model.spans.filter((span) => (run === null ? span.cause === cause : span.run === run));
  const inside = spans.filter(({ start, finish }) => start <= at && at <= finish);
  const nearest = inside.findLast((span) => span.item === item) ?? inside.at(-1) ?? spans[0];
  const span = cause === null ? undefined : nearest;
  if (span) open(span, 'key');
  else if (timeline) timeline.view = { from: at - 30e9, to: at + 30e9 };
  find('timeline')?.scrollIntoView();
};

const close = (): void => {
  hide(panel, canvas);
  timeline?.arrange();
  timeline?.frame(undefined);
};

/** Why a span failed, as the table of errors says it. */
const whyOf = ({ type, index }: TimelineEntry): string | null =>
  (type === 'span' &&
    document.querySelector(`#errors button[data-span="${index}"]`)?.closest('tr')?.querySelector('.why')
      ?.textContent) ||
  null;

/** Shows all about a span or a decision; the log shows what has the same cause. */
const open = (thing: TimelineEntry, by: 'key' | 'pointer'): void => {
  timeline?.pointAt(thing);
  timeline?.frame(thing);
  if (thing.cause !== null) log?.only(thing.cause);
  const wishes = {
    zoomTo: (one: TimelineEntry) => timeline?.zoomTo(one),
    open: (one: TimelineEntry) => open(one, 'key'),
    logOf,
    record: (record: PageRecord) => {
      log?.pointAt(record);
      openRecord(record, 'key');
      toLog();
    },
    close,
  };
  fill(panel, details(thing, whyOf(thing), model, clock, wishes), by === 'key');
  if (panel) panel.scrollTop = 0;
  timeline?.arrange();
};

/** Shows a part of the timeline with the details of what is there. */
const openAt = (thing: TimelineEntry): void => {
  open(thing, 'key');
  timeline?.zoomTo(thing);
  find('stage')?.scrollIntoView();
};

if (timeline) {
  const said = find('said');
  const point = (thing: TimelineEntry | undefined, x: number, y: number) => {
    placeTip(thing && sentence(thing, clock), thing, x, y);
    if (said && thing && thing === timeline.at) said.textContent = sentence(thing, clock);
  };
  setUpPanZoom(timeline, { point, open, close });
  timeline.arrange();
}
setUpTheme(() => timeline?.recolour());

for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) makeSortable(table);
for (const box of [panel, recordBox])
  box?.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    if (box === panel) close();
    else hide(box, grid);
  });

/** Buttons in the tables: an item, a failed span, a record. */
document.addEventListener('click', ({ target }) => {
  const { item, span, record } = (target instanceof Element && target.closest('button')?.dataset) || {};
  if (item !== undefined) {
    const lanes = find<HTMLInputElement>('lanes');
    if (lanes) lanes.value = item;
    lanes?.dispatchEvent(new Event('input'));
    find('timeline')?.scrollIntoView();
  } else if (span !== undefined) {
    const thing = model.spans[Number(span)];
    if (thing) openAt(thing);
  } else if (record !== undefined) {
    const one = model.records[Number(record)];
    if (!one) return;
    if (timeline) timeline.view = { from: one.at - 30e9, to: one.at + 30e9 };
    log?.pointAt(one);
    openRecord(one, 'key');
    recordBox?.scrollIntoView({ block: 'end' });
  }
});
