import type { InstantName, SpanName } from '../../journal/span-names.ts';
import { printedJson } from '../../log/one-line.ts';
import { gradeOf } from '../outcomes.ts';
import type { Out, Rendering, RenderingOptions, Window } from '../rendering.ts';
import type { Instant, Span } from '../span-data.ts';
import { CATEGORIES } from '../statistics.ts';
import { CauseIndex } from './causes.ts';
import { type Slice, TraceRow, TraceTrack } from './tracks.ts';

/** The process id of the scheduler, the only process of a trace. */
const PID = 1;

/** Nanoseconds as microseconds. */
const us = (ns: number): string => (ns / 1000).toFixed(3);

const text = (value: unknown): string => printedJson(JSON.stringify(value));

/** The last part of a path. */
const last = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;

/** The label of a slice: the category on the track of an item, otherwise the name. */
const labelOf = ({ category, name, item, began }: Span): string => {
  if (item === null || !item.endsWith(`/${name}`)) return name;
  const known = category as SpanName;
  if (known === 'task') return name;
  return known === 'command' && typeof began.command === 'string' ? last(began.command) : category;
};

/** A slice that has ended, as a complete event. */
const completeEvent = ({ span, from, to = from, row }: Slice): string => {
  const { category, id, cause, run, outcome, finish, began, ended } = span;
  const args = { id, cause, run, ...began, ...ended, ...(finish === undefined ? { open: true } : {}) };
  const colour = gradeOf(outcome) === 'bad' ? ',"cname":"terrible"' : '';
  return (
    `{"ph":"X","pid":${PID},"tid":${row.tid},"ts":${us(from)},"dur":${us(to - from)},"cat":${text(category)},` +
    `"name":${text(labelOf(span))}${colour},"args":${text(args)}}`
  );
};

/** A decision on a track. */
const instantEvent = ({ category, name, item, at, cause, run, timeline }: Instant, { tid }: TraceRow): string => {
  const label = item === null || item.endsWith(`/${name}`) ? category : name;
  const args = text({ cause, run, ...timeline });
  return `{"ph":"i","s":"t","pid":${PID},"tid":${tid},"ts":${us(at)},"cat":${text(category)},"name":${text(label)},"args":${args}}`;
};

/** One end of an arrow: `s` at its cause, `f` at the effect. `at`: ns. */
const arrowEvent = (end: 's' | 'f', id: number, { tid }: TraceRow, at: number): string =>
  `{"ph":"${end}"${end === 'f' ? ',"bp":"e"' : ''},"id":${id},"pid":${PID},"tid":${tid},"ts":${us(at)},"cat":"cause","name":"cause"}`;

/** A counter that changes at an instant. */
const counterEvent = (name: string, at: number, value: number): string =>
  `{"ph":"C","pid":${PID},"ts":${us(at)},"name":${text(name)},"args":{"count":${value}}}`;

/** The name and the position of a row. */
const rowEvents = ({ tid, name }: TraceRow, place: number): string[] => [
  `{"ph":"M","pid":${PID},"tid":${tid},"name":"thread_name","args":{"name":${text(name)}}}`,
  `{"ph":"M","pid":${PID},"tid":${tid},"name":"thread_sort_index","args":{"sort_index":${place}}}`,
];

/** Marks the process as simulated. */
const SIMULATED_EVENT = `{"ph":"M","pid":${PID},"tid":0,"name":"process_labels","args":{"labels":"simulated"}}`;

/** The name of the process. */
const processEvent = (title: string): string =>
  `{"ph":"M","pid":${PID},"tid":0,"name":"process_name","args":{"name":${text(title)}}}`;

/** A wait ends within the check that handles the event: it has its own track beside that of its condition. */
const trackOf = ({ category, item }: Pick<Span, 'category' | 'item'>): string =>
  item === null ? SCHEDULER : (category as SpanName) === 'wait' ? `${item} (waiting)` : item;

