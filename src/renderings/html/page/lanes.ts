import type { PageInstant, PageModel, PageSpan, TimelineEntry } from './page-model.ts';

/** Height of a row of spans, of a row of marks, and the space above and below, px. */
export const ROW = 16;
export const MARK_ROW = 12;
export const PAD = 4;
/** Spans that overlap stand below each other, down to so many rows. */
const MOST_ROWS = 6;

/** What belongs to one item, or to one category of the scheduler itself. */
export interface Lane {
  readonly key: string;
  /** `condition/Backup` has the group `condition`; the scheduler has ''. */
  readonly group: string;
  readonly name: string;
  /** By start; in one row nothing overlaps, except in the last when there are too many. */
  readonly rows: readonly (readonly PageSpan[])[];
  readonly crowded: boolean;
  readonly instants: readonly PageInstant[];
  /** Of the lane, px from the top of all of them; `heading`: the first of its group, named above it. */
  readonly top: number;
  readonly height: number;
  readonly heading: string | undefined;
}

/** What is to be seen. */
export interface LaneFilter {
  readonly hidden: ReadonlySet<string>;
  readonly decisions: boolean;
  /** Part of the key of a lane, in small letters. */
  readonly part: string;
}

const GROUPS = ['', 'event', 'condition', 'task'];
const HEADINGS: Readonly<Record<string, string>> = {
  '': 'Scheduler',
  event: 'Events',
  condition: 'Conditions',
  task: 'Tasks',
};
/** Height of the name of a group, px. */
export const HEADING = 22;

const keyOf = ({ item, category }: TimelineEntry): string => item ?? `/${category}`;

const isNothing = ({ start, finish }: PageSpan): number => (start === finish ? 0 : 1);

/**
 * Each span in the first row that is free: what is inside another one stands below it. What took no time stands before what began
 * in the same moment.
 */
const stacked = (spans: readonly PageSpan[]): { readonly rows: PageSpan[][]; readonly crowded: boolean } => {
  const rows: PageSpan[][] = [];
  let crowded = false;
  for (const span of spans.toSorted(
    (a, b) => a.start - b.start || isNothing(a) - isNothing(b) || b.finish - a.finish,
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

/** The lanes from top to bottom: the scheduler, events, conditions, tasks, each as in the configuration. */
export const lanesOf = (model: PageModel, { hidden, decisions, part }: LaneFilter, labelled: number): Lane[] => {
  const found = new Map<string, { spans: PageSpan[]; instants: PageInstant[] }>();
  const of = (thing: TimelineEntry) => {
    const key = keyOf(thing);
    let lane = found.get(key);
    if (!lane) {
      lane = { spans: [], instants: [] };
      found.set(key, lane);
    }
    return lane;
  };
  for (const span of model.spans) if (!hidden.has(span.category)) of(span).spans.push(span);
  if (decisions) for (const instant of model.instants) of(instant).instants.push(instant);
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
    const { rows, crowded } = stacked(spans);
    const heading = entries[i - 1]?.group === group ? undefined : (HEADINGS[group] ?? group);
    if (heading !== undefined) top += HEADING;
    const height = labelled + rows.length * ROW + (instants.length > 0 ? MARK_ROW : 0) + 2 * PAD;
    const lane = { key, group, name, rows, crowded, instants, top, height, heading };
    top += height;
    return lane;
  });
};

/** The first place in a row where something may still reach `from`. */
export const firstIn = (things: readonly TimelineEntry[], from: number, crowded: boolean): number => {
  if (crowded) return 0;
  let [low, high] = [0, things.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (things[middle]!.finish < from) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** What is at an instant of a lane, `near` ns around it; `down`: px from the top of the lane's rows. */
export const entryAt = (lane: Lane, down: number, at: number, near: number): TimelineEntry | undefined => {
  const row = Math.floor((down - PAD) / ROW);
  const inMarks = row >= lane.rows.length;
  const things: readonly TimelineEntry[] = inMarks ? lane.instants : (lane.rows[Math.max(0, row)] ?? []);
  let best: TimelineEntry | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let i = firstIn(things, at - near, !inMarks && lane.crowded); i < things.length; i += 1) {
    const thing = things[i]!;
    if (thing.start > at + near) break;
    const away = Math.max(thing.start - at, at - thing.finish, 0);
    if (away > near) continue;
    // Of what is equally near, the one that went wrong is meant.
    const bad = thing.type === 'span' && (thing.style === 'failure' || thing.style === 'error');
    const weight = away - (bad ? near / 2 : 0);
    if (weight < least) [best, least] = [thing, weight];
  }
  return best;
};
