import { lastLine } from '../last-line.ts';

/**
 * What the history keeps: one JSON object a line, appended and never changed. Each line is read without the others. Instants are
 * ISO 8601 in UTC, so that `jq`, DuckDB and SQLite sort and compare them as they are.
 */

/** What all lines have. */
interface Line<K extends string> {
  readonly kind: K;
  /** When it was written. */
  readonly time: string;
  /** The instance that it is about: unique within a directory. Ids of runs and causes count anew in each. */
  readonly session: string;
}

const NOT_MISSED: ReadonlySet<string> = new Set(['instants-paused', 'instants-claiming']);
/** Whether instants that are not run for this reason are missed: not those of a pause, and not those that another firing stands for. */
export const isMissedFor = (code: string): boolean => !NOT_MISSED.has(code);

/** How a run ended, also one that a killed instance has left. */
export type RunOutcome = 'success' | 'failure' | 'none' | 'error' | 'interrupted' | 'cancelled' | 'replaced';

/** An instance begins. */
export interface StartLine extends Line<'start'> {
  readonly format: 1;
  readonly version: string;
  readonly pid: number;
  readonly config: string;
  /** The local time zone, by name. */
  readonly zone: string;
  readonly tick_seconds: number;
  readonly paused: boolean;
  /** When the pause ends by itself; absent: not before a command. */
  readonly until?: string;
  /** When the instance before was last known to run; absent: this is the first one. */
  readonly last_alive?: string;
}

/** An instance ends. Without it, it was killed. */
export interface EndLine extends Line<'end'> {
  readonly how: 'exit' | 'kill';
}

/** A file was loaded in the place of another. */
export interface ReloadLine extends Line<'reload'> {
  readonly config: string;
}

/** A condition is new, has other keys than before, or has left the file. */
export interface ItemLine extends Line<'item'>, OfFile {
  readonly condition: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** The word in the file. */
  readonly type: string;
  /** Stands for the keys that decide at which instants it is true; only conditions of type `time`. */
  readonly schedule?: string;
}

/** Of conditions of type `time`. */
export interface AccountedInstants {
  /** Up to when the instants are accounted for. */
  readonly until?: string;
  /** Instants up to `until` that are held back by `jitter_seconds`, and not accounted for yet; absent: none. */
  readonly held?: readonly string[];
  /** Runs that it owes for missed instants; absent: none. */
  readonly owed?: number;
}

/** Of runs of hooks, which are not runs of the condition itself. */
export interface OfHook {
  /** `on_failure` and the like; absent: it is a run of the condition itself. */
  readonly hook?: string;
}
export const hookOf = ({ hook }: OfHook): OfHook => (hook === undefined ? {} : { hook });

/** A run of a condition is about to begin. What has no `run` line after it was interrupted. */
export interface ClaimLine extends Line<'claim'>, AccountedInstants, OfHook, OfFile {
  readonly condition: string;
  readonly run: string;
  readonly cause: string;
  readonly tasks: readonly string[];
  /** The code of the reason, and the reason as text. */
  readonly code: string;
  readonly why: string;
  /** Of a condition of type `time`: the instant that it runs for. */
  readonly instant?: string;
  /** What has fired it, if files have changed: how often, and the last path, with secrets masked. */
  readonly event?: { readonly name: string; readonly count: number; readonly change: string; readonly path: string };
}

/** The last bytes of what a run wrote, at most 8 KiB each, with secrets masked. What was not written is absent. */
export interface KeptOutput {
  readonly stdout?: string;
  readonly stderr?: string;
  /** What a script logged. */
  readonly log?: string;
}

/** Of items of files that the configuration includes. */
export interface OfFile {
  /** The file that the item is in; absent: the main one. */
  readonly file?: string;
}
export const fileOf = ({ file }: OfFile): OfFile => (file === undefined ? {} : { file });

/** How a run of a condition, or of a task within it, has ended. */
interface EndedRun extends KeptOutput, OfHook, OfFile {
  readonly condition: string;
  readonly run: string;
  readonly cause: string;
  readonly began: string;
  readonly seconds: number;
}