/** Sort keys of the sections. */
const PLACES: Readonly<Record<string, number>> = { event: 1_000_000, condition: 2_000_000, task: 3_000_000 };
/** Sort keys for the rows of a track. */
const ROWS = 100;
/** Length of a firing, ns: an arrow cannot begin on a slice without length. */
const FIRED_NS = 1000;

/** The track of spans without an item. */
const SCHEDULER = 'scheduler';

const depth = (category: string): number => CATEGORIES.indexOf(category);

/** A command is part of its task or check, and so on; spans of unknown categories are nested by time. */
const owns = (outer: Span, inner: Span): boolean => {
  if (depth(inner.category) === -1) return true;
  if (depth(inner.category) <= depth(outer.category)) return false;
  return outer.run !== null && inner.run !== null ? outer.run === inner.run : outer.cause === inner.cause;
};

/** Writes a trace as spans end. Keeps only open slices and those that may cause others. */
class ChromeTrace implements Rendering {
  readonly #out: Out;
  readonly #tracks = new Map<string, { readonly track: TraceTrack; readonly rows: TraceRow[] }>();
  readonly #items = new Map<string, number>();
  readonly #slices = new Map<Span, Slice>();
  readonly #causes = new CauseIndex();
  #tids = 0;
  #arrows = 0;
  #tasks = 0;
  #comma = '';
  #simulated = false;

  constructor(out: Out, { title = 'whenever' }: RenderingOptions) {
    this.#out = out;
    out('{"displayTimeUnit":"ms","traceEvents":[\n');
    this.#write([processEvent(title)]);
  }

  simulated(): void {
    if (!this.#simulated) this.#write([SIMULATED_EVENT]);
    this.#simulated = true;
  }

  begun(span: Span): void {
    const slice = this.#begin(span);
    this.#slices.set(span, slice);
    this.#causes.begun(slice);
    if ((span.category as SpanName) === 'task') this.#count(span.start, 1);
  }

  ended(span: Span, at: number): void {
    const slice = this.#slices.get(span)!;
    this.#slices.delete(span);
    this.#end(slice, at);
    if ((span.category as SpanName) === 'task') this.#count(slice.end!, -1);
  }

  /** Draws it up to there: arrows may begin on it. */
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
    this.#causes.begun(slice);
    this.#end(slice, at + FIRED_NS);
  }

  end({ time }: Window): void {
    const otherData = time === undefined ? {} : { began: new Date(time).toISOString() };
    this.#out(`\n],"otherData":${printedJson(JSON.stringify(otherData))}}\n`);
  }

  #begin(span: Span): Slice {
    const source = this.#causes.of(span);
    return this.#track(span).track.begin(span, source && source.start <= span.start ? source.from : undefined);
  }

  #end(slice: Slice, at: number): void {
    const { track } = this.#track(slice.span);
    const source = this.#causes.of(slice.span);
    const outer = track.finish(slice, at);
    this.#causes.ended(slice);
    const lines = [completeEvent(slice), ...slice.held];
    for (const { id, at } of slice.arrows) lines.push(arrowEvent('s', id, slice.row, lastOf(slice, at)));
    if (source && source !== slice && source.from <= slice.from) {
      this.#arrows += 1;
      const id = this.#arrows;
      lines.push(arrowEvent('f', id, slice.row, slice.from));
      // On the same row, an inner slice would be taken as the beginning of the arrow.
      const from = source.row === slice.row ? source.from : slice.from;
      if (source.to === undefined) source.arrows.push({ id, at: from });
      else lines.push(arrowEvent('s', id, source.row, lastOf(source, slice.from)));
    }
    // A slice with the same start as its outer one must follow it in the file.
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

  /** Orders tracks by section, then by the first appearance of their item. */
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

/** The last instant of a slice up to another one, ns. The end itself belongs to the next slice. */
const lastOf = ({ from, to = from }: Slice, until: number): number => Math.max(from, Math.min(to - 1, until));

/** A trace for Perfetto or about:tracing: a track for each item, every span, decisions, and arrows from cause to effect. */
export const chromeTrace = (out: Out, options: RenderingOptions): Rendering => new ChromeTrace(out, options);
