import { showDuration } from '../core/duration.ts';
import type { ConditionRef, EventHandlers, NextCheck } from '../core/engine-events.ts';
import type { Clock } from '../core/ports.ts';
import type { HookTraits } from '../core/spec.ts';
import type { Ineligible } from '../core/states.ts';
import { TimerQueue } from '../core/timer-queue.ts';
import type { HistoryState, RunSummary } from '../history/history-state.ts';
import { sinceText } from '../history/last-outcome.ts';
import {
  dayText,
  durationRange,
  intervalText,
  LEAST_SUCCESSES,
  type Punctuality,
  runLimit,
  successLimit,
  type Usual,
  usualOf,
} from '../history/usual.ts';
import type { TraceContext } from '../log/record.ts';

/** A condition that is found overdue. */
export interface OverdueFinding {
  readonly condition: ConditionRef;
  readonly why: string;
  /** That of its run, where that takes too long; else since when it has not succeeded, wall-clock ms. */
  readonly run?: TraceContext;
  readonly since?: number;
}

/** What is watched of a condition. */
interface Watched {
  readonly condition: ConditionRef;
  /** Why it is not checked; undefined: it is. */
  ineligible: Ineligible | undefined;
  readonly hooks: HookTraits;
  /** For the queue: its next success, and the end of its run. */
  readonly timers: { readonly success: Timer; readonly run: Timer };
  run: { readonly trace: TraceContext; readonly began: number; readonly mono: number; overdue: boolean } | undefined;
  /** The success since which it is overdue; undefined: it is not. */
  since: number | undefined;
}

interface Timer {
  readonly of: string;
  readonly kind: 'success' | 'run';
}

/** What decides what is overdue. */
interface OverdueDeps {
  readonly state: HistoryState;
  readonly clock: Clock;
  found(finding: OverdueFinding): void;
}

/** The wall clock is looked at so often, because it may be set. */
const LOOK_MS = 60_000;
/** Ticks after a start, and after a pause, that are left to make up for what did not run. */
const GRACE_TICKS = 2;
/** How long a run is awaited whose usual duration is not known, ms. */
const AWAITED_MS = 3_600_000;

/** Finds conditions that are overdue, by one timer for all. Nothing is done while no condition has the keys. */
export class Overdue {
  readonly #deps: OverdueDeps;
  readonly #watched = new Map<string, Watched>();
  readonly #timers = new TimerQueue<Timer>();
  /** Nothing is found before, wall-clock ms: of a start, or the end of a pause. */
  #quietUntil = 0;
  #graceMs = 0;
  #tickMs = 1000;
  #started = 0;
  #paused = false;
  #wake: AbortController | undefined;
  #ended = false;

  constructor(deps: OverdueDeps) {
    this.#deps = deps;
  }

