import type { RunColumns, SlimRun } from '../../api.ts';
import { type Figures, figuresOf, trendOf } from './figures.ts';

/** A run that has ended: when it began, and how long it took; ms. */
export interface FinishedRun {
  readonly key: string;
  readonly condition: string;
  readonly began: number;
  readonly length: number;
  readonly failed: boolean;
}

const FAILURES: ReadonlySet<string> = new Set(['failure', 'error', 'interrupted']);

/** The runs of an answer that have ended, oldest first. */
export const finishedRuns = (columns: RunColumns): FinishedRun[] => {
  const { texts, condition, session, run, outcome, began, length } = columns;
  const text = (index: number | undefined): string => texts[index ?? -1] ?? '';
  return condition.flatMap((name, i) =>
    length[i]! < 0
      ? []
      : [
          {
            key: `${text(session[i])} ${text(run[i])}`,
            condition: text(name),
            began: began[i]!,
            length: length[i]!,
            failed: FAILURES.has(text(outcome[i])),
          },
        ],
  );
};

/** A run of the live connection; undefined: it has not ended. */
export const endedRun = ({ session, run, condition, began, ended, outcome }: SlimRun): FinishedRun | undefined =>
  ended === null
    ? undefined
    : { key: `${session} ${run}`, condition, began, length: ended - began, failed: FAILURES.has(outcome) };

/** Adds a run, unless it is known. */
export const withRun = (runs: readonly FinishedRun[], run: FinishedRun): readonly FinishedRun[] =>
  runs.some(({ key }) => key === run.key) ? runs : [...runs, run];

/** The runs of one condition. */
export interface ConditionFigures {
  readonly condition: string;
  readonly runs: readonly FinishedRun[];
  readonly failures: number;
  readonly figures: Figures;
  readonly trend: number | undefined;
}

/** The runs by condition, those with the longest first. */
export const byCondition = (runs: readonly FinishedRun[]): ConditionFigures[] => {
  const groups = new Map<string, FinishedRun[]>();
  for (const run of runs) {
    const group = groups.get(run.condition);
    if (group) group.push(run);
    else groups.set(run.condition, [run]);
  }
  return [...groups]
    .map(([condition, list]): ConditionFigures => {
      const own = list.toSorted((a, b) => a.began - b.began);
      const lengths = own.map(({ length }) => length);
      const failures = own.filter(({ failed }) => failed).length;
      return { condition, runs: own, failures, figures: figuresOf(lengths)!, trend: trendOf(lengths) };
    })
    .sort((a, b) => b.figures.p95 - a.figures.p95 || (a.condition < b.condition ? -1 : 1));
};

/** Runs and failures in each piece of time. @param pieces their beginnings */
export const countsIn = (
  runs: readonly FinishedRun[],
  pieces: readonly number[],
): { readonly runs: number[]; readonly failures: number[] } => {
  const counts = { runs: pieces.map(() => 0), failures: pieces.map(() => 0) };
  for (const { began, failed } of runs) {
    const piece = pieces.findLastIndex((from) => from <= began);
    if (piece < 0) continue;
    counts.runs[piece]! += 1;
    if (failed) counts.failures[piece]! += 1;
  }
  return counts;
};

/** At most so many points of a line, each the greatest of its neighbours, so that no peak is lost. */
export const thinned = <T>(list: readonly T[], most: number, value: (one: T) => number): readonly T[] => {
  if (list.length <= most) return list;
  const size = list.length / most;
  return Array.from({ length: most }, (_, i) =>
    list
      .slice(Math.floor(i * size), Math.floor((i + 1) * size))
      .reduce((greatest, one) => (value(one) > value(greatest) ? one : greatest)),
  );
};
