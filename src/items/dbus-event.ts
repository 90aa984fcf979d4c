import { text } from '../config/field.ts';
import { bus, checkFields } from './common/dbus-fields.ts';
import { notYet } from './common/not-yet.ts';
import { eventKind } from './kind.ts';

/** Fired by a D-Bus message (`desktop.md` §3). */
export const dbusEvent = eventKind({
  type: 'dbus',
  emitter: 'DBUS_EVENT',
  doc: 'Fired by D-Bus messages that match a rule.',
  fields: {
    bus,
    rule: text({ required: true, doc: "The match rule, such as \"type='signal',member='NameOwnerChanged'\"." }),
    ...checkFields,
  },
  unavailable: () => notYet('D-Bus events'),
  create: () => ({}),
});
