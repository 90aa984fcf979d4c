import { fstatSync, ftruncateSync, writeSync, writev } from 'node:fs';
import { codeOf, messageOf } from '../../error-message.ts';
import { dropCounts, type SinkName } from './dropped.ts';
import { SinkTarget, type SinkTargetOptions, sameFile, tornAtEnd } from './sink-target.ts';
import { UnwrittenBytes } from './unwritten-bytes.ts';

/** How a file is written. */
export interface FileSinkOptions extends SinkTargetOptions {
  /** The first bytes of a new file; a file that exists is moved on as at a rotation. Default: append to it. */
  readonly head?: string;
  /** It consists of lines (the default): a line that is cut off is ended before the next one. */
  readonly lines?: boolean;
  /** Open it, with its directory, when there is something to write; default: at once. */
  readonly lazy?: boolean;
  /** Writing to the descriptor returns at once, whatever happens. */
  readonly direct?: boolean;
  /** Wait for each write: for a program that does nothing else meanwhile. */
  readonly wait?: boolean;
  /** Bytes that may wait for a target that is slow or fails; default 64 MiB. More is lost and counted. */
  readonly limit?: number;
  /** Begin a new file when this one has so many bytes; default: never. */
  readonly rotateBytes?: number;
  /** Counts what is lost; default: it is not counted. */
  readonly sink?: SinkName | undefined;
  /** Called once when something fails, until it works again. */
  readonly onTrouble: (problem: string) => void;
  /** Called when `count` is lost and writing goes on, or has ended. Returns what to write in the place of what is lost. */
  readonly onLost: (count: number, ended: boolean) => string;
  /** Writes what is not written yet, before the end of the process. */
  readonly beforeDrain?: () => void;
  /** Does the reopening, in the place of the sink. */
  readonly onReopen?: () => void;
}

const LIMIT = 1 << 26;
/** Writes in a row to a target that never waits, before everything else gets its turn. */
const WRITES_A_TURN = 16;
/** Between two tries while the target takes nothing, ms: at first, at most, and when it fails. */
const SOON_MS = 1;
const SOMETIME_MS = 100;
const FAILING_MS = 1000;
/** How long the end of the process waits for a write that is under way, ms. */
const LAST_WAIT_MS = 200;
/** Not a fault of the target: it takes nothing at the moment. */
const BUSY = /^(EAGAIN|EWOULDBLOCK|EINTR|EBUSY)$/;
/** A new file at the same path would not help. */
const FULL = /^(ENOSPC|EDQUOT|EFBIG)$/;

const sinks = new Set<FileSink>();
let atExit = false;
/** No thread of the system is begun any more. */
let exiting = false;

/**
 * Appends to a file, a terminal, a FIFO or a device, in order, without ever making the caller wait. What the target does not take
 * now is kept and tried again; what is too much is lost, counted and reported.
 */
export class FileSink {
  readonly #options: FileSinkOptions;
  readonly #target: SinkTarget;
  readonly #pieces = new UnwrittenBytes();
  #scheduled = false;
  #pumping = false;
  /** A thread of the system writes so many bytes; 0: none does. */
  #underWay = 0;
  #retry: NodeJS.Timeout | undefined;
  #wait = SOON_MS;
  #failing = false;
  #reopen = false;
  /** No new file could be begun. */
  #stuck = false;
  #lost = 0;
  #dropping = false;
  #closed = false;
  readonly #flushes = new Set<() => void>();

