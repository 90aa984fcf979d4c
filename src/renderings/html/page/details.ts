import { showNs } from '../../duration.ts';
import type { WallClock } from './clock.ts';
import { badgeElement, button, factList, make } from './dom.ts';
import {
  attributesOf,
  LEVEL_NAMES,
  type PageModel,
  type PageRecord,
  type PageSpan,
  type TimelineEntry,
} from './page-model.ts';

/** What the panel of a record can ask for. */
export interface RecordActions {
  logOf(cause: string): void;
  showAt(record: PageRecord): void;
  close(): void;
}

/** The panel about one record: all of its message. */
export const recordPanel = (record: PageRecord, clock: WallClock, wishes: RecordActions): Node[] => {
  const { wall, item, who, mark, message, cause, run } = record;
  return [
    make(
      'div',
      { class: 'head' },
      make('h3', {}, 'Record'),
      button('Show in the timeline', () => wishes.showAt(record)),
      ...(cause === null ? [] : [button(`Only ${cause}`, () => wishes.logOf(cause))]),
      ...(run === null ? [] : [button(`Only ${run}`, () => wishes.logOf(run))]),
      button('Close', () => wishes.close()),
    ),
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

/** What the details can ask for. */
export interface DetailsActions {
  zoomTo(thing: TimelineEntry): void;
  open(thing: TimelineEntry): void;
  /** The log of a cause or a run. */
  logOf(cause: string): void;
  record(record: PageRecord): void;
  close(): void;
}

/** So many related spans and records are listed. */
const MOST = 100;

/** `Backup: success, 3.2 s`, for a list and for who listens. */
export const sentence = (thing: TimelineEntry, clock: WallClock): string => {
  const { start, finish, wall } = thing;
  const what =
    thing.type === 'instant'
      ? ''
      : `, ${thing.open ? 'open' : (thing.outcome ?? 'no outcome told')}, ${showNs(finish - start)}`;
  return `${titleOf(thing)}${what}, ${clock.time(wall)}`;
};

const titleOf = ({ category, name }: TimelineEntry): string => (name === category ? category : `${category} ${name}`);

/** Those of the same run, or else of the same cause: in order, what holds others before them. */
const related = ({ spans }: PageModel, { run, cause }: TimelineEntry): readonly PageSpan[] => {
  const same = (span: PageSpan) => (run !== null ? span.run === run : cause !== null && span.cause === cause);
  return spans.filter(same).sort((a, b) => a.start - b.start || b.finish - a.finish);
};

const recordsOf = (model: PageModel, { run, cause }: TimelineEntry): readonly PageRecord[] =>
  run !== null
    ? model.records.filter((record) => record.run === run)
    : cause !== null
      ? model.records.filter((record) => record.cause === cause)
      : [];

const more = (count: number): Node[] =>
  count > MOST ? [make('p', { class: 'note' }, `and ${count - MOST} more`)] : [];

const factsOf = (thing: TimelineEntry, why: string | null, clock: WallClock): HTMLElement => {
  const { item, wall, start, finish, cause, run, category } = thing;
  const span = thing.type === 'span' ? thing : undefined;
  return factList([
    ['item', item],
    ['outcome', span && badgeElement(span.style, span.open ? 'open' : (span.outcome ?? 'not told'))],
    ['why', why],
    [span ? 'started' : 'at', clock.text(wall)],
    ['took', span && `${showNs(finish - start)}${span.open ? ' until the end of the recording' : ''}`],
    ['cause', cause],
    ['run', run],
    ['id', span?.id],
    ...attributesOf(thing.type === 'span' ? thing.began : thing.timeline, category, clock),
    ...attributesOf(span?.ended ?? null, category, clock).filter(
      ([name]) => name !== 'outcome' && !(why !== null && name === 'why'),
    ),
  ]);
};

/** The panel about one span or decision. `why`: of a failure, what it came from. */
export const details = (
  thing: TimelineEntry,
  why: string | null,
  model: PageModel,
  clock: WallClock,
  wishes: DetailsActions,
): Node[] => {
  const spans = related(model, thing);
  const records = recordsOf(model, thing);
  const of = thing.run ?? thing.cause;
  const head = make(
    'div',
    { class: 'head' },
    make('h3', {}, titleOf(thing)),
    button('Zoom to it', () => wishes.zoomTo(thing)),
    ...(thing.cause === null ? [] : [button(`Log of ${thing.cause}`, () => wishes.logOf(thing.cause!))]),
    ...(thing.run === null ? [] : [button(`Log of ${thing.run}`, () => wishes.logOf(thing.run!))]),
    button('Close', () => wishes.close()),
  );
  const list = spans.slice(0, MOST).map((span) =>
    make(
      'li',
      span === thing ? { 'aria-current': 'true' } : {},
      badgeElement(span.style, ''),
      button(titleOf(span), () => wishes.open(span), 'link'),
      make(
        'span',
        { class: 'below' },
        `${clock.time(span.wall)}, ${span.open ? 'open' : showNs(span.finish - span.start)}`,
      ),
    ),
  );
  const lines = records.slice(0, MOST).map((record) =>
    make(
      'li',
      { 'data-level': LEVEL_NAMES[record.level]! },
      make('span', { class: 'below' }, clock.time(record.wall)),
      make('b', {}, LEVEL_NAMES[record.level]!),
      button(record.message || '(empty)', () => wishes.record(record), 'link'),
    ),
  );
  const parts = make('div', { class: 'columns' }, factsOf(thing, why, clock));
  if (list.length > 1 || thing.type === 'instant')
    parts.append(
      make(
        'div',
        {},
        make('h4', {}, `Spans of ${of}`),
        make('ol', { class: 'related' }, ...list),
        ...more(spans.length),
      ),
    );
  if (of !== null)
    parts.append(
      make(
        'div',
        { class: 'wide' },
        make('h4', {}, `Log of ${of}`),
        lines.length > 0 ? make('ol', { class: 'lines' }, ...lines) : make('p', { class: 'empty' }, 'No records.'),
        ...more(records.length),
      ),
    );
  return [head, parts];
};
