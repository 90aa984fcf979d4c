import { integer } from '../config/field.ts';
import { EARLY, positive } from '../core/outcome.ts';
import { heldBack, jitterField } from './common/jitter.ts';
import { conditionKind, type Firing } from './kind.ts';

/** The ends of the intervals after a start. */
function* every(seconds: number, from: number): Generator<Firing, void> {
  const length = Math.max(seconds, 1) * 1000;
  for (let at = from + length; ; at += length) yield { at, by: seconds > 0 ? `every ${seconds} s` : 'every tick' };
}

/** True each time an interval has passed (`scheduling.md` §5.1). It keeps its phase: the planned instant counts, not the late check. */
export const interval = conditionKind({
  type: 'interval',
  emitter: 'INTERVAL_CONDITION',
  doc: 'True each time the interval has passed, first one interval after the start, or after a reset or resume.',
  fields: {
    interval_seconds: integer({ min: 0, required: true, doc: 'Length of the interval in seconds; 0: every tick.' }),
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
  forecast: ({ interval_seconds, jitter_seconds }, _, from) => heldBack(every(interval_seconds, from), jitter_seconds),
  create: ({ values, log, ports }) => {
    const length = values.interval_seconds * 1000;
    const jitter = () => (values.jitter_seconds > 0 ? Math.floor(ports.random() * values.jitter_seconds * 1000) : 0);
    let planned = ports.clock.mono() + length;
    let held = jitter();
    /** To the first end still to come. Those that were lost meanwhile are skipped, the phase stays. */
    const advance = (mono: number) => {
      // No end is held back beyond the next one: only the last two can still be due.
      planned += Math.max(0, Math.floor((mono - planned) / length) - 1) * length;
      do {
        planned += length;
        held = jitter();
      } while (planned + held <= mono);
    };
    const passed = positive(`its interval of ${values.interval_seconds} s has passed`);
    return {
      due: () => ({ mono: planned + held }),
      test: ({ mono, origin }) => {
        const late = mono - planned - held;
        log.debug(
          'PROC/MSG',
          () =>
            late < 0
              ? `interval: ${(-late / 1000).toFixed(1)} s left of ${values.interval_seconds} s`
              : 'interval: passed',
          origin,
        );
        if (late < 0) return EARLY;
        if (length > 0) advance(mono);
        return passed;
      },
      reset: () => {
        planned = ports.clock.mono() + length;
        held = jitter();
      },
    };
  },
});
