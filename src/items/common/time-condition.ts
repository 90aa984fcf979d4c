import type { Values } from '../../config/field.ts';
import { CORRECTION_MS } from '../../core/clock-watch.ts';
import type { SetBack, SetForward, TimeChange } from '../../core/instance.ts';
import { type CheckResult, failed, NOT_DUE, passed } from '../../core/outcome.ts';
import type { Reason } from '../../core/reasons.ts';
import type { TraceContext } from '../../log/record.ts';
import type {
  Accounted,
  AskContext,
  CheckContext,
  ConditionInstance,
  CreateContext,
  Due,
  EarlierInstants,
  Firing,
  GuardAnswer,
  TimeRange,
} from '../kind.ts';
import type { Instants } from './instants.ts';
import { jitterDelay } from './tick-timing.ts';
import type { timeFields } from './time-fields.ts';
import {
  type CountableInstants,
  clipRanges,
  FiredRanges,
  type InstantSummary,
  instantsIn,
  mergeRanges,
  subtractRanges,
  summariseInstants,
} from './time-ranges.ts';
import type { TimeWindow } from './time-window.ts';
import {
  instantText,
  missReason,
  missText,
  secondsText,
  summaryOf,
  type UnmetRanges,
  unmetInstants,
} from './unmet-instants.ts';

/** An instant that is late by more than this, and by more than two ticks, is missed: `catch_up` decides. */
const GRACE_MS = 60_000;
/** The most runs that `catch_up = "all"` makes up for. */
const MOST_CAUGHT_UP = 100;

type TimeKeys = 'catch_up' | 'catch_up_limit' | 'jitter_seconds' | 'timezone';
type TimeContext = CreateContext<Pick<Values<typeof timeFields>, TimeKeys>, Calendar>;

/** The compiled specifications of a file. */
export interface Calendar extends CountableInstants {
  readonly specifications: readonly Instants[];
  /** When it holds as a guard. */
  readonly window: TimeWindow;
}

/** A firing that is held back: its instant, and the tick until which it is. */
interface Held {
  readonly at: number;
  readonly until: number;
}

const NO_INSTANTS_LEFT: Reason = { code: 'no-instants-left' };
const NOT_IN_WINDOW: Reason = { code: 'not-in-window' };
const NEVER_HOLDS: GuardAnswer = { holds: false, reason: { code: 'no-window' } };
const HELD_BACK: Reason = { code: 'instant-held-back' };
/** Most conditions have none of each. */
const NONE: readonly never[] = [];

const includes = (ranges: readonly TimeRange[], at: number): boolean =>
  ranges.some(({ from, to }) => from < at && at <= to);

/**
 * Fires when an instant has come. Its state: up to when instants were looked at, which have fired, how many runs it owes, which
 * firings it holds back. Several instants between two checks are one firing. A class: closures for each instance would take several
 * times as much memory.
 */
export class TimeCondition implements ConditionInstance {
  readonly #context: TimeContext;
  readonly #fired = new FiredRanges();
  // Not set at first: a field that has always had a number allocates one whenever it is read.
  #since: number | undefined = undefined;
  #next: Firing | undefined;
  #nextAt: number | undefined = undefined;
  #missed = 0;
  #owed = 0;
  #held: readonly Held[] = NONE;
  #dueAt: number | undefined = undefined;
  #due: Due = 'on-event';
  #suspension: TimeRange | undefined;
  /** How far the clock was set forward since the last check, ms. */
  #forwardMs: number | undefined;
  /** Until the first check: when no instance was running, and when an earlier one was paused or the condition suspended. */
  #notRunning: TimeRange | undefined;
  #earlierStops: readonly TimeRange[] = NONE;
  /**
   * Until the clock shows it again: up to when an earlier instance, or this one before the clock was set back, has accounted for
   * instants, and those that the earlier one held back.
   */
  #leftOpen: readonly number[] = NONE;
  #leftUntil: number | undefined = undefined;
  /** Of the check in progress. */
  #origin: TraceContext | undefined;
  /** What came in vain; of the check in progress. */
  #vain: Reason | undefined;

