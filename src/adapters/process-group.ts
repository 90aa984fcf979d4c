import { readdirSync, readFileSync } from 'node:fs';

/** Sends a signal to a process group; false when there is none any more. */
export const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** What Linux says about a process. */
export interface ProcessState {
  /** It has ended, and only waits for its parent to take notice. */
  readonly zombie: boolean;
  readonly group: number;
  /** Since the start of the system, in units of the kernel: with the number of a process it says which process is meant. */
  readonly started: number;
}

/** undefined: there is no such process, or the system does not say (all but Linux). */
export const stateOf = (pid: number): ProcessState | undefined => {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name of the program, in parentheses, may hold anything.
  const [state = '', , group, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { zombie: 'ZXx'.includes(state), group: Number(group), started: Number(rest[16]) };
};

/** A process group as one looks at it again and again. */
export class ProcessGroup {
  readonly #group: number;
  /** One that lived when it was last looked for: as long as it does, no other need be found. */
  #member: number | undefined;

  constructor(group: number) {
    this.#group = group;
  }

  signal(signal: NodeJS.Signals): void {
    signalGroup(this.#group, signal);
  }

  /** False when no process of it is left, apart from zombies: those have ended, and it is for their parent to take notice. */
  get alive(): boolean {
    if (!signalGroup(this.#group, 0)) return false;
    if (process.platform !== 'linux') return true;
    if (this.#member !== undefined && this.#lives(this.#member)) return true;
    try {
      this.#member = readdirSync('/proc')
        .filter((name) => /^\d/.test(name))
        .map(Number)
        .find((pid) => this.#lives(pid));
    } catch {
      return true;
    }
    return this.#member !== undefined;
  }

  #lives(pid: number): boolean {
    const state = stateOf(pid);
    return state !== undefined && state.group === this.#group && !state.zombie;
  }
}

/** What process 1 should know; undefined for all others. An init takes notice of processes that nobody waits for. */
export const firstProcessNote = (pid = process.pid): string | undefined =>
  pid === 1
    ? 'this is process 1: what tasks leave behind stays as zombies, as only an init removes them; start an init that starts whenever (docker run --init, tini, catatonit)'
    : undefined;
