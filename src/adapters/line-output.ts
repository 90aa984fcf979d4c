import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import { agree, counted } from '../plural.ts';
import { dropCounts, type SinkName } from './files/dropped.ts';
import { FileSink, type FileSinkOptions } from './files/file-sink.ts';
import { openAgain } from './files/sink-target.ts';

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

/** Where finished lines go. Lines leave in order and whole. */
export interface LineOutput {
  /** Queues a line, newline included. What was queued in one turn of the event loop is written together. */
  write(line: string): unknown;
  /** Everything queued is out, or cannot go out; waits at most `limitMs`. */
  flush(limitMs: number): Promise<void>;
}

/** Lines are handed to the system when this many characters have come together, or when the event loop turns. */
const BATCH = 1 << 16;
/** Characters that may wait for a slow reader; further lines are dropped and counted. */
const BACKLOG = 1 << 26;

/** Batches lines; what cannot be written is counted, and reported once writing works again. */
class Batch {
  #lines: string[] = [];
  #size = 0;
  #scheduled = false;
  #dropped = 0;
  readonly #send: (text: string) => boolean;
  readonly #care: OutputCallbacks;

  /** @param send false when the text could not be taken. */
  constructor(send: (text: string) => boolean, care: OutputCallbacks) {
    this.#send = send;
    this.#care = care;
  }
  add(line: string): void {
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#size >= BATCH) this.send();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.send());
    }
  }
  send(): void {
    this.#scheduled = false;
    if (this.#lines.length === 0) return;
    const count = this.#lines.length;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#size = 0;
    const note = this.#dropped > 0 ? this.#care.onLost(this.#dropped) : '';
    if (this.#send(note + text)) {
      this.#dropped = 0;
      return;
    }
    this.#dropped += count;
    dropCounts.add(this.#care.sink, count);
  }
}

/** A stream of that descriptor; undefined for a socket of another kind (datagrams), which Node does not take. */
const streamOf = (fd: number): Socket | undefined => {
  try {
    return new Socket({ fd, readable: false, writable: true });
  } catch {
    return undefined;
  }
};

/** A pipe or socket: never blocks, so that a reader that does not read cannot stop a tick. */
const pipeOutput = (fd: number, care: OutputCallbacks): LineOutput => {
  const socket = streamOf(fd);
  if (!socket) return new FileSink(fd, sinkCare(care));
  const { onClosed: gone } = care;
  let broken = false;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (!broken) gone(error.code ?? error.message);
    broken = true;
  });
  const batch = new Batch((text) => {
    if (broken || socket.writableLength > BACKLOG) return false;
    // As bytes: text that waits would be carried along at each garbage collection.
    socket.write(Buffer.from(text));
    return true;
  }, care);
  return {
    write: (line) => batch.add(line),
    flush: async (limitMs) => {
      batch.send();
      if (broken || socket.writableLength === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        const done = () => {
          clearTimeout(timer);
          socket.off('close', done);
          resolve();
        };
        socket.once('close', done);
        socket.write('', done);
      });
    },
  };
};

/** What an output does when something goes wrong. */
export interface OutputCallbacks {
  /** Returns the line that says how many records are lost. */
  readonly onLost: (count: number) => string;
  /** Called once when the reader has gone away. */
  readonly onClosed: (reason: string) => void;
  /** Called once when something else fails, until it works again, and for what is lost in the end. */
  readonly onTrouble: (problem: string) => void;
  /** Counts what is lost; default: it is not counted. */
  readonly sink?: SinkName;
}

const sinkCare = ({
  onLost: lost,
  onTrouble: trouble,
  sink,
}: OutputCallbacks): Pick<FileSinkOptions, 'onLost' | 'onTrouble' | 'sink'> => ({
  sink,
  onTrouble: trouble,
  onLost: (count, ended) => {
    if (ended) trouble(`${counted(count, 'record')} could not be written and ${agree(count, 'is', 'are')} lost`);
    return lost(count);
  },
});

/** Standard output or standard error. */
export const standardStream = (fd: 1 | 2, care: OutputCallbacks): LineOutput => {
  let stat: ReturnType<typeof fstatSync>;
  try {
    stat = fstatSync(fd);
  } catch {
    return noOutput;
  }
  if (stat.isSocket()) return pipeOutput(fd, care);
  if (stat.isFIFO()) return pipeOutput(openAgain(fd) ?? fd, care);
  const terminal = isatty(fd);
  const own = terminal ? openAgain(fd) : undefined;
  const output = new FileSink(own ?? fd, { ...sinkCare(care), direct: own !== undefined });
  return terminal ? typedLines.around(output) : output;
};

/** A log file, emptied or appended to. Missing directories are made. @throws Error of the system */
export const logFile = (path: string, append: boolean, care: OutputCallbacks): LineOutput =>
  new FileSink(path, { ...sinkCare(care), truncate: !append });

/** Nowhere. */
export const noOutput: LineOutput = { write: () => {}, flush: async () => {} };

/** Makes a function that writes to a standard stream without waiting for its reader. */
const writer = (fd: 1 | 2) => {
  let output: LineOutput | undefined;
  return (text: string): void => {
    output ??= standardStream(fd, { onLost: () => '', onClosed: () => {}, onTrouble: () => {} });
    output.write(text);
    void output.flush(0);
  };
};

/** Writes to standard error without waiting for its reader. */
export const writeStderr = writer(2);

/** Writes a text that is not a record to standard output, without waiting for its reader. */
export const writeStdout = writer(1);
