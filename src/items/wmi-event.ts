import { queryFields, withoutWmi } from './common/wmi-fields.ts';
import { eventKind } from './kind.ts';

/** Fired by WMI notifications (`desktop.md` §7.2). */
export const wmiEvent = eventKind({
  type: 'wmi',
  emitter: 'WMI_EVENT',
  doc: 'Fired by the notifications of a WMI event query. Windows only.',
  fields: queryFields,
  unavailable: withoutWmi,
  create: () => ({}),
});
