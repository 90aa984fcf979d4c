import type { JetStreamManager } from '@nats-io/jetstream';
import { hasCode, NOT_FOUND } from './nats-errors.ts';

/** The stream of the log of all machines. */
export const LOG_STREAM = 'whenever_log';

/** The place after the last entry of the log; undefined: the servers do not say, as while its part of a cluster has no leader. */
export const endOfLog = async ({ streams }: JetStreamManager): Promise<number | undefined> => {
  try {
    return (await streams.info(LOG_STREAM)).state.last_seq + 1;
  } catch (error) {
    return hasCode(error, NOT_FOUND) ? 1 : undefined;
  }
};
