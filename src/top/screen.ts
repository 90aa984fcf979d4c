/** Control sequences of terminals. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';
/** Terminals that know it show what is between these at once. Others ignore them. */
const [BEGIN_UPDATE, END_UPDATE] = ['\x1b[?2026h', '\x1b[?2026l'];
const CLEAR_LINE = '\x1b[2K';
const CLEAR_ALL = '\x1b[2J';

/** A screen of lines, of which only those are written that change. */
export class Screen {
  readonly #write: (text: string) => void;
  #shown: readonly string[] | undefined;
  #entered = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Takes the whole terminal; what it shows comes back at the end. */
  enter(): void {
    this.#entered = true;
    this.#shown = undefined;
    this.#write(ENTER);
  }
  /** Gives the terminal back as it was. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#write(LEAVE);
  }
  /** The next lines are all written. */
  forget(): void {
    this.#shown = undefined;
  }
  draw(lines: readonly string[]): void {
    if (!this.#entered) return;
    const before = this.#shown;
    const whole = before?.length !== lines.length;
    const changed = lines.flatMap((line, i) =>
      !whole && before[i] === line ? [] : [`\x1b[${i + 1};1H${CLEAR_LINE}${line}`],
    );
    this.#shown = lines;
    if (changed.length > 0) this.#write(`${BEGIN_UPDATE}${whole ? CLEAR_ALL : ''}${changed.join('')}${END_UPDATE}`);
  }
}
