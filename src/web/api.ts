// What the page and the server of `whenever web` say to each other: one table of questions, one of actions, and the messages of the
// live connection. Server, page and tests import it; it has no code for either. Instants are wall-clock ms.

import type { Finding } from '../check/check-text.ts';
import type { CtlResult } from '../control/request-handler.ts';
import type { ConditionReport, StatusReport, TaskReport } from '../control/status.ts';
import type { NodeReport } from '../fleet/snapshot.ts';
import type { ConditionRun, HistoryEntry, TaskRun } from '../history/history-entries.ts';
import type { LogFact, Transition } from '../journal/fact.ts';
import type { Level } from '../log/record.ts';

/** How the daemon was at one instant: memory in bytes, delays and lateness in ms, utilization of the event loop from 0 to 1. */
export interface Vitals {
  readonly time: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly loopDelay: number;
  readonly utilization: number;
  /** How late the latest tick was. */
  readonly late: number;
  readonly running: number;
}

/** Whether the daemon runs, and since when that is so. A silent one is there, but does not answer. */
export interface InstanceState {
  readonly state: 'running' | 'silent' | 'not-running';
  readonly since: number;
  /** Why it cannot be asked, if something other than its end is the reason. */
  readonly why?: string;
}

/** What the page knows when it opens. */
export interface Overview {
  readonly instance: InstanceState;
  /** The last one that is known; null: the daemon has not been reached yet. */
  readonly status: StatusReport | null;
  /** The configuration; null: not known. */
  readonly config: string | null;
  /** Actions are refused. */
  readonly readOnly: boolean;
  /** The file has machines with which it shares firings. */
  readonly hasFleet: boolean;
  /** Names of events, for the button that triggers one. */
  readonly events: readonly string[];
  readonly version: string;
  /** The local time zone of the server, by name. */
  readonly zone: string;
}

/** A run without what it wrote, which is asked for by itself: `output` says whether there is any. */
type Slim<T> = Omit<T, 'stdout' | 'stderr' | 'log'> & { readonly hasOutput: boolean };
export type SlimTask = Slim<TaskRun>;
export type SlimRun = Omit<Slim<ConditionRun>, 'tasks'> & {
  readonly tasks: readonly SlimTask[];
  /** The event that fired it, of a run that has come by the live connection; absent: none, or not known. */
  readonly event?: string;
};
export type SlimEntry = SlimRun | SlimTask | Exclude<HistoryEntry, ConditionRun | TaskRun>;

/** What a run wrote, each at most 8 KiB, with secrets masked. */
export interface RunOutput {
  /** The task; null: the check of the condition. */
  readonly task: string | null;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly log?: string;
}

/** One hour of one condition in the calendar. */
export interface CalendarCell {
  /** Beginning of the hour. Hours are counted from the beginning of the range. */
  readonly hour: number;
  readonly condition: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly missed: number;
  /** Firings that are foreseen. */
  readonly coming: number;
}

/** Hours that are not empty, the earliest first. */
export interface CalendarAnswer {
  readonly cells: readonly CalendarCell[];
  /** Up to when firings are foreseen: the end of the range, or earlier where there are too many. */
  readonly comingUntil: number;
}

/** Runs as columns, oldest first: one object per run would be many megabytes. Texts are indices in `texts`, −1 for none. */
export interface RunColumns {
  readonly texts: readonly string[];
  readonly condition: readonly number[];
  readonly session: readonly number[];
  readonly run: readonly number[];
  readonly cause: readonly number[];
  readonly outcome: readonly number[];
  /** The event that fired it; −1: none, or not known. */
  readonly event: readonly number[];
  readonly why: readonly number[];
  readonly began: readonly number[];
  /** ms; −1: it runs, or was interrupted. */
  readonly length: readonly number[];
  /** `[row, task, began, length, outcome]` of each task, in the order of the rows. */
  readonly tasks: readonly (readonly number[])[];
  /** `[condition, first, last, count, why]` of misses. */
  readonly missed: readonly (readonly number[])[];
  /** `[from, to]`: whenever was not running. */
  readonly gaps: readonly (readonly [number, number])[];
  /** Older runs of the range that are left out, because there are too many. */
  readonly leftOut: number;
  /** Where the answer begins in the history: `before` of the question for what is older. */
  readonly first: number;
  /** When the oldest run of the whole history began; null: there is none. */
  readonly oldest: number | null;
}

/** One item: what it is, how it stands, its part of the file. */
export interface ItemAnswer {
  readonly key: string;
  readonly report: ConditionReport | TaskReport | null;
  readonly story: readonly Transition[];
  /** Its part of the file, with secrets masked; null: it is not in the file. */
  readonly source: { readonly file: string; readonly line: number; readonly text: string } | null;
  /** Sentences of `whenever describe`. */
  readonly description: readonly string[];
  /** Its coming firings, the soonest first. */
  readonly coming: readonly number[];
}

/** The files of the configuration with what `whenever check` finds. */
export interface FileAnswer {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly findings: readonly Finding[];
  /** The instance runs, and has loaded what is in the files before they were changed. */
  readonly newer?: true;
  /** Why there is no text; absent: there is. */
  readonly problem?: string;
}

