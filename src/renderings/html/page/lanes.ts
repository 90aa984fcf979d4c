import { isBad } from './legend.ts';
import type { PageInstant, PageModel, PageSpan, TimelineEntry } from './page-model.ts';
import type { View } from './view.ts';

/** Height of a row of spans, of a row of instants, and the space above and below, px. */
export const ROW = 16;
export const INSTANT_ROW = 12;
export const PAD = 4;
/** Rows of a lane: spans that overlap are in different rows. */
const MOST_ROWS = 6;

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

const hasLength = ({ start, finish }: PageSpan): number => (start === finish ? 0 : 1);

/** Puts each span into the first free row, so that inner spans are below outer ones. Spans without length go first. */
const stacked = (spans: readonly PageSpan[]): { readonly rows: PageSpan[][]; readonly crowded: boolean } => {
  const rows: PageSpan[][] = [];
  let crowded = false;
  for (const span of spans.toSorted(
    (a, b) => a.start - b.start || hasLength(a) - hasLength(b) || b.finish - a.finish,
  )) {
    const free = rows.find((row) => row.at(-1)!.finish <= span.start);
    if (free) free.push(span);
    else if (rows.length < MOST_ROWS) rows.push([span]);
    else {
      crowded = true;
      rows.at(-1)!.push(span);
    }
  }
  return { rows, crowded };
};

type Stacked = ReturnType<typeof stacked>;

/** Rows of spans, made once for each array. */
const known = new WeakMap<readonly PageSpan[], Stacked>();
const stackedOnce = (spans: readonly PageSpan[]): Stacked => {
  let made = known.get(spans);
  if (!made) {
    made = stacked(spans);
    known.set(spans, made);
  }
  return made;
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

interface Content {
  readonly spans: readonly PageSpan[];
  readonly instants: readonly PageInstant[];
}

/** What each lane has, by its key. */
const contentOf = (model: PageModel, hidden: ReadonlySet<string>, decisions: boolean): ReadonlyMap<string, Content> => {
  const found = new Map<string, Content>();
  if (model.groups) {
    for (const [key, spans] of model.groups)
      if (!hidden.has(spans[0]!.category)) found.set(key, { spans, instants: [] });
  } else {
    const shown = model.spans.filter(({ category }) => !hidden.has(category));
    for (const [key, spans] of grouped(shown)) found.set(key, { spans, instants: [] });
  }
  for (const [key, instants] of grouped(decisions ? model.instants : []))
    found.set(key, { spans: found.get(key)?.spans ?? [], instants });
  return found;
};

/** The lanes from top to bottom: the scheduler, events, conditions, tasks, in the order of the configuration. */
export const lanesOf = (model: PageModel, { hidden, decisions, part }: LaneFilter, labelHeight: number): Lane[] => {
  const found = contentOf(model, hidden, decisions);
  const places = new Map(model.order.map((key, i) => [key, i]));
  const entries = [...found].flatMap(([key, content], i) => {
    const slash = key.indexOf('/');
    const group = slash < 0 ? key : key.slice(0, slash);
    const place = GROUPS.indexOf(group);
    const rank = [place < 0 ? GROUPS.length : place, places.get(key) ?? model.order.length + i] as const;
    return key.toLowerCase().includes(part) ? [{ key, group, name: key.slice(slash + 1), rank, ...content }] : [];
  });
  entries.sort((a, b) => a.rank[0] - b.rank[0] || a.group.localeCompare(b.group) || a.rank[1] - b.rank[1]);
  let top = 0;
  return entries.map(({ key, group, name, spans, instants }, i): Lane => {
    const { rows, crowded } = stackedOnce(spans);
    const heading = entries[i - 1]?.group === group ? undefined : (HEADINGS[group] ?? group);
    if (heading !== undefined) top += HEADING;
    const height = labelHeight + rows.length * ROW + (instants.length > 0 ? INSTANT_ROW : 0) + 2 * PAD;
    const lane = { key, group, name, rows, crowded, instants, top, height, heading };
    top += height;
    return lane;
  });
};

/** Index of the first entry of a row that may reach `from`. */
const firstIn = (entries: readonly TimelineEntry[], from: number, crowded: boolean): number => {
  if (crowded) return 0;
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.finish < from) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Index of the first entry of a row that starts at `from` or later. */
export const indexFrom = (entries: readonly TimelineEntry[], from: number): number => {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.start < from) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The entries of a row without overlaps that touch a view: index of the first, and of the first one after them. */
export const rangeIn = (
  entries: readonly TimelineEntry[],
  { from, to }: View,
): readonly [begin: number, end: number] => [firstIn(entries, from, false), indexFrom(entries, to)];

/** The entries of a row that touch a view. */
export function* visibleIn<T extends TimelineEntry>(entries: readonly T[], view: View, crowded: boolean): Generator<T> {
  for (let i = firstIn(entries, view.from, crowded); i < entries.length; i += 1) {
    const entry = entries[i]!;
    if (entry.start > view.to) return;
    if (entry.finish >= view.from) yield entry;
  }
}

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
