import type { Values } from '../config/field.ts';
import { driftMs, READING_MS } from '../core/clock-drift.ts';
import { showDuration } from '../core/duration.ts';
import { NOT_DUE, passed } from '../core/outcome.ts';
import {
  alignedEnds,
  alignedFirings,
  createAlignedInterval,
  epochEnds,
  startFiring,
} from './common/aligned-interval.ts';
import { isSearchedEnough } from './common/calendar.ts';
import type { ConditionWindow } from './common/condition-window.ts';
import { END_OF_CALENDAR } from './common/dates.ts';
import { intervalFields, intervalSeconds, lengthKey } from './common/interval-fields.ts';
import { jitterDelay, withJitter } from './common/tick-timing.ts';
import type { Calendar } from './common/time-condition.ts';
import { isZone } from './common/zone.ts';
import {
  type ConditionInstance,
  type CreateContext,
  conditionKind,
  type Due,
  type Firing,
  type ReportProblem,
} from './kind.ts';

type IntervalValues = Values<typeof intervalFields>;

const DAY_SECONDS = 86_400;

/** `every 60 s`, or `every 1 h 30 min` where the file has it in such words. */
const ruleOf = (values: IntervalValues): string => {
  const seconds = intervalSeconds(values) ?? 0;
  if (seconds === 0) return 'every tick';
  const length = lengthKey(values) === 'interval' ? showDuration(seconds * 1000) : `${seconds} s`;
  return values.after_end ? `${length} after the end of each run` : `every ${length}`;
};

/** The first end of an interval, and those after it, within the window: there can be none, although it opens. */
function* every(
  length: number,
  by: string,
  first: number,
  window: ConditionWindow | undefined,
): Generator<Firing, void> {
  for (let [at, met, openings] = [first, first, 0]; !isSearchedEnough(openings, at - met); openings++) {
    if (at >= END_OF_CALENDAR) return;
    const opens = window === undefined ? at : window.opens(at);
    if (opens === undefined) return;
    if (opens === at) {
      [met, openings] = [at, 0];
      yield window === undefined ? { at, by, everyMs: length } : { at, by };
    }
    // What ends outside the window is passed over, the phase stays.
    at += Math.max(1, Math.ceil((opens - at) / length)) * length;
  }
}

/** What can be known of an interval. How long runs take is not: with `after_end` only the first firing is. */
function* foreseen(
  values: IntervalValues,
  from: number,
  window: ConditionWindow | undefined,
  goesOn: boolean,
): Generator<Firing, void> {
  const length = Math.max(intervalSeconds(values) ?? 0, 1) * 1000;
  const by = ruleOf(values);
  const isAtOnce = values.start === 'at once' && !goesOn;
  const start = values.after_end ? `the start, then ${by}` : 'the start';
  const first = isAtOnce ? startFiring(from).at : from + length;
  if (values.after_end) {
    // Outside its window it goes on as if a run had ended at once.
    for (const { at } of every(length, by, first, window)) {
      yield { at, by: start };
      return;
    }
    return;
  }
  if (isAtOnce && (window === undefined || window.closed(first) === undefined)) yield { at: first, by: start };
  yield* every(length, by, from + length, window);
}

/** Keys that cannot both be there. */
const reportConflicts = (
  { interval_seconds, interval: written, align, after_end }: Partial<IntervalValues>,
  report: ReportProblem,
): void => {
  if (interval_seconds !== undefined && written !== undefined)
    report(['interval'], 'interval: expected either interval or interval_seconds, found both', {
      id: 'conflicting-keys',
    });
  if (align === true && after_end === true)
    report(
      ['after_end'],
      'after_end: expected either align or after_end, found both: an end of a run is not on a multiple',
      { id: 'conflicting-keys' },
    );
};

/** The ends of an interval that several machines have in common; an interval of 0 is each tick. */
const sharedEnds = (seconds: number, window: ConditionWindow | undefined): Calendar | undefined =>
  seconds > 0 ? epochEnds(seconds * 1000, window) : undefined;

