import type { Logger } from '../log/record.ts';
import type { Executed } from './runner.ts';
import type { Traits } from './spec.ts';

/** The tasks of a condition are about to run; `log` is that of the condition. */
export const reportBegin = (log: Logger, { execute_sequence, tasks }: Traits): void =>
  log.info('START/MSG', `running tasks ${execute_sequence ? 'in sequence' : 'in parallel'}: ${tasks.join(', ')}`);

/** What became of each task of a run, and of the run. */
export const reportEnd = (log: Logger, { tasks }: Traits, executed: readonly Executed[]): void => {
  for (const one of executed) reportTask(log, one);
  log.debug('END/OK', `all tasks have ended (${executed.length} of ${tasks.length} executed)`);
};

const reportTask = (log: Logger, { task, outcome }: Executed): void => {
  if (outcome.kind === 'error') log.warn('END/FAIL', `task ${task.name} ended with an error: ${outcome.reason}`);
  else log.info('END/MSG', `task ${task.name} ended: ${outcome.kind === 'none' ? 'no outcome' : outcome.kind}`);
};

/** What a run with failures means for a condition that does not recur; Infinity is "without limit". */
export const reportRetries = (log: Logger, left: number): void => {
  if (left === Number.POSITIVE_INFINITY) log.debug('END/MSG', 'some tasks failed, trying again without limit');
  else if (left > 0) log.debug('END/MSG', `some tasks failed, retries left: ${left}`);
  else log.debug('END/FAIL', 'some tasks failed, no retries left: checking stops');
};
