import type { Logger, TraceContext } from '../log/record.ts';
import type { Desk } from './desk.ts';
import type { CheckResult } from './outcome.ts';
import { reasonText } from './reasons.ts';
import type { Traits } from './spec.ts';
import type { Executed } from './task-runner.ts';

/** What a check came to that was not positive; `active` is the log of the condition. */
export const reportCheck = (
  active: Logger,
  { tick, checks }: Pick<Desk, 'tick' | 'checks'>,
  name: string,
  verdict: CheckResult,
  origin: TraceContext,
): void => {
  if (verdict.kind === 'error') {
    checks.debug('END/ERR', `condition ${name} could not be checked: ${reasonText(verdict.reason)}`, origin);
    tick.debug('PROC/FAIL', `condition ${name} could not be tested`, origin);
    return;
  }
  if (verdict.kind === 'inconclusive') active.warn('END/FAIL', 'check ended without outcome', origin);
  else if ('notDue' in verdict) active.trace('END/OK', 'check ended negative', origin);
  else active.debug('END/OK', 'check ended negative', origin);
  reportNotExecuted(tick, name, origin);
};

/** The tick does not run the tasks of a condition. */
export const reportNotExecuted = (tick: Logger, name: string, origin: TraceContext): void =>
  tick.trace('PROC/MSG', () => `condition ${name}: tasks not executed`, origin);

/** It has run them. */
export const reportExecuted = (tick: Logger, name: string, failed: boolean, origin: TraceContext): void =>
  tick.trace('PROC/MSG', () => `condition ${name}: tasks executed${failed ? ' without success' : ''}`, origin);

/** The tasks of a condition are about to run; `log` is that of the condition. */
export const reportBegin = (log: Logger, { execute_sequence, tasks }: Traits): void =>
  log.info('START/MSG', `running tasks ${execute_sequence ? 'in sequence' : 'in parallel'}: ${tasks.join(', ')}`);

/** What became of each task of a run, and of the run. */
export const reportEnd = (log: Logger, { tasks }: Traits, executed: readonly Executed[]): void => {
  for (const one of executed) reportTask(log, one);
  log.debug('END/OK', `all tasks have ended (${executed.length} of ${tasks.length} executed)`);
};

const reportTask = (log: Logger, { task, outcome }: Executed): void => {
  if (outcome.kind === 'error')
    log.warn('END/FAIL', `task ${task.name} ended with an error: ${reasonText(outcome.reason)}`);
  else log.info('END/MSG', `task ${task.name} ended: ${outcome.kind === 'none' ? 'no outcome' : outcome.kind}`);
};

/** What a run with failures means for a condition that does not recur; Infinity is "without limit". */
export const reportRetries = (log: Logger, left: number): void => {
  if (left === Number.POSITIVE_INFINITY) log.debug('END/MSG', 'some tasks failed, trying again without limit');
  else if (left > 0) log.debug('END/MSG', `some tasks failed, retries left: ${left}`);
  else log.debug('END/FAIL', 'some tasks failed, no retries left: checking stops');
};
