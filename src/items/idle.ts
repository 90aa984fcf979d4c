import { integerField } from '../config/field.ts';
import { showDuration } from '../core/duration.ts';
import { failed, passed } from '../core/outcome.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import { conditionKind } from './kind.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** True once per idle period of the session (`scheduling.md` §5.3). */
export const idle = conditionKind({
  type: 'idle',
  emitter: 'IDLE_CONDITION',
  doc: 'True once each time nobody has touched keyboard and mouse for longer than the limit; again only after somebody has. Asks, in this order, X11, IdleMonitor, org.freedesktop.ScreenSaver and logind on D-Bus; ioreg on macOS, GetLastInputInfo on Windows.',
  fields: {
    idle_seconds: integerField({ min: 0, required: true, doc: 'Seconds without input; it has to be more than that.' }),
  },
  delayable: false,
  needs: ['idle'],
  create: ({ values, log: own, ports }) => {
    const verdicts = {
      unknown: failed('nobody knows the idle time'),
      active: failed(`the session has not been idle for more than ${showDuration(values.idle_seconds * 1000)}`),
      again: failed('it was positive already in this idle period'),
      idle: passed(`the session has been idle for more than ${showDuration(values.idle_seconds * 1000)}`),
    };
    const limit = values.idle_seconds * 1000;
    /** Closed from a success until somebody is back. */
    let closed = false;
    const silence = new RecurringProblem(ports.clock);
    return {
      due: () => 'any-tick',
      check: async ({ origin }) => {
        const log = own.under(origin);
        const reading = await ports.idle.read();
        if (reading.how === 'unknown') {
          const tried = reading.tried.join('; ') || 'nothing';
          const text = `idle: nobody knows the idle time, the condition stays false; tried: ${tried}`;
          silence.report(log, 'PROC/ERR', text);
          return verdicts.unknown;
        }
        silence.resolve(log, `idle: ${reading.source} knows the idle time`);
        const over = reading.ms > limit;
        log.debug(
          'PROC/MSG',
          () =>
            `idle: for ${seconds(reading.ms)} by ${reading.source}, limit ${seconds(limit)}${closed ? ', has been true' : ''}`,
        );
        const result = over && !closed;
        closed = over;
        if (result) return verdicts.idle;
        return over ? verdicts.again : verdicts.active;
      },
      reset: () => {
        closed = false;
      },
      close: () => silence.close(),
    };
  },
});
