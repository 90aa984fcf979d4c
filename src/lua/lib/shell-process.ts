import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { OpenResource, ScriptRun } from '../script-run.ts';

/** How a command ended: its exit status, or the number of the signal. */
export interface ExitStatus {
  readonly how: 'exit' | 'signal';
  readonly code: number;
}

/** How long output may still come after the end of the command, from processes it left behind. */
const GRACE_MS = 100;

/** A command of the shell that a script started; in a process group of its own, with nothing of the daemon's streams. */
export class ShellProcess implements OpenResource {
  readonly child: ChildProcess;
  /** Settles with the end of the command, not of what it left behind. */
  readonly ended: Promise<ExitStatus>;
  readonly #run: ScriptRun;

  /**
   * @throws Error when the system cannot take the command at all.
   * @param pipe what the script wants of it: its output as records, to read its output, or to write its input
   */
  constructor(run: ScriptRun, command: string, pipe: 'output' | 'read' | 'write') {
    this.#run = run;
    run.markEffect();
    const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c'];
    const noted = run.scheduler.recordProcessStart(run.job);
    const child = spawn(shell!, [flag!, command], {
      stdio: [pipe === 'write' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      ...(noted ? { env: { ...process.env, [noted.variable]: noted.mark } } : {}),
    });
    this.child = child;
    run.resources.add(this);
    const { pid } = child;
    if (pid !== undefined) {
      run.scheduler.report({ what: 'process', id: run.job.id, pid, alive: true, start: noted?.mark });
      run.scheduler.flush();
    }
    // Without descriptors there are no pipes.
    if (pipe !== 'read') child.stdout?.on('data', (data: Buffer) => run.write(data));
    child.stderr?.on('data', (data: Buffer) => run.write(data));
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => {});
    this.ended = new Promise((resolve, reject) => {
      const gone = (): void => {
        run.resources.delete(this);
        if (pid !== undefined) run.scheduler.report({ what: 'process', id: run.job.id, pid, alive: false });
      };
      child.once('error', (error) => {
        gone();
        reject(error);
      });
      child.once('exit', (code, signal) => {
        gone();
        const status: ExitStatus =
          signal === null ? { how: 'exit', code: code ?? 0 } : { how: 'signal', code: constants.signals[signal] };
        if (pipe === 'read') return resolve(status);
        const late = setTimeout(() => resolve(status), GRACE_MS);
        child.once('close', () => {
          clearTimeout(late);
          resolve(status);
        });
      });
    });
    this.ended.catch(() => {});
  }

  /** Waits for its end. */
  async settle(): Promise<void> {
    this.child.stdin?.end();
    this.child.stdout?.destroy();
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
      // Gone already.
    }
  }
}
