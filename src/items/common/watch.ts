import type { Values } from '../../config/field.ts';
import { EARLY, negative, positive } from '../../core/outcome.ts';
import type { Origin } from '../../log/record.ts';
import type { ConditionBody, Firing, Look, Making, Span } from '../kind.ts';
import type { Instants } from './instants.ts';
import { holdBack } from './jitter.ts';
import type { timeFields } from './time-fields.ts';

/** An instant missed by more than this, and by more than two ticks, is a miss: `catch_up` decides. */
const GRACE_MS = 60_000;
/** A clock set back by more than this was wrong before: instants count anew from what it says now. */
const WRONG_CLOCK_MS = 7 * 86_400_000;
/** Runs that `catch_up = "all"` makes up for at the most. */
const MOST_CAUGHT_UP = 100;
/** Misses that are told one by one after one gap. */
const MOST_TOLD = 10_000;

/** How the record of a miss begins. */
export const MISSED = 'time: missed';

type TimeMaking = Making<Values<typeof timeFields>, Calendar>;

/** What a file's specifications became when it was loaded. */
export interface Calendar {
  readonly specifications: readonly Instants[];
  firings(from: number): Generator<Firing, void>;
}

const shown = (ms: number): string => {
  const d = new Date(ms);
  return `${d.toDateString()} ${d.toTimeString().slice(0, 8)}`;
};

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
/** By how much something was missed, for a person. */
const long = (ms: number): string =>
  ms < 120_000 ? seconds(ms) : ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;

/** `2026-03-29 02:30:00`, local time: as reasons show instants. */
const stamp = (ms: number): string =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ');

/** Instants that fired nothing, as a reason. */
const lost = (count: number, last: Firing, how: string): string =>
  count === 1
    ? `${last.by} at ${stamp(last.at)} ${how}`
    : `${count < MOST_TOLD ? count : `${MOST_TOLD} or more`} instants ${how}, the last one ${last.by} at ${stamp(last.at)}`;

/**
 * Watches the instants go by. What it remembers: up to when it has looked, what it owes, what it holds back. Several instants
 * that come between two looks are one firing.
 */
