import type { EarlierCondition, EarlierInstance } from '../core/earlier.ts';
import type { ConditionRef, EventHandlers, Executed, HeldFiring, NextCheck, TaskRef } from '../core/engine-events.ts';
import type { Accounted, EarlierItem, TimeRange } from '../core/instance.ts';
import { countsAsFailed, type EarlyEnd, type Outcome, runOutcome } from '../core/outcome.ts';
import type { Clock, KeptState } from '../core/ports.ts';
import { type Reason, reasonText } from '../core/reasons.ts';
import type { ConditionSpec, Config } from '../core/spec.ts';
import type { ConditionStateName } from '../core/states.ts';
import { scheduleOf } from '../history/accounts.ts';
import {
  type AccountedInstants,
  type ClaimLine,
  type FailedAttempt,
  type HistoryLine,
  type HistoryWriter,
  type HoldLine,
  type KeptOutput,
  lastLineOf,
  lineInstant,
  type MissedLine,
  MOST_ATTEMPTS,
  type OfHook,
  type RunLine,
  type RunOutcome,
  type StateLine,
} from '../history/history-line.ts';
import type { ConditionRecord, HistoryState } from '../history/history-state.ts';
import type { TraceContext } from '../log/record.ts';
import type { RunOutputs } from './run-outputs.ts';

/** What instances say of themselves. */
export interface InstanceDetails {
  readonly version: string;
  readonly pid: number;
}

/** How often it is noted that the instance runs, ms. */
const ALIVE_MS = 60_000;

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
interface OpenRun {
  readonly began: number;
  /** Monotonic ms. */
  readonly mono: number;
  readonly why: string;
  readonly tasks: Map<TaskRef, OpenTask>;
  /** The first output of a task that failed, or that of the last one. */
  shown:
    | { readonly task: string; readonly failed: boolean; readonly reason: string; readonly output: KeptOutput }
    | undefined;
}

const codeOf = ({ reason }: { readonly reason?: Reason }): string => reason?.code ?? '';
const whyOf = (outcome: { readonly kind: string; readonly reason?: Reason }): string =>
  outcome.reason === undefined ? outcome.kind : reasonText(outcome.reason);
const hookOf = ({ hook }: ConditionRef): OfHook => (hook === undefined ? {} : { hook });
const seconds = (from: number, to: number): number => Math.max(0, Math.round(to - from)) / 1000;

/** The outcome of a task as lines have it. */
const taskOutcome = ({ kind, reason }: Outcome): RunOutcome =>
  kind === 'none' && (reason?.code === 'cancelled' || reason?.code === 'replaced') ? reason.code : kind;

/** The instant that a run is for, also one that was held. */
const instantOf = (reason: Reason | undefined): Pick<ClaimLine, 'instant'> => {
  const fired = reason?.code === 'held' ? reason.fired : reason;
  return fired?.code === 'instant' ? { instant: lineInstant(fired.at) } : {};
};

/** How a condition goes on that an earlier instance has left in a state; undefined: it begins anew. @param now wall-clock ms */
const earlierState = (
  state: ConditionRecord['state'],
  { persistent }: ConditionSpec['traits'],
  now: number,
): EarlierCondition['state'] => {
  if (state === null) return undefined;
  const { state: name, retries_left: retriesLeft, suspended_until: end } = state;
  if (end === undefined) return persistent ? { name, retriesLeft } : undefined;
  const until = Date.parse(end);
  if (until > now) return { name, retriesLeft, until };
  // The end came while no instance was running: as after the command.
  return persistent ? { name: 'waiting', retriesLeft } : undefined;
};

/** The words of the engine for states that lines have. */
const STATES: Partial<Readonly<Record<ConditionStateName, StateLine['state']>>> = {
  waiting: 'waiting',
  retrying: 'retrying',
  finished: 'finished',
  exhausted: 'exhausted',
  suspended: 'suspended',
  'no-tasks': 'no-tasks',
};

const accountedLine = (accounted: Accounted | undefined): AccountedInstants => {
  if (accounted === undefined) return {};
  const { until, held, owed } = accounted;
  return {
    until: lineInstant(until),
    ...(held.length > 0 ? { held: held.map(lineInstant) } : {}),
    ...(owed > 0 ? { owed } : {}),
  };
};