/** True each time an interval has passed. */
const createPlainInterval = ({ values, log, ports }: CreateContext<IntervalValues>): ConditionInstance => {
  const seconds = intervalSeconds(values) ?? 0;
  const length = seconds * 1000;
  const jitter = values.jitter_seconds * 1000;
  const isAtOnce = values.start === 'at once';
  /** The first firing is that of the start. */
  let starts = isAtOnce;
  let planned = ports.clock.mono() + (starts ? 0 : length);
  /** Numbers have variables of their own: reading one from an object can allocate. */
  let dueAt = Number.NaN;
  let next: Due = 'any-tick';
  /** The tick to which the end at `planned` is held back, mono ms; undefined: there was no tick since. */
  let held: number | undefined;
  /** A tick this many ms before it counts. */
  let early = READING_MS;
  /** The next end is at `at`, mono ms. */
  const plan = (at: number) => {
    planned = at;
    held = undefined;
    early = READING_MS;
  };
  /** Advances to the first end in the future. Missed ends are skipped, the phase stays. */
  const advance = (mono: number, tickMs: number) => {
    // No end is held back beyond the next one: only the last two can still be due.
    planned += Math.max(0, Math.floor((mono - planned) / length) - 1) * length;
    do plan(planned + length);
    while (due(mono, tickMs) <= mono);
  };
  /** When the end at `planned` fires; which tick it is held back to is drawn at the first tick that could fire it. */
  const due = (mono: number, tickMs: number): number => {
    if (held === undefined && planned - READING_MS <= mono) {
      const first = mono - Math.floor((mono - planned + READING_MS) / tickMs) * tickMs;
      const later = jitterDelay(first, planned + jitter + READING_MS, tickMs, ports.random);
      held = first + later;
      early = driftMs(later, tickMs);
      dueAt = Number.NaN;
    }
    return (held ?? planned) - early;
  };
  const result = passed({ code: 'interval', seconds });
  const startResult = passed({ code: 'interval-start' });
  const instance: ConditionInstance = {
    due: () => {
      const at = held ?? planned;
      if (at !== dueAt) {
        dueAt = at;
        next = { mono: at, early };
      }
      return next;
    },
    check: ({ mono, tickMs, origin }) => {
      const late = mono - due(mono, tickMs);
      if (late < 0) {
        if (log.wants('trace')) {
          const left = (((held ?? planned) - mono) / 1000).toFixed(1);
          log.trace('PROC/MSG', `interval: ${left} s left of ${seconds} s`, origin);
        }
        return NOT_DUE;
      }
      log.debug('PROC/MSG', starts ? 'interval: at once' : 'interval: passed', origin);
      const found = starts ? startResult : result;
      starts = false;
      // The end of the run moves it; without one, as when a guard holds it back, it goes on.
      if (values.after_end) plan(mono + length);
      else if (length > 0) advance(mono, tickMs);
      return found;
    },
    reset: (resumed) => {
      starts = isAtOnce && !resumed;
      plan(ports.clock.mono() + (starts ? 0 : length));
    },
  };
  if (!values.after_end) return instance;
  return {
    ...instance,
    runEnded: () => {
      // A run that a command has begun before the first tick does not take the place of the one at once.
      if (!starts) plan(ports.clock.mono() + length);
    },
  };
};

/** True each time an interval has passed. It keeps its phase: a late check does not move the next interval. */
export const interval = conditionKind<typeof intervalFields, Calendar | undefined>({
  type: 'interval',
  emitter: 'INTERVAL_CONDITION',
  doc: 'True each time the interval has passed, first one interval after the start, or after a reset or resume.',
  fields: intervalFields,
  delayable: false,
  idleKeys: ['after_end'],
  shareable: { start: ['after'], after_end: [false] },
  compile: (values, report, _, window, shared) => {
    const { jitter_seconds: jitter, align, timezone } = values;
    const key = lengthKey(values);
    const seconds = intervalSeconds(values);
    reportConflicts(values, report);
    if (seconds !== undefined && jitter !== undefined && jitter > seconds)
      report(
        ['jitter_seconds'],
        `jitter_seconds: expected at most ${key} (${key === 'interval' ? showDuration(seconds * 1000) : seconds}), found ${jitter}: an end held back for longer would come after the next one`,
      );
    if (seconds === undefined) return undefined;
    if (align !== true) return shared ? sharedEnds(seconds, window) : undefined;
    // A wrong zone is reported with the other keys that every condition has.
    const zone = isZone(timezone) ? timezone : undefined;
    if (seconds >= 1 && seconds <= DAY_SECONDS) return alignedEnds(seconds * 1000, zone, window);
    report(
      [key],
      `${key}: expected from 1 second to 24 hours with align = true, found ${seconds === 0 ? '0' : showDuration(seconds * 1000)}: it is counted from each midnight`,
    );
    return undefined;
  },
  outside: 'phase',
  forecast: (values, calendar, from, window, goesOn = false) => {
    const { jitter_seconds: jitter, start, timezone } = values;
    if (calendar === undefined) return withJitter(foreseen(values, from, window, goesOn), jitter);
    return withJitter(alignedFirings(calendar, from, start === 'at once' && !goesOn, timezone), jitter);
  },
  never: (values, calendar, from, window) => {
    if (calendar !== undefined || window === undefined || window.opens(from) === undefined) return [];
    for (const _ of foreseen(values, from, window, false)) return [];
    return ['never within its window'];
  },
  create: (context) => {
    const { compiled, values } = context;
    if (compiled === undefined) return createPlainInterval(context);
    return createAlignedInterval({ ...context, compiled }, values.start === 'at once');
  },
});
