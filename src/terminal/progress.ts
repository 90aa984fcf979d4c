import { showDuration } from './instant.ts';
import { truncateToWidth, widthOf } from './wrap.ts';

/** Where progress is shown. */
export interface ProgressOutput {
  /** Ms of a clock that is not set. */
  readonly now: () => number;
  /** Columns of the terminal. */
  readonly width: number;
  readonly write: (text: string) => void;
}

/** Work that takes less time has no line, ms. */
const FIRST_MS = 1000;
/** How often the line is written again, ms. */
const AGAIN_MS = 200;
/** A smaller share says nothing about the time that is left. */
const LEAST_SHARE = 0.005;

/** Work as a line of a terminal: what is done, the share, the rate, and the time that is left. Without an output it does nothing. */
export class Progress {
  readonly #what: string;
  readonly #amount: (done: number) => string;
  readonly #output: ProgressOutput | undefined;
  readonly #every: number;
  readonly #begun: number;
  #next: number;
  #calls = 0;
  #shown = 0;

  /**
   * @param what what is done: `reading day.jsonl`. @param amount the words for an amount, of which some are done in a second
   * @param every the clock is looked at once in so many calls: more than one where calls are many and short
   */
  constructor(what: string, amount: (done: number) => string, output: ProgressOutput | undefined, every = 1) {
    this.#what = what;
    this.#amount = amount;
    this.#output = output;
    this.#every = every;
    this.#begun = output?.now() ?? 0;
    this.#next = this.#begun + FIRST_MS;
  }

  /** Called from the work, as often as there is something new. @param share from 0 to 1; undefined: it is not known */
  at(done: number, share?: number): void {
    if (this.#output === undefined || ++this.#calls % this.#every !== 0) return;
    const now = this.#output.now();
    if (now < this.#next) return;
    this.#next = now + AGAIN_MS;
    this.#show(this.#output, done, share, now - this.#begun);
  }

  /** Erases the line: something else is written, or the work is done. */
  clear(): void {
    if (this.#shown > 0) this.#output?.write(`\r${' '.repeat(this.#shown)}\r`);
    this.#shown = 0;
  }

  #show(output: ProgressOutput, done: number, share: number | undefined, elapsed: number): void {
    const parts = [`${this.#amount((done * 1000) / elapsed)}/s`];
    if (share !== undefined) {
      const known = Math.min(1, Math.max(0, share));
      parts.unshift(`${Math.floor(100 * known)} %`);
      if (known >= LEAST_SHARE) parts.push(`${showDuration((elapsed * (1 - known)) / known)} left`);
    }
    // A line that is as wide as the terminal could begin a new one.
    const line = `${this.#what}: ${parts.join(', ')}`;
    // Where there is no room for both, how far it is says more than what it is.
    const narrow = share !== undefined && widthOf(line) >= output.width;
    const text = truncateToWidth(narrow ? parts.join(', ') : line, output.width - 1);
    const width = widthOf(text);
    output.write(`\r${text}${' '.repeat(Math.max(0, this.#shown - width))}`);
    this.#shown = Math.max(this.#shown, width);
  }
}

/** Words for bytes. */
export const bytesText = (bytes: number): string =>
  bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** Makes the words for a number of things: `12 000 records`. */
export const countText =
  (things: string) =>
  (count: number): string =>
    `${count >= 100 ? Math.round(count) : Number(count.toPrecision(2))} ${things}`;
