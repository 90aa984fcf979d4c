import type { Logger, Mark } from '../../log/record.ts';

/** Something that goes wrong again and again: one WARN when it begins and one when it is over, DEBUG in between. */
export class Ongoing {
  #on = false;

  /** It goes wrong. */
  report(log: Logger, mark: Mark, text: string): void {
    log[this.#on ? 'debug' : 'warn'](mark, text);
    this.#on = true;
  }

  /** It does not. */
  over(log: Logger, text: string): void {
    if (this.#on) log.warn('PROC/OK', text);
    this.#on = false;
  }
}
