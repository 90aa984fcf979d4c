import { showDuration } from '../../core/duration.ts';
import { wrapInstance } from '../../core/instance.ts';
import type { ConditionInstance, CreateContext, Firing } from '../kind.ts';
import { TimeCalendar } from './calendar.ts';
import type { ConditionWindow } from './condition-window.ts';
import { FittingInstants } from './instants.ts';
import { type Calendar, TimeCondition } from './time-condition.ts';
import { inZone, zoneOf } from './zone.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * The ends of intervals that are counted from each midnight of local time. As a specification without an hour, an interval of an hour at
 * most goes by real time: ends that the clock skips do not come, those that it shows twice come twice. A longer one goes by the wall
 * clock: what is skipped comes at the end of the gap, and what is shown twice comes once. @param length ms, from a second to a day.
 */
export const alignedEnds = (length: number, timezone?: string, within?: ConditionWindow): Calendar => {
  const zone = zoneOf(timezone);
  const fits = (local: number): number => {
    const midnight = Math.floor(local / DAY) * DAY;
    return midnight + Math.min(DAY, (Math.floor((local - midnight) / length) + 1) * length);
  };
  const text = `multiple of ${showDuration(length)} since midnight`;
  // Hours, and days at the change of the clock, can have different numbers of ends.
  return new TimeCalendar(
    [new FittingInstants(fits, length <= HOUR, zone, text, true)],
    zone,
    within,
    [],
    undefined,
    timezone,
  );
};

/** The ends of intervals that are counted from the beginning of 1970, so that they are the same on all machines. @param length ms */
export const epochEnds = (length: number, within?: ConditionWindow): Calendar => {
  const zone = zoneOf('UTC');
  const fits = (local: number): number => (Math.floor(local / length) + 1) * length;
  const text = `multiple of ${showDuration(length)} since 1970`;
  return new TimeCalendar([new FittingInstants(fits, true, zone, text, true)], zone, within, [], undefined, 'UTC');
};

/** The same with one firing more, in order; an end at the same instant is left out. */
function* withStart(ends: Iterable<Firing>, start: Firing): Generator<Firing, void> {
  let isOpen = true;
  for (const end of ends) {
    if (isOpen && end.at >= start.at) {
      isOpen = false;
      yield start;
    }
    if (end.at !== start.at) yield end;
  }
}

/** The firing of `start = "at once"` for a start at `now` (wall-clock ms). */
export const startFiring = (now: number): Firing => ({ at: now + 1, by: 'the start' });

/** The coming ends, and before them the start, if that counts. */
export const alignedFirings = (
  calendar: Calendar,
  from: number,
  atOnce: boolean,
  timezone: string | undefined,
): Iterable<Firing> => {
  const ends = inZone(calendar.firings(from), timezone);
  return atOnce ? withStart(ends, startFiring(from)) : ends;
};

/** Fires at the ends, and, if `atOnce`, at the first tick: as a condition of type time that makes up for nothing. */
export const createAlignedInterval = (
  context: CreateContext<{ readonly jitter_seconds: number; readonly timezone: string | undefined }, Calendar>,
  atOnce: boolean,
): ConditionInstance => {
  const { compiled: ends, ports, values } = context;
  const { jitter_seconds, timezone } = values;
  let start = atOnce ? startFiring(ports.clock.wall()) : undefined;
  const isWithin = (from: number, to: number) => start !== undefined && from < start.at && start.at <= to;
  const compiled: Calendar = {
    specifications: ends.specifications,
    get window() {
      return ends.window;
    },
    firings: (from) =>
      start !== undefined && from < start.at ? withStart(ends.firings(from), start) : ends.firings(from),
    count: (from, to) => {
      const doubled = isWithin(from, to) && ends.count(start!.at - 1, start!.at) > 0;
      return ends.count(from, to) + (isWithin(from, to) && !doubled ? 1 : 0);
    },
  };
  const instance = new TimeCondition({
    ...context,
    values: { jitter_seconds, timezone, catch_up: 'skip', catch_up_limit: 0 },
    compiled,
  });
  if (!atOnce) return instance;
  return wrapInstance(instance, {
    check: (look) => {
      const result = instance.check(look);
      // Not again when the clock is set back.
      if (start !== undefined && look.wall >= start.at) start = undefined;
      return result;
    },
    reset: (resumed, until) => {
      start = resumed ? undefined : startFiring(ports.clock.wall());
      instance.reset(resumed, until);
    },
  });
};
