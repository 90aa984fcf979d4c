import { integerField } from '../config/field.ts';
import { driftMs, READING_MS } from '../core/clock-drift.ts';
import { NOT_DUE, passed } from '../core/outcome.ts';
import type { ConditionWindow } from './common/condition-window.ts';
import { jitterDelay, jitterField, withJitter } from './common/tick-timing.ts';
import { conditionKind, type Due, type Firing } from './kind.ts';

/** The ends of the intervals after a start, within the window. */
function* every(seconds: number, from: number, window: ConditionWindow | undefined): Generator<Firing, void> {
  const length = Math.max(seconds, 1) * 1000;
  const by = seconds > 0 ? `every ${seconds} s` : 'every tick';
  for (let at = from + length; ; ) {
    const opens = window === undefined ? at : window.opens(at);
    if (opens === undefined) return;
    if (opens === at) yield window === undefined ? { at, by, everyMs: length } : { at, by };
    // What ends outside the window is passed over, the phase stays.
    at += Math.max(1, Math.ceil((opens - at) / length)) * length;
  }
}

/** True each time an interval has passed. It keeps its phase: a late check does not move the next interval. */
export const interval = conditionKind({
  type: 'interval',
  emitter: 'INTERVAL_CONDITION',
  doc: 'True each time the interval has passed, first one interval after the start, or after a reset or resume.',
  fields: {
    interval_seconds: integerField({
      min: 0,
      required: true,
      examples: [60, 3600],
      doc: 'Length of the interval in seconds; 0: every tick.',
    }),
    jitter_seconds: {
      ...jitterField,
      doc: `${jitterField.doc} At most interval_seconds, so that the end of no interval is lost: ends held back to the same tick are one firing.`,
    },
  },
  delayable: false,
  compile: ({ interval_seconds: length, jitter_seconds: jitter }, report) => {
    if (length !== undefined && jitter !== undefined && jitter > length)
      report(
        ['jitter_seconds'],
        `jitter_seconds: expected at most interval_seconds (${length}), found ${jitter}: an end held back for longer would come after the next one`,
      );
    return undefined;
  },
  outside: 'phase',
  forecast: ({ interval_seconds, jitter_seconds }, _, from, window) =>
    withJitter(every(interval_seconds, from, window), jitter_seconds),
  create: ({ values, log, ports }) => {
    const length = values.interval_seconds * 1000;
    const jitter = values.jitter_seconds * 1000;
    let planned = ports.clock.mono() + length;
    /** Numbers have variables of their own: reading one from an object can allocate. */
    let dueAt = Number.NaN;
    let next: Due = 'any-tick';
    /** The tick to which the end at `planned` is held back, mono ms; undefined: there was no tick since. */
    let held: number | undefined;
    /** A tick this many ms before it counts. */
    let early = READING_MS;
    /** Advances to the first end in the future. Missed ends are skipped, the phase stays. */
    const advance = (mono: number, tickMs: number) => {
      // No end is held back beyond the next one: only the last two can still be due.
      planned += Math.max(0, Math.floor((mono - planned) / length) - 1) * length;
      do {
        planned += length;
        held = undefined;
        early = READING_MS;
      } while (due(mono, tickMs) <= mono);
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
    const result = passed({ code: 'interval', seconds: values.interval_seconds });
    return {
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
            log.trace('PROC/MSG', `interval: ${left} s left of ${values.interval_seconds} s`, origin);
          }
          return NOT_DUE;
        }
        log.debug('PROC/MSG', 'interval: passed', origin);
        if (length > 0) advance(mono, tickMs);
        return result;
      },
      reset: () => {
        planned = ports.clock.mono() + length;
        held = undefined;
        early = READING_MS;
      },
    };
  },
});
