import type { Values } from '../../config/field.ts';
import { failed, NOT_DUE, passed } from '../../core/outcome.ts';
import type { Reason } from '../../core/reasons.ts';
import { CORRECTION_MS, type SetBack, type SetForward } from '../../core/time-change.ts';
import type { TraceContext } from '../../log/record.ts';
import type { CheckContext, ConditionInstance, CreateContext, Due, Firing, TimeRange } from '../kind.ts';
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

/** An instant missed by more than this, and by more than two ticks, is a miss: `catch_up` decides. */
const GRACE_MS = 60_000;
/** Runs that `catch_up = "all"` makes up for at the most. */
const MOST_CAUGHT_UP = 100;

type TimeMaking = CreateContext<Values<typeof timeFields>, Calendar>;

/** What a file's specifications became when it was loaded. */
export interface Calendar extends CountableInstants {
  readonly specifications: readonly Instants[];
}

const NO_INSTANTS_LEFT: Reason = { code: 'no-instants-left' };
const HELD_BACK: Reason = { code: 'instant-held-back' };

const shown = (ms: number): string => {
  const d = new Date(ms);
  return `${d.toDateString()} ${d.toTimeString().slice(0, 8)}`;
};

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** Instants as the data of a reason. */
const summaryOf = ({ count, last: { at, by } }: InstantSummary) => ({ count, last: { at, by } });

/**
 * Watches the instants go by. What it remembers: up to when it has looked, what has fired, what it owes, what it holds back.
 * Several instants that come between two looks are one firing.
 */
