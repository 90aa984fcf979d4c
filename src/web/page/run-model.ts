import { instantStyle, isBad, outcomeStyle, type SpanStyle } from '../../renderings/html/page/legend.ts';
import type { PageInstant, PageModel, PageSpan } from '../../renderings/html/page/page-model.ts';
import type { RunColumns, SlimRun } from '../api.ts';

const NS = 1e6;

/** Where a span of the timeline comes from. */
export interface RunPlace {
  readonly session: string;
  readonly run: string;
  readonly condition: string;
  /** Wall-clock ms. */
  readonly began: number;
}

/** Runs as the timeline shows them. */
export interface RunModel extends PageModel {
  /** By the id of a span: the run that it is, or is part of. */
  readonly places: ReadonlyMap<string, RunPlace>;
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
export function* runsOf(columns: RunColumns): Generator<Given> {
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
      outcome: text(columns.outcome[row]!),
      began: columns.began[row]!,
      length: columns.length[row]!,
      tasks,
    };
  }
}

/** A run that has come by the live connection. */
export const givenOf = ({ session, run, condition, cause, outcome, began, seconds, tasks }: SlimRun): Given => ({
  ...{ session, run, condition, cause, outcome, began, length: seconds === null ? -1 : seconds * 1000 },
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

/**
 * The model of a timeline. @param base the wall clock at its beginning, ms @param until its end, ms @param now until when what runs is
 * drawn, ms @param live runs that have come since the columns were asked for: they take the place of those that are there
 */
export const runModel = (
  columns: RunColumns,
  live: readonly SlimRun[],
  { base, until, now }: { readonly base: number; readonly until: number; readonly now: number },
): RunModel => {
  const runs = new Map<string, Given>();
  for (const run of runsOf(columns)) runs.set(runKey(run), run);
  for (const run of live) if (run.began >= base) runs.set(runKey(run), givenOf(run));
  const spans: PageSpan[] = [];
  const places = new Map<string, RunPlace>();
  const order = new Set<string>();
  const add = (
    run: Given,
    name: string,
    item: string,
    began: number,
    length: number,
    outcome: string,
    category: string,
  ): void => {
    const id = `${runKey(run)}/${category === 'run' ? '' : name}/${began}`;
    const open = length < 0 && outcome === 'running';
    places.set(id, run);
    order.add(item);
    spans.push({
      ...{ type: 'span', index: spans.length, category, id, item, name, open, outcome },
      ...{ start: (began - base) * NS, finish: ((open ? now : began + Math.max(0, length)) - base) * NS, wall: began },
      ...{ cause: run.cause, run: runKey(run), style: open ? 'open' : styleOf(outcome), began: null, ended: null },
    });
  };
  for (const run of runs.values()) {
    add(run, run.condition, `condition/${run.condition}`, run.began, run.length, run.outcome, 'run');
    for (const { task, began, length, outcome } of run.tasks)
      add(run, task, `task/${task}`, began, length, outcome, 'task');
  }
  return {
    ...{ spans, instants: instantsOf(columns, base), records: [], places },
    ...{ order: [...order].sort(), length: (until - base) * NS },
  };
};

/** What a selection over a range has, of one item or of all. */
export interface RangeFigures {
  readonly item: string;
  readonly runs: number;
  readonly failed: number;
  /** ns */
  readonly total: number;
  readonly median: number;
  readonly longest: number;
}

const figuresOf = (item: string, spans: readonly PageSpan[]): RangeFigures => {
  const lengths = spans.map(({ start, finish }) => finish - start).sort((a, b) => a - b);
  return {
    ...{ item, runs: spans.length, failed: spans.filter(({ style }) => isBad(style)).length },
    total: lengths.reduce((sum, one) => sum + one, 0),
    ...{ median: lengths[Math.floor((lengths.length - 1) / 2)] ?? 0, longest: lengths.at(-1) ?? 0 },
  };
};

/** Counts and durations of what began in a range, ns: of all conditions first, then of each item, the most failures first. */
export const figuresIn = (model: PageModel, from: number, to: number): readonly RangeFigures[] => {
  const items = new Map<string, PageSpan[]>();
  for (const span of model.spans) {
    if (span.start < from || span.start > to || span.item === null) continue;
    const list = items.get(span.item);
    if (list) list.push(span);
    else items.set(span.item, [span]);
  }
  const runs = [...items].flatMap(([item, spans]) => (item.startsWith('condition/') ? spans : []));
  const each = [...items].map(([item, spans]) => figuresOf(item, spans));
  return [figuresOf('', runs), ...each.sort((a, b) => b.failed - a.failed || b.runs - a.runs)];
};

/** A pair of spans, the second of which the first led to. */
export type Arrow = readonly [cause: PageSpan, effect: PageSpan];

/** The arrows of the run that a span is part of: to its tasks in their order, to the hooks it began, and from the run that began it. */
export const arrowsOf = (model: RunModel, span: PageSpan): readonly Arrow[] => {
  const own = model.spans.filter(({ run }) => run === span.run);
  const path = own.toSorted((a, b) => a.start - b.start || (a.category === 'run' ? -1 : 1));
  const arrows: Arrow[] = path.slice(1).map((effect, i) => [path[i]!, effect] as const);
  const place = model.places.get(span.id);
  const head = path[0];
  if (place === undefined || head === undefined) return arrows;
  const causes = (one: PageSpan): string | undefined => {
    const of = model.places.get(one.id);
    return of && one.category === 'run' && of.session === place.session ? (one.cause ?? undefined) : undefined;
  };
  for (const other of model.spans) {
    if (causes(other) === place.run) arrows.push([head, other]);
    if (other.category === 'run' && other.run === `${place.session}/${head.cause}`) arrows.push([other, head]);
  }
  return arrows;
};
