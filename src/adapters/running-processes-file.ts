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
import { codeOf, messageOf } from '../error-message.ts';
import { agree, counted } from '../plural.ts';
import { ownFiles } from './files/own-files.ts';
import { allProcesses, processStatus } from './process-group.ts';

/** A process that an item has started. Its number is that of its group. */
export interface RunningProcess {
  readonly pid: number;
  /** `task/NAME` or `condition/NAME`. */
  readonly item: string;
  /** When it was started, wall-clock ms. */
  readonly at: number;
  /** Its time limit in seconds; 0: it has none. */
  readonly limit: number;
  /** It was asked as a guard: nothing waits for its answer any more. */
  readonly asked?: boolean;
  /** Which run of which system the number belongs to, and when that began to count for this process (Linux). */
  readonly system?: string;
  readonly started?: number;
  /** The mark of its start, if the start was noted before. */
  readonly start?: string;
}

/**
 * What is noted before a process is started, as the program may be killed before it knows the number. The process has the mark in its
 * environment.
 */
interface PendingStart extends Pick<RunningProcess, 'item' | 'at' | 'limit' | 'asked'> {
  readonly starting: string;
}

/** What is known of a process when it is started. */
type StartedProcess = Pick<RunningProcess, 'item' | 'limit' | 'asked'>;

/** The environment variable with the mark of a start. */
export const START_MARK = 'WHENEVER_START';

/** A file that has grown to this size is written anew, with what still runs, bytes. */
const LONGEST = 256 * 1024;
/** A longer file was not written by this program, bytes. */
const LONGEST_READ = 16 * 2 ** 20;

let system: string | undefined;
/** The system since it was started, and the numbering of its processes: both differ in another container or after a restart. */
const thisSystem = (): string | undefined => {
  try {
    system ??= `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Left unknown: the process may be out of descriptors. The next call reads it again.
  }
  return system;
};

const noteOf = (pid: number, { item, at, limit, asked }: Omit<PendingStart, 'starting'>): RunningProcess => {
  const state = processStatus(pid);
  const of = thisSystem();
  const note = { pid, item, at, limit, ...(asked ? { asked } : {}) };
  if (typeof state === 'string') return note;
  return { ...note, ...(of === undefined ? {} : { system: of }), started: state.started };
};

/** Seconds by which two clocks of one system may differ. */
const CLOCKS_MS = 3000;

/** When a process was started, in ms, from `ps`, for systems without /proc. Returns undefined when the process is gone. */
const startedByPs = (pid: number): number | 'unknown' | undefined => {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout, error } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env, encoding: 'utf8' });
  if (error) return 'unknown';
  const started = Date.parse(`${stdout.trim()} UTC`);
  return Number.isNaN(started) ? undefined : started;
};

/** True when the process that was noted still runs, or may: the number alone may belong to another one by now. */
export const isStillRunning = ({ pid, at, system: of, started }: RunningProcess): boolean => {
  const state = processStatus(pid);
  if (state === 'gone') return false;
  if (started === undefined) {
    const began = startedByPs(pid);
    return began === 'unknown' || (began !== undefined && Math.abs(began - at) <= CLOCKS_MS);
  }
  const here = thisSystem();
  if (of !== undefined && here !== undefined && of !== here) return false;
  return state === 'unknown' || (!state.zombie && state.started === started);
};

const isPart = ({ item, at, limit }: Partial<PendingStart>): boolean =>
  typeof item === 'string' && [at, limit].every(Number.isFinite);
const isNote = (found: Partial<RunningProcess>): found is RunningProcess =>
  Number.isInteger(found.pid) && found.pid! > 1 && isPart(found);
const isStart = (found: Partial<PendingStart>): found is PendingStart =>
  typeof found.starting === 'string' && isPart(found);

/** The first process of a group that has the mark of a start in its environment. Linux only. */
const marked = (mark: string): number | undefined => {
  const found: { pid: number; started: number }[] = [];
  let all: readonly number[] = [];
  try {
    all = allProcesses();
  } catch {}
  for (const pid of all) {
    const state = processStatus(pid);
    if (typeof state === 'string' || state.zombie || state.group !== pid) continue;
    try {
      const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`;
      if (environment.includes(`\0${START_MARK}=${mark}\0`)) found.push({ pid, started: state.started });
    } catch {
      // It belongs to another user, or is gone.
    }
  }
  return found.sort((a, b) => a.started - b.started)[0]?.pid;
};

/** Parses one line into what was noted; undefined when it is not a note. */
const parseNote = (line: string): RunningProcess | PendingStart | { readonly ended: number } | undefined => {
  try {
    const found = JSON.parse(line) as Partial<RunningProcess & PendingStart> & { ended?: unknown };
    if (typeof found.ended === 'number') return { ended: found.ended };
    return isStart(found) || isNote(found) ? found : undefined;
  } catch {
    return undefined;
  }
};

