import { integer } from '../config/field.ts';
import { NEGATIVE, POSITIVE } from '../core/outcome.ts';
import { conditionKind } from './kind.ts';

/** True each time an interval has passed (`scheduling.md` §5.1). It keeps its phase: the planned instant counts, not the late check. */
export const interval = conditionKind({
  type: 'interval',
  emitter: 'INTERVAL_CONDITION',
  doc: 'True each time the interval has passed, first one interval after the start, or after a reset or resume.',
  fields: {
    interval_seconds: integer({ min: 0, required: true, doc: 'Length of the interval in seconds; 0: every tick.' }),
  },
  delayable: false,
  create: ({ values, log, ports }) => {
    const length = values.interval_seconds * 1000;
    let planned = ports.clock.mono() + length;
    return {
      due: () => ({ mono: planned }),
      test: ({ mono }) => {
        const late = mono - planned;
        log.debug('PROC/MSG', () =>
          late < 0
            ? `interval: ${(-late / 1000).toFixed(1)} s left of ${values.interval_seconds} s`
            : 'interval: passed',
        );
        if (late < 0) return NEGATIVE;
        // Intervals that were lost meanwhile are skipped, the phase stays.
        planned += length > 0 ? (Math.floor(late / length) + 1) * length : 0;
        return POSITIVE;
      },
      reset: () => {
        planned = ports.clock.mono() + length;
      },
    };
  },
});
