import type { PortSubscription } from '../core/ports.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import { queryFields, wmiUnavailable } from './common/wmi.ts';
import { eventKind } from './kind.ts';

/** Fired by WMI notifications. */
export const wmiEvent = eventKind({
  type: 'wmi',
  emitter: 'WMI_EVENT',
  doc: 'Fired by the notifications of a WMI event query. Windows only; tested with a scripted bridge, not on Windows.',
  fields: queryFields,
  needs: ['wmi'],
  simulate: 'instants',
  unavailable: wmiUnavailable,
  create: ({ values, log, ports }) => {
    let subscription: PortSubscription | undefined;
    const absence = new RecurringProblem(ports.clock);
    return {
      start: async (fire) => {
        subscription = ports.wmi.subscribe(values.namespace, values.query, {
          subscribed: () => {
            const place = values.namespace ?? 'the default name space';
            log.trace('PROC/OK', `subscribed in ${place}`);
            absence.resolve(log, `subscribed in ${place} again`);
          },
          failed: (reason) => {
            absence.report(log, 'PROC/ERR', `not subscribed: ${reason}; trying again`);
          },
          notified: () => {
            fire(() => log.debug('PROC/OK', 'notification received'));
          },
        });
        await subscription.ready;
      },
      close: () => {
        subscription?.close();
        absence.close();
        log.debug('START/MSG', 'no longer subscribed');
      },
    };
  },
});
