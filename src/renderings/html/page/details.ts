import { showNs } from '../../duration.ts';
import type { WallClock } from './clock.ts';
import { badgeElement, button, factList, make } from './dom.ts';
import {
  attributesOf,
  isRelated,
  type PageModel,
  type PageRecord,
  type PageSpan,
  type TimelineEntry,
} from './page-model.ts';
import { RECORD_LEVELS } from './record-filter.ts';

/** What the buttons of a panel do. */
export interface PanelActions {
  zoomTo(entry: TimelineEntry): void;
  open(entry: TimelineEntry): void;
  /** Shows the log of a cause or a run. */
  logOf(cause: string): void;
  openRecord(record: PageRecord): void;
  showInTimeline(record: PageRecord): void;
}

/** The heading of a panel with its buttons. `prefix`: text of the buttons for the log of a cause or a run. */
const panelHead = (
  title: string,
  first: HTMLElement,
  prefix: string,
  { cause, run }: PageRecord | TimelineEntry,
  { logOf }: PanelActions,
  close: () => void,
): HTMLElement =>
  make(
    'div',
    { class: 'head' },
    make('h3', {}, title),
    first,
    ...[cause, run].filter((id) => id !== null).map((id) => button(`${prefix} ${id}`, () => logOf(id))),
    button('Close', close),
  );

/** The panel of one record, with its whole message. */
export const recordPanel = (record: PageRecord, clock: WallClock, actions: PanelActions, close: () => void): Node[] => {
  const { wall, item, who, mark, message, cause, run } = record;
  const first = button('Show in the timeline', () => actions.showInTimeline(record));
  return [
    panelHead('Record', first, 'Only', record, actions, close),
    factList([
      ['time', clock.text(wall)],
      ['item', item],
      ['by', who],
      ['mark', mark],
      ['cause', cause],
      ['run', run],
    ]),
    make('pre', {}, message),
  ];
};

/** How many related spans and records are listed. */
const MOST = 100;

/** `Backup: success, 3.2 s`, for the tooltip and for screen readers. */
export const sentence = (entry: TimelineEntry, clock: WallClock): string => {
  const { start, finish, wall } = entry;
  const what = entry.type === 'instant' ? '' : `, ${outcomeOf(entry)}, ${showNs(finish - start)}`;
  return `${titleOf(entry)}${what}, ${clock.time(wall)}`;
};

const outcomeOf = ({ open, outcome }: PageSpan): string => outcome ?? (open ? 'open' : 'no outcome');

const titleOf = ({ category, name }: TimelineEntry): string => (name === category ? category : `${category} ${name}`);

const more = (count: number): Node[] =>
  count > MOST ? [make('p', { class: 'note' }, `and ${count - MOST} more`)] : [];

const factsOf = (entry: TimelineEntry, why: string | null, clock: WallClock): HTMLElement => {
  const { item, wall, start, finish, cause, run, category } = entry;
  const span = entry.type === 'span' ? entry : undefined;
  return factList([
    ['item', item],
    ['outcome', span && badgeElement(span.style, outcomeOf(span))],
    ['why', why],
    [span ? 'started' : 'at', clock.text(wall)],
    ['duration', span && `${showNs(finish - start)}${span.open ? ' until the end of the recording' : ''}`],
    ['cause', cause],
    ['run', run],
    ['id', span?.id],
    ...attributesOf(entry.type === 'span' ? entry.began : entry.timeline, category, clock),
    ...attributesOf(span?.ended ?? null, category, clock).filter(
      ([name]) => name !== 'outcome' && !(why !== null && name === 'why'),
    ),
  ]);
};

/** The panel of one span or decision. `why`: the reason of a failure. */
export const detailsPanel = (
  entry: TimelineEntry,
  why: string | null,
  model: PageModel,
  clock: WallClock,
  actions: PanelActions,
  close: () => void,
): Node[] => {
  // Outer spans first.
  const spans = model.spans.filter(isRelated(entry)).sort((a, b) => a.start - b.start || b.finish - a.finish);
  const records = model.records.filter(isRelated(entry));
  const of = entry.run ?? entry.cause;
  const below = (text: string): HTMLElement => make('span', { class: 'below' }, text);
  const list = spans.slice(0, MOST).map((span) =>
    make(
      'li',
      span === entry ? { 'aria-current': 'true' } : {},
      badgeElement(span.style, ''),
      button(titleOf(span), () => actions.open(span), 'link'),
      below(`${clock.time(span.wall)}, ${span.open ? 'open' : showNs(span.finish - span.start)}`),
    ),
  );
  const lines = records.slice(0, MOST).map((record) => {
    const level = RECORD_LEVELS[record.level]!;
    const message = button(record.message || '(empty)', () => actions.openRecord(record), 'link');
    return make('li', { 'data-level': level }, below(clock.time(record.wall)), make('b', {}, level), message);
  });
  const columns = make('div', { class: 'columns' }, factsOf(entry, why, clock));
  if (list.length > 1 || entry.type === 'instant') {
    const heading = make('h4', {}, `Spans of ${of}`);
    columns.append(make('div', {}, heading, make('ol', { class: 'related' }, ...list), ...more(spans.length)));
  }
  if (of !== null) {
    const log =
      lines.length > 0 ? make('ol', { class: 'lines' }, ...lines) : make('p', { class: 'empty' }, 'No records.');
    columns.append(make('div', { class: 'wide' }, make('h4', {}, `Log of ${of}`), log, ...more(records.length)));
  }
  const first = button('Zoom to it', () => actions.zoomTo(entry));
  return [panelHead(titleOf(entry), first, 'Log of', entry, actions, close), columns];
};