export const createTimeCondition = ({ values, compiled, log, ports }: TimeMaking): ConditionInstance => {
  const skips = values.catch_up === 'skip';
  const jitterMs = values.jitter_seconds * 1000;
  const fired = new FiredRanges();
  let since = ports.clock.wall();
  let next: Firing | undefined;
  let nextAt = Number.POSITIVE_INFINITY;
  let missed = 0;
  let owed = 0;
  let held: number[] = [];
  /** Numbers have variables of their own: reading one from an object can allocate. */
  let dueAt = Number.NaN;
  let due: Due = 'on-event';
  let suspension: TimeRange | undefined;
  /** How far the clock was set forward since the last look, ms. */
  let forwardMs: number | undefined;
  /** Of the look in progress. */
  let origin: TraceContext | undefined;
  /** What came in vain; of the look in progress. */
  let vain: Reason | undefined;
  const reasonInVain = (): Reason | undefined => vain;
  const firings = (from: number): Iterable<Firing> => fired.leaveOut(compiled.firings, from);
  const look = () => {
    next = undefined;
    nextAt = Number.POSITIVE_INFINITY;
    for (const firing of firings(since)) {
      next = firing;
      nextAt = firing.at;
      break;
    }
  };
  const begin = (wall: number) => {
    since = wall;
    fired.forget();
    owed = 0;
    held = [];
    suspension = undefined;
    look();
  };
  begin(since);

  /** Instants of a pause or suspension fire nothing, which is said. */
  const pass = (stops: readonly TimeRange[], wall: number): void => {
    const row = summariseInstants(compiled, subtractRanges(clipRanges(mergeRanges(stops), since, wall), fired.spans));
    if (!row) return;
    vain = { code: 'instants-paused', ...summaryOf(row) };
    log.info('PROC/MSG', `time: instants during a pause or suspension, not fired: ${row.count}`, origin);
  };

  /** Tells of the misses of a gap, and owes what the policy says. */
  const miss = (misses: readonly TimeRange[], wall: number): void => {
    const row = summariseInstants(compiled, misses);
    if (row) {
      const { count, first, last } = row;
      missed += count;
      const one = ({ by, at }: Firing) => `${by} at ${shown(at)}, ${seconds(wall - at)} ago`;
      const all = `${count} instants, the first one ${one(first)}, the last one ${one(last)}`;
      log.warn('PROC/MSG', `time: missed ${count === 1 ? one(first) : all}`, origin);
      const { item: condition } = log.context;
      const told = { condition, count, first: first.at, last: last.at };
      if (origin !== undefined) ports.journal.instant('missed', `condition/${condition}`, origin, () => told);
      vain =
        forwardMs === undefined
          ? { code: 'instants-unattended', ...summaryOf(row), lateMs: wall - last.at }
          : { code: 'instants-skipped', ...summaryOf(row), forwardMs };
    }
    if (skips) return;
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

  /** What has come since the last look: the first instant that fires now, after the misses were dealt with. */
  const judge = (first: Firing, { wall, tickMs, pauses }: CheckContext): Firing | undefined => {
    const oldest = wall - Math.max(2 * tickMs, GRACE_MS);
    const stops = [...pauses, ...(suspension ? [suspension] : [])].filter(({ to }) => to > since);
    if (stops.length === 0 && first.at >= oldest) return first;
    const stopOf = (at: number) => stops.find(({ from, to }) => from < at && at <= to);
    const late = clipRanges([{ from: since, to: Math.ceil(oldest) - 1 }], since, wall);
    // An instant of a pause is a miss when misses are made up for, and else nothing.
    const misses = skips ? subtractRanges(late, stops) : mergeRanges([...late, ...clipRanges(stops, since, wall)]);
    if (skips) pass(stops, wall);
    miss(subtractRanges(misses, fired.spans), wall);
    for (const firing of firings(Math.max(since, oldest - 1))) {
      if (firing.at > wall) return undefined;
      if (!stopOf(firing.at)) return firing;
    }
    return undefined;
  };

  /** Holds an instant back that fires at the tick `wall`, or would have fired at an earlier one. */
  const hold = (at: number, { wall, tickMs }: CheckContext): void => {
    const first = Math.ceil(at / tickMs) * tickMs;
    const until = Math.max(wall, first + jitterDelay(first, at + jitterMs, tickMs, ports.random));
    held.push(until);
    log.debug('PROC/MSG', () => `time: held back until ${shown(until)}`, origin);
  };

  /** Whether an instant is held back no longer. */
  const release = (wall: number): boolean => {
    const before = held.length;
    held = held.filter((until) => until > wall);
    return held.length < before;
  };

  /** The clock was set back: what has fired does not fire again, but nothing that the clock should never have shown is silenced. */
  const setBack = ({ from, to, since: start, limit }: SetBack): Reason => {
    const change = { code: 'clock-set-back', byMs: from - to } as const;
    if (from - to > CORRECTION_MS) {
      begin(start);
      return { ...change, correction: true };
    }
    fired.cut(limit);
    since = Math.min(since, start);
    suspension = undefined;
    // Nothing waits longer than it may.
    held = held.map((until) => Math.min(until, to + jitterMs));
    look();
    const silent = summariseInstants(compiled, clipRanges(fired.spans, since, Number.POSITIVE_INFINITY));
    return { ...change, correction: false, ...(silent ? { fired: summaryOf(silent) } : {}) };
  };

  /** The clock was set forward: the next look finds what it has missed. */
  const setForward = ({ from, to }: SetForward): Reason => {
    forwardMs = to - from;
    return { code: 'clock-set-forward', byMs: forwardMs };
  };

  return {
    due: () => {
      if (owed > 0) return 'any-tick';
      let first = nextAt;
      for (const until of held) first = Math.min(first, until);
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
    timeChanged: (change) => {
      origin = undefined;
      if (change.kind === 'set-back') return setBack(change);
      if (change.kind === 'set-forward') return setForward(change);
      if (values.timezone !== undefined) return undefined;
      for (const { forget } of compiled.specifications) forget();
      since = ports.clock.wall();
      look();
      return { code: 'zone-changed', from: change.from, to: change.to };
    },
    check: (at) => {
      const { wall, tickMs } = at;
      origin = at.origin;
      vain = undefined;
      if (log.wants('trace')) log.trace('START/MSG', `time: local time is ${shown(wall)}`, origin);
      const first = nextAt <= wall ? next : undefined;
      const recent = first && judge(first, at);
      // Up to the last look there was nothing that has not fired.
      if (recent) fired.add(recent === first ? since : recent.at - 1, wall);
      if (wall > since) {
        since = wall;
        suspension = undefined;
        forwardMs = undefined;
        if (first) look();
      }
      if (log.wants('trace'))
        log.trace('PROC/MSG', `time: next instant is ${next === undefined ? 'never' : shown(next.at)}`, origin);
      const inVain = reasonInVain();
      let fires = false;
      let reason: Reason = HELD_BACK;
      if (recent) {
        log.debug('PROC/MSG', `time: ${recent.by} has come`, origin);
        reason = { code: 'instant', by: recent.by };
        const late = ports.clock.wall() - recent.at;
        if (late >= tickMs) log.info('PROC/MSG', `time: ${recent.by} is ${seconds(late)} late`, origin);
        if (values.catch_up === 'once') owed = 0;
        if (jitterMs > 0) hold(recent.at, at);
        else fires = true;
      }
      if (held.length > 0 && release(wall)) fires = true;
      if (!fires && owed > 0) {
        owed -= 1;
        fires = true;
        reason = { code: 'catching-up', ...(inVain === undefined ? {} : { missed: inVain }) };
      }
      return fires ? passed(reason) : inVain === undefined ? NOT_DUE : failed(inVain);
    },
    reset: (resumed) => {
      origin = undefined;
      const wall = ports.clock.wall();
      if (resumed && !skips && wall > since) {
        owed = 0;
        held = [];
        suspension = { from: since, to: wall };
        return;
      }
      if (resumed) pass([{ from: since, to: wall }], wall);
      begin(wall);
    },
  };
};
