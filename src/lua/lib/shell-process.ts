import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import * as lua from '../lua-api.ts';
import { pushText } from '../lua-values.ts';
import type { OpenResource, ScriptRun } from '../script-scheduler.ts';

/** How a command ended: its exit status, or the number of the signal. */
export interface ExitStatus {
  readonly how: 'exit' | 'signal';
  readonly code: number;
}

/** Pushes true or nil, "exit" or "signal", and the number. */
export const pushExitStatus = (L: lua.State, status: ExitStatus): number => {
  if (status.how === 'exit' && status.code === 0) lua.pushboolean(L, true);
  else lua.pushnil(L);
  pushText(L, status.how);
  lua.pushinteger(L, status.code);
  return 3;
};

/** How long after the end of a command output of its remaining processes is taken. */
const GRACE_MS = 100;

/** A shell command that a script started, in a process group of its own and without the daemon's streams. */
export class ShellProcess implements OpenResource {
  readonly child: ChildProcess;
  /** Resolves at the end of the command; processes it left behind do not matter. */
  readonly ended: Promise<ExitStatus>;
  readonly #run: ScriptRun;
  readonly #read: boolean;

  /**
   * @param pipe whether its output becomes records, or the script reads its output or writes its input
   * @throws Error when the system cannot accept the command at all.
   */
  constructor(run: ScriptRun, command: string, pipe: 'output' | 'read' | 'write') {
    this.#run = run;
    this.#read = pipe === 'read';
    run.markEffect();
    const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c'];
    const recorded = run.scheduler.recordProcessStart(run.job);
    const child = spawn(shell!, [flag!, command], {
      stdio: [pipe === 'write' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: { ...process.env, ...run.job.trace, ...(recorded ? { [recorded.variable]: recorded.mark } : {}) },
    });
    this.child = child;
    run.resources.add(this);
    const { pid } = child;
    if (pid !== undefined) {
      run.scheduler.report({ what: 'process', id: run.job.id, pid, alive: true, start: recorded?.mark });
      run.scheduler.flush();
    }
    // Without free descriptors there are no pipes.
    if (pipe !== 'read') child.stdout?.on('data', (data: Buffer) => run.write(data));
    child.stderr?.on('data', (data: Buffer) => run.write(data));
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => {});
    this.ended = new Promise((resolve, reject) => {
      const onGone = (): void => {
        run.resources.delete(this);
        if (pid !== undefined) run.scheduler.report({ what: 'process', id: run.job.id, pid, alive: false });
      };
      child.once('error', (error) => {
        onGone();
        reject(error);
      });
      child.once('exit', (code, signal) => {
        onGone();
        const status: ExitStatus =
          signal === null ? { how: 'exit', code: code ?? 0 } : { how: 'signal', code: constants.signals[signal] };
        if (pipe === 'read') return resolve(status);
        const timer = setTimeout(() => resolve(status), GRACE_MS);
        child.once('close', () => {
          clearTimeout(timer);
          resolve(status);
        });
      });
    });
    this.ended.catch(() => {});
  }

  /** Waits for the end of the command. */
  async settle(): Promise<void> {
    this.child.stdin?.end();
    // What the script would have read; of a command that it writes to it becomes records.
    if (this.#read) this.child.stdout?.destroy();
    await this.ended.catch(() => {});
  }

  /** Kills its process group. */
  abandon(): void {
    this.#run.resources.delete(this);
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.child.kill();
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
}
