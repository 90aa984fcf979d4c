import type { InstantName, SpanName } from '../../journal/span-names.ts';
import { printedJson } from '../../log/one-line.ts';
import { gradeOf } from '../outcomes.ts';
import type { Out, Rendering, RenderingOptions, Window } from '../rendering.ts';
import type { Instant, Span } from '../span-data.ts';
import { CATEGORIES } from '../statistics.ts';
import { CauseIndex } from './causes.ts';
import { type Slice, TraceRow, TraceTrack } from './tracks.ts';

/** There is one process in a trace: the scheduler. */
export const PID = 1;

/** Nanoseconds as microseconds. */
const us = (ns: number): string => (ns / 1000).toFixed(3);

const text = (value: unknown): string => printedJson(JSON.stringify(value));

/** The last part of a path. */
const last = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;

/** What stands on a slice: on the track of an item the category is news, the name of the item is not. */
const labelOf = ({ category, name, item, began }: Span): string => {
  if (item === null || !item.endsWith(`/${name}`)) return name;
  const known = category as SpanName;
  if (known === 'task') return name;
  return known === 'command' && typeof began.command === 'string' ? last(began.command) : category;
};

/** A slice that has ended, as a complete event. */
export const completeEvent = ({ span, from, to = from, row }: Slice): string => {
  const { category, id, cause, run, outcome, finish, began, ended } = span;
  const args = { id, cause, run, ...began, ...ended, ...(finish === undefined ? { open: true } : {}) };
  const colour = gradeOf(outcome) === 'bad' ? ',"cname":"terrible"' : '';
  return (
    `{"ph":"X","pid":${PID},"tid":${row.tid},"ts":${us(from)},"dur":${us(to - from)},"cat":${text(category)},` +
    `"name":${text(labelOf(span))}${colour},"args":${text(args)}}`
  );
};

/** A decision on a track. */
export const instantEvent = (
  { category, name, item, at, cause, run, timeline }: Instant,
  { tid }: TraceRow,
): string => {
  const label = item === null || item.endsWith(`/${name}`) ? category : name;
  const args = text({ cause, run, ...timeline });
  return `{"ph":"i","s":"t","pid":${PID},"tid":${tid},"ts":${us(at)},"cat":${text(category)},"name":${text(label)},"args":${args}}`;
};

/** One end of an arrow: `s` where it begins, `f` where it leads to. `at`: ns. */
export const arrowEvent = (end: 's' | 'f', id: number, { tid }: TraceRow, at: number): string =>
  `{"ph":"${end}"${end === 'f' ? ',"bp":"e"' : ''},"id":${id},"pid":${PID},"tid":${tid},"ts":${us(at)},"cat":"cause","name":"cause"}`;

/** How much there is of something from now on. */
export const counterEvent = (name: string, at: number, value: number): string =>
  `{"ph":"C","pid":${PID},"ts":${us(at)},"name":${text(name)},"args":{"count":${value}}}`;

/** What a row is called, and where it stands. */
export const rowEvents = ({ tid, name }: TraceRow, place: number): string[] => [
  `{"ph":"M","pid":${PID},"tid":${tid},"name":"thread_name","args":{"name":${text(name)}}}`,
  `{"ph":"M","pid":${PID},"tid":${tid},"name":"thread_sort_index","args":{"sort_index":${place}}}`,
];

/** Says that the process was simulated. */
export const SIMULATED_EVENT = `{"ph":"M","pid":${PID},"tid":0,"name":"process_labels","args":{"labels":"simulated"}}`;

/** What the process is called. */
export const processEvents = (title: string): string[] => [
  `{"ph":"M","pid":${PID},"tid":0,"name":"process_name","args":{"name":${text(title)}}}`,
];

/** A wait ends within the check that picks the event up: it has a track of its own beside the one of its condition. */
const trackOf = ({ category, item }: Pick<Span, 'category' | 'item'>): string =>
  item === null ? SCHEDULER : (category as SpanName) === 'wait' ? `${item} (waiting)` : item;

/** Where the tracks of a section stand. */
const PLACES: Readonly<Record<string, number>> = { event: 1_000_000, condition: 2_000_000, task: 3_000_000 };
/** Rows that a track has room for in that order. */
const ROWS = 100;
/** A firing has no length, but an arrow can begin only on what has one, ns. */
const FIRED_NS = 1000;

/** The track of what is about no item. */
const SCHEDULER = 'scheduler';

const depth = (category: string): number => CATEGORIES.indexOf(category);

/** A command lies in the task or check it belongs to, and so on; about categories of one's own only time tells. */
const owns = (outer: Span, inner: Span): boolean => {
  if (depth(inner.category) === -1) return true;
  if (depth(inner.category) <= depth(outer.category)) return false;
  return outer.run !== null && inner.run !== null ? outer.run === inner.run : outer.cause === inner.cause;
};

/** Writes a trace as it is told: nothing is kept of what has ended but what may still cause something. */
class ChromeTrace implements Rendering {
  readonly #out: Out;
  readonly #tracks = new Map<string, { readonly track: TraceTrack; readonly rows: TraceRow[] }>();
  readonly #items = new Map<string, number>();
  readonly #slices = new Map<Span, Slice>();
  readonly #sources = new CauseIndex();
  #tids = 0;
  #arrows = 0;
  #tasks = 0;
  #comma = '';
  #simulated = false;

