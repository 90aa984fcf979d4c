import { spawn } from 'node:child_process';
import { startWords, thisProgram } from '../adapters/this-program.ts';

/** Bytes that a command may write; more end it. */
const MOST_BYTES = 64 * 2 ** 20;

/** Commands that run at the same time at the most; others wait. */
const MOST_AT_ONCE = 16;

/** How a command of the program has ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the program. @param signal ends it */
export type RunProgram = (words: readonly string[], signal: AbortSignal) => Promise<Ended>;

const runOne = (words: readonly string[], signal: AbortSignal): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const [program, ...launcher] = startWords(thisProgram.paths());
    const child = spawn(program!, [...launcher, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      env: { ...process.env, NO_COLOR: '1' },
    });
    const streams = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let bytes = 0;
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) child.kill('SIGKILL');
        else streams[name].push(chunk);
      });
    child.once('error', reject);
    child.once('close', (status) => {
      if (bytes > MOST_BYTES) reject(new Error(`the answer is larger than ${MOST_BYTES / 2 ** 20} MiB: ask for less`));
      else
        resolve({
          status,
          stdout: String(Buffer.concat(streams.stdout)),
          stderr: String(Buffer.concat(streams.stderr)),
        });
    });
  });

/**
 * Runs commands of this program as processes of their own: standard output is for the protocol alone, a long simulation holds up nothing, and
 * what is cancelled ends. @param closing ends all of them
 */
export const programRunner = (closing: AbortSignal): RunProgram => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (words, signal) => {
    if (running >= MOST_AT_ONCE) await new Promise<void>((begin) => waiting.push(begin));
    running += 1;
    try {
      return await runOne(words, AbortSignal.any([signal, closing]));
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
};
