import { readFileSync } from 'node:fs';
import { typedLines } from './line-output.ts';

/** What comes in on standard input. */
interface LineListener {
  /** One line, without its end. */
  line(text: string): void;
  /** A line that is not UTF-8, or too long to be a command. */
  bad(reason: string): void;
  /** There will be no more. */
  end(): void;
}

/** A longer line is not a command. */
const LONGEST_LINE = 1 << 16;
const tooLong = (what: string): string => `a line of more than ${LONGEST_LINE} bytes is not ${what}`;

/** Cuts bytes into lines: each ends with a line feed; what is left at the end counts when it is not blank. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #skipping = false;
  readonly #listener: LineListener;
  readonly #what: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });

  /** @param what a line is meant to be. */
  constructor(listener: LineListener, what = 'a command') {
    this.#listener = listener;
    this.#what = what;
  }
  add(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
      this.#line(data.subarray(0, end));
      data = data.subarray(end + 1);
    }
    if (data.length > LONGEST_LINE) {
      if (!this.#skipping) this.#listener.bad(tooLong(this.#what));
      this.#skipping = true;
      data = Buffer.alloc(0);
    }
    this.#rest = Buffer.from(data);
  }
  end(): void {
    if (this.#rest.length > 0) this.#line(this.#rest);
    this.#rest = Buffer.alloc(0);
    this.#listener.end();
  }
  #line(bytes: Buffer): void {
    if (this.#skipping) {
      this.#skipping = false;
      return;
    }
    if (bytes.length > LONGEST_LINE) {
      this.#listener.bad(tooLong(this.#what));
      return;
    }
    let text: string;
    try {
      text = this.#decoder.decode(bytes);
    } catch {
      this.#listener.bad('a line that is not valid UTF-8');
      return;
    }
    this.#listener.line(text);
  }
}

/** Whether the program is in the foreground of its terminal: reading while another process group has it would stop the program. */
const standing = (): 'front' | 'background' | 'no terminal' => {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [group, terminal, foreground] = [fields[2], fields[4], fields[5]];
    if (terminal === '0') return 'no terminal';
    return group === foreground ? 'front' : 'background';
  } catch {
    return 'front';
  }
};

/** How often a program in the background checks whether it is in the foreground, in ms. */
const FRONT_POLL_MS = 1000;

/** Resolves when the program is in front of its terminal; with `false` when it has none, or none any more. */
const inFront = async (): Promise<boolean> => {
  let stands = standing();
  for (; stands === 'background'; stands = standing())
    await new Promise<void>((look) => void setTimeout(look, FRONT_POLL_MS).unref());
  return stands === 'front';
};

/** Edits lines on the terminal that shows records: the line is drawn again below each record. Returns whether that is possible. */
const edit = async ({ line, bad, end }: LineListener): Promise<boolean> => {
  const { terminal } = typedLines;
  if (terminal === undefined || process.env.TERM === 'dumb') return false;
  const { editLines } = await import('./line-editor.ts');
  const typed = (text: string) => (Buffer.byteLength(text) > LONGEST_LINE ? bad(tooLong('a command')) : line(text));
  editLines(terminal, { line: typed, end, waitForForeground: inFront });
  return true;
};

/** Reads standard input until it ends. In the background of a terminal it is read when the program comes to the front. */
export const readStdin = async (listener: LineListener): Promise<void> => {
  const cutter = new LineSplitter(listener);
  try {
    if (process.stdin.isTTY) {
      if (!(await inFront())) {
        cutter.end();
        return;
      }
      if (await edit(listener)) return;
    }
    process.stdin.on('data', (chunk: Buffer) => cutter.add(chunk));
    process.stdin.once('end', () => cutter.end());
    process.stdin.once('error', () => cutter.end());
  } catch {
    cutter.end();
  }
};
