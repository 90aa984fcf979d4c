import {
  closeSync,
  constants,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { agreeing, counted } from '../counted.ts';
import { ownFiles } from './files/own-files.ts';
import { stateOf } from './process-group.ts';

/** A process that an item has started. Its number is that of its group. */
export interface ProcessNote {
  readonly pid: number;
  /** `task/NAME` or `condition/NAME`. */
  readonly item: string;
  /** When it was started, wall-clock ms. */
  readonly at: number;
  /** Its time limit in seconds; 0: it has none. */
  readonly limit: number;
  /** Which run of which system the number belongs to, and when that began to count for this process (Linux). */
  readonly system?: string;
  readonly started?: number;
}

/** A file that has grown to this size is written anew, with what still runs, bytes. */
const LONGEST = 256 * 1024;
/** What is longer was not written by us, bytes. */
const LONGEST_READ = 16 * 2 ** 20;

let system: string | undefined;
/** The system since it was started, and the numbering of its processes: both differ in another container or after a restart. */
const thisSystem = (): string => {
  try {
    system ??= `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    system = '';
  }
  return system;
};

const noteOf = (pid: number, item: string, limit: number): ProcessNote => {
  const started = stateOf(pid)?.started;
  return { pid, item, at: Date.now(), limit, ...(started === undefined ? {} : { system: thisSystem(), started }) };
};

/** Seconds by which two clocks of one system may differ. */
const CLOCKS_MS = 3000;

/** Where the system does not say it by itself: when a process was started, by `ps`, in ms; NaN: there is no such process. */
const startedByPs = (pid: number): number => {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8' });
  return Date.parse(`${(stdout ?? '').trim()} UTC`);
};

/** True when the process that was noted still runs: the number alone may belong to another one by now. */
export const stillRuns = ({ pid, at, system: of, started }: ProcessNote): boolean => {
  if (started === undefined) return Math.abs(startedByPs(pid) - at) <= CLOCKS_MS;
  const state = of === thisSystem() ? stateOf(pid) : undefined;
  return state !== undefined && !state.zombie && state.started === started;
};

const isNote = (found: object): found is ProcessNote => {
  const { pid, item, at, limit } = found as Partial<ProcessNote>;
  return Number.isInteger(pid) && pid! > 1 && typeof item === 'string' && [at, limit].every(Number.isFinite);
};

/** What a file says of processes that have not ended, and how many of its lines say nothing. @throws Error */
const readNotes = (path: string): { notes: readonly ProcessNote[]; bad: number } => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { notes: [], bad: 0 };
  if (!stat.isFile()) throw new Error('it is not a file');
  if (stat.size > LONGEST_READ) throw new Error(`it has more than ${LONGEST_READ} bytes`);
  const notes = new Map<number, ProcessNote>();
  let bad = 0;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      const found = JSON.parse(line) as { ended?: unknown };
      if (typeof found.ended === 'number') notes.delete(found.ended);
      else if (isNote(found)) notes.set(found.pid, found);
      else bad += 1;
    } catch {
      bad += 1;
    }
  }
  return { notes: [...notes.values()], bad };
};

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * A file of the processes that run, for the next instance, if this one is killed: a line when one begins, and one when it ends. It is
 * made with the first process, and removed at the end.
 */
export class ProcessNotes {
  /** What the instance before has left running. */
  readonly previous: readonly ProcessNote[];
  readonly #path: string;
  readonly #warn: (text: string) => void;
  readonly #running = new Map<number, ProcessNote>();
  #fd: number | undefined;
  #size = 0;
  /** The file does not say what runs: the last write has failed. */
  #wrong = false;
  #warned = false;

  constructor(path: string, warn: (text: string) => void) {
    this.#path = path;
    this.#warn = warn;
    ownFiles.claim(path, `${path}.new`);
    let notes: readonly ProcessNote[] = [];
    try {
      const found = readNotes(path);
      notes = found.notes.filter(stillRuns);
      if (found.bad > 0)
        warn(
          `${path}: ${counted(found.bad, 'line')} ${agreeing(found.bad, 'does not say which process it means, and is', 'do not say which process they mean, and are')} left out`,
        );
    } catch (error) {
      warn(`cannot read what an earlier instance has left running from ${path}: ${text(error)}`);
    }
    this.previous = notes;
    for (const note of notes) this.#running.set(note.pid, note);
    this.#attempt(() => (notes.length > 0 ? this.#writeAll() : this.#remove()));
  }

  add(pid: number, item: string, limit: number): void {
    const note = noteOf(pid, item, limit);
    this.#running.set(pid, note);
    this.#append(note);
  }

  remove(pid: number): void {
    if (!this.#running.delete(pid)) return;
    if (this.#running.size > 0 || this.#wrong) this.#append({ ended: pid });
    else
      this.#attempt(() => {
        if (this.#fd !== undefined) ftruncateSync(this.#fd, 0);
        this.#size = 0;
      });
  }

  /** Leaves the file only if something still runs. */
  close(): void {
    for (const note of this.#running.values()) if (!stillRuns(note)) this.#running.delete(note.pid);
    this.#attempt(() => (this.#running.size > 0 ? this.#writeAll() : this.#remove()));
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(line: object): void {
    this.#attempt(() => {
      if (this.#wrong || this.#size > LONGEST) return this.#writeAll();
      const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
      this.#fd ??= openSync(this.#path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
      this.#size += writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    });
  }

  /** Puts a file with what runs in the place of the one that is there. */
  #writeAll(): void {
    const lines = [...this.#running.values()].map((note) => `${JSON.stringify(note)}\n`).join('');
    const fresh = `${this.#path}.new`;
    try {
      unlinkSync(fresh);
    } catch {}
    writeFileSync(fresh, lines, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, this.#path);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#size = Buffer.byteLength(lines);
    this.#wrong = false;
  }

  #remove(): void {
    try {
      unlinkSync(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** A shortage does not keep a task from running; the next time everything is written anew. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#wrong = true;
      if (!this.#warned)
        this.#warn(`cannot note in ${this.#path} what runs, for an instance after a kill -9: ${text(error)}`);
      this.#warned = true;
    }
  }
}