  constructor(out: Out, { title = 'whenever' }: RenderingOptions) {
    this.#out = out;
    out('{"displayTimeUnit":"ms","traceEvents":[\n');
    this.#write(processEvents(title));
  }

  simulated(): void {
    if (!this.#simulated) this.#write([SIMULATED_EVENT]);
    this.#simulated = true;
  }

  begun(span: Span): void {
    const slice = this.#begin(span);
    this.#slices.set(span, slice);
    this.#sources.begun(slice);
    if ((span.category as SpanName) === 'task') this.#count(span.start, 1);
  }

  ended(span: Span, at: number): void {
    const slice = this.#slices.get(span);
    if (!slice) return;
    this.#slices.delete(span);
    this.#end(slice, at);
    if ((span.category as SpanName) === 'task') this.#count(slice.end ?? at, -1);
  }

  /** Up to there it is drawn: arrows may begin on it. */
  lost(span: Span, at: number): void {
    this.ended(span, at);
  }

  instant(instant: Instant): void {
    const { category, item, name, at, time, cause, run, timeline } = instant;
    const { rows } = this.#track(instant);
    if ((category as InstantName) !== 'fired') {
      this.#write([instantEvent(instant, rows[0] ?? this.#addRow(trackOf(instant), rows, 1))]);
      return;
    }
    const span: Span = {
      ...{ category, id: null, item, name, start: at, finish: at + FIRED_NS, time, cause, run },
      ...{ outcome: undefined, began: timeline, ended: {} },
    };
    const slice = this.#begin(span);
    this.#sources.begun(slice);
    this.#end(slice, at + FIRED_NS);
  }

  end({ time }: Window): void {
    const otherData = time === undefined ? {} : { began: new Date(time).toISOString() };
    this.#out(`\n],"otherData":${printedJson(JSON.stringify(otherData))}}\n`);
  }

  #begin(span: Span): Slice {
    const source = this.#sources.of(span);
    return this.#track(span).track.begin(span, source && source.start <= span.start ? source.from : undefined);
  }

  #end(slice: Slice, at: number): void {
    const { track } = this.#track(slice.span);
    const source = this.#sources.of(slice.span);
    const outer = track.finish(slice, at);
    this.#sources.ended(slice);
    const lines = [completeEvent(slice), ...slice.held];
    for (const { id, at } of slice.arrows) lines.push(arrowEvent('s', id, slice.row, lastOf(slice, at)));
    if (source && source !== slice && source.from <= slice.from) {
      this.#arrows += 1;
      const id = this.#arrows;
      lines.push(arrowEvent('f', id, slice.row, slice.from));
      // On one row what lies inside would be taken for the beginning.
      const from = source.row === slice.row ? source.from : slice.from;
      if (source.to === undefined) source.arrows.push({ id, at: from });
      else lines.push(arrowEvent('s', id, source.row, lastOf(source, slice.from)));
    }
    // What begins at the same instant has to stand behind what it lies in.
    if (outer?.from === slice.from) outer.held.push(...lines);
    else this.#write(lines);
  }

  #track(of: Pick<Span, 'category' | 'item'>) {
    const key = trackOf(of);
    let found = this.#tracks.get(key);
    if (!found) {
      const rows: TraceRow[] = [];
      found = { rows, track: new TraceTrack(owns, (place) => rows[place - 1] ?? this.#addRow(key, rows, place)) };
      this.#tracks.set(key, found);
    }
    return found;
  }

  /** Tracks of a section stand together, in the order in which their items came, those of one item side by side. */
  #addRow(key: string, rows: TraceRow[], place: number): TraceRow {
    this.#tids += 1;
    const row = new TraceRow(this.#tids, place === 1 ? key : `${key} (${place})`);
    rows.push(row);
    const [item = key] = key.split(' (waiting)');
    if (!this.#items.has(item)) this.#items.set(item, this.#items.size);
    const section = PLACES[key.slice(0, key.indexOf('/'))] ?? 0;
    const within = item === key ? place : 0;
    this.#write(rowEvents(row, section + this.#items.get(item)! * ROWS + Math.min(within, ROWS - 1)));
    return row;
  }

  #count(at: number, more: number): void {
    this.#tasks += more;
    this.#write([counterEvent('running tasks', at, this.#tasks)]);
  }

  #write(lines: readonly string[]): void {
    for (const line of lines) {
      this.#out(`${this.#comma}${line}`);
      this.#comma = ',\n';
    }
  }
}

/** The last instant of a slice that is not after another one, ns: the end itself belongs to what comes next. */
const lastOf = ({ from, to = from }: Slice, until: number): number => Math.max(from, Math.min(to - 1, until));

/** A trace for Perfetto or about:tracing: a track for each item, every span, decisions, and arrows from cause to effect. */
export const chromeTrace = (out: Out, options: RenderingOptions): Rendering => new ChromeTrace(out, options);
