import { type CheckResult, failed, passed } from '../core/outcome.ts';
import { type Reason, reasonText } from '../core/reasons.ts';
import type { Logger } from '../log/record.ts';
import { checkIntervalFields, untilAborted, withCheckInterval } from './common/check-interval.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import {
  compileResultChecks,
  evaluateResultChecks,
  matchRowsOnThreads,
  queryFields,
  rowCheckFields,
  wmiUnavailable,
} from './common/wmi.ts';
import { conditionKind } from './kind.ts';

/** The time limit of a query, in ms. */
const QUERY_MS = 25_000;

/** True when the rows of a WMI query hold what is expected. */
export const wmiCondition = conditionKind({
  type: 'wmi',
  emitter: 'WMI_CONDITION',
  doc: 'True when the rows of a WMI query hold what is expected, or, without checks, when there are rows. Windows only; tested with a scripted bridge, not on Windows.',
  fields: {
    ...queryFields,
    ...rowCheckFields,
    ...checkIntervalFields,
  },
  delayable: true,
  needs: ['wmi'],
  simulate: 'outcomes',
  unavailable: wmiUnavailable,
  compile: (values, report) => compileResultChecks(values.result_check, report),
  create: (context) => {
    const { values, compiled: checks, ports } = context;
    const all = values.result_check_all;
    const unanswered = new RecurringProblem(ports.clock);
    const unchecked = new RecurringProblem(ports.clock);
    const query = async (log: Logger): Promise<CheckResult> => {
      const result = await ports.wmi.query(values.namespace, values.query, QUERY_MS);
      if (result.how === 'error') {
        const reason: Reason = { code: 'query-failed', message: result.reason };
        unanswered.report(log, 'START/FAIL', `wmi: ${reasonText(reason)}`);
        return { kind: 'error', reason };
      }
      unanswered.resolve(log, 'wmi: the query is answered again');
      if (result.rows.length === 0) {
        log.debug('END/MSG', 'wmi: no rows');
        return failed({ code: 'rows', found: false });
      }
      if (checks.length === 0) {
        log.debug('END/MSG', `wmi: ${result.rows.length} rows, nothing to check`);
        return passed({ code: 'rows', found: true });
      }
      log.debug('PROC/MSG', `wmi: ${result.rows.length} rows, ${all ? 'all checks are' : 'one check is'} required`);
      const answered = matchRowsOnThreads(result.rows, checks, ports.matcher);
      return evaluateResultChecks(result.rows, answered ? await answered : checks, all, log, unchecked)
        ? passed({ code: 'row-checks', holds: true })
        : failed({ code: 'row-checks', holds: false });
    };
    const instance = withCheckInterval(context, 'wmi', (log, _, signal) => untilAborted(query(log), signal));
    return {
      ...instance,
      close: () => {
        unanswered.close();
        unchecked.close();
      },
    };
  },
});
