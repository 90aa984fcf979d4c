import type { Consumer, JsMsg } from '@nats-io/jetstream';

/** How long the next message is waited for, ms. */
const NEXT_MS = 5000;
/** So many are asked for at once. */
const AT_ONCE = 500;

/** Reads what a consumer has now. @param isLast whether no later message is wanted @throws Error if the server stops answering */
export const readPending = async (
  consumer: Consumer,
  take: (message: JsMsg) => void,
  isLast: (message: JsMsg) => boolean = () => false,
): Promise<void> => {
  const { num_pending: pending } = await consumer.info();
  if (pending === 0) return;
  const messages = await consumer.consume({ max_messages: AT_ONCE });
  const guard = new Silence(NEXT_MS, () => messages.stop());
  let complete = false;
  for await (const message of messages) {
    guard.heard();
    take(message);
    complete = isLast(message) || message.info.pending === 0;
    if (complete) break;
  }
  guard.end();
  if (!complete) throw new Error('the server has stopped answering');
};

/** Acts when nothing was heard for so long. */
class Silence {
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number, act: () => void) {
    this.#timer = setTimeout(act, ms);
  }
  heard(): void {
    this.#timer.refresh();
  }
  end(): void {
    clearTimeout(this.#timer);
  }
}