/** The machines of a fleet. Instants are those of the clock of the server, but those in rows of the history. */
export interface FleetAnswer {
  /** The file has a fleet. */
  readonly hasFleet: boolean;
  /** When this was read from a server; null: it has not been yet. */
  readonly read: number | null;
  /** No server answers: since when, and why; null: one does. */
  readonly unreachable: { readonly since: number; readonly why: string } | null;
  readonly machines: readonly NodeReport[];
  /** The longest first. `key`: what a shared firing is for. */
  readonly running: readonly {
    readonly machine: string;
    readonly condition: string;
    readonly key?: string;
    readonly since: number;
  }[];
  /** Newest first; `more`: there are older ones. */
  readonly runs: readonly { readonly machine: string; readonly entry: SlimEntry }[];
  readonly more: boolean;
  /** Entries that are missing in the logs of machines. */
  readonly missing: readonly { readonly machine: string; readonly entries: number }[];
}

/** The questions: GET /api/NAME with the query as parameters. An error is a status of 4xx or 5xx with `{ error: TEXT }`. */
export interface Questions {
  overview: { query: Record<never, never>; answer: Overview };
  /** Newest first; `count` at most 1000. `item`: condition/NAME or task/NAME. */
  runs: {
    query: { item?: string; since?: number; until?: number; failed?: boolean; count?: number };
    answer: { entries: readonly SlimEntry[]; more: boolean };
  };
  /** `machine`: another one of the fleet, which was shown before. */
  output: { query: { session: string; run: string; machine?: string }; answer: { outputs: readonly RunOutput[] } };
  item: { query: { key: string }; answer: ItemAnswer };
  /** What became of a condition at an instant (text as for `whenever explain --at`). */
  why: { query: { condition: string; at: string }; answer: { sentences: readonly string[] } };
  /** At most `rows` runs, the newest; with `before` those before the answer whose `first` that is, without misses and gaps. */
  columns: { query: { since: number; until: number; rows?: number; before?: number }; answer: RunColumns };
  calendar: { query: { since: number; until: number }; answer: CalendarAnswer };
  /** Firings that are foreseen, the soonest first: `[condition, at]`, a limited number. */
  coming: { query: { until: number }; answer: { firings: readonly (readonly [condition: string, at: number])[] } };
  logs: {
    query: { level?: Level; item?: string; since?: number; count?: number };
    answer: { records: readonly LogFact[] };
  };
  /** `machine`: only its runs. */
  fleet: { query: { machine?: string; failed?: boolean }; answer: FleetAnswer };
  vitals: { query: Record<never, never>; answer: { samples: readonly Vitals[] } };
  file: { query: Record<never, never>; answer: FileAnswer };
  /** How an event, condition or task is connected with others. */
  story: { query: { of: string }; answer: { chapters: readonly Transition[]; dropped: number } };
}
export type QuestionName = keyof Questions;

/** Actions, and what they are about: POST /api/ACTION with a JSON body; the answer is a {@link CtlResult}. */
export const ACTIONS = {
  run: { about: 'condition', help: 'Run its tasks now', line: 'run' },
  cancel: { about: 'condition', help: 'End its run', line: 'cancel' },
  suspend: { about: 'condition', help: 'Do not check it any more', line: 'suspend_condition' },
  unsuspend: { about: 'condition', help: 'Check it again', line: 'resume_condition' },
  reset: { about: 'condition', help: 'Begin anew, as after a start', line: 'reset_conditions' },
  trigger: { about: 'event', help: 'Fire the event', line: 'trigger' },
  pause: { about: null, help: 'Check nothing any more', line: 'pause' },
  resume: { about: null, help: 'Check again', line: 'resume' },
  reload: { about: null, help: 'Load the file again', line: 'reload' },
} as const;
export type ActionName = keyof typeof ACTIONS;

/** The body of an action: the item that it is about, and data of an event or a time (`2h`) of a pause or a suspension. */
export interface ActionBody {
  readonly name?: string;
  readonly more?: string;
}
export type ActionAnswer = CtlResult;

/** What the page says on the live connection: which of the streams that not every page needs it wants. */
export type PageMessage =
  | { readonly type: 'logs'; readonly on: boolean; readonly level?: Level; readonly item?: string }
  | { readonly type: 'output'; readonly on: boolean; readonly item: string }
  | { readonly type: 'vitals'; readonly on: boolean };

/** What the server says on the live connection. */
export type LiveMessage =
  | { readonly type: 'overview'; readonly overview: Overview }
  | { readonly type: 'instance'; readonly instance: InstanceState }
  /** A status without conditions and tasks, and those that have changed. */
  | {
      readonly type: 'status';
      readonly head: Omit<StatusReport, 'conditions' | 'tasks'>;
      readonly conditions: readonly ConditionReport[];
      readonly tasks: readonly TaskReport[];
    }
  /** A run has begun or ended. */
  | { readonly type: 'run'; readonly run: SlimRun }
  | { readonly type: 'logs'; readonly records: readonly LogFact[] }
  | { readonly type: 'output'; readonly item: string; readonly text: string; readonly stream: string }
  | { readonly type: 'output-end'; readonly item: string }
  | { readonly type: 'vitals'; readonly sample: Vitals }
  /** Messages that were left out, because the page did not read. */
  | { readonly type: 'dropped'; readonly count: number };
