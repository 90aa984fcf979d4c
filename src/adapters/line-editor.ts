import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { type TypedLine, typedLines } from './line-output.ts';

/** Lines that the arrow keys bring back. */
const HISTORY = 100;
const SIGQUIT_KEY = '\x1c';

const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const right = (columns: number): string => (columns > 0 ? `\x1b[${columns}C` : '');

/** What its types do not have, or have as read-only. `prevRows`: the row of the cursor when it last drew the line. */
type Editor = Omit<Interface, 'cursor'> & { cursor: number; prevRows?: number };

/** Where the line ends, from where it begins. */
const endOf = (moved: Editor): { readonly rows: number; readonly cols: number } => {
  const { cursor } = moved;
  moved.cursor = moved.line.length;
  const end = moved.getCursorPos();
  moved.cursor = cursor;
  return end;
};

const typedIn = (editor: Editor): TypedLine => ({
  hide: () => (editor.line === '' ? '' : `\r${up(editor.getCursorPos().rows)}\x1b[J`),
  show: () => {
    if (editor.line === '') return '';
    const [at, end] = [editor.getCursorPos(), endOf(editor)];
    // It does not count the rows of a text that is pasted.
    editor.prevRows = at.rows;
    // A terminal goes to the next row only when there is something to write in it.
    const row = end.cols === 0 ? ' ' : '';
    return `${editor.line}${row}\r${up(end.rows - at.rows)}${right(at.cols)}`;
  },
});

interface Echo {
  write(text: string): unknown;
}

/** What the editor writes to: the output of the records, so that both are in order. */
const echo = (terminal: Echo): Writable => {
  const output = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      terminal.write(text);
      done();
    },
  });
  process.stdout.on('resize', () => output.emit('resize'));
  return Object.defineProperties(output, {
    columns: { get: () => process.stdout.columns },
    rows: { get: () => process.stdout.rows },
  });
};

/** What happens to typed lines. */
interface LineEditorCallbacks {
  line(text: string): void;
  /** There will be no more. */
  end(): void;
  /** Resolves when the program is in the foreground, with `false` when the terminal is gone: changing its mode from the background would stop the program. */
  waitForForeground(): Promise<boolean>;
}

/** Keeps the editor from throwing when it resets a terminal that is gone (EIO): its end is reported in another way. */
const keepRawModeErrors = (stdin: NodeJS.ReadStream): void => {
  const setRawMode = stdin.setRawMode.bind(stdin);
  stdin.setRawMode = (mode) => {
    try {
      return setRawMode(mode);
    } catch {
      return stdin;
    }
  };
};

/** Edits lines on the terminal while records are written to it. */
export const editLines = (terminal: Echo, { line, end, waitForForeground: inFront }: LineEditorCallbacks): void => {
  const { stdin } = process;
  keepRawModeErrors(stdin);
  const editor = createInterface({
    input: stdin,
    output: echo(terminal),
    ...{ terminal: true, prompt: '', historySize: HISTORY },
  });
  const typed = typedIn(editor);
  typedLines.line = typed;
  let closed = false;
  const leave = () => {
    typedLines.line = undefined;
    editor.pause();
    stdin.setRawMode(false);
  };
  // The terminal is gone, or cannot change its mode.
  stdin.on('error', () => editor.close());
  editor.on('line', line);
  // Keys that the terminal itself obeys while lines are not edited: they are meant for the whole group of processes.
  editor.on('SIGINT', () => {
    for (const name of ['e', 'u']) editor.write(null, { ctrl: true, name });
    process.kill(0, 'SIGINT');
  });
  stdin.on('keypress', (_text, { sequence }: { sequence?: string }) => {
    if (sequence === SIGQUIT_KEY) process.kill(0, 'SIGQUIT');
  });
  editor.on('SIGTSTP', () => {
    leave();
    process.kill(0, 'SIGTSTP');
  });
  const goOn = async (): Promise<void> => {
    typedLines.line = undefined;
    if (!(await inFront())) editor.close();
    if (closed) return;
    // The shell may have changed the mode meanwhile.
    stdin.setRawMode(false);
    stdin.setRawMode(true);
    typedLines.line = typed;
    editor.resume();
    editor.prompt(true);
  };
  process.on('SIGCONT', () => void goOn());
  process.once('exit', () => {
    if (!closed) stdin.setRawMode(false);
  });
  editor.once('close', () => {
    closed = true;
    typedLines.line = undefined;
    end();
  });
};
