import { instantStyle, isBad, outcomeStyle, type SpanStyle } from '../../renderings/html/page/legend.ts';
import type { PageInstant, PageModel, PageSpan } from '../../renderings/html/page/page-model.ts';
import type { RunColumns, SlimRun } from '../api.ts';
import { type GivenRun, type GivenTask, givenOf, runsFromColumns } from './run-columns.ts';
import { RunLanes } from './run-lanes.ts';

const NS = 1e6;

/** A run of the timeline, with its spans: that of its condition first, then those of its tasks. */
export interface TimelineRun extends Omit<GivenRun, 'tasks' | 'outcome' | 'length'> {
  readonly spans: RunSpan[];
  /** The event that fired it. */
  readonly fired: PageInstant | undefined;
}

/** A span of a run, or of a task of it. */
export interface RunSpan extends PageSpan {
  readonly of: TimelineRun;
}

/** Runs as the timeline shows them. */
export interface RunModel extends PageModel {
  readonly lanes: NonNullable<PageModel['lanes']>;
  /** All runs, by instance and id. */
  readonly runs: ReadonlyMap<string, ReadonlyMap<string, TimelineRun>>;
}

/** Which spans are shown, by how they ended. */
export const OUTCOMES = {
  all: () => true,
  failed: ({ style }) => isBad(style),
  succeeded: ({ style }) => style === 'success',
  running: ({ open }) => open,
} as const satisfies Readonly<Record<string, (span: PageSpan) => boolean>>;
export type ShownRuns = keyof typeof OUTCOMES;

const STYLES: Readonly<Record<string, SpanStyle>> = { running: 'open', interrupted: 'error', none: 'none' };
const styleOf = (outcome: string): SpanStyle => STYLES[outcome] ?? outcomeStyle(outcome);

/** Instants that were missed, and times in which whenever was not running. */
const missedOf = (columns: RunColumns, base: number): PageInstant[] =>
  columns.missed.map(([condition, first, last, count, why], index): PageInstant => {
    const start = (first! - base) * NS;
    return {
      ...{ type: 'instant', index, category: 'missed', item: `condition/${columns.texts[condition!]}`, name: 'missed' },
      ...{ start, finish: start, wall: first!, cause: null, run: null, style: instantStyle('missed') },
      timeline: JSON.stringify({ first, last, count, why: columns.texts[why!] }),
    };
  });

/** The event of a run, at the beginning of it. */
const firedOf = ({ event, cause, began, run }: GivenRun, base: number): PageInstant | undefined => {
  if (event === null) return undefined;
  const start = (began - base) * NS;
  return {
    ...{ type: 'instant', index: 0, category: 'event', item: `event/${event}`, name: event, start, finish: start },
    ...{ wall: began, cause, run, style: instantStyle('fired'), timeline: null },
  };
};

const isOpen = ({ length, outcome }: GivenRun): boolean => length < 0 && outcome === 'running';

/** The end of a span, which changes while it is open. */
type Ending = { -readonly [K in 'finish' | 'open' | 'style' | 'outcome']: PageSpan[K] };

/**
 * The runs of a timeline. Each span is one object from the first to the last, and what comes is put where it belongs: so what is new costs as
 * much as it is, however much there is.
 */
export class RunModels {
  /** The wall clock at 0 of the timeline, ms. */
  readonly base: number;
  readonly #runs = new Map<string, Map<string, TimelineRun>>();
  readonly #open = new Set<RunSpan>();
  readonly #spans: RunSpan[] = [];
  readonly #all = new RunLanes();
  /** Those that are shown; the same as all, or some of them. */
  #shown = this.#all;
  #size = 0;
  #order: readonly string[] = [];

  constructor(base: number) {
    this.base = base;
  }
  /** How many runs there are. */
  get size(): number {
    return this.#size;
  }

  /** Whether one is open, which grows. */
  get isRunning(): boolean {
    return this.#open.size > 0;
  }

  /** Adds a part of the history that is older than what is there. */
  addOlder(columns: RunColumns): void {
    const spans: RunSpan[] = [];
    const fired: PageInstant[] = [];
    for (const given of runsFromColumns(columns)) {
      const run = this.#take(given, spans);
      if (run?.fired) fired.push(run.fired);
    }
    for (const lanes of this.#lanes) {
      lanes.addOlder(spans);
      lanes.addInstants(missedOf(columns, this.base));
      lanes.addInstants(fired);
    }
  }

