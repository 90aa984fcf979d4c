import type { ConditionRef, EventHandlers, Executed, TaskRef } from '../core/events.ts';
import { countsAsFailed, type Outcome } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { type Reason, reasonText } from '../core/reasons.ts';
import type { Config } from '../core/spec.ts';
import {
  type HistoryLine,
  type HistoryWriter,
  type KeptOutput,
  lastLineOf,
  lineInstant,
  type RunLine,
  type RunOutcome,
} from '../history/history-line.ts';
import type { HistoryState } from '../history/history-state.ts';
import type { TraceContext } from '../log/record.ts';

/** What runs have written. */
export interface RunOutputs {
  /** The output of an item within a run, once: `task/Backup`. */
  take(item: string, run: string): KeptOutput;
}

/** What instances say of themselves. */
export interface InstanceDetails {
  readonly version: string;
  readonly pid: number;
}

/** How often it is noted that the instance runs, ms. */
const ALIVE_MS = 60_000;

/** A run of a condition that is under way. */
interface OpenRun {
  readonly began: number;
  /** Monotonic ms. */
  readonly mono: number;
  readonly why: string;
  readonly tasks: Map<TaskRef, { readonly began: number; readonly mono: number }>;
  /** The first output of a task that failed, or that of the last one. */
  shown:
    | { readonly task: string; readonly failed: boolean; readonly reason: string; readonly output: KeptOutput }
    | undefined;
}

const codeOf = ({ reason }: { readonly reason?: Reason }): string => reason?.code ?? '';
const whyOf = (outcome: { readonly kind: string; readonly reason?: Reason }): string =>
  outcome.reason === undefined ? outcome.kind : reasonText(outcome.reason);
const seconds = (from: number, to: number): number => Math.max(0, Math.round(to - from)) / 1000;

const runOutcome = (executed: readonly Executed[]): RunOutcome => {
  if (executed.some(({ outcome }) => countsAsFailed(outcome))) return 'failure';
  return executed.length > 0 && executed.every(({ outcome }) => outcome.kind === 'none') ? 'none' : 'success';
};

/** The history of runs: a line for each claim and each end, for misses, changes of state and pauses. */
export class RunHistory {
  readonly #state: HistoryState;
  readonly #writer: HistoryWriter;
  readonly #outputs: RunOutputs;
  readonly #clock: Clock;
  readonly #instance: InstanceDetails;
  readonly #open = new WeakMap<ConditionRef, OpenRun>();
  #session = '';
  #aliveAt = Number.NEGATIVE_INFINITY;

  constructor(
    state: HistoryState,
    writer: HistoryWriter,
    outputs: RunOutputs,
    clock: Clock,
    instance: InstanceDetails,
  ) {
    this.#state = state;
    this.#writer = writer;
    this.#outputs = outputs;
    this.#clock = clock;
    this.#instance = instance;
  }

  /** What the lines say so far. */
  get state(): HistoryState {
    return this.#state;
  }

  readonly handlers: EventHandlers = {
    'scheduler.loading': ({ config }) => this.#begin(config),
    'scheduler.paused': ({ initial }, trace) => {
      if (!initial) this.#write({ kind: 'pause', ...this.#now(), cause: trace.cause, paused: true });
    },
    'scheduler.resumed': (_, trace) =>
      this.#write({ kind: 'pause', ...this.#now(), cause: trace.cause, paused: false }),
    'scheduler.ended': ({ how }) => this.#write({ kind: 'end', ...this.#now(), how }),
    'reload.finished': ({ config }) => this.#write({ kind: 'reload', ...this.#now(), config: config.file }),
    'tick.started': () => {
      if (this.#clock.mono() - this.#aliveAt < ALIVE_MS) return;
      this.#aliveAt = this.#clock.mono();
      this.#writer.alive();
    },

    'run.started': ({ condition, result }, trace) => {
      const why = whyOf(result);
      const [began, mono] = [this.#clock.wall(), this.#clock.mono()];
      this.#open.set(condition, { began, mono, why, tasks: new Map(), shown: undefined });
      const { name, spec } = condition;
      this.#write({
        kind: 'claim',
        ...this.#now(),
        ...{ condition: name, run: trace.run ?? '', cause: trace.cause, tasks: spec.traits.tasks },
        ...{ code: codeOf(result), why },
      });
    },
    'task.started': ({ task, condition }) => {
      this.#open.get(condition)?.tasks.set(task, { began: this.#clock.wall(), mono: this.#clock.mono() });
    },
    'task.finished': ({ task, condition, outcome }, trace) => this.#taskEnded(task, condition, outcome, trace),
    'run.finished': ({ condition, executed }, trace) => {
      const run = this.#open.get(condition);
      if (run === undefined) return;
      this.#open.delete(condition);
      this.#write(this.#runLine(condition, executed, run, trace));
    },
  };

  #begin({ file, settings }: Config): void {
    this.#session = Math.round(this.#clock.wall()).toString(36);
    const { version, pid } = this.#instance;
    this.#write({
      kind: 'start',
      ...this.#now(),
      ...{ format: 1, version, pid, config: file, zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
      ...{ tick_seconds: settings.tickSeconds, paused: false },
    });
  }

  #taskEnded(task: TaskRef, condition: ConditionRef, outcome: Outcome, trace: TraceContext): void {
    const run = this.#open.get(condition);
    const start = run?.tasks.get(task);
    if (run === undefined || start === undefined) return;
    run.tasks.delete(task);
    const output = this.#outputs.take(`task/${task.name}`, trace.run ?? '');
    const failed = countsAsFailed(outcome);
    if (run.shown === undefined || !run.shown.failed)
      run.shown = { task: task.name, failed, reason: whyOf(outcome), output };
    this.#write({
      kind: 'task',
      ...this.#now(),
      ...{ task: task.name, condition: condition.name, run: trace.run ?? '', cause: trace.cause },
      ...{ began: lineInstant(start.began), seconds: seconds(start.mono, this.#clock.mono()) },
      ...{ outcome: outcome.kind, code: codeOf(outcome), why: whyOf(outcome) },
      ...output,
    });
  }

  #runLine(condition: ConditionRef, executed: readonly Executed[], run: OpenRun, trace: TraceContext): RunLine {
    const lastLine = run.shown && lastLineOf(run.shown.output);
    return {
      kind: 'run',
      ...this.#now(),
      ...{ condition: condition.name, run: trace.run ?? '', cause: trace.cause },
      ...{ began: lineInstant(run.began), seconds: seconds(run.mono, this.#clock.mono()) },
      ...{ outcome: runOutcome(executed), why: run.why },
      tasks: executed.map(({ task, outcome }) => ({ task: task.name, outcome: outcome.kind })),
      ...(run.shown ? { task: run.shown.task, reason: run.shown.reason } : {}),
      ...(lastLine === undefined ? {} : { last_line: lastLine }),
      ...this.#outputs.take(`condition/${condition.name}`, trace.run ?? ''),
    };
  }

  #now(): { readonly time: string; readonly session: string } {
    return { time: lineInstant(this.#clock.wall()), session: this.#session };
  }

  #write(line: HistoryLine): void {
    this.#state.apply(line);
    this.#writer.write(line);
  }
}

/** Knows of no output. */
export const NO_OUTPUTS: RunOutputs = { take: () => ({}) };
