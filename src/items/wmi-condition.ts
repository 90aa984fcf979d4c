import { flag } from '../config/field.ts';
import { NEGATIVE } from '../core/outcome.ts';
import { resultChecks } from './common/checks.ts';
import { recheckFields } from './common/recheck.ts';
import { queryFields, withoutWmi } from './common/wmi-fields.ts';
import { conditionKind } from './kind.ts';

/** True when a WMI query answers what is expected (`desktop.md` §7.1). */
export const wmiCondition = conditionKind({
  type: 'wmi',
  emitter: 'WMI_CONDITION',
  doc: 'True when the rows of a WMI query hold what is expected. Windows only.',
  fields: {
    ...queryFields,
    result_check: resultChecks,
    result_check_all: flag({ fallback: false, doc: 'All checks must hold, not just one.' }),
    ...recheckFields,
  },
  delayable: true,
  unavailable: withoutWmi,
  create: () => ({ due: () => 'on-event', test: () => NEGATIVE }),
});
