import type { ConditionRef, EngineEventMap, TaskRef } from '../core/engine-events.ts';
import { countsAsFailed, runOutcome } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import {
  type ClaimLine,
  type FailedAttempt,
  fileOf,
  hookOf,
  type KeptOutput,
  lastLineOf,
  lineInstant,
  MOST_ATTEMPTS,
  type RunLine,
  type TaskLine,
} from '../history/history-line.ts';
import type { TraceContext } from '../log/record.ts';
import { claimLine, hookClaimLine, type LineStamp, reasonCode, seconds, taskOutcome, whyOf } from './run-lines.ts';
import type { RunOutputs } from './run-outputs.ts';

/** When something began: on the wall clock, and on the monotonic one; ms. */
interface Began {
  readonly began: number;
  readonly mono: number;
}

/** A task that runs. */
interface OpenTask extends Began {
  /** The attempt in progress, and those before it. */
  attempt?: Began;
  failed?: FailedAttempt[];
}

/** A run of a condition that is under way. */
interface OpenRun extends Began {
  readonly why: string;
  readonly tasks: Map<TaskRef, OpenTask>;
  /** The first output of a task that failed, or that of the last one. */
  shown:
    | { readonly task: string; readonly failed: boolean; readonly reason: string; readonly output: KeptOutput }
    | undefined;
}

/** The runs that are under way, of conditions and of their hooks, and the lines that are made of them. */
export class OpenRuns {
  readonly #outputs: RunOutputs;
  readonly #clock: Clock;
  readonly #stamp: (wall: number) => LineStamp;
  readonly #open = new WeakMap<ConditionRef, OpenRun>();

  /** @param stamp what a line has that is written at a wall-clock instant */
  constructor(outputs: RunOutputs, clock: Clock, stamp: (wall: number) => LineStamp) {
    this.#outputs = outputs;
    this.#clock = clock;
    this.#stamp = stamp;
  }

  begin(started: EngineEventMap['run.started'], trace: TraceContext): ClaimLine {
    const now = this.#now();
    return this.#begin(started.condition, now, claimLine(this.#stamp(now.began), started, trace, this.#outputs.mask));
  }
  beginHook(started: EngineEventMap['hook.started'], trace: TraceContext): ClaimLine {
    const now = this.#now();
    return this.#begin(started.condition, now, hookClaimLine(this.#stamp(now.began), started, trace));
  }
  #begin(condition: ConditionRef, { began, mono }: Began, claim: ClaimLine): ClaimLine {
    this.#open.set(condition, { began, mono, why: claim.why, tasks: new Map(), shown: undefined });
    return claim;
  }

  taskStarted({ task, condition }: EngineEventMap['task.started']): void {
    this.#open.get(condition)?.tasks.set(task, this.#now());
  }
  attemptStarted({ task, condition }: EngineEventMap['attempt.started']): void {
    const open = this.#open.get(condition)?.tasks.get(task);
    if (open) open.attempt = this.#now();
  }
  /** An attempt that is followed by another one is kept. */
  attemptFinished(
    { task, condition, attempt: { number: attempt }, outcome, delayMs }: EngineEventMap['attempt.finished'],
    { run }: TraceContext,
  ): void {
    const open = this.#open.get(condition)?.tasks.get(task);
    if (open?.attempt === undefined || delayMs === undefined) return;
    const { began, mono } = open.attempt;
    const lastLine = this.#outputs.lastLine(`task/${task.name}`, run!);
    open.failed = [
      ...(open.failed ?? []).slice(1 - MOST_ATTEMPTS),
      {
        ...{ attempt, began: lineInstant(began), seconds: seconds(mono, this.#clock.mono()) },
        ...{ outcome: outcome.kind, code: reasonCode(outcome), why: whyOf(outcome) },
        ...(lastLine === undefined ? {} : { last_line: lastLine }),
      },
    ];
  }
  /** The last attempt has become the one that decided. */
  retriesEnded({ task, condition, attempt }: EngineEventMap['retries.ended']): void {
    const open = this.#open.get(condition)?.tasks.get(task);
    if (open?.failed?.at(-1)?.attempt === attempt.number) open.failed = open.failed.slice(0, -1);
  }
  /** Undefined: it is not known that it began. */
  taskFinished(
    { task, condition, outcome }: EngineEventMap['task.finished'],
    trace: TraceContext,
  ): TaskLine | undefined {
    const run = this.#open.get(condition);
    const start = run?.tasks.get(task);
    if (run === undefined || start === undefined) return undefined;
    run.tasks.delete(task);
    const output = this.#outputs.take(`task/${task.name}`, trace.run!);
    const [failed, why] = [countsAsFailed(outcome), whyOf(outcome)];
    if (run.shown === undefined || !run.shown.failed) run.shown = { task: task.name, failed, reason: why, output };
    const { began: ended, mono } = this.#now();
    return {
      kind: 'task',
      ...this.#stamp(ended),
      ...{ task: task.name, condition: condition.name, run: trace.run!, cause: trace.cause },
      ...hookOf(condition),
      ...fileOf(task.spec),
      ...{ began: lineInstant(start.began), seconds: seconds(start.mono, mono) },
      ...{ outcome: taskOutcome(outcome), code: reasonCode(outcome), why },
      ...(outcome.attempts === undefined ? {} : { attempts: outcome.attempts }),
      ...(start.failed === undefined || start.failed.length === 0 ? {} : { failed_attempts: start.failed }),
      ...output,
    };
  }

  /** A run has ended. Undefined: it is not known that it began. */
  end(
    { condition, executed, ended }: Pick<EngineEventMap['run.finished'], 'condition' | 'executed' | 'ended'>,
    trace: TraceContext,
  ): RunLine | undefined {
    const run = this.#open.get(condition);
    if (run === undefined) return undefined;
    this.#open.delete(condition);
    const lastLine = run.shown && lastLineOf(run.shown.output);
    const { began: at, mono } = this.#now();
    return {
      kind: 'run',
      ...this.#stamp(at),
      ...{ condition: condition.name, run: trace.run!, cause: trace.cause },
      ...hookOf(condition),
      ...fileOf(condition.spec),
      ...{ began: lineInstant(run.began), seconds: seconds(run.mono, mono) },
      ...{ outcome: runOutcome(executed, ended), why: run.why },
      tasks: executed.map(({ task, outcome }) => ({ task: task.name, outcome: taskOutcome(outcome) })),
      ...(run.shown ? { task: run.shown.task, reason: run.shown.reason } : {}),
      ...(lastLine === undefined ? {} : { last_line: lastLine }),
      // That of the check, which a hook does not have.
      ...this.#outputs.take(`condition/${condition.name}`, trace.run!),
    };
  }

  #now(): Began {
    return { began: this.#clock.wall(), mono: this.#clock.mono() };
  }
}
