import { integerField } from '../config/field.ts';
import { failed, passed } from '../core/outcome.ts';
import type { IdleReading } from '../core/ports.ts';
import type { Logger } from '../log/record.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import { conditionKind } from './kind.ts';

const showSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** True once per idle period of the session. */
export const idle = conditionKind({
  type: 'idle',
  emitter: 'IDLE_CONDITION',
  doc: 'True once each time keyboard and mouse have not been used for longer than the limit; again only after they have been used. Asks, in this order, X11, IdleMonitor, org.freedesktop.ScreenSaver and logind on D-Bus; ioreg on macOS, GetLastInputInfo on Windows.',
  fields: {
    idle_seconds: integerField({
      min: 0,
      required: true,
      examples: [600],
      doc: 'Seconds without input; it has to be more than that.',
    }),
  },
  delayable: false,
  guard: true,
  needs: ['idle'],
  simulate: 'instants',
  create: ({ values, log: own, ports }) => {
    const seconds = values.idle_seconds;
    const results = {
      unknown: failed({ code: 'idle-unknown' }),
      active: failed({ code: 'idle-not-reached', seconds }),
      again: failed({ code: 'idle-counted' }),
      idle: passed({ code: 'idle-reached', seconds }),
    };
    const limit = values.idle_seconds * 1000;
    /** Set from a success until there is input again. */
    let closed = false;
    const problem = new RecurringProblem(ports.clock);
    const read = async (log: Logger): Promise<IdleReading> => {
      const reading = await ports.idle.read();
      if (reading.how === 'unknown') {
        const tried = reading.tried.join('; ') || 'nothing';
        const text = `idle: the idle time is unknown, the condition stays false; tried: ${tried}`;
        problem.report(log, 'PROC/ERR', text);
      } else problem.resolve(log, `idle: ${reading.source} knows the idle time`);
      return reading;
    };
    return {
      // Whether the session is idle now: that it was true before does not matter.
      ask: async ({ origin }) => {
        const reading = await read(own.under(origin));
        if (reading.how === 'unknown') return { holds: false, reason: { code: 'idle-unknown' } };
        const holds = reading.ms > limit;
        return { holds, reason: { code: holds ? 'idle-reached' : 'idle-not-reached', seconds } };
      },
      due: () => 'any-tick',
      check: async ({ origin }) => {
        const log = own.under(origin);
        const reading = await read(log);
        if (reading.how === 'unknown') return results.unknown;
        const over = reading.ms > limit;
        log.debug(
          'PROC/MSG',
          () =>
            `idle: for ${showSeconds(reading.ms)} by ${reading.source}, limit ${showSeconds(limit)}${closed ? ', has been true' : ''}`,
        );
        const result = over && !closed;
        closed = over;
        if (result) return results.idle;
        return over ? results.again : results.active;
      },
      reset: () => {
        closed = false;
      },
      close: () => problem.close(),
    };
  },
});
