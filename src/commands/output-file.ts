import {
  closeSync,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { codeOf } from '../error-message.ts';

/** Text is written in pieces of this many characters. */
const BATCH = 1 << 18;

/** The output of a rendering: text is written in large pieces. */
export interface TextSink {
  write(text: string): void;
  close(): void;
  /** Ends without output. */
  drop(): void;
}

/** A sink that hands on its text in large pieces. */
export const batched = (put: (text: string) => void, close: () => void, drop: () => void): TextSink => {
  let kept: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (length > 0) put(kept.join(''));
    kept = [];
    length = 0;
  };
  return {
    write: (text) => {
      kept.push(text);
      length += text.length;
      if (length >= BATCH) flush();
    },
    close: () => {
      flush();
      close();
    },
    drop,
  };
};

/** A file that is being written. It gets its name when it is whole: until then the one that had the name stays. */
export interface OutputFile {
  /** @throws Error of the system */
  write(text: string): void;
  /** Returns the number of bytes. @throws Error of the system */
  close(): number;
  drop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `remove` when a signal ends the program, which then ends by it. Returns what takes that back. */
export const onSignals = (remove: () => void): (() => void) => {
  const handlers = SIGNALS.map((signal) => {
    const handler = (): void => {
      remove();
      end();
      // As it would have ended without a handler.
      process.kill(process.pid, signal);
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  const end = (): void => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
  return end;
};

/** Writes a whole text to a descriptor. Returns its bytes. */
const writeText = (fd: number, text: string): number => {
  let rest: Uint8Array = Buffer.from(text);
  const { length } = rest;
  while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  return length;
};

/** Whether another file can take the place of this one: it is a file, and of this user. */
const isReplaceable = (before: Stats): boolean =>
  before.isFile() && before.nlink === 1 && (process.geteuid === undefined || before.uid === process.geteuid());

/** A descriptor that is written as it is: a device, a pipe, or a file that has to stay the same. */
const inPlace = (path: string): OutputFile => {
  const fd = openSync(path, 'w');
  let bytes = 0;
  return {
    write: (text) => {
      bytes += writeText(fd, text);
    },
    close: () => {
      closeSync(fd);
      return bytes;
    },
    drop: () => closeSync(fd),
  };
};

/** Opens `path` by the first piece of text. */
const atFirstText = (open: () => OutputFile): OutputFile => {
  let opened: OutputFile | undefined;
  const file = (): OutputFile => {
    opened ??= open();
    return opened;
  };
  return { write: (text) => file().write(text), close: () => file().close(), drop: () => opened?.drop() };
};

/** Writes beside the file, and takes its place at the end. A signal removes what is written so far. */
const beside = (path: string, mode: number | undefined): OutputFile => {
  const draft = `${path}.${process.pid}.tmp`;
  const fd = openSync(draft, 'wx');
  // The new file has the mode of the one before.
  if (mode !== undefined) fchmodSync(fd, mode);
  const remove = (): void => rmSync(draft, { force: true });
  const release = onSignals(remove);
  let bytes = 0;
  let isOpen = true;
  const drop = (): void => {
    if (!isOpen) return;
    isOpen = false;
    release();
    closeSync(fd);
    remove();
  };
  return {
    write: (text) => {
      try {
        bytes += writeText(fd, text);
      } catch (error) {
        drop();
        throw error;
      }
    },
    close: () => {
      isOpen = false;
      closeSync(fd);
      renameSync(draft, path);
      release();
      return bytes;
    },
    drop,
  };
};

/** Throws what the system says where a file cannot be written. Leaves it as it is. */
const probe = (path: string, before: Stats | undefined): void => {
  closeSync(openSync(path, 'a'));
  if (before === undefined) rmSync(path);
};

/** Opens a file for writing. @param input what must not be overwritten. @throws Error of the system, or why it must not be written */
export const openOutput = (path: string, input: string): OutputFile => {
  const before = statSync(path, { throwIfNoEntry: false });
  const source = statSync(input, { throwIfNoEntry: false });
  if (before && source && before.ino === source.ino && before.dev === source.dev)
    throw new Error(`${path} is the recording itself`);
  if (before && !before.isFile()) return inPlace(path);
  probe(path, before);
  return atFirstText(() => {
    if (before && !isReplaceable(before)) return inPlace(path);
    try {
      return beside(before ? realpathSync(path) : path, before && before.mode & 0o777);
    } catch (error) {
      // The file may be written, and its directory not.
      if (before && codeOf(error) === 'EACCES') return inPlace(path);
      throw error;
    }
  });
};
