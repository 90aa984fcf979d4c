import type { Values } from '../config/field.ts';
import { driftMs, READING_MS } from '../core/clock-drift.ts';
import { showDuration } from '../core/duration.ts';
import { type CheckResult, NOT_DUE, passed } from '../core/outcome.ts';
import type { Ports } from '../core/ports.ts';
import type { Logger } from '../log/record.ts';
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
  type CheckContext,
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

const START_RESULT = passed({ code: 'interval-start' });

/** True each time an interval has passed. A class: closures for each instance would take several times as much memory. */
class PlainInterval implements ConditionInstance {
  readonly #values: IntervalValues;
  readonly #log: Logger;
  readonly #ports: Pick<Ports, 'clock' | 'random'>;
  /** The first firing is that of the start. */
  #starts: boolean;
  /** The next end, mono ms. Not set at first: a field that has always had a number allocates one whenever it is read. */
  #planned: number | undefined = undefined;
  /** The tick to which the end at `#planned` is held back, mono ms; undefined: there was no tick since. */
  #held: number | undefined = undefined;
  /** A tick this many ms before it counts. */
  #early = READING_MS;
  /** Kept as long as it is right: the engine asks at each change. */
  #next: { readonly mono: number; readonly early: number } | undefined;

  constructor({ values, log, ports }: CreateContext<IntervalValues>) {
    this.#values = values;
    this.#log = log;
    this.#ports = ports;
    this.#starts = this.#isAtOnce;
    this.#planned = ports.clock.mono() + (this.#starts ? 0 : this.#length);
  }
  get #seconds(): number {
    return intervalSeconds(this.#values) ?? 0;
  }
  get #length(): number {
    return this.#seconds * 1000;
  }
  get #isAtOnce(): boolean {
    return this.#values.start === 'at once';
  }
  /** The next end is at `at`, mono ms. */
  #plan(at: number): void {
    this.#planned = at;
    this.#held = undefined;
    this.#early = READING_MS;
    this.#next = undefined;
  }
  /** Advances to the first end in the future. Missed ends are skipped, the phase stays. */
  #advance(mono: number, tickMs: number): void {
    const length = this.#length;
    // No end is held back beyond the next one: only the last two can still be due.
    let planned = this.#planned!;
    planned += Math.max(0, Math.floor((mono - planned) / length) - 1) * length;
    do {
      planned += length;
      this.#plan(planned);
    } while (this.#dueAt(mono, tickMs) <= mono);
  }
  /** The tick that it is held back to, or the planned end. */
  get #fires(): number {
    return this.#held ?? this.#planned!;
  }
  /** When the end at `#planned` fires; which tick it is held back to is drawn at the first tick that could fire it. */
  #dueAt(mono: number, tickMs: number): number {
    const planned = this.#planned!;
    if (this.#held === undefined && planned - READING_MS <= mono) {
      const jitter = this.#values.jitter_seconds * 1000;
      const first = mono - Math.floor((mono - planned + READING_MS) / tickMs) * tickMs;
      const later = jitterDelay(first, planned + jitter + READING_MS, tickMs, this.#ports.random);
      this.#held = first + later;
      this.#early = driftMs(later, tickMs);
      this.#next = undefined;
    }
    return this.#fires - this.#early;
  }
  due(): Due {
    this.#next ??= { mono: this.#fires, early: this.#early };
    return this.#next;
  }
  check({ mono, tickMs, origin }: CheckContext): CheckResult {
    const late = mono - this.#dueAt(mono, tickMs);
    const log = this.#log;
    if (late < 0) {
      if (log.wants('trace')) {
        const left = ((this.#fires - mono) / 1000).toFixed(1);
        log.trace('PROC/MSG', `interval: ${left} s left of ${this.#seconds} s`, origin);
      }
      return NOT_DUE;
    }
    log.debug('PROC/MSG', this.#starts ? 'interval: at once' : 'interval: passed', origin);
    const found = this.#starts ? START_RESULT : passed({ code: 'interval', seconds: this.#seconds });
    this.#starts = false;
    // The end of the run moves it; without one, as when a guard holds it back, it goes on.
    if (this.#values.after_end) this.#plan(mono + this.#length);
    else if (this.#length > 0) this.#advance(mono, tickMs);
    return found;
  }
  reset(resumed?: boolean): void {
    this.#starts = this.#isAtOnce && !resumed;
    this.#plan(this.#ports.clock.mono() + (this.#starts ? 0 : this.#length));
  }
  runEnded(): void {
    // A run that a command has begun before the first tick does not take the place of the one at once.
    if (this.#values.after_end && !this.#starts) this.#plan(this.#ports.clock.mono() + this.#length);
  }
}

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
    if (compiled === undefined) return new PlainInterval(context);
    return createAlignedInterval({ ...context, compiled }, values.start === 'at once');
  },
});
