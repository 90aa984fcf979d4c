import { instantStyle, outcomeStyle, type SpanStyle } from '../../renderings/html/page/legend.ts';
import type { PageInstant, PageModel, PageSpan } from '../../renderings/html/page/page-model.ts';
import type { RunColumns, SlimRun } from '../api.ts';

const NS = 1e6;

/** Where a span of the timeline comes from. */
export interface RunPlace {
  readonly session: string;
  readonly run: string;
  readonly condition: string;
  /** The event that fired it; null: none, or not known. */
  readonly event: string | null;
  /** Wall-clock ms. */
  readonly began: number;
}

/** Runs as the timeline shows them. */
export interface RunModel extends PageModel {
  readonly groups: ReadonlyMap<string, readonly PageSpan[]>;
  /** By the id of a span: the run that it is, or is part of. */
  readonly places: ReadonlyMap<string, RunPlace>;
  /** By the id of a run: the event that fired it. */
  readonly fired: ReadonlyMap<string, PageInstant>;
}

/** A run in the middle of being drawn. Instants in wall-clock ms. */
interface Given extends RunPlace {
  readonly cause: string;
  readonly outcome: string;
  /** ms; −1: it runs. */
  readonly length: number;
  readonly tasks: readonly {
    readonly task: string;
    readonly began: number;
    readonly length: number;
    readonly outcome: string;
  }[];
}

const STYLES: Readonly<Record<string, SpanStyle>> = { running: 'open', interrupted: 'error', none: 'none' };
const styleOf = (outcome: string): SpanStyle => STYLES[outcome] ?? outcomeStyle(outcome);

/** The runs of columns. */
export function* runsFromColumns(columns: RunColumns): Generator<Given> {
  const text = (index: number): string => columns.texts[index] ?? '';
  let next = 0;
  for (let row = 0; row < columns.run.length; row += 1) {
    const tasks: Given['tasks'][number][] = [];
    for (; next < columns.tasks.length && columns.tasks[next]![0]! <= row; next += 1) {
      const [of, task, began, length, outcome] = columns.tasks[next] as [number, number, number, number, number];
      if (of === row) tasks.push({ task: text(task), began, length, outcome: text(outcome) });
    }
    yield {
      session: text(columns.session[row]!),
      run: text(columns.run[row]!),
      condition: text(columns.condition[row]!),
      cause: text(columns.cause[row]!),
      event: columns.texts[columns.event[row]!] ?? null,
      outcome: text(columns.outcome[row]!),
      began: columns.began[row]!,
      length: columns.length[row]!,
      tasks,
    };
  }
}

/** A run that has come by the live connection. */
export const givenOf = ({ session, run, condition, cause, outcome, began, seconds, tasks }: SlimRun): Given => ({
  ...{ session, run, condition, cause, outcome, event: null, began, length: seconds === null ? -1 : seconds * 1000 },
  tasks: tasks.map((one) => ({
    task: one.task,
    began: one.began,
    length: one.seconds === null ? -1 : one.seconds * 1000,
    outcome: one.outcome,
  })),
});

/** The id of a run among all instances. */
export const runKey = ({ session, run }: { readonly session: string; readonly run: string }): string =>
  `${session}/${run}`;

/** Instants that were missed, and times in which whenever was not running. */
const instantsOf = (columns: RunColumns, base: number): PageInstant[] =>
  columns.missed.map(([condition, first, last, count, why], index): PageInstant => {
    const start = (first! - base) * NS;
    return {
      ...{ type: 'instant', index, category: 'missed', item: `condition/${columns.texts[condition!]}`, name: 'missed' },
      ...{ start, finish: start, wall: first!, cause: null, run: null, style: instantStyle('missed') },
      timeline: JSON.stringify({ first, last, count, why: columns.texts[why!] }),
    };
  });

const isOpen = ({ length, outcome, tasks }: Given): boolean =>
  (length < 0 && outcome === 'running') || tasks.some((task) => task.length < 0 && task.outcome === 'running');

/** The event of a run, at the beginning of it. */
const eventOf = (key: string, { event, cause, began }: Given, base: number): PageInstant | undefined => {
  if (event === null) return undefined;
  const start = (began - base) * NS;
  return {
    ...{ type: 'instant', index: 0, category: 'event', item: `event/${event}`, name: event, start, finish: start },
    ...{ wall: began, cause, run: key, style: instantStyle('fired'), timeline: null },
  };
};

/** Spans by their item. */
type Groups = Map<string, PageSpan[]>;