export const watch = ({ values, compiled, log, ports }: TimeMaking): ConditionBody => {
  const skips = values.catch_up === 'skip';
  // Never goes back, so that a clock set back repeats nothing.
  let since = ports.clock.wall();
  let next: Firing | undefined;
  let owed = 0;
  let held: number[] = [];
  let suspension: Span | undefined;
  /** Of the look in progress. */
  let origin: Origin | undefined;
  /** What came in vain, as a reason; of the look in progress. */
  let vain: string | undefined;
  const look = () => {
    next = compiled.firings(since).next().value ?? undefined;
  };
  const begin = (wall: number) => {
    since = wall;
    owed = 0;
    held = [];
    suspension = undefined;
    look();
  };
  begin(since);

  /** Instants of a pause or suspension fire nothing, which is said. */
  const pass = (stops: readonly Span[], wall: number): void => {
    let count = 0;
    let last: Firing | undefined;
    for (const { from, to } of stops) {
      for (const firing of compiled.firings(Math.max(since, from))) {
        if (firing.at > Math.min(to, wall) || count === MOST_TOLD) break;
        last = firing;
        count += 1;
      }
    }
    if (last === undefined) return;
    vain = lost(count, last, 'came while the scheduler was paused');
    const number = count < MOST_TOLD ? String(count) : `${MOST_TOLD} or more`;
    log.info('PROC/MSG', `time: instants during a pause or suspension, not fired: ${number}`, origin);
  };

  /** Tells each miss, and owes what the policy says. */
  const miss = (misses: (from: number) => Iterable<Firing>, wall: number): void => {
    let told = 0;
    let last: Firing | undefined;
    for (const firing of misses(since)) {
      const { at, by } = firing;
      if (told === MOST_TOLD) {
        log.warn(
          'PROC/MSG',
          `time: more than ${MOST_TOLD} instants were missed, those from ${shown(at)} on are not listed`,
          origin,
        );
        break;
      }
      log.warn('PROC/MSG', `${MISSED} ${by} at ${shown(at)}, ${seconds(wall - at)} ago`, origin);
      last = firing;
      told += 1;
    }
    if (last)
      vain = lost(
        told,
        last,
        `came while nobody looked (asleep, stopped or busy), noticed ${long(wall - last.at)} later`,
      );
    if (skips) return;
    let within = 0;
    for (const _ of misses(Math.max(since, wall - values.catch_up_limit * 1000 - 1))) {
      within += 1;
      if (within === MOST_CAUGHT_UP) break;
    }
    if (within === 0) return;
    owed = values.catch_up === 'once' ? 1 : Math.min(MOST_CAUGHT_UP, owed + within);
    log.info('PROC/MSG', `time: catching up, runs: ${owed}`, origin);
  };

  /** What has come since the last look: the first instant that fires now, after the misses were dealt with. */
  const judge = (first: Firing, { wall, tickMs, pauses }: Look): Firing | undefined => {
    const oldest = wall - Math.max(2 * tickMs, GRACE_MS);
    const stops = [...pauses, ...(suspension ? [suspension] : [])].filter(({ to }) => to > since);
    if (stops.length === 0 && first.at >= oldest) return first;
    const stopOf = (at: number) => stops.find(({ from, to }) => from < at && at <= to);
    // An instant of a pause is a miss when misses are made up for, and else nothing.
    function* misses(from: number): Generator<Firing, void> {
      for (const firing of compiled.firings(from)) {
        if (firing.at > wall) return;
        const stop = stopOf(firing.at);
        if (stop && skips) return yield* misses(Math.max(stop.to, firing.at));
        if (stop || firing.at < oldest) yield firing;
      }
    }
    if (skips) pass(stops, wall);
    miss(misses, wall);
    for (const firing of compiled.firings(Math.max(since, oldest - 1))) {
      if (firing.at > wall) return undefined;
      if (!stopOf(firing.at)) return firing;
    }
    return undefined;
  };

  /** Holds an instant back that fires at the tick `wall`, or would have fired at an earlier one. */
  const hold = (at: number, { wall, tickMs }: Look): void => {
    const first = Math.ceil(at / tickMs) * tickMs;
    const until = Math.max(wall, first + holdBack(first, at + values.jitter_seconds * 1000, tickMs, ports.random));
    held.push(until);
    log.debug('PROC/MSG', () => `time: held back until ${shown(until)}`, origin);
  };

  return {
    due: () => {
      if (owed > 0) return 'any-tick';
      const first = Math.min(next?.at ?? Number.POSITIVE_INFINITY, ...held);
      return Number.isFinite(first) ? { wall: first } : 'on-event';
    },
    waits: () =>
      owed > 0 || next !== undefined || held.length > 0 ? undefined : 'none of its instants is still to come',
    test: (at) => {
      const { wall, tickMs } = at;
      origin = at.origin;
      vain = undefined;
      log.debug('START/MSG', () => `time: local time is ${shown(wall)}`, origin);
      if (since - wall > WRONG_CLOCK_MS) {
        log.warn('PROC/MSG', `time: the clock was set back from ${shown(since)}, instants count from now on`, origin);
        begin(wall);
      }
      // A clock set back does not make anything wait longer than it may.
      if (wall < since) held = held.map((until) => Math.min(until, wall + values.jitter_seconds * 1000));
      const first = next !== undefined && next.at <= wall ? next : undefined;
      const recent = first && judge(first, at);
      if (wall > since) {
        since = wall;
        suspension = undefined;
        if (first) look();
      }
      log.debug('PROC/MSG', () => `time: next instant is ${next === undefined ? 'never' : shown(next.at)}`, origin);
      let fires = false;
      let why = 'an instant that was held back by jitter_seconds is due';
      if (recent) {
        log.debug('PROC/MSG', `time: ${recent.by} has come`, origin);
        why = `${recent.by} has come`;
        const late = ports.clock.wall() - recent.at;
        if (late >= tickMs) log.info('PROC/MSG', `time: ${recent.by} is ${seconds(late)} late`, origin);
        if (values.catch_up === 'once') owed = 0;
        if (values.jitter_seconds > 0) hold(recent.at, at);
        else fires = true;
      }
      const waiting = held.filter((until) => until > wall);
      if (waiting.length < held.length) fires = true;
      held = waiting;
      if (!fires && owed > 0) {
        owed -= 1;
        fires = true;
        why = vain === undefined ? 'an instant that was missed is made up for' : `${vain}; that is made up for`;
      }
      return fires ? positive(why) : vain === undefined ? EARLY : negative(vain);
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
