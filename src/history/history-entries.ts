import {
  type ClaimLine,
  fileOf,
  type HistoryLine,
  hookOf,
  isMissedFor,
  type KeptOutput,
  type LostLine,
  lastLineOf,
  type MissedLine,
  type OfFile,
  type OfHook,
  type RunLine,
  type RunOutcome,
  type StartLine,
  type TaskLine,
} from './history-line.ts';
import { isFailure } from './history-state.ts';

/** What all runs have. Instants are wall-clock ms. */
interface AnyRun extends KeptOutput, OfHook, OfFile {
  readonly condition: string;
  /** `running`: it has not ended yet. */
  readonly outcome: RunOutcome | 'running';
  readonly began: number;
  /** Null: it runs, or it was interrupted and when is not known. */
  readonly ended: number | null;
  readonly seconds: number | null;
  /** The last line that it wrote; null: it wrote nothing. */
  readonly lastLine: string | null;
  /** The instance, and the ids of the run and of its cause within it. */
  readonly session: string;
  readonly run: string;
  readonly cause: string;
}

/** An attempt of a task that failed, and was followed by another one. Instants are wall-clock ms. */
export interface EarlierAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly began: number;
  readonly seconds: number;
  readonly outcome: RunOutcome;
  /** Why it failed: the code of the reason, and its text. */
  readonly code: string;
  readonly why: string;
  /** The last line that it wrote; null: it wrote nothing. */
  readonly lastLine: string | null;
}

/** A run of a task, within a run of a condition. Of a task with `retries` the outcome and the output are those of the last attempt. */
export interface TaskRun extends AnyRun {
  readonly kind: 'task';
  readonly task: string;
  /** Why it ended so: the code of the reason, and its text. */
  readonly code: string;
  readonly why: string;
  /** How often it was tried, if more than once; and the attempts before the last one, of many those that were kept. */
  readonly attempts?: number;
  readonly failedAttempts?: readonly EarlierAttempt[];
}

/** A run of a condition. Its output is that of its check. */
export interface ConditionRun extends AnyRun {
  readonly kind: 'run';
  /** Why it began: the code of the reason, and its text. The code is empty if the beginning is no longer kept. */
  readonly code: string;
  readonly why: string;
  /** The instant that it ran for; null: it does not go by the clock. */
  readonly instant: number | null;
  /** The task that decided, and why that ended so; null: none ran. */
  readonly task: string | null;
  readonly reason: string | null;
  /** Its tasks that have ended, in their order. */
  readonly tasks: readonly TaskRun[];
}

/** Instants that a condition was not run for. */
export interface MissedInstants {
  readonly kind: 'missed';
  readonly condition: string;
  readonly count: number;
  /** Wall-clock ms. */
  readonly first: number;
  readonly last: number;
  /** The code of the reason, and its text. */
  readonly code: string;
  readonly why: string;
}

/** What the history has of runs. */
export type HistoryRun = ConditionRun | TaskRun | MissedInstants;

/** Between two instances whenever was not running, wall-clock ms. */
export interface NotRunning {
  readonly kind: 'not-running';
  readonly from: number;
  readonly to: number;
}

/** Lines could not be written. */
export interface LostLines {
  readonly kind: 'lost';
  readonly at: number;
  readonly lines: number;
  readonly why: string;
}

/** A row of the history. */
export type HistoryEntry = HistoryRun | NotRunning | LostLines;

/** Which runs are wanted. */
export interface RunFilter {
  /** Names of conditions. */
  readonly conditions: readonly string[];
  /** Names of tasks, of which each run is an entry of its own. With no names at all: all conditions. */
  readonly tasks: readonly string[];
  /** Only what failed, was interrupted or was missed. */
  readonly failed: boolean;
  /** Only what began, or was missed, not before and not after; wall-clock ms. */
  readonly since: number;
  readonly until: number;
}

/** Lines that are older than what is wanted by less than this may be followed by others that are not: clocks are set back. ms */
const CLOCK_MS = 3 * 3_600_000;

/** So many of the newest lines are all read: a run that was interrupted and not reported yet has only its claim. */
const READ_ALL = 10_000;

const FAILED_LINES: readonly string[] = [
  ...['failure', 'error', 'interrupted'].map((outcome) => `"outcome":"${outcome}"`),
  ...['missed', 'start', 'lost'].map((kind) => `"kind":"${kind}"`),
];

/** A run whose claim has not been read yet: lines are read backwards. */
interface OpenRun {
  readonly line: RunLine | undefined;
  readonly tasks: TaskRun[];
}

