import { NEGATIVE } from '../core/outcome.ts';
import { callFields } from './common/dbus-fields.ts';
import { notYet } from './common/not-yet.ts';
import { recheckFields } from './common/recheck.ts';
import { conditionKind } from './kind.ts';

/** True when a D-Bus call answers what is expected (`desktop.md` §2). */
export const dbusCondition = conditionKind({
  type: 'dbus',
  emitter: 'DBUS_CONDITION',
  doc: 'True when a D-Bus method answers what is expected.',
  fields: { ...callFields, ...recheckFields },
  delayable: true,
  unavailable: () => notYet('D-Bus conditions'),
  create: () => ({ due: () => 'on-event', test: () => NEGATIVE }),
});