const addTo = (groups: Groups, span: PageSpan): void => {
  const group = groups.get(span.item!);
  if (group) group.push(span);
  else groups.set(span.item!, [span]);
};

/**
 * The models of a timeline, one after the other: spans of runs that have ended are made once, and what has not changed is the same array in
 * each of them. So a new model costs as much as what is new.
 */
export class RunModels {
  readonly #base: number;
  readonly #missed: readonly PageInstant[];
  readonly #fired = new Map<string, PageInstant>();
  readonly #settled = new Set<string>();
  readonly #open = new Map<string, Given>();
  readonly #places = new Map<string, RunPlace>();
  readonly #spans: PageSpan[] = [];
  readonly #groups: Groups = new Map();

  /** @param base the wall clock at its beginning, ms @param live runs that take the place of those of the columns */
  constructor(columns: RunColumns, base: number, live: readonly SlimRun[]) {
    this.#base = base;
    this.#missed = instantsOf(columns, base);
    const newer = new Set(live.map(runKey));
    for (const run of runsFromColumns(columns)) {
      const key = runKey(run);
      if (newer.has(key)) continue;
      if (isOpen(run)) this.#open.set(key, run);
      else this.#settle(key, run, (span) => addTo(this.#groups, span));
    }
  }

  /** @param live the latest runs @param until the end, ms @param now until when what runs is drawn, ms */
  at(live: readonly SlimRun[], { until, now }: { readonly until: number; readonly now: number }): RunModel {
    const added: Groups = new Map();
    for (const slim of live.toReversed()) {
      const key = runKey(slim);
      if (slim.began < this.#base || this.#settled.has(key)) continue;
      const run = givenOf(slim);
      if (isOpen(run)) this.#open.set(key, run);
      else {
        this.#open.delete(key);
        this.#settle(key, run, (span) => addTo(added, span));
      }
    }
    for (const [item, spans] of added) this.#groups.set(item, [...(this.#groups.get(item) ?? []), ...spans]);
    const open: PageSpan[] = [];
    for (const [key, run] of this.#open) open.push(...this.#spansOf(key, run, now, this.#spans.length + open.length));
    const groups: Groups = new Map(this.#groups);
    for (const span of open) groups.set(span.item!, [...(groups.get(span.item!) ?? []), span]);
    return {
      ...{
        spans: [...this.#spans, ...open],
        instants: [...this.#missed, ...this.#fired.values()],
        records: [],
        places: this.#places,
        groups,
        fired: this.#fired,
      },
      ...{ order: [...groups.keys()].sort(), length: (until - this.#base) * NS },
    };
  }

  #settle(key: string, run: Given, add: (span: PageSpan) => void): void {
    this.#settled.add(key);
    for (const span of this.#spansOf(key, run, 0, this.#spans.length)) {
      this.#spans.push(span);
      add(span);
    }
  }

  /** @param index of the first of them */
  #spansOf(key: string, run: Given, now: number, index: number): readonly PageSpan[] {
    const { condition, began, length, outcome, tasks } = run;
    const event = eventOf(key, run, this.#base);
    if (event) this.#fired.set(key, event);
    const own = { task: condition, began, length, outcome };
    return [own, ...tasks].map((part, i) => this.#span(key, run, part, { isRun: i === 0, index: index + i, now }));
  }

  #span(
    key: string,
    run: Given,
    { task, began, length, outcome }: Given['tasks'][number],
    { isRun, index, now }: { readonly isRun: boolean; readonly index: number; readonly now: number },
  ): PageSpan {
    const category = isRun ? 'run' : 'task';
    const item = isRun ? `condition/${task}` : `task/${task}`;
    const id = `${key}/${isRun ? '' : task}/${began}`;
    const open = length < 0 && outcome === 'running';
    this.#places.set(id, run);
    return {
      type: 'span',
      index,
      category,
      id,
      item,
      name: task,
      open,
      outcome,
      start: (began - this.#base) * NS,
      finish: ((open ? now : began + Math.max(0, length)) - this.#base) * NS,
      wall: began,
      cause: run.cause,
      run: key,
      style: open ? 'open' : styleOf(outcome),
      began: null,
      ended: null,
    };
  }
}

/** The model of a timeline at one instant. */
export const runModel = (
  columns: RunColumns,
  live: readonly SlimRun[],
  { base, until, now }: { readonly base: number; readonly until: number; readonly now: number },
): RunModel => new RunModels(columns, base, live).at(live, { until, now });
