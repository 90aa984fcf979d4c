import type { EarlierInstance } from '../core/earlier.ts';
import type { ConditionRef, EventHandlers, NextCheck } from '../core/engine-events.ts';
import type { Accounted, EarlierItem } from '../core/instance.ts';
import type { Clock, KeptState } from '../core/ports.ts';
import type { Config } from '../core/spec.ts';
import type { ConditionStateName } from '../core/states.ts';
import { fileOf, type HistoryLine, type HistoryWriter, lineInstant, type StateLine } from '../history/history-line.ts';
import type { HistoryState } from '../history/history-state.ts';
import { scheduleOf } from '../history/schedule.ts';
import type { TraceContext } from '../log/record.ts';
import { runSecrets } from '../run-secrets.ts';
import { EarlierHistory } from './earlier-history.ts';
import { OpenRuns } from './open-runs.ts';
import {
  accountedLine,
  droppedRunLine,
  elsewhereLine,
  expiredLine,
  holdLine,
  type LineStamp,
  lostRunLine,
  missedLine,
} from './run-lines.ts';
import type { RunOutputs } from './run-outputs.ts';

/** What instances say of themselves. */
export interface InstanceDetails {
  readonly version: string;
  readonly pid: number;
  /** The name of the zone of local time. */
  readonly zone: string;
}

/** How often it is noted that the instance runs, ms. */
const ALIVE_MS = 60_000;

/** The words of the engine for states that lines have. */
const STATES: Partial<Readonly<Record<ConditionStateName, StateLine['state']>>> = {
  waiting: 'waiting',
  retrying: 'retrying',
  finished: 'finished',
  exhausted: 'exhausted',
  suspended: 'suspended',
  'no-tasks': 'no-tasks',
};

/** The history of runs: a line for each claim and each end, for misses, changes of state and pauses. */
export class RunHistory {
  readonly #state: HistoryState;
  readonly #writer: HistoryWriter;
  readonly #clock: Clock;
  readonly #instance: InstanceDetails;
  readonly #runs: OpenRuns;
  readonly #earlier: EarlierHistory;
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
    this.#clock = clock;
    this.#instance = instance;
    this.#runs = new OpenRuns(outputs, clock, (wall) => this.#now(wall));
    this.#earlier = new EarlierHistory(state, aliveUntil, clock.wall(), () => this.#now());
  }

  /** What the lines say so far. */
  get state(): HistoryState {
    return this.#state;
  }

  readonly handlers: EventHandlers = {
    'scheduler.loading': ({ config, paused, until }) => this.#begin(config, paused, until),
    'scheduler.started': () => {
      this.#write(...this.#earlier.removedItems(this.#created));
      this.#created.clear();
      this.#earlier.forget();
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
        this.#writeIf(this.#earlier.droppedHold(spec));
      }
      this.#keepState(`condition/${name}`, spec.traits.persistent);
      const known = this.#state.condition(name);
      const schedule = scheduleOf(spec);
      if (known?.type === spec.type && known.schedule === (schedule ?? null)) return;
      const change = known === undefined ? 'added' : 'changed';
      const keys = schedule === undefined ? {} : { schedule };
      this.#write({ kind: 'item', ...this.#now(), condition: name, change, type: spec.type, ...keys, ...fileOf(spec) });
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
      this.#write(...unmet.map((one) => missedLine(this.#now(), condition, one, accounted))),

    'firing.held': ({ condition, held, accounted }, trace) =>
      this.#write(holdLine(this.#now(), 'held', condition, held, trace, { accounted })),
    'firing.joined': ({ condition, held, accounted }, trace) => {
      // Only instants have to be accounted for, and what fires each second could be held for a day.
      if (accounted) this.#write(holdLine(this.#now(), 'joined', condition, held, trace, { accounted }));
    },
    'firing.released': ({ condition, held, reason }, trace) =>
      this.#write(holdLine(this.#now(), 'released', condition, held, trace, { reason })),
    'firing.dropped': ({ condition, held, reason }, trace) => {
      // At the end of the scheduler it goes on with the next one.
      if (reason.code !== 'hold-ended' || reason.by !== 'ended')
        this.#write(holdLine(this.#now(), 'dropped', condition, held, trace, { reason }));
    },
    'firing.expired': (expired) => this.#write(expiredLine(this.#now(), expired)),

    'firing.elsewhere': (elsewhere) => this.#write(elsewhereLine(this.#now(), elsewhere)),
    'run.lost': ({ condition, reason, again }) => {
      if (!again) this.#write(lostRunLine(this.#now(), condition, reason));
    },
    'run.dropped': (dropped) => {
      // What a command has asked for is not missed.
      if (dropped.fired) this.#write(droppedRunLine(this.#now(), dropped));
    },
    'run.started': (started, trace) => this.#write(this.#runs.begin(started, trace)),
    'hook.started': (started, trace) => this.#write(this.#runs.beginHook(started, trace)),
    'hook.finished': (finished, trace) => this.#writeIf(this.#runs.end(finished, trace)),
    'task.started': (started) => this.#runs.taskStarted(started),
    'attempt.started': (started) => this.#runs.attemptStarted(started),
    'attempt.finished': (finished, trace) => this.#runs.attemptFinished(finished, trace),
    'retries.ended': (ended) => this.#runs.retriesEnded(ended),
    'task.finished': (finished, trace) => this.#writeIf(this.#runs.taskFinished(finished, trace)),
    'run.finished': (finished, trace) => {
      const line = this.#runs.end(finished, trace);
      if (line === undefined) return;
      this.#write(line);
      const { condition, next, retriesLeft, byCommand } = finished;
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
        const left = this.#earlier.condition(spec);
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
    const { version, pid, zone } = this.#instance;
    const { notRunning } = this.#earlier;
    this.#write({
      kind: 'start',
      ...this.#now(),
      ...{ format: 1, version, pid, config: file, zone },
      ...{ tick_seconds: settings.tickSeconds, paused },
      ...(until === undefined ? {} : { until: lineInstant(until) }),
      ...(notRunning ? { last_alive: lineInstant(notRunning.from) } : {}),
    });
    this.#write(...this.#earlier.interruptedRuns());
  }

  /** @param wall when it is, if the clock was read already. */
  #now(wall: number = this.#clock.wall()): LineStamp {
    return { time: lineInstant(wall), session: this.#session };
  }

  #writeIf(line: HistoryLine | undefined): void {
    if (line) this.#write(line);
  }
  #write(...written: readonly HistoryLine[]): void {
    const lines = runSecrets.maskIn(written);
    for (const line of lines) this.#state.apply(line);
    if (this.#starting) this.#starting.push(...lines);
    else this.#writer.write(lines);
  }
}
