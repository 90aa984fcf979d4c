import type { Logger } from '../log/record.ts';
import type { Executed } from './runner.ts';

/** What became of one task of a run; `log` is that of the condition. */
export const reportTask = (log: Logger, { task, outcome }: Executed): void => {
  if (outcome.kind === 'error') log.warn('END/FAIL', `task ${task.name} ended with an error: ${outcome.reason}`);
  else log.info('END/MSG', `task ${task.name} ended: ${outcome.kind === 'none' ? 'no outcome' : outcome.kind}`);
};

/** What a run with failures means for a condition that does not recur; Infinity is "without limit". */
export const reportRetries = (log: Logger, left: number): void => {
  if (left === Number.POSITIVE_INFINITY) log.debug('END/MSG', 'some tasks failed, trying again without limit');
  else if (left > 0) log.debug('END/MSG', `some tasks failed, retries left: ${left}`);
  else log.debug('END/FAIL', 'some tasks failed, no retries left: checking stops');
};
