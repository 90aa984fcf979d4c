import type { Values } from '../../config/field.ts';
import { NEGATIVE, POSITIVE } from '../../core/outcome.ts';
import type { ConditionBody, Firing, Making } from '../kind.ts';
import type { Instants } from './instants.ts';
import type { timeFields } from './time-fields.ts';

/** An instant missed by more than this, and by more than two ticks, is a miss: `catch_up` decides. */
const GRACE_MS = 60_000;
/** A clock set back by more than this was wrong before: instants count anew from what it says now. */
const WRONG_CLOCK_MS = 7 * 86_400_000;
/** Runs that `catch_up = "all"` makes up for at the most. */
const MOST_CAUGHT_UP = 100;
/** Misses that are told one by one after one gap. */
const MOST_TOLD = 1000;

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

/** Watches the instants go by. What it remembers: up to when it has looked, what it owes, what it holds back. */
export const watch = ({ values, compiled, log, ports }: TimeMaking): ConditionBody => {
  // Never goes back, so that a clock set back repeats nothing.
  let since = ports.clock.wall();
  let next: number | undefined;
  let owed = 0;
  let held: number | undefined;
  const look = () => {
    next = compiled.firings(since).next().value?.at;
  };
  const begin = (wall: number) => {
    since = wall;
    owed = 0;
    held = undefined;
    look();
  };
  begin(since);

  /** Instants before `oldest` are misses: tells them, and owes what the policy says. */
  const miss = (oldest: number, wall: number): void => {
    let told = 0;
    let within = 0;
    for (const { at, by } of compiled.firings(since)) {
      if (at >= oldest) break;
      if (told === MOST_TOLD) {
        log.warn('PROC/MSG', `time: more instants were missed until ${shown(oldest)}`);
        break;
      }
      log.warn('PROC/MSG', `${MISSED} ${by} at ${shown(at)}, ${seconds(wall - at)} ago`);
      told += 1;
    }
    if (values.catch_up === 'skip') return;
    for (const { at } of compiled.firings(Math.max(since, wall - values.catch_up_limit * 1000 - 1))) {
      if (at >= oldest || within === MOST_CAUGHT_UP) break;
      within += 1;
    }
    if (within === 0) return;
    owed = values.catch_up === 'once' ? 1 : Math.min(MOST_CAUGHT_UP, owed + within);
    log.info('PROC/MSG', `time: catching up, runs: ${owed}`);
  };

  return {
    due: () => {
      if (owed > 0) return 'any-tick';
      const first = Math.min(held ?? Number.POSITIVE_INFINITY, next ?? Number.POSITIVE_INFINITY);
      return Number.isFinite(first) ? { wall: first } : 'on-event';
    },
    test: ({ wall, notBefore, tickMs }) => {
      log.debug('START/MSG', () => `time: local time is ${shown(wall)}`);
      if (since - wall > WRONG_CLOCK_MS) {
        log.warn('PROC/MSG', `time: the clock was set back from ${shown(since)}, instants count from now on`);
        begin(wall);
      }
      if (notBefore > since) begin(notBefore);
      let recent: Firing | undefined;
      if (next !== undefined && next <= wall) {
        const oldest = wall - Math.max(2 * tickMs, GRACE_MS);
        if (next < oldest) miss(oldest, wall);
        const first = compiled.firings(Math.max(since, oldest - 1)).next().value;
        if (first && first.at <= wall) recent = first;
      }
      if (wall > since) {
        since = wall;
        if (next !== undefined && next <= wall) look();
      }
      log.debug('PROC/MSG', () => `time: next instant is ${next === undefined ? 'never' : shown(next)}`);
      if (recent) {
        log.debug('PROC/MSG', `time: ${recent.by} has come`);
        if (wall - recent.at >= tickMs) log.info('PROC/MSG', `time: ${recent.by} is ${seconds(wall - recent.at)} late`);
        if (owed > 0 && values.catch_up === 'once') owed = 0;
        if (values.jitter_seconds > 0) {
          held ??= wall + Math.floor(ports.random() * values.jitter_seconds * 1000);
          log.debug('PROC/MSG', `time: held back until ${shown(held)}`);
          recent = undefined;
        }
      }
      if (recent) return POSITIVE;
      if (held !== undefined && held <= wall) {
        held = undefined;
        return POSITIVE;
      }
      if (owed === 0) return NEGATIVE;
      owed -= 1;
      return POSITIVE;
    },
    reset: () => begin(ports.clock.wall()),
  };
};