/** An attempt of a task that was followed by another one. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly began: string;
  readonly seconds: number;
  readonly outcome: RunOutcome;
  readonly code: string;
  readonly why: string;
  /** The last line that it wrote, with secrets masked. */
  readonly last_line?: string;
}

/** So many attempts of a run are kept, the last ones. */
export const MOST_ATTEMPTS = 20;

/** A task has ended, within a run of a condition. With retries the outcome and the output are those of the last attempt. */
export interface TaskLine extends Line<'task'>, EndedRun {
  readonly task: string;
  readonly outcome: RunOutcome;
  readonly code: string;
  readonly why: string;
  /** How often it was tried, if more than once; and the last attempts before the one that decided. */
  readonly attempts?: number;
  readonly failed_attempts?: readonly FailedAttempt[];
}

/** A run of a condition has ended. The output is that of its check, where a command is one. */
export interface RunLine extends Line<'run'>, EndedRun {
  /** `failure`: at least one task has failed, or ended with an error. */
  readonly outcome: RunOutcome;
  /** Why it began. */
  readonly why: string;
  /** The tasks that ran, with their outcomes. */
  readonly tasks: readonly { readonly task: string; readonly outcome: RunOutcome }[];
  /** The task that decided: the first that failed, else the last one; with its reason and the last line that it wrote. */
  readonly task?: string;
  readonly reason?: string;
  readonly last_line?: string;
}

/** Instants of a condition came and it was not run for them: missed, or in a pause or suspension. */
export interface MissedLine extends Line<'missed'>, AccountedInstants {
  readonly condition: string;
  /** Of the reason, such as `instants-not-running`. */
  readonly code: string;
  readonly why: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
  /** The ranges in which they came: the beginning is excluded, the end included. */
  readonly ranges: readonly { readonly from: string; readonly to: string }[];
}

/** A shared condition has fired, and another machine of the fleet runs it. */
export interface ElsewhereLine extends Line<'elsewhere'>, AccountedInstants {
  readonly condition: string;
  /** The name of that machine. */
  readonly node: string;
  readonly why: string;
  /** The instant that it fired for, if it was one. */
  readonly instant?: string;
}

/** A check has passed, and a guard holds the run back. Without a line after it that ends the hold it goes on at the next start. */
export interface HoldLine extends Line<'hold'>, AccountedInstants {
  readonly condition: string;
  readonly run: string;
  readonly cause: string;
  /** `joined`: another firing is part of it; `released`: the run begins; `dropped`: there is none. A miss is a line of its own. */
  readonly how: 'held' | 'joined' | 'released' | 'dropped';
  readonly since: string;
  /** The instant that it fired for, if it was one. */
  readonly instant?: string;
  /** Why it fired; then why it was released or dropped. */
  readonly why: string;
  /** The guard that did not hold last, and its answer as text. */
  readonly guard: string;
  readonly answer?: string;
}

/** A condition was suspended, resumed or reset, or has become finished or exhausted. */
export interface StateLine extends Line<'state'>, AccountedInstants {
  readonly condition: string;
  readonly cause: string;
  readonly state: 'waiting' | 'retrying' | 'finished' | 'exhausted' | 'suspended' | 'no-tasks';
  /** −1: without limit. */
  readonly retries_left: number;
  /** When the suspension ends by itself; absent: not before a command. */
  readonly suspended_until?: string;
  /** With `recur_after_failed_check`: its last check has succeeded; absent: it has failed, or there was none. */
  readonly counted?: true;
}

/** The scheduler was paused, or goes on. */
export interface PauseLine extends Line<'pause'> {
  readonly cause: string;
  readonly paused: boolean;
  /** When the pause ends by itself; absent: not before a command. A later line can give another end. */
  readonly until?: string;
}

/** The clock was set, or the local time zone is another one. */
export interface ClockLine extends Line<'clock'> {
  readonly change: 'set-back' | 'set-forward' | 'zone';
  readonly from: string;
  readonly to: string;
}