const taskRun = (line: TaskLine): TaskRun => {
  const { task, condition, outcome, began, time, seconds, code, why, session, run, cause } = line;
  return {
    kind: 'task',
    ...{ task, condition, outcome, began: Date.parse(began), ended: Date.parse(time), seconds, code, why },
    ...{ lastLine: lastLineOf(line) ?? null, session, run, cause },
    ...attemptsOf(line),
    ...hookOf(line),
    ...fileOf(line),
    ...outputOf(line),
  };
};

/** What the line of a task has of its attempts; nothing where there was one. */
export const attemptsOf = ({
  attempts,
  failed_attempts: failed,
}: Pick<TaskLine, 'attempts' | 'failed_attempts'>): Pick<TaskRun, 'attempts' | 'failedAttempts'> => ({
  ...(attempts === undefined ? {} : { attempts }),
  ...(failed === undefined
    ? {}
    : {
        failedAttempts: failed.map(({ attempt, began, seconds, outcome, code, why, last_line: lastLine = null }) => ({
          ...{ attempt, began: Date.parse(began), seconds, outcome, code, why, lastLine },
        })),
      }),
});

const outputOf = ({ stdout, stderr, log }: KeptOutput): KeptOutput => ({
  ...(stdout === undefined ? {} : { stdout }),
  ...(stderr === undefined ? {} : { stderr }),
  ...(log === undefined ? {} : { log }),
});

const missedInstants = ({ condition, count, first, last, code, why }: MissedLine): MissedInstants => ({
  kind: 'missed',
  ...{ condition, count, first: Date.parse(first), last: Date.parse(last), code, why },
});

const notRunning = ({ last_alive: from, time }: StartLine): NotRunning[] =>
  from === undefined ? [] : [{ kind: 'not-running', from: Date.parse(from), to: Date.parse(time) }];

const lostLines = ({ time, lines, why }: LostLine): LostLines => ({ kind: 'lost', at: Date.parse(time), lines, why });

/** A run that has ended. `claim`: how it began, if that is still kept. */
const endedRun = (line: RunLine, tasks: readonly TaskRun[], claim: ClaimLine | undefined): ConditionRun => {
  const { condition, outcome, began, time, seconds, why, task = null, reason = null, session, run, cause } = line;
  const interrupted = outcome === 'interrupted';
  return {
    kind: 'run',
    ...{ condition, outcome, began: Date.parse(began), ended: interrupted ? null : Date.parse(time), seconds },
    ...{ code: claim?.code ?? '', why, instant: claim?.instant === undefined ? null : Date.parse(claim.instant) },
    ...{ task, reason, lastLine: line.last_line ?? null, tasks: tasks.toReversed(), session, run, cause },
    ...hookOf(line),
    ...fileOf(line),
    ...outputOf(line),
  };
};

/** A run without an end. */
const openRun = (claim: ClaimLine, tasks: readonly TaskRun[], runs: boolean): ConditionRun => {
  const { condition, time, code, why, instant, session, run, cause } = claim;
  const left = claim.tasks.find((name) => !tasks.some(({ task }) => task === name)) ?? null;
  return {
    kind: 'run',
    ...{ condition, outcome: runs ? 'running' : 'interrupted', began: Date.parse(time), ended: null, seconds: null },
    ...{
      code,
      why,
      instant: instant === undefined ? null : Date.parse(instant),
      task: runs ? null : left,
      lastLine: null,
    },
    ...{ reason: runs ? null : 'whenever was ended while it ran', tasks: tasks.toReversed(), session, run, cause },
    ...hookOf(claim),
    ...fileOf(claim),
  };
};

/** Makes entries of the lines of a history, which it takes backwards. Runs come by when they began, those of tasks by when they ended. */
export class HistoryEntries {
  readonly #filter: RunFilter;
  readonly #alive: boolean;
  /** By session and run. */
  readonly #open = new Map<string, OpenRun>();
  /** The session of the newest lines; the instance runs if it has not written its end. */
  #newest: string | undefined;
  #ended = false;
  #needles: readonly string[] | undefined;
  #over = false;
  #taken = 0;

  /** @param alive whether the last instance is running, unless its end is in the lines. */
  constructor(filter: RunFilter, alive: boolean) {
    this.#filter = filter;
    this.#alive = alive;
    this.#setNeedles();
  }

  /** A line without any of these texts is not needed; undefined: all may be. It changes from line to line. */
  get containing(): readonly string[] | undefined {
    return this.#filter.failed && this.#taken < READ_ALL ? undefined : this.#needles;
  }
  /** What comes before is older than what is wanted. */
  get over(): boolean {
    return this.#over;
  }

