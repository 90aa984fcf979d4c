import type { JetStreamManager } from '@nats-io/jetstream';
import { messageOf } from '../../error-message.ts';

/** Where a stream is to be kept, and by how many servers. */
interface Replication {
  readonly connection: { readonly info?: { readonly cluster?: string } | undefined } | undefined;
  readonly replicas: number;
  /** Called with what the server refuses. */
  note(text: string): void;
}

/**
 * Has a stream that another file made for fewer servers kept by as many as this one wants. What the server refuses is noted: the stream
 * can be used as it is.
 */
export const raiseReplicas = async (
  manager: Pick<JetStreamManager, 'streams'>,
  name: string,
  { connection, replicas, note }: Replication,
): Promise<void> => {
  if (replicas === 1 || connection?.info?.cluster === undefined) return;
  try {
    const { config } = await manager.streams.info(name);
    if (config.num_replicas < replicas) await manager.streams.update(name, { num_replicas: replicas });
  } catch (error) {
    note(`the servers of the fleet do not keep ${replicas} copies of ${name}: ${messageOf(error)}`);
  }
};