/** A script has stored its private state, which goes on after a restart: as the Lua port has it as JSON. */
export interface ScriptLine extends Line<'script'> {
  /** `task/NAME` or `condition/NAME` */
  readonly item: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** A process that a killed instance has left still runs at the start of the next one, or has ended since. How is not known. */
export interface LeftoverLine extends Line<'leftover'> {
  /** `task/NAME` or `condition/NAME` */
  readonly item: string;
  /** Of its process group. */
  readonly pid: number;
  readonly began: string;
  readonly state: 'running' | 'ended';
}

/** Lines could not be written. */
export interface LostLine extends Line<'lost'> {
  readonly lines: number;
  readonly why: string;
}

/** A line of the history. */
export type HistoryLine =
  | StartLine
  | EndLine
  | ReloadLine
  | ItemLine
  | ClaimLine
  | TaskLine
  | RunLine
  | MissedLine
  | ElsewhereLine
  | HoldLine
  | StateLine
  | PauseLine
  | ClockLine
  | ScriptLine
  | LeftoverLine
  | LostLine;

const KINDS: Readonly<Record<HistoryLine['kind'], true>> = {
  start: true,
  end: true,
  reload: true,
  item: true,
  claim: true,
  task: true,
  run: true,
  missed: true,
  elsewhere: true,
  hold: true,
  state: true,
  pause: true,
  clock: true,
  script: true,
  leftover: true,
  lost: true,
};

/** A value as a line; undefined: it is not one of this version. */
export const asHistoryLine = (value: unknown): HistoryLine | undefined => {
  const line = value as Partial<HistoryLine> | null;
  if (typeof line !== 'object' || line === null || typeof line.kind !== 'string') return undefined;
  if (!Object.hasOwn(KINDS, line.kind) || typeof line.session !== 'string') return undefined;
  return Number.isNaN(Date.parse(line.time ?? '')) ? undefined : (line as HistoryLine);
};

/** Parses a line; undefined: it is not one, or of a later version. */
export const parseHistoryLine = (text: string): HistoryLine | undefined => {
  try {
    return asHistoryLine(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** An instant as lines have it. */
export const lineInstant = (ms: number): string => {
  if (ms !== lastInstant.ms) lastInstant = { ms, text: new Date(ms).toISOString() };
  return lastInstant.text;
};
/** Lines of the same instant come one after the other. */
let lastInstant = { ms: Number.NaN, text: '' };
/** The instant of a line, wall-clock ms. */
export const instantOfLine = (text: string): number =>
  text === lastInstant.text ? Math.trunc(lastInstant.ms) : Date.parse(text);

/** The instant of a line as sentences have it: `2026-03-29 02:30:00`, local time. */
const shownInstant = (text: string): string => {
  const ms = Date.parse(text);
  return lineInstant(ms - new Date(ms).getTimezoneOffset() * 60_000)
    .slice(0, 19)
    .replace('T', ' ');
};

/** What is said of a process that outlived its instance. */
export const leftoverReason = ({ pid, state, time }: LeftoverLine): string =>
  state === 'running'
    ? `whenever was ended while it ran; its process group ${pid} goes on`
    : `whenever was ended while it ran; its process group ${pid} went on until ${shownInstant(time)}, how it ended is not known`;

/** Characters of the last line of an output that are shown with a run. */
const LONGEST_LINE = 200;

const shortened = (line: string): string =>
  line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1).replace(/[\ud800-\udbff]$/, '')}…` : line;

/** The beginning of the last line of an output: of standard error, else of standard output, else of what a script logged. */
export const lastLineOf = ({ stderr, stdout, log }: KeptOutput): string | undefined => {
  const line = lastLine(stderr, stdout, log);
  return line && shortened(line);
};

/** Takes the lines of the history. Never throws: what cannot be written is counted there. */
export interface HistoryWriter {
  write(lines: readonly HistoryLine[]): void;
  /** Called about once a minute: the instance runs. */
  alive(): void;
}

/** Keeps no lines: of a simulation, and where the history is disabled. */
export const NO_WRITER: HistoryWriter = { write: () => {}, alive: () => {} };
