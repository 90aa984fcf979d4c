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
import { NO_OUTPUT, type RunOutputs } from './run-outputs.ts';

/** When something began: on the wall clock, and on the monotonic one; ms. */
interface Began {
  readonly began: number;
  readonly mono: number;
}

/** A task that runs. */
interface OpenTask extends Began {
  readonly task: TaskRef;
  /** The attempt in progress, and those before it. */
  attempt?: Began;
  failed?: FailedAttempt[];
}

/** A run of a condition that is under way. */
interface OpenRun extends Began {
  readonly why: string;
  /** Few. */
  tasks: OpenTask[];
  /** The first output of a task that failed, or that of the last one. */
  shown:
    | { readonly task: string; readonly failed: boolean; readonly reason: string; readonly output: KeptOutput }
    | undefined;
}

const openTask = (run: OpenRun | undefined, task: TaskRef): OpenTask | undefined =>
  run?.tasks.find((open) => open.task === task);

/** Whether a line of it has the keys that all have: an object that is spread into another takes much longer than a literal. */
const isPlain = ({ hook }: ConditionRef, { spec }: ConditionRef | TaskRef, output: KeptOutput): boolean =>
  hook === undefined && spec.file === undefined && output === NO_OUTPUT;

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
    this.#open.set(condition, { began, mono, why: claim.why, tasks: [], shown: undefined });
    return claim;
  }

  taskStarted({ task, condition }: EngineEventMap['task.started']): void {
    const run = this.#open.get(condition);
    if (run === undefined) return;
    const open: OpenTask = { task, began: this.#clock.wall(), mono: this.#clock.mono() };
    run.tasks = run.tasks.length === 0 ? [open] : [...run.tasks.filter((other) => other.task !== task), open];
  }
  attemptStarted({ task, condition }: EngineEventMap['attempt.started']): void {
    const open = openTask(this.#open.get(condition), task);
    if (open) open.attempt = this.#now();
  }
  /** An attempt that is followed by another one is kept. */
  attemptFinished(
    { task, condition, attempt: { number: attempt }, outcome, delayMs }: EngineEventMap['attempt.finished'],
    { run }: TraceContext,
  ): void {
    const open = openTask(this.#open.get(condition), task);
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
    const open = openTask(this.#open.get(condition), task);
    if (open?.failed?.at(-1)?.attempt === attempt.number) open.failed = open.failed.slice(0, -1);
  }
  /** Undefined: it is not known that it began. */
  taskFinished(
    { task, condition, outcome }: EngineEventMap['task.finished'],
    trace: TraceContext,
  ): TaskLine | undefined {
    const run = this.#open.get(condition);
    const start = openTask(run, task);
    if (run === undefined || start === undefined) return undefined;
    run.tasks = run.tasks.length === 1 ? [] : run.tasks.filter((open) => open !== start);
    const output = this.#outputs.take(`task/${task.name}`, trace.run!);
    const [failed, why] = [countsAsFailed(outcome), whyOf(outcome)];
    if (run.shown === undefined || !run.shown.failed) run.shown = { task: task.name, failed, reason: why, output };
    const { time, session } = this.#stamp(this.#clock.wall());
    const [name, of, { run: id, cause }] = [task.name, condition.name, trace];
    const [began, took] = [lineInstant(start.began), seconds(start.mono, this.#clock.mono())];
    const [ended, code] = [taskOutcome(outcome), reasonCode(outcome)];
    const failures = start.failed === undefined || start.failed.length === 0 ? undefined : start.failed;
    if (isPlain(condition, task, output) && outcome.attempts === undefined && failures === undefined)
      return {
        ...{ kind: 'task', time, session, task: name, condition: of, run: id!, cause },
        ...{ began, seconds: took, outcome: ended, code, why },
      };
    return {
      ...{ kind: 'task', time, session, task: name, condition: of, run: id!, cause },
      ...hookOf(condition),
      ...fileOf(task.spec),
      ...{ began, seconds: took, outcome: ended, code, why },
      ...(outcome.attempts === undefined ? {} : { attempts: outcome.attempts }),
      ...(failures === undefined ? {} : { failed_attempts: failures }),
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
    const { why, shown } = run;
    const lastLine = shown && lastLineOf(shown.output);
    const { time, session } = this.#stamp(this.#clock.wall());
    const { name, spec } = condition;
    const { run: id, cause } = trace;
    const [began, took] = [lineInstant(run.began), seconds(run.mono, this.#clock.mono())];
    const outcome = runOutcome(executed, ended);
    const tasks = executed.map(({ task, outcome }) => ({ task: task.name, outcome: taskOutcome(outcome) }));
    // That of the check, which a hook does not have.
    const output = this.#outputs.take(`condition/${name}`, trace.run!);
    if (isPlain(condition, condition, output) && lastLine === undefined && shown !== undefined)
      return {
        ...{ kind: 'run', time, session, condition: name, run: id!, cause },
        ...{ began, seconds: took, outcome, why, tasks, task: shown.task, reason: shown.reason },
      };
    return {
      ...{ kind: 'run', time, session, condition: name, run: id!, cause },
      ...hookOf(condition),
      ...fileOf(spec),
      ...{ began, seconds: took, outcome, why, tasks },
      ...(shown ? { task: shown.task, reason: shown.reason } : {}),
      ...(lastLine === undefined ? {} : { last_line: lastLine }),
      ...output,
    };
  }

  #now(): Began {
    return { began: this.#clock.wall(), mono: this.#clock.mono() };
  }
}