/** The history of runs: a line for each claim and each end, for misses, changes of state and pauses. */
export class RunHistory {
  readonly #state: HistoryState;
  readonly #writer: HistoryWriter;
  readonly #outputs: RunOutputs;
  readonly #clock: Clock;
  readonly #instance: InstanceDetails;
  readonly #open = new WeakMap<ConditionRef, OpenRun>();
  readonly #notRunning: { readonly from: number; readonly to: number } | undefined;
  /** What the state was at the start. */
  readonly #earlier: Pick<HistoryState, 'paused' | 'pausedUntil' | 'conditions'>;
  /** The conditions with `recur_after_failed_check` whose last check has succeeded. */
  readonly #counted = new Set<string>();
  /** The items whose scripts keep their private state. */
  readonly #persistent = new Set<string>();
  /** The conditions that the file has at the start. */
  readonly #created = new Set<string>();
  /** The lines of the start, which are written together; undefined: it is over. */
  #starting: HistoryLine[] | undefined = [];
  #session = '';
  #aliveAt = Number.NEGATIVE_INFINITY;

  constructor(
    state: HistoryState,
    writer: HistoryWriter,
    outputs: RunOutputs,
    clock: Clock,
    instance: InstanceDetails,
    aliveUntil: number,
  ) {
    this.#state = state;
    this.#writer = writer;
    this.#outputs = outputs;
    this.#clock = clock;
    this.#instance = instance;
    const to = clock.wall();
    const from = state.ended ? state.time : Math.max(state.time, aliveUntil);
    this.#notRunning = state.session === null ? undefined : { from: Math.min(from, to), to };
    const { paused, pausedUntil } = state;
    this.#earlier = { paused, pausedUntil, conditions: new Map(state.conditions) };
  }

  /** What the lines say so far. */
  get state(): HistoryState {
    return this.#state;
  }

