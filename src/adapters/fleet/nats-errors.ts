import { JetStreamApiError } from '@nats-io/jetstream';

/** The server has no stream of this name; it has one with another configuration. */
export const NOT_FOUND = 10_059;
export const ALREADY_THERE = 10_058;

export const hasCode = (error: unknown, code: number): boolean =>
  error instanceof JetStreamApiError && error.code === code;

/** Whether an answer says that a stream is not there, or that nothing is there which could take what was sent. */
export const isRemoved = (error: unknown): boolean =>
  hasCode(error, NOT_FOUND) ||
  ['JetStreamNotEnabled', 'NoRespondersError'].includes((error as Error | null)?.name ?? '');
