import { closeSync, lstatSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError } from '../../call-safely.ts';
import type { LogSpool, WaitingEntries } from '../../fleet/log-shipper.ts';
import type { LogEntry, LogKind } from '../../fleet/shared-log.ts';
import { dropCounts } from '../files/dropped.ts';
import { ownFiles } from '../files/own-files.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import { forgetWriter, noteWriter, writtenByOthers } from './spool-writer.ts';

/** Bytes of one message: a server takes one megabyte. */
const LONGEST_TEXT = 256 * 1024;
/** Bytes of one entry. What is longer is replaced by how long it was. */
const LONGEST_ENTRY = 512 * 1024;
/** Bytes of one file. */
const LONGEST_FILE = 1024 * 1024;
/** Bytes that wait for a server; of more the oldest are dropped. */
const MOST_WAITING = 64 * 1024 * 1024;
/** Files that wait for a server; of more the oldest are dropped. */
const MOST_FILES = 1000;
/** Bytes of entries that are kept in memory too. */
const MOST_KEPT = 1024 * 1024;
/** A server that is killed can lose what it took in the last two minutes; ms. */
const KEPT_MS = 600_000;

const FILE = /^([0-9a-f]+)\.(\d{12})\.ndjson$/;

/** A file of entries that follow each other. */
interface SpoolFile {
  readonly path: string;
  readonly session: string;
  readonly first: number;
  bytes: number;
  /** When it was written last, wall-clock ms. */
  written: number;
}

/** A line that is kept in memory. */
interface Kept {
  readonly n: number;
  readonly kind: LogKind;
  readonly line: string;
}

interface DiskSpoolOptions {
  readonly session: string;
  /** Wall-clock ms. */
  now(): number;
  warn(text: string): void;
  readonly longestFile?: number;
  readonly mostWaiting?: number;
  readonly mostKept?: number;
}

/** A line that is not longer than so many bytes. What is longer is replaced by how long it was. */
const fitting = ({ n, kind, line }: Kept, longest: number): string => {
  const bytes = Buffer.byteLength(line);
  return bytes > longest ? `${JSON.stringify({ n, kind, value: { dropped: bytes } })}\n` : line;
};

/** Puts lines together for one message. @param lines in the order of their numbers. @param longest bytes that the server takes */
const batchOf = (lines: Iterable<Kept>, longest = LONGEST_ENTRY): WaitingEntries | undefined => {
  const most = Math.min(LONGEST_TEXT, longest);
  const texts: string[] = [];
  const kinds = new Set<LogKind>();
  let [first, last, length] = [0, 0, 0];
  for (const one of lines) {
    const { n, kind } = one;
    const line = fitting(one, longest);
    const bytes = Buffer.byteLength(line);
    if (texts.length > 0 && (length + bytes > most || n !== last + 1)) break;
    if (texts.length === 0) first = n;
    last = n;
    length += bytes;
    texts.push(line);
    kinds.add(kind);
  }
  return texts.length === 0 ? undefined : { first, last, text: texts.join(''), kinds };
};

const keptOf = (text: string): readonly Kept[] =>
  text.split('\n').flatMap((line, i, all): Kept[] => {
    // The last one has no end: it was being written when the program was killed.
    if (i === all.length - 1) return [];
    try {
      const { n, kind } = JSON.parse(line) as LogEntry;
      return Number.isSafeInteger(n) && n > 0 && typeof kind === 'string' ? [{ n, kind, line: `${line}\n` }] : [];
    } catch {
      return [];
    }
  });

/** The entries of this machine for the log of the fleet, in files until the log has them. Nothing that goes wrong with them disturbs the program. */
export class DiskSpool implements LogSpool {
  readonly #directory: string;
  readonly #options: DiskSpoolOptions;
  readonly #files: SpoolFile[];
  /** The last entries of this session. */
  readonly #kept: Kept[] = [];
  #keptBytes = 0;
  /** Up to where the log has the entries of each session. */
  readonly #sent = new Map<string, number>();
  #next = 1;
  #fd: number | undefined;
  #failed = false;
  #isFull = false;
  #pending: Kept[] = [];
  #immediate: NodeJS.Immediate | undefined;
  #onAdded: () => void = () => {};

  /** @throws Error of the system */
  constructor(directory: string, options: DiskSpoolOptions) {
    this.#directory = directory;
    this.#options = options;
    ownFiles.claimTree(directory);
    makePrivateDirectory(dirname(directory));
    makePrivateDirectory(directory);
    // Two programs can have one name and one directory.
    const others = writtenByOthers(directory);
    this.#files = readdirSync(directory)
      .flatMap((name): SpoolFile[] => {
        const found = FILE.exec(name);
        if (!found || others.has(found[1]!)) return [];
        const path = join(directory, name);
        const stats = lstatSync(path, { throwIfNoEntry: false });
        // It can be anything with such a name.
        if (!stats?.isFile()) return [];
        const { size: bytes, mtimeMs: written } = stats;
        return [{ path, session: found[1]!, first: Number(found[2]), bytes, written }];
      })
      .sort((a, b) => (a.session === b.session ? a.first - b.first : a.written - b.written));
  }

  onAdded(listener: () => void): void {
    this.#onAdded = listener;
  }

  /** Adds an entry. @param now on the disk at once, with what came before it */
  add(kind: LogKind, value: unknown, now: boolean): void {
    const n = this.#next++;
    const line = `${JSON.stringify({ n, kind, value } satisfies LogEntry)}\n`;
    this.#pending.push({ n, kind, line: fitting({ n, kind, line }, LONGEST_ENTRY) });
    if (now) this.#write();
    else this.#immediate ??= setImmediate(() => this.#write());
  }

