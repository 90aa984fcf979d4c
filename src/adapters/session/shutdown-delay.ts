import { type ChildProcess, spawn } from 'node:child_process';
import { lastLine } from '../../last-line.ts';

/** A shutdown waits until it is released, and for as long as logind allows. */
export interface ShutdownDelay {
  release(): void;
}

/** Programs that hold a lock of logind: Node cannot be handed the descriptor that the lock is. */
const PROGRAMS = ['systemd-inhibit', 'elogind-inhibit'];
/** It ends when its input does: with this process, too. */
const HOLDER = ['--what=shutdown', '--mode=delay', '--who=whenever', '--why=tasks run before a shutdown', 'cat'];
/** The longest message of them that is kept. */
const LONGEST = 4096;

/** Delays a shutdown. @param failed called once when it does not, or not any more. @param programs tried in turn. */
export const delayShutdown = (
  failed: (reason: string) => void,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  programs: readonly string[] = PROGRAMS,
): ShutdownDelay => {
  let isReleased = false;
  let child: ChildProcess | undefined;
  const start = ([program, ...others]: readonly string[]): void => {
    if (program === undefined) {
      failed(`none of ${programs.join(', ')} is installed`);
      return;
    }
    let said = '';
    child = spawn(program, HOLDER, { stdio: ['pipe', 'ignore', 'pipe'], env: { ...environment, LC_ALL: 'C' } });
    child.unref();
    child.stdin?.on('error', () => {});
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < LONGEST) said += text;
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (isReleased) return;
      if (error.code === 'ENOENT') start(others);
      else failed(error.message);
    });
    child.once('exit', (code, signal) => {
      if (!isReleased) failed(`${program}: ${lastLine(said) || (signal ?? `exit code ${code}`)}`);
    });
  };
  start(programs);
  return {
    release: () => {
      isReleased = true;
      child?.stdin?.end();
    },
  };
};
