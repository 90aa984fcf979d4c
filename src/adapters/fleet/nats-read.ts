import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';

/** How long the next message is waited for, ms. */
const NEXT_MS = 5000;
/** After so long without one the server is asked whether there is one, ms. */
const SILENCE_MS = 50;
/** So many are asked for at once. */
const AT_ONCE = 500;

/** Reads what a consumer has now, and removes it. @param isLast whether no later message is wanted @throws Error if the server stops answering */
export const readPending = async (
  consumer: Consumer,
  take: (message: JsMsg) => void,
  isLast: (message: JsMsg) => boolean = () => false,
): Promise<void> => {
  try {
    await readAll(consumer, take, isLast);
  } finally {
    // A server would keep it for minutes.
    void consumer.delete().catch(() => {});
  }
};

const readAll = async (
  consumer: Consumer,
  take: (message: JsMsg) => void,
  isLast: (message: JsMsg) => boolean,
): Promise<void> => {
  const { num_pending: pending } = await consumer.info();
  if (pending === 0) return;
  const messages = await consumer.consume({ max_messages: AT_ONCE });
  const silence = new Silence(consumer, messages);
  let complete = false;
  for await (const message of messages) {
    silence.heard();
    take(message);
    complete = isLast(message) || message.info.pending === 0;
    if (complete) break;
  }
  silence.end();
  if (!complete && !silence.isEnd) throw new Error('the server has stopped answering');
};

/**
 * Ends the messages when none comes any more. What was pending does not come if another machine has changed it meanwhile, because only the
 * last value of a key is kept: then no message says that it is the last one.
 */
class Silence {
  readonly #consumer: Consumer;
  readonly #messages: ConsumerMessages;
  #timer: NodeJS.Timeout;
  #since = performance.now();
  #over = false;
  /** There was nothing more. */
  isEnd = false;

  constructor(consumer: Consumer, messages: ConsumerMessages) {
    this.#consumer = consumer;
    this.#messages = messages;
    this.#timer = this.#wait();
  }
  heard(): void {
    this.#since = performance.now();
    this.#timer.refresh();
  }
  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), SILENCE_MS);
  }
  async #look(): Promise<void> {
    const since = this.#since;
    const pending = await this.#consumer.info().then(
      (info) => info.num_pending,
      () => undefined,
    );
    if (this.#over) return;
    // A message that was sent before the answer has come before it.
    this.isEnd = pending === 0 && this.#since === since;
    if (this.isEnd || performance.now() - this.#since > NEXT_MS) this.#messages.stop();
    else this.#timer = this.#wait();
  }
}
