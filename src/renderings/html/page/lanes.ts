import { isBad } from './legend.ts';
import type { LaneContent, PageInstant, PageModel, PageSpan, TimelineEntry } from './page-model.ts';
import { byStart, indexFrom, SpanRows, visibleIn } from './span-rows.ts';

/** Height of a row of spans, of a row of instants, and the space above and below, px. */
export const ROW = 16;
export const INSTANT_ROW = 12;
export const PAD = 4;

/** Spans and instants of one item, or of one category of the scheduler. */
export interface Lane {
  readonly key: string;
  /** `condition` of `condition/Backup`; '' for the scheduler. */
  readonly group: string;
  readonly name: string;
  /** By start. Spans in a row do not overlap, except in the last row if `crowded`. */
  readonly rows: readonly (readonly PageSpan[])[];
  readonly crowded: boolean;
  readonly instants: readonly PageInstant[];
  /** px from the top of all lanes; `heading`: the name of its group, above the first lane of it. */
  readonly top: number;
  readonly height: number;
  readonly heading: string | undefined;
}

/** Which lanes and entries are shown. */
export interface LaneFilter {
  readonly hidden: ReadonlySet<string>;
  readonly decisions: boolean;
  /** Part of the key of a lane, in lower case. */
  readonly part: string;
}

const GROUPS = ['', 'event', 'condition', 'task'];
const HEADINGS: Readonly<Record<string, string>> = {
  '': 'Scheduler',
  event: 'Events',
  condition: 'Conditions',
  task: 'Tasks',
};
/** Height of a heading, px. */
export const HEADING = 22;

/** The key of the lane of an entry. */
export const keyOf = ({ item, category }: TimelineEntry): string => item ?? `/${category}`;

/** Puts each span into the first free row, so that inner spans are below outer ones. */
const stacked = (spans: readonly PageSpan[]): SpanRows => {
  const rows = new SpanRows();
  for (const span of spans.toSorted(byStart)) rows.add(span);
  return rows;
};

const grouped = <T extends TimelineEntry>(entries: readonly T[]): ReadonlyMap<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return groups;
};

type Content = Omit<LaneContent, 'category'>;

/** What each lane has, by its key, where the model has it by lane. */
const shownOf = (
  lanes: NonNullable<PageModel['lanes']>,
  { hidden, decisions }: LaneFilter,
): ReadonlyMap<string, Content> => {
  const found = new Map<string, Content>();
  for (const [key, { category, rows, crowded, instants }] of lanes) {
    const shown = { rows: hidden.has(category) ? [] : rows, instants: decisions ? instants : [] };
    if (shown.rows.length + shown.instants.length > 0) found.set(key, { ...shown, crowded });
  }
  return found;
};

/** What each lane has, by its key. */
const contentOf = (model: PageModel, filter: LaneFilter): ReadonlyMap<string, Content> => {
  if (model.lanes) return shownOf(model.lanes, filter);
  const found = new Map<string, Content>();
  const shown = model.spans.filter(({ category }) => !filter.hidden.has(category));
  for (const [key, spans] of grouped(shown)) {
    const { rows, crowded } = stacked(spans);
    found.set(key, { rows, crowded, instants: [] });
  }
  for (const [key, instants] of grouped(filter.decisions ? model.instants : []))
    found.set(key, { rows: [], crowded: false, ...found.get(key), instants });
  return found;
};

/** Most are in the same group: then there is nothing to compare. */
const inOrder = (a: string, b: string): number => (a === b ? 0 : a.localeCompare(b));

/** The lanes from top to bottom: the scheduler, events, conditions, tasks, in the order of the configuration. */
export const lanesOf = (model: PageModel, filter: LaneFilter, labelHeight: number): Lane[] => {
  const found = contentOf(model, filter);
  const places = new Map(model.order.map((key, i) => [key, i]));
  const entries = [...found].flatMap(([key, content], i) => {
    const slash = key.indexOf('/');
    const group = slash < 0 ? key : key.slice(0, slash);
    const place = GROUPS.indexOf(group);
    const rank = [place < 0 ? GROUPS.length : place, places.get(key) ?? model.order.length + i] as const;
    return key.toLowerCase().includes(filter.part)
      ? [{ key, group, name: key.slice(slash + 1), rank, ...content }]
      : [];
  });
  entries.sort((a, b) => a.rank[0] - b.rank[0] || inOrder(a.group, b.group) || a.rank[1] - b.rank[1]);
  let top = 0;
  return entries.map(({ key, group, name, rows, crowded, instants }, i): Lane => {
    const heading = entries[i - 1]?.group === group ? undefined : (HEADINGS[group] ?? group);
    if (heading !== undefined) top += HEADING;
    const height = labelHeight + rows.length * ROW + (instants.length > 0 ? INSTANT_ROW : 0) + 2 * PAD;
    const lane = { key, group, name, rows, crowded, instants, top, height, heading };
    top += height;
    return lane;
  });
};

/** The entry at an instant of a lane, or up to `near` ns away; `down`: px from the top of the rows. */
export const entryAt = (lane: Lane, down: number, at: number, near: number): TimelineEntry | undefined => {
  const row = Math.floor((down - PAD) / ROW);
  const inInstants = row >= lane.rows.length;
  const entries: readonly TimelineEntry[] = inInstants ? lane.instants : (lane.rows[Math.max(0, row)] ?? []);
  let best: TimelineEntry | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const entry of visibleIn(entries, { from: at - near, to: at + near }, !inInstants && lane.crowded)) {
    const away = Math.max(entry.start - at, at - entry.finish, 0);
    // A failed span is preferred to others that are about as near.
    const weight = away - (entry.type === 'span' && isBad(entry.style) ? near / 2 : 0);
    if (weight < least) [best, least] = [entry, weight];
  }
  return best;
};

/** The row of an entry that a lane has, −1 for none. Instants are in the row after those of spans. */
export const rowOf = ({ rows, instants }: Lane, entry: TimelineEntry): number => {
  const isIn = (entries: readonly TimelineEntry[]): boolean => {
    for (let i = indexFrom(entries, entry.start); entries[i]?.start === entry.start; i += 1)
      if (entries[i] === entry) return true;
    return false;
  };
  if (entry.type === 'span') return rows.findIndex(isIn);
  return instants.includes(entry) ? rows.length : -1;
};