  sessions(): readonly string[] {
    const earlier = new Set(this.#files.map(({ session }) => session));
    earlier.delete(this.#options.session);
    return [...earlier, this.#options.session];
  }

  read(session: string, from: number, longest?: number): WaitingEntries | undefined {
    const own = session === this.#options.session;
    const [oldest] = this.#kept;
    if (own && oldest !== undefined && from >= oldest.n) return batchOf(this.#kept.slice(from - oldest.n), longest);
    const files = this.#files.filter((file) => file.session === session);
    const at = Math.max(
      0,
      files.findLastIndex(({ first }) => first <= from),
    );
    for (const file of files.slice(at)) {
      const lines = this.#linesOf(file).filter(({ n }) => n >= from);
      if (lines.length > 0) return batchOf(lines, longest);
    }
    // What could not be written is in memory, as far as it was kept.
    const rest = own ? this.#kept.filter(({ n }) => n >= from) : [];
    return batchOf(rest, longest);
  }

  sent(session: string, last: number): void {
    this.#sent.set(session, last);
  }

  tidy(): void {
    const now = this.#options.now();
    for (const [i, file] of [...this.#files.entries()].toReversed()) {
      const next = this.#files[i + 1];
      const isOpen = this.#fd !== undefined && file === this.#files.at(-1);
      const sent = this.#sent.get(file.session);
      // All of an earlier session is sent before it is known here.
      const end = file.session === this.#options.session ? this.#next - 1 : 0;
      const last = next?.session === file.session ? next.first - 1 : end;
      if (!isOpen && sent !== undefined && sent >= last && now - file.written > KEPT_MS) this.#remove(i);
    }
  }

  /** Writes what waits for that, and closes the file. */
  close(): void {
    this.#write();
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    forgetWriter(this.#directory, this.#options.session);
  }

  #linesOf({ path }: SpoolFile): readonly Kept[] {
    try {
      return keptOf(readFileSync(path, 'utf8'));
    } catch {
      // It was removed: what is missing is a gap in the log.
      return [];
    }
  }

  #write(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    const lines = this.#pending;
    const [first] = lines;
    if (first === undefined) return;
    this.#pending = [];
    this.#keep(lines);
    try {
      const bytes = Buffer.from(lines.map(({ line }) => line).join(''));
      const { fd, file } = this.#open(first.n);
      for (let done = 0; done < bytes.length; ) {
        const count = writeSync(fd, bytes, done);
        done += count;
        file.bytes += count;
      }
      file.written = this.#options.now();
      this.#failed = false;
      this.#dropOldest();
    } catch (error) {
      this.#fail(error, lines.length);
    }
    this.#onAdded();
  }

  #keep(lines: readonly Kept[]): void {
    const { mostKept = MOST_KEPT } = this.#options;
    for (const one of lines) {
      this.#kept.push(one);
      this.#keptBytes += one.line.length;
    }
    let gone = 0;
    while (this.#keptBytes > mostKept && gone < this.#kept.length - 1)
      this.#keptBytes -= this.#kept[gone++]!.line.length;
    this.#kept.splice(0, gone);
  }

  #open(first: number): { readonly fd: number; readonly file: SpoolFile } {
    const { session, now, longestFile = LONGEST_FILE } = this.#options;
    const current = this.#files.at(-1);
    if (this.#fd !== undefined && current !== undefined && current.bytes < longestFile)
      return { fd: this.#fd, file: current };
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    const path = join(this.#directory, `${session}.${String(first).padStart(12, '0')}.ndjson`);
    makePrivateDirectory(this.#directory);
    noteWriter(this.#directory, session);
    const fd = openSync(path, 'ax', 0o600);
    this.#fd = fd;
    const file: SpoolFile = { path, session, first, bytes: 0, written: now() };
    this.#files.push(file);
    this.tidy();
    return { fd, file };
  }

  /** The next entries begin a new file: what is in this one may not be complete. */
  #fail(error: unknown, count: number): void {
    if (this.#fd !== undefined) {
      closeSync(this.#fd);
      // A full disk can have room for a file with nothing in it.
      if (this.#files.at(-1)?.bytes === 0) this.#remove(this.#files.length - 1);
    }
    this.#fd = undefined;
    dropCounts.add('fleet', count);
    if (!this.#failed)
      this.#options.warn(
        `entries for the log of the fleet cannot be written to ${this.#directory}: ${describeError(error, true)}; without a server they are lost`,
      );
    this.#failed = true;
  }

  #dropOldest(): void {
    const { mostWaiting = MOST_WAITING, warn } = this.#options;
    let total = this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total < mostWaiting / 2) this.#isFull = false;
    while ((total > mostWaiting || this.#files.length > MOST_FILES) && this.#files.length > 1) {
      total -= this.#files[0]!.bytes;
      if (!this.#isFull)
        warn(
          `no server has taken what is to go into the log of the fleet for so long that the oldest of it is dropped: more than ${Math.round(mostWaiting / 1e6)} MB or ${MOST_FILES} files are in ${this.#directory}`,
        );
      this.#isFull = true;
      this.#remove(0);
    }
  }

  #remove(index: number): void {
    const [file] = this.#files.splice(index, 1);
    try {
      if (file) rmSync(file.path, { force: true });
    } catch {
      // It stays, and is tried again by the next instance.
    }
  }
}
