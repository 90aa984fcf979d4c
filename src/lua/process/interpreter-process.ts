import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { ScriptScheduler } from '../script-scheduler.ts';
import type { ScriptJob } from '../worker-messages.ts';
import prelude from './prelude.lua';

/** Runs the prelude, which comes first on the standard input, after its length. */
const BOOT = "local r = io.read local n = tonumber(r('*l')) assert((loadstring or load)(r(n), '=whenever'))()";
/** Limits the memory of what it becomes, in KiB. Not every shell can. The commands of a script take the limit off again. */
const LIMITED = 'ulimit -S -v "$1" 2>/dev/null; shift; exec "$@"';
/** Before each message on the standard output, which libraries in C may write to as well. */
const MARK = 0x1e;
const LINE_END = 0x0a;

/** What a process does for the script that it runs. */
export interface ProcessUser {
  message(message: readonly unknown[]): void;
  /** What is put out beside messages. */
  output(data: Uint8Array): void;
  /** The process is gone, and all of its output is in. @param how `exit code 1`, `signal SIGKILL` */
  gone(how: string): void;
  /** Whether more is taken at the moment. */
  readonly full: boolean;
}

/** Variables with code that an interpreter runs first. */
const isInit = (name: string): boolean => /^LUA_INIT(?:_\d_\d)?$/.test(name);

/** A process with an interpreter of the system, which runs one script after another. */
export class InterpreterProcess {
  /** Undefined: none runs. */
  user: ProcessUser | undefined;
  /** It has begun as an interpreter of Lua. */
  ready = false;
  /** The mark of its start. */
  readonly start: string | undefined;
  readonly #child: ChildProcess;
  /** The beginning of a line. */
  #parts: Buffer[] = [];
  /** It has written what cannot be read, and is ended for that. */
  #fault: string | undefined;

  /** @throws Error when the system cannot start anything */
  constructor(interpreter: string, memoryBytes: number, scheduler: ScriptScheduler, job: ScriptJob) {
    const recorded = scheduler.recordProcessStart(job);
    this.start = recorded?.mark;
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isInit(name)));
    const kib = String(Math.ceil(memoryBytes / 1024));
    this.#child = spawn('/bin/sh', ['-c', LIMITED, 'sh', kib, interpreter, '-e', BOOT], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...own, ...(recorded ? { [recorded.variable]: recorded.mark } : {}) },
    });
    const { stdin, stdout, stderr } = this.#child;
    for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => {});
    stdout?.on('data', (data: Buffer) => this.#receive(data));
    stderr?.on('data', (data: Buffer) => this.user?.output(data));
    let how = '';
    this.#child.once('error', (error) => this.#gone(error.message));
    this.#child.once('exit', (code, signal) => {
      how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      // What a command holds open that was left behind is not waited for.
      setTimeout(() => this.#gone(how), 100).unref();
    });
    this.#child.once('close', () => this.#gone(how));
    const text = Buffer.from(prelude);
    stdin?.write(`${text.length}\n`);
    stdin?.write(text);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  get alive(): boolean {
    return this.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends one line. Its characters are bytes. */
  send(message: unknown): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`, 'latin1');
  }

  /** Lets it end: it does when nothing is left to read. */
  close(): void {
    this.#child.stdin?.end();
  }

  /** Ends it at once, with the commands of its script. */
  kill(): void {
    const { pid } = this;
    if (pid === undefined) return;
    try {
      process.kill(-pid, constants.signals.SIGKILL);
    } catch {
      // It has ended already.
    }
  }

  /** A process that waits for its next script does not keep the program running. */
  idle(): void {
    this.user = undefined;
    this.#child.unref();
  }

  #gone(how: string): void {
    const { user } = this;
    this.user = undefined;
    user?.gone(this.#fault ?? how);
  }

  #receive(data: Buffer): void {
    let from = 0;
    for (let end = data.indexOf(LINE_END); end >= 0; end = data.indexOf(LINE_END, from)) {
      this.#line(Buffer.concat([...this.#parts, data.subarray(from, end)]));
      this.#parts = [];
      from = end + 1;
    }
    if (from < data.length) this.#parts.push(data.subarray(from));
    this.#waitForRoom();
  }

  #line(line: Buffer): void {
    const mark = line.lastIndexOf(MARK);
    if (mark !== 0)
      this.user?.output(
        Buffer.from(mark < 0 ? `${line.toString('latin1')}\n` : line.subarray(0, mark).toString('latin1'), 'latin1'),
      );
    if (mark < 0 || this.#fault !== undefined) return;
    try {
      const message = JSON.parse(line.toString('latin1', mark + 1)) as readonly unknown[];
      if (message[0] === 'ready') this.ready = true;
      else this.user?.message(message);
    } catch {
      // A script can write to the descriptor itself.
      this.#fault = 'a message that cannot be read';
      this.kill();
    }
  }

  /** A script that reports more than the log takes waits. */
  #waitForRoom(): void {
    const { stdout } = this.#child;
    if (this.user?.full !== true) {
      if (stdout?.isPaused()) stdout.resume();
      return;
    }
    stdout?.pause();
    setTimeout(() => this.#waitForRoom(), 1);
  }
}