  readonly handlers: EventHandlers = {
    'scheduler.loading': ({ config, paused, until }) => this.#begin(config, paused, until),
    'scheduler.started': () => {
      this.#leave();
      const lines = this.#starting ?? [];
      this.#starting = undefined;
      this.#writer.write(lines);
    },
    'scheduler.paused': ({ initial, until }, trace) => {
      if (!initial) this.#paused(true, until, trace);
    },
    'pause.changed': ({ until }, trace) => this.#paused(true, until, trace),
    'scheduler.resumed': (_, trace) => this.#paused(false, undefined, trace),
    'scheduler.ended': ({ how }) => this.#write({ kind: 'end', ...this.#now(), how }),
    'reload.finished': ({ config }) => this.#write({ kind: 'reload', ...this.#now(), config: config.file }),
    'tick.started': ({ mono }) => {
      if (mono - this.#aliveAt < ALIVE_MS) return;
      this.#aliveAt = mono;
      this.#writer.alive();
    },

    'clock.changed': ({ kind, from, to }) =>
      this.#write({ kind: 'clock', ...this.#now(), change: kind, from: lineInstant(from), to: lineInstant(to) }),
    'zone.changed': ({ from, to }) => this.#write({ kind: 'clock', ...this.#now(), change: 'zone', from, to }),

    'condition.created': ({ condition: { name, spec } }) => {
      if (this.#starting) {
        this.#created.add(name);
        this.#leaveHold(spec);
      }
      this.#keepState(`condition/${name}`, spec.traits.persistent);
      const known = this.#state.condition(name);
      const schedule = scheduleOf(spec);
      if (known?.type === spec.type && known.schedule === (schedule ?? null)) return;
      const change = known === undefined ? 'added' : 'changed';
      const keys = schedule === undefined ? {} : { schedule };
      this.#write({ kind: 'item', ...this.#now(), condition: name, change, type: spec.type, ...keys });
    },
    'condition.joined': ({ condition, next }, trace) => {
      const known = this.#state.condition(condition.name)?.state?.state ?? 'waiting';
      if ((STATES[next.state] ?? known) !== known) this.#stateChanged(condition, next, undefined, trace);
    },
    'suspension.moved': ({ condition, next }, trace) => this.#stateChanged(condition, next, undefined, trace),
    'condition.removed': ({ condition: { name, spec }, how }) => {
      if (how === 'removed')
        this.#write({ kind: 'item', ...this.#now(), condition: name, change: 'removed', type: spec.type });
    },
    'operation.done': ({ operation, condition, next, accounted }, trace) => {
      if (operation !== 'suspend') this.#counted.delete(condition.name);
      if (next !== undefined) this.#stateChanged(condition, next, undefined, trace, accounted);
    },
    'success.counted': ({ condition, counted }, trace) => {
      if (counted) this.#counted.add(condition);
      else this.#counted.delete(condition);
      const { counted: _, ...known } = this.#state.condition(condition)?.state ?? {
        state: 'waiting',
        retries_left: -1,
      };
      this.#writeState({ condition, cause: trace.cause, ...known });
    },
    'task.created': ({ task: { name, spec } }) => this.#keepState(`task/${name}`, spec.values.persistent === true),
    'script.stored': ({ item, kept }) => {
      if (!this.#persistent.has(item)) return;
      const state = kept();
      if (JSON.stringify(state) === JSON.stringify(this.#state.scriptState(item))) return;
      this.#write({ kind: 'script', ...this.#now(), item, state });
    },
    'instants.unmet': ({ condition, unmet, ...accounted }) =>
      // Together: each line says that all up to `until` are accounted for.
      this.#write(
        ...unmet.map(
          ({ reason, count, first, last, ranges }): MissedLine => ({
            kind: 'missed',
            ...this.#now(),
            ...{ condition, code: reason.code, why: reasonText(reason), count },
            ...{ first: lineInstant(first), last: lineInstant(last) },
            ranges: ranges.map(({ from, to }) => ({ from: lineInstant(from), to: lineInstant(to) })),
            ...accountedLine(accounted),
          }),
        ),
      ),

    'firing.held': ({ condition, held, accounted }, trace) => this.#hold('held', condition, held, trace, accounted),
    'firing.joined': ({ condition, held, accounted }, trace) => {
      // Only instants have to be accounted for, and what fires each second could be held for a day.
      if (accounted) this.#hold('joined', condition, held, trace, accounted);
    },
    'firing.released': ({ condition, held, reason }, trace) =>
      this.#hold('released', condition, held, trace, undefined, reason),
    'firing.dropped': ({ condition, held, reason }, trace) => {
      // At the end of the scheduler it goes on with the next one.
      if (reason.code !== 'hold-ended' || reason.by !== 'ended')
        this.#hold('dropped', condition, held, trace, undefined, reason);
    },
    'firing.expired': ({ condition: { name: condition }, held, reason, accounted }) =>
      this.#write({
        kind: 'missed',
        ...this.#now(),
        ...{ condition, code: reason.code, why: reasonText(reason), count: 1 + held.joined },
        ...{ first: lineInstant(held.since), last: lineInstant(held.since), ranges: [] },
        ...accountedLine(accounted),
      }),

    'run.dropped': ({ condition: { name: condition }, result, since, count, fired, reason, accounted }) => {
      // What a command has asked for is not missed.
      if (!fired) return;
      const first = result.reason?.code === 'instant' ? result.reason.at : since;
      const now = this.#now();
      this.#write({
        kind: 'missed',
        ...now,
        ...{ condition, code: reason.code, why: `its run was queued and does not begin: ${reasonText(reason)}`, count },
        ...{ first: lineInstant(first), last: lineInstant(since) },
        // Whatever fired since then is part of it.
        ranges: [{ from: lineInstant(first - 1), to: now.time }],
        ...accountedLine(accounted),
      });
    },

    'run.started': ({ condition, result, accounted }, trace) => {
      const event = this.#eventOf(result.reason);
      const why = event ? this.#outputs.mask(whyOf(result)) : whyOf(result);
      const [began, mono] = [this.#clock.wall(), this.#clock.mono()];
      this.#open.set(condition, { began, mono, why, tasks: new Map(), shown: undefined });
      const { name, spec } = condition;
      this.#write({
        kind: 'claim',
        ...this.#now(began),
        ...{ condition: name, run: trace.run ?? '', cause: trace.cause, tasks: spec.traits.tasks },
        ...{ code: codeOf(result), why },
        ...instantOf(result.reason),
        ...(event ? { event } : {}),
        ...accountedLine(accounted),
      });
    },
    'hook.started': ({ condition, hook }, trace) => {
      const [began, mono] = [this.#clock.wall(), this.#clock.mono()];
      const { name, reason: why } = hook;
      this.#open.set(condition, { began, mono, why, tasks: new Map(), shown: undefined });
      this.#write({
        kind: 'claim',
        ...this.#now(began),
        ...{ condition: condition.name, run: trace.run ?? '', cause: trace.cause, tasks: condition.spec.traits.tasks },
        ...{ code: name, why, hook: name },
      });
    },
    'hook.finished': ({ condition, executed }, trace) => {
      const run = this.#open.get(condition);
      this.#open.delete(condition);
      if (run) this.#write(this.#runLine(condition, executed, run, trace, undefined));
    },
    'task.started': ({ task, condition }) => {
      this.#open.get(condition)?.tasks.set(task, { began: this.#clock.wall(), mono: this.#clock.mono() });
    },
    'attempt.started': ({ task, condition }) => {
      const open = this.#open.get(condition)?.tasks.get(task);
      if (open) open.attempt = { began: this.#clock.wall(), mono: this.#clock.mono() };
    },
    'attempt.finished': ({ task, condition, attempt: { number: attempt }, outcome, delayMs }, { run }) => {
      const open = this.#open.get(condition)?.tasks.get(task);
      if (open?.attempt === undefined || delayMs === undefined) return;
      const { began, mono } = open.attempt;
      const lastLine = this.#outputs.lastLine(`task/${task.name}`, run ?? '');
      open.failed = [
        ...(open.failed ?? []).slice(1 - MOST_ATTEMPTS),
        {
          ...{ attempt, began: lineInstant(began), seconds: seconds(mono, this.#clock.mono()) },
          ...{ outcome: outcome.kind, code: codeOf(outcome), why: whyOf(outcome) },
          ...(lastLine === undefined ? {} : { last_line: lastLine }),
        },
      ];
    },
    'retries.ended': ({ task, condition, attempt }) => {
      // It has become the one that decided.
      const open = this.#open.get(condition)?.tasks.get(task);
      if (open?.failed?.at(-1)?.attempt === attempt.number) open.failed = open.failed.slice(0, -1);
    },
    'task.finished': ({ task, condition, outcome }, trace) => this.#taskEnded(task, condition, outcome, trace),
    'run.finished': ({ condition, executed, next, retriesLeft, ended, byCommand }, trace) => {
      const run = this.#open.get(condition);
      if (run === undefined) return;
      this.#open.delete(condition);
      this.#write(this.#runLine(condition, executed, run, trace, ended));
      if (!byCommand && !condition.spec.traits.recurring) this.#stateChanged(condition, next, retriesLeft, trace);
    },
  };

  /** A process that a killed instance has left still runs, or has ended. `at`: when it began, wall-clock ms. */
  leftover(
    { item, pid, at }: { readonly item: string; readonly pid: number; readonly at: number },
    state: 'running' | 'ended',
  ) {
    this.#write({ kind: 'leftover', ...this.#now(), item, pid, began: lineInstant(at), state });
  }

  /** What earlier instances have left. */
  get earlier(): EarlierInstance {
    const { paused, pausedUntil } = this.#earlier;
    return {
      paused,
      ...(pausedUntil === undefined ? {} : { pausedUntil }),
      condition: (spec) => {
        const left = this.#earlierCondition(spec);
        if (left?.counted) this.#counted.add(spec.name);
        return spec.traits.persistent ? { ...left, ...this.#scriptState(`condition/${spec.name}`) } : left;
      },
      task: ({ name, values }) => (values.persistent === true ? this.#scriptState(`task/${name}`) : undefined),
    };
  }

  #scriptState(item: string): EarlierItem {
    const state = this.#state.scriptState(item);
    return state === undefined ? {} : { scriptState: state as KeptState };
  }

  /** Whether the private state of a script is kept. */
  #keepState(item: string, persistent: boolean): void {
    if (persistent) this.#persistent.add(item);
    else this.#persistent.delete(item);
  }

  #earlierCondition(spec: ConditionSpec): EarlierCondition | undefined {
    const known = this.#earlier.conditions.get(spec.name);
    if (known === undefined || this.#notRunning === undefined || known.type !== spec.type) return undefined;
    const { until, held, owed, schedule, state, hold, claim } = known;
    const stoppedUntil = this.#stoppedUntil(this.#notRunning, state);
    const stops = until < stoppedUntil ? [{ from: until, to: stoppedUntil }] : [];
    const left = earlierState(state, spec.traits, this.#notRunning.to);
    return {
      ...(schedule === null || schedule !== scheduleOf(spec)
        ? {}
        : { instants: { until, held, owed, stops, notRunning: this.#notRunning } }),
      ...(left === undefined ? {} : { state: left }),
      ...(spec.traits.persistent && state?.counted ? { counted: true } : {}),
      ...(hold !== null && this.#holdGoesOn(spec) ? { hold } : {}),
      ...(claim === null
        ? {}
        : {
            interrupted: {
              run: claim.run,
              began: Date.parse(claim.time),
              tasks: claim.tasks.filter((task) => !claim.ended.includes(task)),
            },
          }),
    };
  }

  /** What has fired a run, if files have changed. */
  #eventOf(reason: Reason | undefined): ClaimLine['event'] {
    if (reason?.code !== 'event-came' || reason.event === undefined) return undefined;
    const { name, count, change } = reason.event;
    return { name, count, change: change.kind, path: this.#outputs.mask(change.path) };
  }

  /** Up to when instants of a condition have come in a pause or suspension, wall-clock ms: with an end, also while no instance was running. */
  #stoppedUntil({ from, to }: TimeRange, state: ConditionRecord['state']): number {
    const { paused, pausedUntil } = this.#earlier;
    // An instant at the end counts.
    const upTo = (end: number | undefined): number => (end === undefined ? from : Math.min(to, end - 1));
    const pause = paused ? upTo(pausedUntil) : Number.NEGATIVE_INFINITY;
    const stopped = state !== null && state.state !== 'waiting' && state.state !== 'retrying';
    if (!stopped) return pause;
    const { suspended_until: end } = state;
    return Math.max(pause, upTo(end === undefined ? end : Date.parse(end)));
  }

  /** Whether a firing that an earlier instance has held is one of this condition. */
  #holdGoesOn(spec: ConditionSpec): boolean {
    const known = this.#earlier.conditions.get(spec.name);
    const { tasks, only_when: guards, suspended } = spec.traits;
    const runs = tasks.length > 0 && guards.length > 0 && !suspended;
    return runs && known?.type === spec.type && known.schedule === (scheduleOf(spec) ?? null);
  }
  /** A firing that an earlier instance has held is dropped when it is not one of the condition any more. */
  #leaveHold(spec: ConditionSpec): void {
    const hold = this.#earlier.conditions.get(spec.name)?.hold;
    if (!hold || this.#holdGoesOn(spec)) return;
    this.#write({
      kind: 'hold',
      ...this.#now(),
      ...{ condition: spec.name, run: '', cause: 'start-1', how: 'dropped', since: lineInstant(hold.since) },
      ...{ why: 'it has no guards, other times, or is suspended in the file', guard: '' },
    });
  }

  #hold(
    how: HoldLine['how'],
    { name: condition }: ConditionRef,
    { since, result, guard, answer }: HeldFiring,
    { run, cause }: TraceContext,
    accounted: Accounted | undefined,
    reason?: Reason,
  ): void {
    this.#write({
      kind: 'hold',
      ...this.#now(),
      ...{ condition, run: run ?? '', cause, how, since: lineInstant(since) },
      ...{ why: reason === undefined ? whyOf(result) : reasonText(reason), guard },
      ...(answer?.reason === undefined ? {} : { answer: reasonText(answer.reason) }),
      ...accountedLine(accounted),
    });
  }

  /** A run that an earlier instance has left is over: it was interrupted. */
  #closeClaims(): void {
    for (const { claim } of this.#earlier.conditions.values()) {
      if (claim === null) continue;
      const { condition, run, cause, why, session, time: began } = claim;
      const [left] = claim.tasks.filter((task) => !claim.ended.includes(task));
      this.#write({
        kind: 'run',
        ...{ time: this.#now().time, session, condition, run, cause, began },
        seconds: seconds(Date.parse(began), this.#notRunning?.from ?? Date.parse(began)),
        ...{ outcome: 'interrupted', why, tasks: left === undefined ? [] : [{ task: left, outcome: 'interrupted' }] },
        ...(left === undefined ? {} : { task: left, reason: 'whenever was ended while it ran' }),
      });
    }
  }

  /** Conditions that have left the file while no instance was running: if they come back they begin anew. */
  #leave(): void {
    for (const [condition, { type }] of this.#earlier.conditions)
      if (!this.#created.has(condition))
        this.#write({ kind: 'item', ...this.#now(), condition, change: 'removed', type });
  }

  /** Lines have the states in which a condition is not busy. */
  #stateChanged(
    { name, spec }: ConditionRef,
    { state, until }: NextCheck,
    retriesLeft: number | undefined,
    { cause }: TraceContext,
    accounted?: Accounted,
  ): void {
    const word = STATES[state];
    if (word === undefined) return;
    const { max_tasks_retries: retries } = spec.traits;
    const left = retriesLeft ?? (retries < 0 ? -1 : retries + 1);
    this.#writeState({
      ...{ condition: name, cause, state: word, retries_left: Number.isFinite(left) ? left : -1 },
      ...(until === undefined ? {} : { suspended_until: lineInstant(until) }),
      ...accountedLine(accounted),
    });
  }

  #writeState(line: Omit<StateLine, 'kind' | 'time' | 'session' | 'counted'>): void {
    const counted = this.#counted.has(line.condition) ? ({ counted: true } as const) : {};
    this.#write({ kind: 'state', ...this.#now(), ...line, ...counted });
  }

  #paused(paused: boolean, until: number | undefined, { cause }: TraceContext): void {
    const end = until === undefined ? {} : { until: lineInstant(until) };
    this.#write({ kind: 'pause', ...this.#now(), cause, paused, ...end });
  }

  #begin({ file, settings }: Config, paused: boolean, until: number | undefined): void {
    this.#session = Math.round(this.#clock.wall()).toString(36);
    const { version, pid } = this.#instance;
    this.#write({
      kind: 'start',
      ...this.#now(),
      ...{ format: 1, version, pid, config: file, zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
      ...{ tick_seconds: settings.tickSeconds, paused },
      ...(until === undefined ? {} : { until: lineInstant(until) }),
      ...(this.#notRunning ? { last_alive: lineInstant(this.#notRunning.from) } : {}),
    });
    this.#closeClaims();
  }

  #taskEnded(task: TaskRef, condition: ConditionRef, outcome: Outcome, trace: TraceContext): void {
    const run = this.#open.get(condition);
    const start = run?.tasks.get(task);
    if (run === undefined || start === undefined) return;
    run.tasks.delete(task);
    const output = this.#outputs.take(`task/${task.name}`, trace.run ?? '');
    const [failed, why] = [countsAsFailed(outcome), whyOf(outcome)];
    if (run.shown === undefined || !run.shown.failed) run.shown = { task: task.name, failed, reason: why, output };
    const [ended, mono] = [this.#clock.wall(), this.#clock.mono()];
    this.#write({
      kind: 'task',
      ...this.#now(ended),
      ...{ task: task.name, condition: condition.name, run: trace.run ?? '', cause: trace.cause },
      ...hookOf(condition),
      ...{ began: lineInstant(start.began), seconds: seconds(start.mono, mono) },
      ...{ outcome: taskOutcome(outcome), code: codeOf(outcome), why },
      ...(outcome.attempts === undefined ? {} : { attempts: outcome.attempts }),
      ...(start.failed === undefined || start.failed.length === 0 ? {} : { failed_attempts: start.failed }),
      ...output,
    });
  }

  #runLine(
    condition: ConditionRef,
    executed: readonly Executed[],
    run: OpenRun,
    trace: TraceContext,
    ended: EarlyEnd | undefined,
  ): RunLine {
    const lastLine = run.shown && lastLineOf(run.shown.output);
    const [at, mono] = [this.#clock.wall(), this.#clock.mono()];
    return {
      kind: 'run',
      ...this.#now(at),
      ...{ condition: condition.name, run: trace.run ?? '', cause: trace.cause },
      ...hookOf(condition),
      ...{ began: lineInstant(run.began), seconds: seconds(run.mono, mono) },
      ...{ outcome: runOutcome(executed, ended), why: run.why },
      tasks: executed.map(({ task, outcome }) => ({ task: task.name, outcome: taskOutcome(outcome) })),
      ...(run.shown ? { task: run.shown.task, reason: run.shown.reason } : {}),
      ...(lastLine === undefined ? {} : { last_line: lastLine }),
      // That of the check, which a hook does not have.
      ...this.#outputs.take(`condition/${condition.name}`, trace.run ?? ''),
    };
  }

  /** @param wall when it is, if the clock was read already. */
  #now(wall: number = this.#clock.wall()): { readonly time: string; readonly session: string } {
    return { time: lineInstant(wall), session: this.#session };
  }

  #write(...lines: readonly HistoryLine[]): void {
    for (const line of lines) this.#state.apply(line);
    if (this.#starting) this.#starting.push(...lines);
    else this.#writer.write(lines);
  }
}