  constructor(context: TimeContext) {
    this.#context = context;
    this.#begin(context.ports.clock.wall(), true);
    if (context.earlier?.instants) this.#restore(context.earlier.instants);
  }

  get missed(): number {
    return this.#missed;
  }
  get accounted(): Accounted {
    return this.#accountedFor(this.#lookedAt);
  }
  ask({ wall }: AskContext): GuardAnswer {
    const { window } = this.#calendar;
    const by = window.at(wall);
    if (by !== undefined) return { holds: true, reason: { code: 'in-window', by } };
    const notBefore = window.next(wall);
    return notBefore === undefined ? NEVER_HOLDS : { holds: false, reason: NOT_IN_WINDOW, notBefore };
  }
  due(): Due {
    if (this.#owed > 0) return 'any-tick';
    let first = this.#comesAt;
    for (const { until } of this.#held) first = Math.min(first, until);
    if (first === Number.POSITIVE_INFINITY) return 'on-event';
    if (this.#dueAt !== first) {
      this.#dueAt = first;
      this.#due = { wall: first };
    }
    return this.#due;
  }
  waitsFor(): Reason | undefined {
    return this.#owed > 0 || this.#next !== undefined || this.#held.length > 0 ? undefined : NO_INSTANTS_LEFT;
  }
  timeChanged(change: TimeChange): Reason | undefined {
    this.#origin = undefined;
    if (change.kind === 'set-back') return this.#setBack(change);
    if (change.kind === 'set-forward') return this.#setForward(change);
    if (this.#context.values.timezone !== undefined) return undefined;
    for (const one of this.#calendar.specifications) one.forget();
    this.#since = this.#context.ports.clock.wall();
    this.#findNext();
    return { code: 'zone-changed', from: change.from, to: change.to };
  }
  check(context: CheckContext): CheckResult {
    const { wall } = context;
    this.#origin = context.origin;
    this.#vain = undefined;
    this.#traceLocalTime(wall);
    const gap = this.#notRunning;
    if (this.#jitterMs > 0 && gap !== undefined && this.#comesAt <= gap.from) this.#holdOn(gap, context);
    const recent = this.#comesAt <= wall ? this.#dueInstant(context) : undefined;
    this.#advance(wall);
    this.#traceNext();
    const reason = this.#firesBecause(recent && this.#occur(recent, context), wall);
    return reason === undefined ? this.#inVain() : passed(reason);
  }
  reset(resumed: boolean, until?: number): void {
    this.#origin = undefined;
    const now = this.#context.ports.clock.wall();
    const since = this.#lookedAt;
    // What comes at the end of the suspension or after it counts, also when that is noticed late.
    const wall = until === undefined ? now : Math.min(now, Math.max(since, until - 1));
    if (resumed && !this.#skips && wall > since) {
      this.#owed = 0;
      this.#held = NONE;
      this.#suspension = { from: since, to: wall };
      return;
    }
    if (resumed) this.#reportPaused([{ from: since, to: wall }], wall);
    this.#begin(wall, !resumed);
  }

  get #calendar(): Calendar {
    return this.#context.compiled;
  }
  get #skips(): boolean {
    return this.#context.values.catch_up === 'skip';
  }
  get #jitterMs(): number {
    return this.#context.values.jitter_seconds * 1000;
  }
  /** Up to when instants were looked at, wall-clock ms. */
  get #lookedAt(): number {
    return this.#since!;
  }
  /** The next instant; Infinity: there is none. */
  get #comesAt(): number {
    return this.#nextAt!;
  }
  #firings(from: number): Iterable<Firing> {
    return this.#fired.leaveOut(this.#calendar, from);
  }
  #findNext(): void {
    this.#next = undefined;
    for (const firing of this.#firings(this.#lookedAt)) {
      this.#next = firing;
      break;
    }
    this.#nextAt = this.#next?.at ?? Number.POSITIVE_INFINITY;
  }
  /** Begins anew. `anew`: what has fired is forgotten, too. */
  #begin(wall: number, anew: boolean): void {
    this.#since = wall;
    if (anew) {
      this.#fired.forget();
      this.#leftOpen = NONE;
      this.#leftUntil = Number.NEGATIVE_INFINITY;
    }
    this.#owed = 0;
    this.#held = NONE;
    this.#suspension = undefined;
    this.#findNext();
  }
  /** Goes on where an earlier instance has ended. */
  #restore({ until, held: open, owed, stops, notRunning }: EarlierInstants): void {
    const now = this.#lookedAt;
    // A clock that is far behind was wrong before.
    if (until - now > CORRECTION_MS) return;
    const since = Math.min(until, now, ...open.map((at) => at - 1));
    this.#since = since;
    // Also what the clock has yet to show again.
    for (const { from, to } of subtractRanges(
      [{ from: since, to: until }],
      open.map((at) => ({ from: at - 1, to: at })),
    ))
      this.#fired.add(from, to);
    this.#owed = this.#skips ? 0 : owed;
    this.#notRunning = notRunning;
    this.#earlierStops = stops;
    this.#leftOpen = open;
    this.#leftUntil = until;
    this.#findNext();
  }

  /** Pauses, and a suspension, that ended since the last check. */
  #stopsSince(pauses: readonly TimeRange[]): readonly TimeRange[] {
    const all = [...this.#earlierStops, ...pauses, ...(this.#suspension ? [this.#suspension] : [])];
    return all.filter(({ to }) => to > this.#lookedAt);
  }
  /** Up to when instants are accounted for, if there are none after `until` that are. */
  #accountedFor(until: number): Accounted {
    const known = Math.max(until, this.#leftUntil!);
    const owed = this.#owed;
    const back = this.#held.map(({ at }) => at).filter((at) => at <= known);
    if (until === known) return { until, held: back, owed };
    return { until: known, held: [...back, ...this.#leftOpen.filter((at) => at > until && !back.includes(at))], owed };
  }

  /** Reports that instants up to `until` have come for which it is not run, or later: the run for the next one covers the rest. */
  #reportUnmet(all: readonly (UnmetRanges | undefined)[], until: number): void {
    const { log, ports } = this.#context;
    const unmet = unmetInstants(this.#calendar, all, until);
    if (this.#origin === undefined || unmet.length === 0) return;
    ports.events.emit('instants.unmet', this.#origin, {
      condition: log.context.item ?? '',
      unmet,
      ...this.#accountedFor(until),
    });
  }
  /** Logs that instants of a pause or suspension do not fire, and returns them. */
  #reportPaused(stops: readonly TimeRange[], wall: number): UnmetRanges | undefined {
    const ranges = subtractRanges(clipRanges(mergeRanges(stops), this.#lookedAt, wall), this.#fired.spans);
    const row = summariseInstants(this.#calendar, ranges);
    if (!row) return undefined;
    const reason = { code: 'instants-paused', ...summaryOf(row) } as const;
    this.#vain = reason;
    const text = `time: instants during a pause or suspension, not fired: ${row.count}`;
    this.#context.log.info('PROC/MSG', text, this.#origin);
    return { ranges, reason };
  }
  /** Counts and logs the misses of a gap, and returns why they were missed. */
  #reportMisses(row: InstantSummary, context: CheckContext): Reason {
    const { log, ports } = this.#context;
    const { wall } = context;
    const reason = missReason(row, context, { notRunning: this.#notRunning, forwardMs: this.#forwardMs });
    const text = missText(row, wall, reason);
    // The next firing, here or on another machine, stands for them.
    if (reason.code === 'instants-claiming') {
      log.info('PROC/MSG', text, this.#origin);
      return reason;
    }
    const { count, first, last } = row;
    this.#missed += count;
    log.warn('PROC/MSG', text, this.#origin);
    const attributes = { condition: log.context.item ?? '', count, first: first.at, last: last.at };
    if (this.#origin !== undefined) ports.events.emit('instants.missed', this.#origin, attributes);
    return reason;
  }
  /** Owes the runs for misses that `catch_up` asks for. */
  #catchUp(misses: readonly TimeRange[], wall: number): void {
    const { values, log } = this.#context;
    const limit = wall - values.catch_up_limit * 1000 - 1;
    let recent = 0;
    for (const { at } of instantsIn(this.#calendar, clipRanges(misses, limit, wall))) {
      this.#fired.add(at - 1, at);
      recent += 1;
      if (recent === MOST_CAUGHT_UP) break;
    }
    if (recent === 0) return;
    this.#owed = values.catch_up === 'once' ? 1 : Math.min(MOST_CAUGHT_UP, this.#owed + recent);
    log.info('PROC/MSG', `time: catching up, runs: ${this.#owed}`, this.#origin);
  }
  /** Reports what came before `oldest` or while it was stopped, and makes up for it. `until`: no instant to fire is before. */
  #settleMisses(stops: readonly TimeRange[], oldest: number, context: CheckContext, until: number): void {
    const { wall } = context;
    const since = this.#lookedAt;
    const late = clipRanges([{ from: since, to: Math.ceil(oldest) - 1 }], since, wall);
    // An instant of a pause counts as missed only when misses are made up for.
    const misses = this.#skips
      ? subtractRanges(late, stops)
      : mergeRanges([...late, ...clipRanges(stops, since, wall)]);
    const paused = this.#skips ? this.#reportPaused(stops, wall) : undefined;
    const ranges = subtractRanges(misses, this.#fired.spans);
    const row = summariseInstants(this.#calendar, ranges);
    const reason = row && this.#reportMisses(row, context);
    if (reason) this.#vain = reason;
    if (!this.#skips) this.#catchUp(ranges, wall);
    this.#reportUnmet([paused, reason && { ranges, reason }], until);
  }

  /** The first instant from `from` to `wall` that has not fired and was not within `stops`. */
  #firstUnstopped(from: number, wall: number, stops: readonly TimeRange[]): Firing | undefined {
    for (const firing of this.#firings(from)) {
      if (firing.at > wall) return undefined;
      if (!includes(stops, firing.at)) return firing;
    }
    return undefined;
  }
  /** The first instant since the last check that fires now; misses are reported and made up for. */
  #dueInstant(context: CheckContext): Firing | undefined {
    const { wall, tickMs, pauses } = context;
    const oldest = wall - Math.max(2 * tickMs, GRACE_MS);
    const stops = this.#stopsSince(pauses);
    if (stops.length === 0 && this.#comesAt >= oldest) {
      // Up to the last check there was nothing that has not fired.
      this.#fired.add(this.#lookedAt, wall);
      return this.#next;
    }
    const firing = this.#firstUnstopped(Math.max(this.#lookedAt, oldest - 1), wall, stops);
    this.#settleMisses(stops, oldest, context, firing ? firing.at - 1 : wall);
    if (firing) this.#fired.add(firing.at - 1, wall);
    return firing;
  }
  /** An instant fires, or is held back. */
  #occur({ at, by }: Firing, context: CheckContext): Reason {
    const { log, ports, values } = this.#context;
    log.debug('PROC/MSG', `time: ${by} has come`, this.#origin);
    const late = ports.clock.wall() - at;
    if (late >= context.tickMs) log.info('PROC/MSG', `time: ${by} is ${secondsText(late)} late`, this.#origin);
    if (values.catch_up === 'once') this.#owed = 0;
    if (this.#jitterMs > 0) this.#hold(at, context);
    return { code: 'instant', by, at };
  }
  /** The instants up to `wall` are dealt with. */
  #advance(wall: number): void {
    if (wall <= this.#lookedAt) return;
    this.#since = wall;
    this.#suspension = undefined;
    this.#forwardMs = undefined;
    this.#notRunning = undefined;
    this.#earlierStops = NONE;
    if (wall >= this.#leftUntil!) this.#leftOpen = NONE;
    if (this.#comesAt <= wall) this.#findNext();
  }
  // Not as functions to `trace`: a visit allocates nothing.
  #traceLocalTime(wall: number): void {
    const { log } = this.#context;
    if (log.wants('trace')) log.trace('START/MSG', `time: local time is ${instantText(wall)}`, this.#origin);
  }
  #traceNext(): void {
    const { log } = this.#context;
    if (!log.wants('trace')) return;
    const next = this.#next === undefined ? 'never' : instantText(this.#next.at);
    log.trace('PROC/MSG', `time: next instant is ${next}`, this.#origin);
  }
  /** Why it fires; undefined: it does not. `came`: the instant that is due now. */
  #firesBecause(came: Reason | undefined, wall: number): Reason | undefined {
    if (came !== undefined && this.#jitterMs === 0) return came;
    if (this.#held.length > 0 && this.#release(wall)) return came ?? HELD_BACK;
    if (this.#owed === 0) return undefined;
    this.#owed -= 1;
    return { code: 'catching-up', ...(this.#vain === undefined ? {} : { missed: this.#vain }) };
  }

  /** The result of a check after which it does not fire. */
  #inVain(): CheckResult {
    return this.#vain === undefined ? NOT_DUE : failed(this.#vain);
  }

  /** Holds an instant back that fires at the tick `wall`, or would have fired at an earlier one. */
  #hold(at: number, { wall, tickMs }: CheckContext): void {
    const { log, ports } = this.#context;
    const first = Math.ceil(at / tickMs) * tickMs;
    const until = Math.max(wall, first + jitterDelay(first, at + this.#jitterMs, tickMs, ports.random));
    this.#held = [...this.#held, { at, until }];
    log.debug('PROC/MSG', () => `time: held back until ${instantText(until)}`, this.#origin);
  }
  /** Goes on holding back what came while an earlier instance was running. */
  #holdOn(gap: TimeRange, context: CheckContext): void {
    for (const { at } of this.#firings(this.#lookedAt)) {
      if (at > gap.from) break;
      if (at + this.#jitterMs < context.wall || includes(this.#earlierStops, at)) continue;
      this.#fired.add(at - 1, at);
      this.#hold(at, context);
    }
    this.#findNext();
  }
  /** Whether an instant is held back no longer. */
  #release(wall: number): boolean {
    const before = this.#held.length;
    this.#held = this.#held.filter(({ until }) => until > wall);
    return this.#held.length < before;
  }

  /** Called when the clock was set back: what has fired does not fire again, except for times that the clock should never have shown. */
  #setBack({ from, to, since: start, limit }: SetBack): Reason {
    const change = { code: 'clock-set-back', byMs: from - to } as const;
    if (from - to > CORRECTION_MS) {
      this.#begin(start, true);
      return { ...change, correction: true };
    }
    this.#fired.cut(limit);
    this.#leftUntil = Math.min(limit, Math.max(this.#leftUntil!, this.#lookedAt));
    this.#since = Math.min(this.#lookedAt, start);
    this.#suspension = undefined;
    // None is held back for longer than the jitter allows.
    this.#held = this.#held.map(({ at, until }) => ({ at, until: Math.min(until, to + this.#jitterMs) }));
    this.#findNext();
    const ranges = clipRanges(this.#fired.spans, this.#lookedAt, Number.POSITIVE_INFINITY);
    const silent = summariseInstants(this.#calendar, ranges);
    return { ...change, correction: false, ...(silent ? { fired: summaryOf(silent) } : {}) };
  }
  /** Called when the clock was set forward: the next check finds the misses. */
  #setForward({ from, to }: SetForward): Reason {
    this.#forwardMs = to - from;
    return { code: 'clock-set-forward', byMs: to - from };
  }
}
