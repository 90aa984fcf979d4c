import type { Subscription } from '../core/ports.ts';
import { queryFields, withoutWmi } from './common/wmi-fields.ts';
import { eventKind } from './kind.ts';

/** Fired by WMI notifications (`desktop.md` §7.2). */
export const wmiEvent = eventKind({
  type: 'wmi',
  emitter: 'WMI_EVENT',
  doc: 'Fired by the notifications of a WMI event query. Windows only; tested with a scripted bridge, not on Windows.',
  fields: queryFields,
  needs: ['wmi'],
  unavailable: withoutWmi,
  create: ({ values, log, ports }) => {
    let subscription: Subscription | undefined;
    let lost = false;
    return {
      start: async (fire) => {
        subscription = ports.wmi.subscribe(values.namespace, values.query, {
          subscribed: () => {
            log[lost ? 'info' : 'trace']('PROC/OK', `subscribed in ${values.namespace ?? 'the default name space'}`);
            lost = false;
          },
          failed: (reason) => {
            log.warn('PROC/ERR', `not subscribed: ${reason}; trying again`);
            lost = true;
          },
          notified: () => {
            fire(() => log.debug('PROC/OK', 'notification received'));
          },
        });
        await subscription.ready;
      },
      close: () => {
        subscription?.close();
        log.debug('START/MSG', 'no longer subscribed');
      },
    };
  },
});
