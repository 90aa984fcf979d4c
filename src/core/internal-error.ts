import type { Logger, TraceContext } from '../log/record.ts';
import type { CheckResult } from './outcome.ts';
import type { Reason } from './reasons.ts';

/** What a kind has thrown, for a record: a bug, with the place it comes from. */
export const internalErrorText = (error: unknown): string =>
  `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;

/** The same as a reason, in short. */
export const internalErrorReason = (error: unknown): Reason => ({
  code: 'internal-error',
  message: error instanceof Error ? error.message : String(error),
});

/** What is thrown in a check is contained: the check has no outcome [S24]. `log` is that of the condition. */
export const internalErrorResult = (log: Logger, error: unknown, origin: TraceContext): CheckResult => {
  log.error('PROC/ERR', internalErrorText(error), origin);
  return { kind: 'error', reason: internalErrorReason(error) };
};
