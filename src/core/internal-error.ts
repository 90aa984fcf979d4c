import type { RecordDetails } from '../log/record.ts';
import type { CheckResult } from './outcome.ts';
import type { Reason } from './reasons.ts';

/** What a kind has thrown, for a log record, with the place it comes from. */
export const internalErrorText = (error: unknown): string =>
  `internal error: ${error instanceof Error ? error.stack : String(error)}`;

/** The same for formats of log records that ask for it. */
export const errorDetails = (error: unknown): RecordDetails => {
  const { name = 'Error', message = String(error), stack } = error instanceof Error ? error : {};
  return { error: { type: name, message, stack: stack ?? message } };
};

/** The same as a reason, in short. */
export const internalErrorReason = (error: unknown): Reason => ({
  code: 'internal-error',
  message: error instanceof Error ? error.message : String(error),
});

/** The result of a check that has thrown. */
export const internalErrorResult = (error: unknown): CheckResult => ({
  kind: 'error',
  reason: internalErrorReason(error),
});
