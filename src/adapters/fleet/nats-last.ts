import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { hasCode } from './nats-errors.ts';

/** The server has no message that fits. */
const NO_MESSAGE = 10_037;

/** The last message of a stream with such a subject, as the server says that leads; undefined: there is none. */
export const lastOf = async (
  { streams }: Pick<JetStreamManager, 'streams'>,
  stream: string,
  subject: string,
): Promise<StoredMsg | undefined> => {
  try {
    return (await streams.getMessage(stream, { last_by_subj: subject })) ?? undefined;
  } catch (error) {
    if (hasCode(error, NO_MESSAGE)) return undefined;
    throw error;
  }
};