  /** @param target a path, or a descriptor that is open. @throws Error of the system, unless it is opened later. */
  constructor(target: string | number, options: FileSinkOptions) {
    this.#options = options;
    this.#target = new SinkTarget(target, options.direct === true, options);
    if (options.head !== undefined) {
      this.#target.next();
      // In the background: the start goes on when the disk is full or slow.
      this.#pieces.add(options.head, 0);
      this.#soon();
    } else if (!this.#target.isOpen && !options.lazy) this.#open();
    sinks.add(this);
    if (atExit) return;
    atExit = true;
    process.on('exit', () => {
      exiting = true;
      // Twice: what the first round reports may have to be written too.
      for (let round = 0; round < 2; round++) for (const sink of sinks) sink.drain();
    });
  }

  /** Opens all files that have another place or name by now, as after a rotation by another program. */
  static reopenAll(): void {
    for (const sink of sinks) sink.#options.onReopen ? sink.#options.onReopen() : sink.reopen();
  }

  get path(): string {
    return this.#target.path;
  }
  /** Bytes and characters that wait to be written. */
  get waiting(): number {
    return this.#pieces.waiting;
  }

  /**
   * Takes whole lines, or other pieces. Returns false when there is no room: then they are lost and counted.
   * @param count how many. @param written called when the bytes are written, unless they are copied or lost before.
   */
  write(piece: string | Uint8Array, count = 1, written?: () => void): boolean {
    if (this.#closed || !this.#hasRoom(piece.length)) {
      this.#lose(count);
      return false;
    }
    if (this.#lost > 0) this.#reportLost(false);
    this.#pieces.add(piece, count, written);
    if (this.#options.wait) this.#pump();
    else this.#soon();
    return true;
  }

  /** Begins a new file when everything before it is written. @param done whether that was possible; the old one goes on if not. */
  rotate(head: string, done: (success: boolean) => void): void {
    this.#pieces.addAction(() => done(this.#rotate(head)));
    this.#pump();
  }

  /** Whether the path leads elsewhere by now. */
  get moved(): boolean {
    return this.#target.isOpen && !sameFile(this.path, this.#target.fd);
  }
  /** Opens the file of this path, if it is another one by now. */
  reopen(): void {
    if (this.path === '' || this.#closed) return;
    this.#reopen = true;
    this.#tryNow();
  }

  /** Everything is written, or cannot be now; waits at most `limitMs`. */
  flush(limitMs: number): Promise<void> {
    if (this.#pieces.next === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#flushes.delete(done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      this.#flushes.add(done);
      this.#tryNow();
    });
  }
  async close(limitMs: number): Promise<void> {
    await this.flush(limitMs);
    this.end();
  }

  /** Writes at once what can be written without waiting for a target; the rest is lost. */
  drain(): void {
    if (this.#closed) return;
    this.#options.beforeDrain?.();
    try {
      if (this.#busy) this.#settle();
      for (let entry = this.#pieces.next; entry && !this.#busy && !this.#target.mayWait; entry = this.#pieces.next) {
        this.#prepare();
        if ('act' in entry) this.#pieces.perform(entry);
        else this.#advance(writeSync(this.#target.fd, entry.bytes, this.#pieces.offset));
      }
    } catch (error) {
      this.#report(error);
    }
    this.#giveUp();
  }
  /** As `drain`, and closes the file. */
  end(): void {
    if (this.#closed) return;
    this.drain();
    this.#closed = true;
    clearTimeout(this.#retry);
    if (this.#busy) return;
    sinks.delete(this);
    this.#target.close();
  }

  get #busy(): boolean {
    return this.#underWay > 0;
  }
  #hasRoom(length: number): boolean {
    const { limit = LIMIT } = this.#options;
    // Once it is full it takes nothing before there is room for much: what is lost is lost in a row.
    if (this.waiting + length <= (this.#dropping ? limit / 2 : limit)) this.#dropping = false;
    else if (!this.#dropping) {
      this.#dropping = true;
      if (!this.#failing) this.#trouble('it takes nothing: what comes now is lost and counted');
    }
    return !this.#dropping;
  }
  #soon(): void {
    if (this.#scheduled || this.#busy) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }
  #tryNow(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#pump();
  }

  /** Writes what waits, as far as the target takes it. */
  #pump(): void {
    if (this.#pumping || this.#busy || this.#retry !== undefined || this.#closed) return;
    this.#pumping = true;
    try {
      let writes = 0;
      while (this.#step(writes)) writes += 1;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#pumping = false;
    }
  }
  /** Writes the next piece. Returns whether the one after it may follow at once. @throws Error of the system */
  #step(writes: number): boolean {
    this.#prepare();
    const { wait = false } = this.#options;
    const entry = this.#pieces.next;
    if (entry === undefined) this.#flushed();
    else if ('act' in entry) this.#pieces.perform(entry);
    else if (exiting) return false;
    else if (!this.#target.direct && !wait) this.#inBackground();
    else if (writes < WRITES_A_TURN || wait)
      this.#advance(writeSync(this.#target.fd, entry.bytes, this.#pieces.offset));
    else this.#soon();
    return entry !== undefined && !this.#busy && !this.#scheduled;
  }
  /** Writes all that waits, up to a limit: what came during one write is not to need a turn of the event loop for each piece. */
  #inBackground(): void {
    const { rotateBytes = Number.POSITIVE_INFINITY } = this.#options;
    const pieces = this.#pieces.together(rotateBytes - this.#target.size);
    this.#underWay = pieces.reduce((sum, { length }) => sum + length, 0);
    writev(this.#target.fd, pieces, (error, written) => {
      // False when the end of the process has seen to it.
      if (!this.#busy || this.#closed) return;
      this.#underWay = 0;
      if (error) this.#failed(error);
      else this.#advance(written);
      this.#pump();
    });
  }
  /** The file to write to is open. @throws Error of the system */
  #prepare(): void {
    if (this.#reopen || (!this.#target.isOpen && this.waiting > 0)) {
      this.#reopen = false;
      this.#open();
    }
    const { rotateBytes = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#target.size < rotateBytes || this.#pieces.offset > 0 || this.waiting === 0) return;
    // When it does not work, the next try is one file later.
    if (!this.#rotate('')) this.#target.size = 0;
  }
  #advance(written: number): void {
    this.#wait = SOON_MS;
    this.#failing = false;
    this.#target.size += written;
    this.#pieces.advance(written);
  }
  #failed(error: unknown): void {
    let wait = FAILING_MS;
    if (BUSY.test(codeOf(error))) {
      wait = this.#wait;
      this.#wait = Math.min(2 * wait, SOMETIME_MS);
    } else {
      this.#report(error);
      this.#reopen = this.#target.isOpen && this.path !== '' && !FULL.test(codeOf(error));
      this.#flushed();
    }
    this.#retry = setTimeout(() => this.#tryNow(), wait).unref();
  }
  #report(error: unknown): void {
    if (BUSY.test(codeOf(error))) return;
    const first = !this.#failing;
    this.#failing = true;
    if (first) this.#trouble(messageOf(error));
  }
  #trouble(problem: string): void {
    this.#options.onTrouble(this.path === '' ? problem : `${this.path}: ${problem}`);
  }
  #flushed(): void {
    for (const done of [...this.#flushes]) done();
  }

  /** Opens the path, unless it is open. The file before stays open when that fails. @throws Error of the system: there is none. */
  #open(): void {
    const first = !this.#target.isOpen;
    try {
      if (!this.#target.open()) return;
    } catch (error) {
      if (first) throw error;
      if (!this.#failing) this.#trouble(`it cannot be opened again, the file before goes on: ${messageOf(error)}`);
      return;
    }
    const { lines = true } = this.#options;
    this.#pieces.restart(lines);
    if (lines && this.#target.regular && tornAtEnd(this.path, this.#target.size)) this.#pieces.first(Buffer.from('\n'));
  }
  /** Returns whether a new file could be begun. */
  #rotate(head: string): boolean {
    try {
      this.#target.next(head);
      this.#stuck = false;
      return true;
    } catch (error) {
      const first = !this.#stuck;
      this.#stuck = true;
      if (first) this.#trouble(`no new file can be begun, the file before goes on: ${messageOf(error)}`);
      return false;
    }
  }

  /** Waits a little for the write that is under way. */
  #settle(): void {
    const entry = this.#pieces.next;
    if (!this.#target.regular || entry === undefined || 'act' in entry) return;
    const { fd, size } = this.#target;
    const length = this.#underWay;
    const done = (): boolean => fstatSync(fd).size >= size + length;
    for (let waited = 0; !done() && waited < LAST_WAIT_MS; waited++) Atomics.wait(NEVER, 0, 0, 1);
    if (!done()) return;
    this.#underWay = 0;
    this.#advance(length);
  }
  /** What waits is lost. */
  #giveUp(): void {
    const { offset } = this.#pieces;
    this.#lose(this.#pieces.clear());
    // Half a record spoils what comes after it.
    if (offset > 0 && this.#options.lines === false && this.#target.regular && !this.#busy)
      ftruncateSync(this.#target.fd, this.#target.size - offset);
    if (this.#lost > 0) this.#reportLost(true);
  }
  #lose(count: number): void {
    this.#lost += count;
    dropCounts.add(this.#options.sink, count);
  }
  #reportLost(ended: boolean): void {
    const count = this.#lost;
    this.#lost = 0;
    const text = this.#options.onLost(count, ended);
    if (text !== '' && !ended) this.#pieces.add(text, 0);
  }
}

/** Something to wait for in vain. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));