  /** How a condition stands; undefined: it cannot be overdue. */
  of(name: string): Punctuality | undefined {
    const one = this.#watched.get(name);
    if (one === undefined) return undefined;
    const usual = this.#usual(one);
    const now = this.#deps.clock.wall();
    if (one.run?.overdue && usual) return { state: 'overdue', text: this.#runText(usual, one.run.mono) };
    if (one.since !== undefined) return { state: 'overdue', text: this.#successText(one, usual, now) };
    const { overdue_seconds: seconds } = one.hooks;
    if (usual) return { state: 'in-time', text: usualText(usual) };
    if (seconds > 0) return { state: 'in-time', text: `it is overdue ${showDuration(seconds * 1000)} after a success` };
    const known = this.#runsOf(one)?.successes?.length ?? 0;
    return { state: 'unknown', text: `nothing is learned yet: ${known} of ${LEAST_SUCCESSES} successes` };
  }

  readonly handlers: EventHandlers = {
    'scheduler.loading': ({ config, paused }) => {
      this.#tickMs = config.settings.tickSeconds * 1000;
      this.#graceMs = GRACE_TICKS * this.#tickMs;
      this.#started = this.#deps.clock.wall();
      this.#paused = paused;
      this.#beQuiet();
    },
    'scheduler.paused': () => {
      this.#paused = true;
    },
    'scheduler.resumed': () => {
      this.#paused = false;
      this.#beQuiet();
      for (const one of this.#watched.values()) {
        this.#plan(one);
        this.#planRun(one);
      }
    },
    'shutdown.requested': () => {
      this.#paused = true;
    },
    'shutdown.interrupted': () => {
      this.#paused = true;
    },
    'scheduler.ended': () => {
      this.#ended = true;
      this.#wake?.abort('ended');
    },
    'clock.changed': () => this.#wake?.abort('woken'),
    'condition.joined': ({ condition, next }) => this.#watchOver(condition, next),
    // It has waited for the end of the one that it replaces.
    'condition.replaced': ({ condition, next }) => this.#watchOver(condition, next),
    'condition.removed': ({ condition: { name }, how }) => {
      if (how !== 'replaced') this.#forget(name);
    },
    'operation.done': ({ condition: { name }, next }) => {
      const one = this.#watched.get(name);
      if (one === undefined || next === undefined) return;
      one.ineligible = next.ineligible;
      this.#plan(one);
    },
    'run.started': ({ condition: { name } }, trace) => {
      const one = this.#watched.get(name);
      if (one === undefined) return;
      const { clock } = this.#deps;
      one.run = { trace, began: clock.wall(), mono: clock.mono(), overdue: false };
      this.#planRun(one);
    },
    'run.finished': ({ condition: { name }, next }) => {
      const one = this.#watched.get(name);
      if (one?.run === undefined) return;
      one.ineligible = next.ineligible;
      one.run = undefined;
      this.#timers.schedule(one.timers.run, 'on-event');
      this.#plan(one);
    },
  };

  #watchOver(condition: ConditionRef, { ineligible }: NextCheck): void {
    const { name, spec } = condition;
    const { hooks } = spec.traits;
    if (hooks === undefined || (hooks.overdue_seconds === 0 && !hooks.overdue_learned)) {
      this.#forget(name);
      return;
    }
    const before = this.#watched.get(name);
    const timers = before?.timers ?? { success: { of: name, kind: 'success' }, run: { of: name, kind: 'run' } };
    const one: Watched = { condition, ineligible, hooks, timers, run: before?.run, since: before?.since };
    this.#watched.set(name, one);
    this.#plan(one);
  }

  #beQuiet(): void {
    this.#quietUntil = this.#deps.clock.wall() + this.#graceMs;
  }
  #forget(name: string): void {
    const one = this.#watched.get(name);
    if (one === undefined) return;
    this.#watched.delete(name);
    for (const timer of [one.timers.success, one.timers.run]) this.#timers.drop(timer);
  }

  #runsOf({ condition: { name } }: Watched): RunSummary | undefined {
    return this.#deps.state.runsOf(`condition/${name}`);
  }
  #usual(one: Watched): Usual | undefined {
    return one.hooks.overdue_learned ? usualOf(this.#runsOf(one)?.successes ?? []) : undefined;
  }
  /** Since when it has not succeeded, wall-clock ms: since the last success, or since it is in the file and not suspended. */
  #lastSuccess(one: Watched): number {
    const last = this.#runsOf(one)?.lastSuccess ?? undefined;
    const since = this.#deps.state.condition(one.condition.name)?.since;
    if (last === undefined && since === undefined) return this.#started;
    return Math.max(last ?? 0, since ?? 0);
  }
  /** How long after a success it is overdue, ms; undefined: it is not. */
  #limit(one: Watched): number | undefined {
    const { overdue_seconds: seconds } = one.hooks;
    if (seconds > 0) return seconds * 1000;
    const usual = this.#usual(one);
    return usual && successLimit(usual);
  }

  /** Plans when its success is looked for. */
  #plan(one: Watched): void {
    const last = this.#lastSuccess(one);
    if (one.since !== undefined && last > one.since) one.since = undefined;
    const limit = this.#limit(one);
    const { ineligible } = one;
    const never =
      limit === undefined || one.since !== undefined || ineligible === 'suspended' || ineligible === 'finished';
    if (never) this.#timers.schedule(one.timers.success, 'on-event');
    else
      this.#schedule(one.timers.success, {
        wall: this.#afterTick(Math.max(last + limit, this.#quietUntil, this.#awaited(one, limit))),
      });
  }
  /** The middle between two ticks, the first of which is not before an instant: a success of that tick is in time. Wall-clock ms. */
  #afterTick(at: number): number {
    return (Math.ceil(at / this.#tickMs) + 0.5) * this.#tickMs;
  }
  /** Plans when its run takes too long. */
  #planRun(one: Watched): void {
    const usual = this.#usual(one);
    if (one.run && !one.run.overdue && usual) this.#schedule(one.timers.run, { mono: one.run.mono + runLimit(usual) });
  }
  /** Until when the end of its run is awaited, wall-clock ms. */
  #awaited(one: Watched, limit: number): number {
    if (one.run === undefined) return 0;
    const usual = this.#usual(one);
    return one.run.began + (usual ? runLimit(usual) : Math.min(limit, AWAITED_MS));
  }

  #schedule(timer: Timer, due: { readonly wall: number } | { readonly mono: number }): void {
    this.#timers.schedule(timer, due);
    if (this.#wake) this.#wake.abort('woken');
    else void this.#watch();
  }

  /** Waits for what is next, as long as there is something. */
  async #watch(): Promise<void> {
    const { clock } = this.#deps;
    const isOver = (): boolean => this.#ended;
    while (!isOver()) {
      const wait = this.#timers.wait(clock.wall(), clock.mono());
      if (wait === Number.POSITIVE_INFINITY) break;
      this.#wake = new AbortController();
      await clock.sleep(clock.steady ? wait : Math.min(wait, LOOK_MS), this.#wake.signal);
      if (isOver()) break;
      for (const timer of this.#timers.due(clock.wall(), clock.mono())) this.#due(timer);
    }
    this.#wake = undefined;
  }

  #due({ of, kind }: Timer): void {
    const one = this.#watched.get(of);
    // What a pause keeps from running is looked for when it ends.
    if (one === undefined || this.#paused) return;
    if (kind === 'run') this.#runDue(one);
    else this.#successDue(one);
  }
  #runDue(one: Watched): void {
    const usual = this.#usual(one);
    if (one.run === undefined || usual === undefined) return;
    one.run.overdue = true;
    this.#deps.found({ condition: one.condition, why: this.#runText(usual, one.run.mono), run: one.run.trace });
  }
  #successDue(one: Watched): void {
    const now = this.#deps.clock.wall();
    const [last, limit] = [this.#lastSuccess(one), this.#limit(one)];
    if (limit === undefined) return;
    if (Math.max(last + limit, this.#awaited(one, limit), this.#quietUntil) > now) {
      this.#plan(one);
      return;
    }
    one.since = last;
    this.#deps.found({ condition: one.condition, why: this.#successText(one, this.#usual(one), now), since: last });
  }

  #runText({ duration: { low, high } }: Usual, mono: number): string {
    const running = this.#deps.clock.mono() - mono;
    return `usually ${durationRange(low, high)}, running for ${durationRange(running, running)}`;
  }
  #successText(one: Watched, usual: Usual | undefined, now: number): string {
    const last = this.#runsOf(one)?.lastSuccess ?? undefined;
    const { hooks } = one;
    if (hooks.overdue_seconds > 0 || usual === undefined) {
      const since = last === undefined ? 'it has never succeeded' : `no success since ${sinceText(last, now)}`;
      return `${since}, expected one within ${showDuration(hooks.overdue_seconds * 1000)}`;
    }
    const at = last ?? 0;
    return `usually ${intervalText(usual)}; not since ${usual.dailyBy === undefined ? sinceText(at, now) : dayText(at, now)}`;
  }
}

const usualText = (usual: Usual): string =>
  `it usually ${intervalText(usual)}, in ${durationRange(usual.duration.low, usual.duration.high)}`;
