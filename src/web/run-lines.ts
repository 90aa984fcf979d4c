import { type ConditionRun, HistoryEntries, type RunFilter } from '../history/history-entries.ts';
import type { ClaimLine, HistoryLine, TaskLine } from '../history/history-line.ts';

const ALL: RunFilter = {
  ...{ conditions: [], tasks: [], failed: false },
  ...{ since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
};

/** A run that begins or ends, and the event that fired it. */
interface LiveRun {
  readonly run: ConditionRun;
  readonly event: string | undefined;
}

/** The lines of a run that is under way. */
interface OpenRun {
  readonly claim: ClaimLine;
  readonly tasks: TaskLine[];
}

/** Makes runs of the lines that an instance writes, as they come. */
export class RunLines {
  readonly #open = new Map<string, OpenRun>();

  /** Forgets the runs of an instance that has ended. */
  clear(): void {
    this.#open.clear();
  }
  /** The run that begins or ends with a line; undefined: none does. @param wanted false: it is only remembered */
  take(line: HistoryLine, wanted: boolean): LiveRun | undefined {
    if (line.kind === 'start') this.clear();
    if (line.kind !== 'claim' && line.kind !== 'task' && line.kind !== 'run') return undefined;
    const key = `${line.session}/${line.run}`;
    const open = this.#open.get(key);
    if (line.kind === 'claim') {
      this.#open.set(key, { claim: line, tasks: [] });
      return wanted ? liveRun([line], line) : undefined;
    }
    if (line.kind === 'task') {
      open?.tasks.push(line);
      return undefined;
    }
    this.#open.delete(key);
    if (!wanted) return undefined;
    return liveRun([line, ...(open?.tasks.toReversed() ?? []), ...(open ? [open.claim] : [])], open?.claim);
  }
}

const liveRun = (lines: readonly HistoryLine[], claim: ClaimLine | undefined): LiveRun | undefined => {
  const run = runFromLines(lines);
  return run && { run, event: claim?.event?.name };
};

/** The run of these lines, the newest first. */
export const runFromLines = (lines: readonly HistoryLine[], alive = true): ConditionRun | undefined => {
  const entries = new HistoryEntries(ALL, alive);
  const found = [...lines.flatMap((line) => entries.take(line)), ...entries.rest()];
  return found.find((entry) => entry.kind === 'run');
};