/** Reads the processes that have not ended, and the number of invalid lines. @throws Error */
const readNotes = (path: string): { notes: readonly RunningProcess[]; bad: number } => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { notes: [], bad: 0 };
  if (!stat.isFile()) throw new Error('it is not a file');
  if (stat.size > LONGEST_READ) throw new Error(`it has more than ${LONGEST_READ} bytes`);
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  const found = lines.map(parseNote).filter((note) => note !== undefined);
  const notes = new Map<number, RunningProcess>();
  const starts = new Map<string, PendingStart>();
  for (const note of found) {
    if ('ended' in note) notes.delete(note.ended);
    else if ('starting' in note) starts.set(note.starting, note);
    else {
      notes.set(note.pid, note);
      if (note.start !== undefined) starts.delete(note.start);
    }
  }
  for (const [mark, start] of starts) {
    const pid = marked(mark);
    if (pid !== undefined) notes.set(pid, noteOf(pid, start));
  }
  return { notes: [...notes.values()], bad: lines.length - found.length };
};

/** After a write that failed the next attempt is made so much later, ms. */
const AGAIN_MS = 1000;

/** Differs from that of every other instance. */
const INSTANCE = `${process.pid}.${Date.now().toString(36)}`;

/**
 * A file of the processes that run, for the next instance, if this one is killed: a line when one begins, and one when it ends. It is
 * made with the first process, and removed at the end.
 */
export class RunningProcessesFile {
  /** What the instance before has left running. */
  readonly previous: readonly RunningProcess[];
  readonly #path: string;
  readonly #warn: (text: string) => void;
  readonly #running = new Map<number, RunningProcess>();
  #fd: number | undefined;
  #size = 0;
  /** The file does not hold what runs: the last write has failed. */
  #wrong = false;
  #warned = false;
  #starts = 0;
  #again: NodeJS.Timeout | undefined;

  constructor(path: string, warn: (text: string) => void) {
    this.#path = path;
    this.#warn = warn;
    ownFiles.claim(path, `${path}.new`);
    let notes: readonly RunningProcess[] = [];
    try {
      const found = readNotes(path);
      notes = found.notes.filter(isStillRunning);
      if (found.bad > 0)
        warn(
          `${path}: ${counted(found.bad, 'line')} ${agree(found.bad, 'does not say which process it means, and is', 'do not say which process they mean, and are')} left out`,
        );
    } catch (error) {
      warn(`cannot read what an earlier instance has left running from ${path}: ${messageOf(error)}`);
    }
    this.previous = notes;
    for (const note of notes) this.#running.set(note.pid, note);
    this.#attempt(() => (notes.length > 0 ? this.#writeAll() : this.#remove()));
  }

  /** Notes that a process of the item is started now. @returns the mark that its environment must have. */
  beforeStart(about: StartedProcess): string {
    const starting = `${INSTANCE}.${++this.#starts}`;
    this.#append({ starting, ...about, at: Date.now() } satisfies PendingStart);
    return starting;
  }

  /** How threads of this process note their starts. Each call is for another thread. */
  get starter(): { readonly path: string; readonly variable: string; readonly mark: string } {
    return { path: this.#path, variable: START_MARK, mark: `${INSTANCE}.${++this.#starts}` };
  }

  add(pid: number, about: StartedProcess, start?: string): void {
    const note = { ...noteOf(pid, { ...about, at: Date.now() }), ...(start === undefined ? {} : { start }) };
    this.#running.set(pid, note);
    this.#append(note);
  }

  remove(pid: number): void {
    if (!this.#running.delete(pid)) return;
    if (this.#running.size > 0 || this.#wrong) this.#append({ ended: pid });
    else this.#empty();
  }

  /** What was about to start has not. */
  startFailed(): void {
    if (this.#running.size === 0 && !this.#wrong) this.#empty();
  }

  /** Leaves the file only if something still runs. */
  close(): void {
    clearTimeout(this.#again);
    for (const note of this.#running.values()) if (!isStillRunning(note)) this.#running.delete(note.pid);
    this.#attempt(() => (this.#running.size > 0 ? this.#writeAll() : this.#remove()));
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #empty(): void {
    this.#attempt(() => {
      if (this.#fd !== undefined) ftruncateSync(this.#fd, 0);
      this.#size = 0;
    });
  }

  #append(line: object): void {
    this.#attempt(() => {
      if (this.#wrong || this.#size > LONGEST) return this.#writeAll();
      const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
      this.#fd ??= openSync(this.#path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
      this.#size += writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    });
  }

  /** Replaces the file by one with what runs. */
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
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  /** A shortage does not keep a task from running; everything is written anew with the next line, or soon. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#wrong = true;
      if (!this.#warned)
        this.#warn(`cannot note in ${this.#path} what runs, for an instance after a kill -9: ${messageOf(error)}`);
      this.#warned = true;
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.#wrong && this.#attempt(() => this.#writeAll()), AGAIN_MS).unref();
    }
  }
}
