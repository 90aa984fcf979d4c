import { readFileSync } from 'node:fs';
import type { Usage } from '../core/ports.ts';

/** The time to the first sample, and the longest time between two samples, ms. */
const FIRST_SAMPLE_MS = 2;
const LONGEST_PAUSE_MS = 1000;
/** The unit of the times in /proc, which Linux never changes for programs. */
const MS_A_TICK = 10;
/** Processes of one family that are sampled. */
const MOST_PROCESSES = 64;

/** Watches one child; see {@link Usage} for what is exact. */
export interface UsageMeter {
  /** Takes a sample now. */
  sample(): void;
  /** Stops sampling: the child has ended. */
  stop(): void;
  /** What was seen; undefined: nothing. */
  readonly usage: Usage | undefined;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

/** User and system time of a process and of the children it waited for, also of one that has ended and was not waited for yet. */
const cpuOf = (pid: number): number | undefined => {
  const text = read(`/proc/${pid}/stat`);
  // The name of the program, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 15) return undefined;
  const [user, system, ofChildren, systemOfChildren] = fields.slice(11, 15).map(Number);
  return (user! + system! + ofChildren! + systemOfChildren!) * MS_A_TICK;
};

/** The most memory that a process had at once, or one of its descendants, bytes; 0 when it is not known. */
const peakOf = (pid: number): number => {
  let peak = 0;
  const family = [pid];
  for (let i = 0; i < family.length && i < MOST_PROCESSES; i++) {
    const one = family[i]!;
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${one}/status`))?.[1];
    peak = Math.max(peak, Number(kibibytes ?? 0) * 1024);
    const children = read(`/proc/${one}/task/${one}/children`);
    for (const child of children.split(' ')) if (child !== '') family.push(Number(child));
  }
  return peak;
};

/** Begins to watch a child of this process; undefined where the system does not report it (all but Linux). */
export const measureUsage = (pid: number): UsageMeter | undefined => {
  if (process.platform !== 'linux') return undefined;
  let cpu: number | undefined;
  let peak = 0;
  let pause = FIRST_SAMPLE_MS;
  let timer: NodeJS.Timeout;
  const look = (): void => {
    cpu = cpuOf(pid) ?? cpu;
    peak = Math.max(peak, peakOf(pid));
  };
  const wait = (): void => {
    timer = setTimeout(() => {
      wait();
      look();
    }, pause).unref();
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
  wait();
  return {
    sample: look,
    stop: () => clearTimeout(timer),
    get usage() {
      if (cpu === undefined && peak === 0) return undefined;
      return { ...(cpu === undefined ? {} : { cpuMs: cpu }), ...(peak === 0 ? {} : { peakBytes: peak }) };
    },
  };
};
