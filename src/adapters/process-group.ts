import { readdirSync, readFileSync } from 'node:fs';
import { codeOf } from '../error-message.ts';

/** Sends a signal to a process group; false when there is none any more. */
export const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/** The state of a process as Linux reports it. */
interface ProcessState {
  /** It has ended, and waits to be reaped by its parent. */
  readonly zombie: boolean;
  readonly group: number;
  /** Since the start of the system, in units of the kernel: together with the number it identifies a process. */
  readonly started: number;
}

/** The status of a process: its state, `gone`, or `unknown` when the system does not say (all but Linux, another numbering, no descriptors). */
type ProcessStatus = ProcessState | 'gone' | 'unknown';

/** False when no process has the number. */
const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
};

export const processStatus = (pid: number): ProcessStatus => {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // A file that cannot be read proves nothing: there may be no descriptor for it.
    return exists(pid) ? 'unknown' : 'gone';
  }
  // The name of the program, in parentheses, may hold anything.
  const [state = '', , group, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { zombie: 'ZXx'.includes(state), group: Number(group), started: Number(rest[16]) };
};

/** The numbers of all processes. @throws Error */
export const allProcesses = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d/.test(name))
    .map(Number);

/** A process group that is checked again and again. */
export class ProcessGroup {
  readonly #group: number;
  /** One that lived at the last check: as long as it does, no other need be found. */
  #member: number | undefined;

  constructor(group: number) {
    this.#group = group;
  }

  signal(signal: NodeJS.Signals): void {
    signalGroup(this.#group, signal);
  }

  /** False when no process of it is left, apart from zombies: those have ended, and only their parent can reap them. */
  get alive(): boolean {
    if (!signalGroup(this.#group, 0)) return false;
    if (process.platform !== 'linux') return true;
    if (this.#member !== undefined && this.#role(this.#member) === 'lives') return true;
    let zombies = false;
    try {
      for (const pid of allProcesses()) {
        const role = this.#role(pid);
        if (role === 'lives') this.#member = pid;
        if (role === 'lives' || role === 'unknown') return true;
        if (role === 'zombie') zombies = true;
      }
    } catch {
      return true;
    }
    // Without a trace of it here, /proc counts the processes of another namespace: then the signal was the answer.
    return !zombies;
  }

  #role(pid: number): 'lives' | 'zombie' | 'unknown' | 'other' {
    const state = processStatus(pid);
    if (typeof state === 'string') return state === 'gone' ? 'other' : state;
    if (state.group !== this.#group) return 'other';
    return state.zombie ? 'zombie' : 'lives';
  }
}

/** What process 1 should know; undefined for all others. An init reaps processes without a parent. */
export const pid1Warning = (pid = process.pid): string | undefined =>
  pid === 1
    ? 'this is process 1: what tasks leave behind stays as zombies, as only an init removes them; start an init that starts whenever (docker run --init, tini, catatonit)'
    : undefined;
