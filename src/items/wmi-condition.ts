import { flag } from '../config/field.ts';
import { negative, positive } from '../core/outcome.ts';
import { resultChecks } from './common/checks.ts';
import { Ongoing } from './common/ongoing.ts';
import { rechecked, recheckFields } from './common/recheck.ts';
import { compileResultChecks, evaluateRows, rowsElsewhere } from './common/wmi-checks.ts';
import { queryFields, withoutWmi } from './common/wmi-fields.ts';
import { conditionKind } from './kind.ts';

/** How long a query may take, in ms. */
const QUERY_MS = 25_000;

/** True when a WMI query answers what is expected (`desktop.md` §7.1). */
export const wmiCondition = conditionKind({
  type: 'wmi',
  emitter: 'WMI_CONDITION',
  doc: 'True when the rows of a WMI query hold what is expected, or, without checks, when there are rows. Windows only; tested with a scripted bridge, not on Windows.',
  fields: {
    ...queryFields,
    result_check: resultChecks,
    result_check_all: flag({ fallback: false, doc: 'All checks must hold, not just one.' }),
    ...recheckFields,
  },
  delayable: true,
  needs: ['wmi'],
  unavailable: withoutWmi,
  compile: (values, report) => compileResultChecks(values.result_check, report),
  create: (making) => {
    const { values, compiled: checks, ports } = making;
    const all = values.result_check_all;
    const unanswered = new Ongoing(ports.clock);
    const unchecked = new Ongoing(ports.clock);
    const body = rechecked(making, 'wmi', async (log) => {
      const result = await ports.wmi.query(values.namespace, values.query, QUERY_MS);
      if (result.how === 'error') {
        const reason = `the WMI query failed: ${result.reason}`;
        unanswered.report(log, 'START/FAIL', `wmi: ${reason}`);
        return { kind: 'error', reason };
      }
      unanswered.over(log, 'wmi: the query is answered again');
      if (result.rows.length === 0) {
        log.debug('END/MSG', 'wmi: no rows');
        return negative('the query has no rows');
      }
      if (checks.length === 0) {
        log.debug('END/MSG', `wmi: ${result.rows.length} rows, nothing to check`);
        return positive('the query has rows');
      }
      log.debug('PROC/MSG', `wmi: ${result.rows.length} rows, ${all ? 'all checks are' : 'one check is'} required`);
      const answered = rowsElsewhere(result.rows, checks, ports.matcher);
      return evaluateRows(result.rows, answered ? await answered : checks, all, log, unchecked)
        ? positive('the rows hold what is expected')
        : negative('the rows do not hold what is expected');
    });
    return {
      ...body,
      close: () => {
        unanswered.close();
        unchecked.close();
      },
    };
  },
});