  /** Takes the latest runs, in any order. @param now until when what runs is drawn, ms */
  take(live: readonly SlimRun[], now: number): void {
    for (const span of this.#open) this.#end(span, { ...span, finish: (now - this.base) * NS });
    const spans: RunSpan[] = [];
    for (const slim of live.toReversed()) {
      if (slim.began < this.base && !this.#known(slim)) continue;
      const run = this.#take(givenOf(slim), spans, now);
      if (run?.fired) for (const lanes of this.#lanes) lanes.addInstant(run.fired);
    }
    for (const span of spans) for (const lanes of this.#lanes) lanes.add(span);
  }

  /** Has a lane for each of these conditions, also where none has run. */
  mention(conditions: Iterable<string>): void {
    for (const name of conditions) for (const lanes of this.#lanes) lanes.mention(`condition/${name}`, 'run');
  }
  /** Shows the spans with an outcome from the next model on. */
  show(outcome: ShownRuns): void {
    this.#shown = this.#all;
    if (outcome === 'all') return;
    const shown = new RunLanes(OUTCOMES[outcome]);
    shown.takeFrom(this.#all);
    this.#shown = shown;
  }

  /** What is there now. @param from where it begins, wall-clock ms @param until the end */
  model({ from, until }: { readonly from: number; readonly until: number }): RunModel {
    const { lanes } = this.#all;
    if (lanes.size !== this.#order.length) this.#order = [...lanes.keys()].sort();
    return {
      ...{ spans: this.#spans, instants: [], records: [], lanes: this.#shown.lanes, runs: this.#runs },
      ...{ order: this.#order, length: (until - this.base) * NS, begin: (from - this.base) * NS },
    };
  }

  get #lanes(): readonly RunLanes[] {
    return this.#shown === this.#all ? [this.#all] : [this.#all, this.#shown];
  }
  #known({ session, run }: { readonly session: string; readonly run: string }): TimelineRun | undefined {
    return this.#runs.get(session)?.get(run);
  }

  /** Takes a run; its spans that are new come to `spans`. Returns a run that was not known. */
  #take(given: GivenRun, spans: RunSpan[], now = given.began): TimelineRun | undefined {
    const known = this.#known(given);
    if (known) {
      const head = known.spans[0]!;
      if (!head.open || isOpen(given)) return undefined;
      this.#end(head, this.#ending(given, now));
      this.#addTasks(known, given, spans);
      return undefined;
    }
    const { session, run, condition, cause, event, began } = given;
    const made: TimelineRun = {
      ...{ session, run, condition, cause, event, began, spans: [], fired: firedOf(given, this.base) },
    };
    const ofSession = this.#runs.get(session) ?? new Map<string, TimelineRun>();
    this.#runs.set(session, ofSession.set(run, made));
    this.#size += 1;
    this.#addSpan(made, spans, { task: condition, ...given }, now);
    this.#addTasks(made, given, spans);
    return made;
  }
  #addTasks(run: TimelineRun, { tasks }: GivenRun, spans: RunSpan[]): void {
    for (const one of tasks) {
      const isThere = run.spans.some(({ name, wall }, i) => i > 0 && name === one.task && wall === one.began);
      if (!isThere) this.#addSpan(run, spans, one, one.began);
    }
  }

  #ending({ began, length, outcome }: Omit<GivenTask, 'task'>, now: number): Ending {
    const open = length < 0 && outcome === 'running';
    const end = open ? now : began + Math.max(0, length);
    return { finish: (end - this.base) * NS, open, outcome, style: open ? 'open' : styleOf(outcome) };
  }
  /** Changes the end of a span that is drawn. */
  #end(span: RunSpan, { finish, open, style, outcome }: Ending): void {
    for (const lanes of this.#lanes) lanes.remove(span);
    Object.assign(span, { finish, open, style, outcome } satisfies Ending);
    if (!open) this.#open.delete(span);
    for (const lanes of this.#lanes) lanes.add(span);
  }

  #addSpan(of: TimelineRun, spans: RunSpan[], part: GivenTask, now: number): void {
    const { task: name, began: wall } = part;
    const isRun = of.spans.length === 0;
    const { finish, open, outcome, style } = this.#ending(part, now);
    const span: RunSpan = {
      type: 'span',
      index: this.#spans.length,
      category: isRun ? 'run' : 'task',
      id: of.run,
      item: isRun ? `condition/${name}` : `task/${name}`,
      name,
      open,
      outcome,
      start: (wall - this.base) * NS,
      finish,
      wall,
      cause: of.cause,
      run: of.run,
      style,
      began: null,
      ended: null,
      of,
    };
    of.spans.push(span);
    spans.push(span);
    this.#spans.push(span);
    if (open) this.#open.add(span);
  }
}
