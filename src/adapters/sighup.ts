import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

const hasTerminal = (): boolean => {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
};

/**
 * The streams that `nohup` leads elsewhere. Node resets what is done at a signal when it starts, so that they alone show a program
 * that was started to outlive its terminal.
 */
const LED_ELSEWHERE = process.platform === 'linux' ? [0, 1, 2] : [1, 2];

const isPipe = (fd: number): boolean => {
  try {
    const is = fstatSync(fd);
    return is.isFIFO() || is.isSocket();
  } catch {
    return false;
  }
};

/** How far apart SIGHUP and the end of standard input may be when they have one cause, ms. */
export const SAME_CAUSE_MS = 2000;

/** Node aborts at its end when it finds standard streams open on a terminal that is gone. */
const leaveTerminal = (): void => {
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
    } catch {
      // Closed already.
    }
  }
};

/** What SIGHUP can mean. */
interface SighupActions {
  /** The terminal that the program was started from is gone, and the program with it. */
  terminalGone(): void;
  /** The configuration is to be loaded again, files are to be opened again. */
  reload(): void;
}

/**
 * Decides what SIGHUP means. A shell sends it to its jobs when its terminal closes: then it ends a program that uses the
 * terminal, or whose input came from a program that ended with it. In all other cases it is a request to load again.
 */
export class SighupHandler {
  /** There was a terminal, and nothing is known of its end. */
  #had = process.platform !== 'win32' && hasTerminal();
  readonly #uses = LED_ELSEWHERE.some((fd) => isatty(fd));
  readonly #driven = isPipe(0);
  /** When standard input ended, and when the terminal was closed: monotonic, ms. */
  #inputEnd = Number.NEGATIVE_INFINITY;
  #closed = Number.NEGATIVE_INFINITY;
  #early = false;
  #ending = false;
  #meaning: SighupActions | undefined;

  /** Handles the signal from now on. One that comes before `setActions` waits for it. */
  constructor() {
    process.on('SIGHUP', () => this.#hear());
  }

  setActions(meaning: SighupActions): void {
    this.#meaning = meaning;
    if (this.#early) this.#hear();
  }
  /** Standard input has ended, perhaps because its other end went with the terminal. */
  stdinEnded(): void {
    this.#inputEnd = performance.now();
    // The terminal ended without a signal for this process: the next signal has another reason.
    if (this.#had && !hasTerminal()) setTimeout(() => (this.#had = false), SAME_CAUSE_MS).unref();
    if (this.#driven && this.#together()) this.#end();
  }

  #hear(): void {
    const meaning = this.#meaning;
    if (meaning === undefined) {
      this.#early = true;
      return;
    }
    if (this.#ending) return;
    const closes = this.#had && !hasTerminal();
    if (closes) {
      this.#had = false;
      this.#closed = performance.now();
    }
    if (closes && (this.#uses || (this.#driven && this.#together()))) this.#end();
    else meaning.reload();
  }
  #together(): boolean {
    return Math.abs(this.#inputEnd - this.#closed) < SAME_CAUSE_MS;
  }
  #end(): void {
    if (this.#ending) return;
    this.#ending = true;
    process.once('exit', leaveTerminal);
    this.#meaning?.terminalGone();
  }
}
