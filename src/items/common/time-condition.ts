import type { Values } from '../../config/field.ts';
import { CORRECTION_MS } from '../../core/clock-watch.ts';
import type { SetBack, SetForward } from '../../core/instance.ts';
import { failed, NOT_DUE, passed } from '../../core/outcome.ts';
import { type Reason, reasonText } from '../../core/reasons.ts';
import type { TraceContext } from '../../log/record.ts';
import type {
  Accounted,
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

const NO_INSTANTS_LEFT: Reason = { code: 'no-instants-left' };
const NOT_IN_WINDOW: Reason = { code: 'not-in-window' };
const NEVER_HOLDS: GuardAnswer = { holds: false, reason: { code: 'no-window' } };
const HELD_BACK: Reason = { code: 'instant-held-back' };

const shown = (ms: number): string => {
  const d = new Date(ms);
  return `${d.toDateString()} ${d.toTimeString().slice(0, 8)}`;
};

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const includes = (ranges: readonly TimeRange[], at: number): boolean =>
  ranges.some(({ from, to }) => from < at && at <= to);

/** Where instants lie for which it was not run, and why it was not. */
interface UnmetRanges {
  readonly ranges: readonly TimeRange[];
  readonly reason: Reason;
}

/** Instants as the data of a reason. */
const summaryOf = ({ count, last: { at, by } }: InstantSummary) => ({ count, last: { at, by } });

/**
 * Fires when an instant has come. Its state: up to when instants were looked at, which have fired, how many runs it owes, which
 * firings it holds back. Several instants between two checks are one firing.
 */
export const createTimeCondition = ({ values, compiled, log, ports, earlier }: TimeContext): ConditionInstance => {
  const skips = values.catch_up === 'skip';
  const jitterMs = values.jitter_seconds * 1000;
  const fired = new FiredRanges();
  let since = ports.clock.wall();
  let next: Firing | undefined;
  let nextAt = Number.POSITIVE_INFINITY;
  let missed = 0;
  let owed = 0;
  /** The firings that are held back: their instants, and the ticks until which they are. */
  let held: readonly { readonly at: number; readonly until: number }[] = [];
  /** Numbers have variables of their own: reading one from an object can allocate. */
  let dueAt = Number.NaN;
  let due: Due = 'on-event';
  let suspension: TimeRange | undefined;
  /** How far the clock was set forward since the last check, ms. */
  let forwardMs: number | undefined;
  /** Until the first check: when no instance was running, and when an earlier one was paused or the condition suspended. */
  let notRunning: TimeRange | undefined;
  let earlierStops: readonly TimeRange[] = [];
  /**
   * Until the clock shows it again: up to when an earlier instance, or this one before the clock was set back, has accounted for
   * instants, and those that the earlier one held back.
   */
  let leftOpen: readonly number[] = [];
  let leftUntil = Number.NEGATIVE_INFINITY;
  /** Of the check in progress. */
  let origin: TraceContext | undefined;
  /** What came in vain; of the check in progress. */
  let vain: Reason | undefined;
  const reasonInVain = (): Reason | undefined => vain;
  const firings = (from: number): Iterable<Firing> => fired.leaveOut(compiled.firings, from);
  const findNext = () => {
    next = undefined;
    nextAt = Number.POSITIVE_INFINITY;
    for (const firing of firings(since)) {
      next = firing;
      nextAt = firing.at;
      break;
    }
  };
  /** Begins anew. `anew`: what has fired is forgotten, too. */
  const begin = (wall: number, anew: boolean) => {
    since = wall;
    if (anew) {
      fired.forget();
      leftOpen = [];
      leftUntil = Number.NEGATIVE_INFINITY;
    }
    owed = 0;
    held = [];
    suspension = undefined;
    findNext();
  };
  /** Goes on where an earlier instance has ended. */
  const restore = ({ until, held: open, owed: runs, stops, notRunning: gap }: EarlierInstants): void => {
    const now = since;
    // A clock that is far behind was wrong before.
    if (until - now > CORRECTION_MS) return;
    since = Math.min(until, now, ...open.map((at) => at - 1));
    // Also what the clock has yet to show again.
    for (const { from, to } of subtractRanges(
      [{ from: since, to: until }],
      open.map((at) => ({ from: at - 1, to: at })),
    ))
      fired.add(from, to);
    owed = skips ? 0 : runs;
    notRunning = gap;
    earlierStops = stops;
    leftOpen = open;
    leftUntil = until;
    findNext();
  };
  begin(since, true);
  if (earlier?.instants) restore(earlier.instants);

  /** Pauses, and a suspension, that ended since the last check. */
  const stopsSince = (pauses: readonly TimeRange[]): readonly TimeRange[] =>
    [...earlierStops, ...pauses, ...(suspension ? [suspension] : [])].filter(({ to }) => to > since);

  /** Up to when instants are accounted for, if there are none after `until` that are. */
  const accountedFor = (until: number): Accounted => {
    const known = Math.max(until, leftUntil);
    const back = held.map(({ at }) => at).filter((at) => at <= known);
    if (until === known) return { until, held: back, owed };
    return { until: known, held: [...back, ...leftOpen.filter((at) => at > until && !back.includes(at))], owed };
  };

  /** Reports that instants up to `until` have come for which it is not run, or later: the run for the next one covers the rest. */
  const reportUnmet = (all: readonly (UnmetRanges | undefined)[], until: number): void => {
    const unmet = all.flatMap((one) => {
      const ranges = one ? clipRanges(one.ranges, Number.NEGATIVE_INFINITY, until) : [];
      const row = summariseInstants(compiled, ranges);
      return one && row
        ? [{ reason: one.reason, count: row.count, first: row.first.at, last: row.last.at, ranges }]
        : [];
    });
    if (origin === undefined || unmet.length === 0) return;
    ports.events.emit('instants.unmet', origin, {
      condition: log.context.item ?? '',
      unmet,
      ...accountedFor(until),
    });
  };

  /** Logs that instants of a pause or suspension do not fire, and returns them. */
  const reportPaused = (stops: readonly TimeRange[], wall: number): UnmetRanges | undefined => {
    const ranges = subtractRanges(clipRanges(mergeRanges(stops), since, wall), fired.spans);
    const row = summariseInstants(compiled, ranges);
    if (!row) return undefined;
    vain = { code: 'instants-paused', ...summaryOf(row) };
    log.info('PROC/MSG', `time: instants during a pause or suspension, not fired: ${row.count}`, origin);
    return { ranges, reason: vain };
  };

  /** Why instants were missed. */
  const reasonOfMiss = (row: InstantSummary, wall: number, claimed: TimeRange | undefined): Reason => {
    const { at } = row.last;
    if (claimed && claimed.from <= row.first.at && at <= claimed.to)
      return { code: 'instants-claiming', ...summaryOf(row) };
    if (notRunning && notRunning.from < at && at <= notRunning.to)
      return { code: 'instants-not-running', ...summaryOf(row), ...notRunning };
    return forwardMs === undefined
      ? { code: 'instants-unattended', ...summaryOf(row), lateMs: wall - at }
      : { code: 'instants-skipped', ...summaryOf(row), forwardMs };
  };

  /** Counts and logs the misses of a gap, and returns why they were missed. */
  const reportMisses = (row: InstantSummary, wall: number, claimed: TimeRange | undefined): Reason => {
    const { count, first, last } = row;
    const reason = reasonOfMiss(row, wall, claimed);
    // The next firing, here or on another machine, stands for them.
    if (reason.code === 'instants-claiming') {
      log.info('PROC/MSG', `time: ${reasonText(reason)}`, origin);
      return reason;
    }
    missed += count;
    const one = ({ by, at }: Firing) => `${by} at ${shown(at)}, ${seconds(wall - at)} ago`;
    const all = `${count} instants, the first one ${one(first)}, the last one ${one(last)}`;
    const why =
      reason.code === 'instants-not-running'
        ? `: whenever was not running from ${shown(reason.from)} to ${shown(reason.to)}`
        : '';
    log.warn('PROC/MSG', `time: missed ${count === 1 ? one(first) : all}${why}`, origin);
    const condition = log.context.item ?? '';
    const attributes = { condition, count, first: first.at, last: last.at };
    if (origin !== undefined) ports.events.emit('instants.missed', origin, attributes);
    return reason;
  };

  /** Owes the runs for misses that `catch_up` asks for. */
  const catchUp = (misses: readonly TimeRange[], wall: number): void => {
    const limit = wall - values.catch_up_limit * 1000 - 1;
    let recent = 0;
    for (const { at } of instantsIn(compiled, clipRanges(misses, limit, wall))) {
      fired.add(at - 1, at);
      recent += 1;
      if (recent === MOST_CAUGHT_UP) break;
    }
    if (recent === 0) return;
    owed = values.catch_up === 'once' ? 1 : Math.min(MOST_CAUGHT_UP, owed + recent);
    log.info('PROC/MSG', `time: catching up, runs: ${owed}`, origin);
  };

  /** Reports what came before `oldest` or while it was stopped, and makes up for it. `until`: no instant to fire is before. */
  const settleMisses = (
    stops: readonly TimeRange[],
    oldest: number,
    { wall, claimed }: CheckContext,
    until: number,
  ): void => {
    const late = clipRanges([{ from: since, to: Math.ceil(oldest) - 1 }], since, wall);
    // An instant of a pause counts as missed only when misses are made up for.
    const misses = skips ? subtractRanges(late, stops) : mergeRanges([...late, ...clipRanges(stops, since, wall)]);
    const paused = skips ? reportPaused(stops, wall) : undefined;
    const rest = subtractRanges(misses, fired.spans);
    const row = summariseInstants(compiled, rest);
    if (row) vain = reportMisses(row, wall, claimed);
    if (!skips) catchUp(rest, wall);
    reportUnmet([paused, row && vain ? { ranges: rest, reason: vain } : undefined], until);
  };

  /** The first instant from `from` to `wall` that has not fired and was not within `stops`. */
  const firstUnstopped = (from: number, wall: number, stops: readonly TimeRange[]): Firing | undefined => {
    for (const firing of firings(from)) {
      if (firing.at > wall) return undefined;
      if (!includes(stops, firing.at)) return firing;
    }
    return undefined;
  };

  /** The first instant since the last check that fires now; misses are reported and made up for. */
  const dueInstant = (context: CheckContext): Firing | undefined => {
    const { wall, tickMs, pauses } = context;
    const oldest = wall - Math.max(2 * tickMs, GRACE_MS);
    const stops = stopsSince(pauses);
    if (stops.length === 0 && nextAt >= oldest) {
      // Up to the last check there was nothing that has not fired.
      fired.add(since, wall);
      return next;
    }
    const firing = firstUnstopped(Math.max(since, oldest - 1), wall, stops);
    settleMisses(stops, oldest, context, firing ? firing.at - 1 : wall);
    if (firing) fired.add(firing.at - 1, wall);
    return firing;
  };

  /** An instant fires, or is held back. */
  const occur = ({ at, by }: Firing, context: CheckContext): Reason => {
    log.debug('PROC/MSG', `time: ${by} has come`, origin);
    const late = ports.clock.wall() - at;
    if (late >= context.tickMs) log.info('PROC/MSG', `time: ${by} is ${seconds(late)} late`, origin);
    if (values.catch_up === 'once') owed = 0;
    if (jitterMs > 0) hold(at, context);
    return { code: 'instant', by, at };
  };

  /** The instants up to `wall` are dealt with. */
  const advance = (wall: number): void => {
    if (wall <= since) return;
    since = wall;
    suspension = undefined;
    forwardMs = undefined;
    notRunning = undefined;
    earlierStops = [];
    if (wall >= leftUntil) leftOpen = [];
    if (nextAt <= wall) findNext();
  };

  // Not as functions to `trace`: a visit allocates nothing.
  const traceLocalTime = (wall: number): void => {
    if (log.wants('trace')) log.trace('START/MSG', `time: local time is ${shown(wall)}`, origin);
  };
  const traceNext = (): void => {
    if (!log.wants('trace')) return;
    log.trace('PROC/MSG', `time: next instant is ${next === undefined ? 'never' : shown(next.at)}`, origin);
  };

  /** Why it fires; undefined: it does not. `came`: the instant that is due now. */
  const firesBecause = (came: Reason | undefined, wall: number): Reason | undefined => {
    if (came !== undefined && jitterMs === 0) return came;
    if (held.length > 0 && release(wall)) return came ?? HELD_BACK;
    if (owed === 0) return undefined;
    owed -= 1;
    return { code: 'catching-up', ...(vain === undefined ? {} : { missed: vain }) };
  };

  /** Holds an instant back that fires at the tick `wall`, or would have fired at an earlier one. */
  const hold = (at: number, { wall, tickMs }: CheckContext): void => {
    const first = Math.ceil(at / tickMs) * tickMs;
    const until = Math.max(wall, first + jitterDelay(first, at + jitterMs, tickMs, ports.random));
    held = [...held, { at, until }];
    log.debug('PROC/MSG', () => `time: held back until ${shown(until)}`, origin);
  };

  /** Goes on holding back what came while an earlier instance was running. */
  const holdOn = (gap: TimeRange, context: CheckContext): void => {
    for (const { at } of firings(since)) {
      if (at > gap.from) break;
      if (at + jitterMs < context.wall || includes(earlierStops, at)) continue;
      fired.add(at - 1, at);
      hold(at, context);
    }
    findNext();
  };

  /** Whether an instant is held back no longer. */
  const release = (wall: number): boolean => {
    const before = held.length;
    held = held.filter(({ until }) => until > wall);
    return held.length < before;
  };

  /** Called when the clock was set back: what has fired does not fire again, except for times that the clock should never have shown. */
  const setBack = ({ from, to, since: start, limit }: SetBack): Reason => {
    const change = { code: 'clock-set-back', byMs: from - to } as const;
    if (from - to > CORRECTION_MS) {
      begin(start, true);
      return { ...change, correction: true };
    }
    fired.cut(limit);
    leftUntil = Math.min(limit, Math.max(leftUntil, since));
    since = Math.min(since, start);
    suspension = undefined;
    // None is held back for longer than the jitter allows.
    held = held.map(({ at, until }) => ({ at, until: Math.min(until, to + jitterMs) }));
    findNext();
    const silent = summariseInstants(compiled, clipRanges(fired.spans, since, Number.POSITIVE_INFINITY));
    return { ...change, correction: false, ...(silent ? { fired: summaryOf(silent) } : {}) };
  };

  /** Called when the clock was set forward: the next check finds the misses. */
  const setForward = ({ from, to }: SetForward): Reason => {
    forwardMs = to - from;
    return { code: 'clock-set-forward', byMs: forwardMs };
  };

  return {
    ask: ({ wall }) => {
      const by = compiled.window.at(wall);
      if (by !== undefined) return { holds: true, reason: { code: 'in-window', by } };
      const notBefore = compiled.window.next(wall);
      return notBefore === undefined ? NEVER_HOLDS : { holds: false, reason: NOT_IN_WINDOW, notBefore };
    },
    due: () => {
      if (owed > 0) return 'any-tick';
      let first = nextAt;
      for (const { until } of held) first = Math.min(first, until);
      if (first === Number.POSITIVE_INFINITY) return 'on-event';
      if (dueAt !== first) {
        dueAt = first;
        due = { wall: first };
      }
      return due;
    },
    waitsFor: () => (owed > 0 || next !== undefined || held.length > 0 ? undefined : NO_INSTANTS_LEFT),
    get missed() {
      return missed;
    },
    get accounted() {
      return accountedFor(since);
    },
    timeChanged: (change) => {
      origin = undefined;
      if (change.kind === 'set-back') return setBack(change);
      if (change.kind === 'set-forward') return setForward(change);
      if (values.timezone !== undefined) return undefined;
      for (const { forget } of compiled.specifications) forget();
      since = ports.clock.wall();
      findNext();
      return { code: 'zone-changed', from: change.from, to: change.to };
    },
    check: (context) => {
      const { wall } = context;
      origin = context.origin;
      vain = undefined;
      traceLocalTime(wall);
      if (jitterMs > 0 && notRunning !== undefined && nextAt <= notRunning.from) holdOn(notRunning, context);
      const recent = nextAt <= wall ? dueInstant(context) : undefined;
      advance(wall);
      traceNext();
      const reason = firesBecause(recent && occur(recent, context), wall);
      if (reason !== undefined) return passed(reason);
      const inVain = reasonInVain();
      return inVain === undefined ? NOT_DUE : failed(inVain);
    },
    reset: (resumed, until) => {
      origin = undefined;
      const now = ports.clock.wall();
      // What comes at the end of the suspension or after it counts, also when that is noticed late.
      const wall = until === undefined ? now : Math.min(now, Math.max(since, until - 1));
      if (resumed && !skips && wall > since) {
        owed = 0;
        held = [];
        suspension = { from: since, to: wall };
        return;
      }
      if (resumed) reportPaused([{ from: since, to: wall }], wall);
      begin(wall, !resumed);
    },
  };
};
