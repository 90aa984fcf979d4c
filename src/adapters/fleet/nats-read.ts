import { type Consumer, DeliverPolicy, type JsMsg } from '@nats-io/jetstream';

/** How long the next message is waited for, ms. */
const NEXT_MS = 5000;
/** So many are asked for at once. */
const AT_ONCE = 500;

/** Where a consumer begins. @param from a revision; 0: all */
export const startAt = (from: number) =>
  from > 0
    ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from }
    : { deliver_policy: DeliverPolicy.All };

/**
 * Reads what a consumer has, up to a message that its stream has, and removes the consumer. A server of a cluster that lags behind has that message later, too.
 * @param isLast whether no later message is wanted @throws Error if that message does not come
 */
export const readUntil = async (
  consumer: Consumer,
  take: (message: JsMsg) => void,
  isLast: (message: JsMsg) => boolean,
): Promise<void> => {
  try {
    const messages = await consumer.consume({ max_messages: AT_ONCE });
    const silence = setTimeout(() => messages.stop(), NEXT_MS);
    try {
      for await (const message of messages) {
        silence.refresh();
        take(message);
        if (isLast(message)) return;
      }
    } finally {
      clearTimeout(silence);
    }
    throw new Error('the server has stopped answering');
  } finally {
    // A server would keep it for minutes.
    void consumer.delete().catch(() => {});
  }
};
