/** The line that is being typed on the terminal. */
export interface TypedLine {
  /** Takes the line off the screen; empty while nothing is typed. */
  hide(): string;
  /** Puts it below what has been written since, with the cursor where it was. */
  show(): string;
}

/** Something that writes to the terminal. */
interface Terminal {
  write(text: string): unknown;
  flush(limitMs: number): Promise<void>;
}

/** Keeps what is typed apart from what is written to the same terminal. */
class TypedLines {
  /** Set while lines are edited. */
  line: TypedLine | undefined;
  /** The first output on the terminal: what is echoed goes there too, to be in order. Undefined: no record goes there. */
  terminal: Terminal | undefined;

  /** An output on the terminal that writes around the typed line. */
  around(output: Terminal): Terminal {
    this.terminal ??= output;
    return {
      write: (text) => output.write(this.line === undefined ? text : `${this.line.hide()}${text}${this.line.show()}`),
      flush: (limitMs) => output.flush(limitMs),
    };
  }
}

/** The only terminal there is. */
export const typedLines = new TypedLines();