  /** The entries that are complete with this line. */
  take(line: HistoryLine): readonly HistoryEntry[] {
    this.#taken += 1;
    this.#newest ??= line.session;
    this.#over = Date.parse(line.time) < this.#filter.since - CLOCK_MS;
    switch (line.kind) {
      case 'end':
        this.#ended ||= line.session === this.#newest;
        return [];
      case 'run':
        if (this.#isOfCondition(line.condition)) this.#setOpen(line, { line, tasks: [] });
        return [];
      case 'task':
        return this.#task(line);
      case 'claim':
        return this.#claim(line);
      case 'missed':
        return this.#chosen([missedInstants(line)]);
      case 'start':
        return this.#between(notRunning(line));
      case 'lost':
        return this.#between([lostLines(line)]);
      default:
        return [];
    }
  }

  /** The runs whose beginnings are no longer kept, when all lines have been taken. */
  rest(): readonly HistoryEntry[] {
    const runs = [...this.#open.values()].flatMap(({ line, tasks }) =>
      line ? [endedRun(line, tasks, undefined)] : [],
    );
    this.#open.clear();
    return this.#chosen(runs.sort((a, b) => b.began - a.began));
  }

  #task(line: TaskLine): readonly HistoryEntry[] {
    const one = taskRun(line);
    const known = this.#open.get(keyOf(line));
    if (known) known.tasks.push(one);
    // Its run has not ended, or has not failed.
    else if (!this.#filter.failed && this.#isOfCondition(line.condition))
      this.#setOpen(line, { line: undefined, tasks: [one] });
    return this.#filter.tasks.includes(line.task) ? this.#chosen([one]) : [];
  }

  #claim(line: ClaimLine): readonly HistoryEntry[] {
    const key = keyOf(line);
    const { line: end, tasks = [] } = this.#open.get(key) ?? {};
    if (this.#open.delete(key)) this.#setNeedles();
    if (end) return this.#chosen([endedRun(end, tasks, line)]);
    const runs = this.#alive && !this.#ended && line.session === this.#newest;
    return this.#chosen([openRun(line, tasks, runs)]);
  }

  #setOpen(line: RunLine | TaskLine, run: OpenRun): void {
    this.#open.set(keyOf(line), run);
    this.#setNeedles();
  }

  #setNeedles(): void {
    const { failed, conditions, tasks } = this.#filter;
    if (conditions.length + tasks.length > 0)
      this.#needles ??= [
        ...conditions.map((name) => `"condition":${JSON.stringify(name)}`),
        ...tasks.map((name) => `"task":${JSON.stringify(name)}`),
        ...['start', 'end', 'lost'].map((kind) => `"kind":"${kind}"`),
      ];
    else if (failed)
      this.#needles = [
        ...FAILED_LINES,
        ...[...this.#open.keys()].map((key) => `"run":"${key.slice(key.indexOf('/') + 1)}"`),
      ];
  }

  #between(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
    return entries.filter((entry) =>
      this.#isInRange(entry.kind === 'not-running' ? entry.to : (entry as LostLines).at),
    );
  }

  #chosen(entries: readonly HistoryRun[]): readonly HistoryRun[] {
    return entries.filter(
      (entry) => this.#isOfItem(entry) && this.#isInRange(beganAt(entry)) && (!this.#filter.failed || hasFailed(entry)),
    );
  }
  #isOfItem(entry: HistoryRun): boolean {
    return entry.kind === 'task' ? this.#filter.tasks.includes(entry.task) : this.#isOfCondition(entry.condition);
  }
  #isOfCondition(name: string): boolean {
    const { conditions, tasks } = this.#filter;
    return conditions.length + tasks.length === 0 || conditions.includes(name);
  }
  #isInRange(at: number): boolean {
    return at >= this.#filter.since && at <= this.#filter.until;
  }
}

const keyOf = ({ session, run }: { readonly session: string; readonly run: string }): string => `${session}/${run}`;

/** When a run began, or the last of missed instants came, wall-clock ms. */
export const beganAt = (entry: HistoryRun): number => (entry.kind === 'missed' ? entry.last : entry.began);

/** Whether something did not go well: it failed, was interrupted, or was missed without being paused. */
export const hasFailed = (entry: HistoryRun): boolean => {
  if (entry.kind === 'missed') return isMissedFor(entry.code);
  return entry.outcome !== 'running' && isFailure(entry.outcome);
};
