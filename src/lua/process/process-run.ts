import type { LuaEnd, LuaStateReport } from '../../core/ports.ts';
import { messageOf } from '../../error-message.ts';
import { EventError } from '../../journal/json.ts';
import type { Level } from '../../log/record.ts';
import { callAfter } from '../call-after.ts';
import { isIdentifier } from '../identifier.ts';
import { readInitScript } from '../init-script.ts';
import { withTrace } from '../modules/http.ts';
import { eventReport, metricReport } from '../published-values.ts';
import { type AbortReason, Run } from '../run.ts';
import { milliseconds, releaseLock, requestLock } from '../run-locks.ts';
import type { ScriptScheduler } from '../script-scheduler.ts';
import { notATable, privateState, readEntries, saveShared } from '../state-tables.ts';
import type { ScriptJob, StoredEntries, WorkerReport } from '../worker-messages.ts';
import { compareReceived, type ReceivedGlobal } from './compare.ts';
import type { InterpreterProcess, ProcessUser } from './interpreter-process.ts';
import type { ProcessPool } from './process-pool.ts';
import {
  receivedBytes,
  receivedEntries,
  receivedJson,
  receivedNumber,
  receivedText,
  sentEntries,
  sentJson,
  sentScalar,
  sentTable,
} from './wire.ts';

/** An answer to a script: its results as they are sent, or the error that it gets. */
type Answer = { readonly results: readonly unknown[] } | { readonly error: string };

const NOTHING: Answer = { results: [] };
const one = (result: unknown): Answer => ({ results: [result] });
const secondsOf = (sent: unknown): number | undefined =>
  typeof sent === 'string' ? Number(receivedNumber(sent)) : undefined;

/** One run of a script in a process. */
export class ProcessRun extends Run implements ProcessUser {
  readonly #pool: ProcessPool;
  #process: InterpreterProcess | undefined;
  /** What it has put out before it was known to be an interpreter. */
  #early = '';
  #stopTimer = (): void => {};
  /** Cancels what the script waits for. */
  #cancel: (() => void) | undefined;
  /** Called when the process is gone, if it is expected to end. */
  #leaving: (() => void) | undefined;

  constructor(job: ScriptJob, scheduler: ScriptScheduler, pool: ProcessPool) {
    super(job, scheduler);
    this.#pool = pool;
    scheduler.runs.set(job.id, this);
    this.finish = ({ why }) => this.#finish(why === 'exit' || why === 'hold' ? { how: 'killed' } : { how: why });
  }

  get full(): boolean {
    return this.scheduler.full;
  }

  /** Starts it, or gives it to a process that waits for one. */
  async begin(): Promise<void> {
    const { job } = this;
    if (job.timeoutSeconds > 0)
      this.#stopTimer = callAfter(job.timeoutSeconds * 1000 + 1, () => this.end({ why: 'timeout' }));
    const init = job.initScriptPath === undefined ? undefined : await readInitScript(job.initScriptPath);
    if (this.over) return;
    if (init !== undefined && 'how' in init) return this.#finish(init);
    // What it does by itself is not known here: it is never run a second time.
    this.markEffect();
    const process = this.#pool.take(job, this.scheduler);
    this.#process = process;
    process.user = this;
    if (process.pid !== undefined) {
      this.scheduler.report({ what: 'process', id: job.id, pid: process.pid, alive: true, start: process.start });
      this.scheduler.flush();
    }
    process.send({
      chunk: sentScalar(job.chunk),
      script: sentScalar(job.script),
      ...(init === undefined ? {} : { init: sentScalar(init.source), init_name: sentScalar(job.initScriptPath ?? '') }),
      globals: {
        whenever_condition: sentScalar(job.condition),
        ...(job.task === undefined ? {} : { whenever_task: sentScalar(job.task) }),
        ...sentTable(job.tables ?? {}, sentJson),
        ...sentTable(job.variables, sentScalar),
      },
      state: sentEntries(job.state),
      expected: Object.keys(job.expected).map(sentScalar),
      trace: sentTable(job.trace ?? {}, sentJson),
    });
  }

  end(reason: AbortReason): void {
    this.finish(reason);
  }

  /** Ends it before it has begun. */
  notStarted(reason: string): void {
    this.#finish({ how: 'not-started', reason });
  }

  output(data: Uint8Array): void {
    if (this.#process?.ready) this.write(data);
    else this.#early += Buffer.from(data).toString('utf8');
  }

  gone(how: string): void {
    const { interpreter } = this.job;
    if (this.#leaving) this.#leaving();
    else if (this.#process?.ready)
      this.#finish({ how: 'script-error', message: `${this.job.chunk}: ${interpreter} ended with ${how}` });
    else {
      const said = this.#early.trim().split('\n').at(-1) || `it ended with ${how}`;
      this.#finish({ how: 'not-started', reason: `"${interpreter}" is not an interpreter of Lua that works: ${said}` });
    }
  }

  message([what, ...more]: readonly unknown[]): void {
    if (this.over) return;
    switch (what) {
      case 'out':
        this.write(receivedBytes(more[0] as string));
        break;
      case 'log': {
        const [level, text, file, line] = more as [Level, string, string?, number?];
        const source = file === undefined || line === undefined ? undefined : { file: receivedText(file), line };
        this.logLine(level, receivedText(text), source);
        break;
      }
      case 'init':
        this.scheduler.report({ what: 'initialised', id: this.job.id });
        break;
      case 'end':
        this.#ended(more);
        break;
      default:
        this.#answer(what as string, more);
    }
  }

  #reply(answer: Answer): void {
    this.#cancel = undefined;
    if (this.over) return;
    this.#process?.send('error' in answer ? [false, sentScalar(answer.error)] : [true, ...answer.results]);
  }

  /** Answers a question of the script, at once or later. */
  #answer(what: string, more: readonly unknown[]): void {
    const name = receivedText(typeof more[0] === 'string' ? more[0] : '');
    switch (what) {
      case 'flush':
        this.#afterOutput(() => this.#reply(NOTHING));
        return;
      case 'sleep':
        this.#sleep(secondsOf(more[0]) ?? 0);
        return;
      case 'lock':
        this.#lock(name, secondsOf(more[1]));
        return;
      case 'http':
        this.#request(more as [string, string, [string, string][], string | null]);
        return;
      case 'release':
        this.#reply(one(releaseLock(this, name)));
        return;
      case 'event':
      case 'metric':
        this.#reply(this.#publish(what, more));
        return;
      default:
        this.#reply(this.#state(what, name, more[1]));
    }
  }

  #sleep(seconds: number): void {
    if (Number.isNaN(seconds)) this.#reply({ error: 'invalid parameter: not a number of seconds' });
    else this.#cancel = callAfter(milliseconds(seconds), () => this.#reply(NOTHING));
  }

  #lock(name: string, seconds: number | undefined): void {
    const answer = isIdentifier(name) ? requestLock(this, name, seconds) : 'invalid parameter: not the name of a lock';
    if (typeof answer === 'string') this.#reply({ error: answer });
    else if (typeof answer === 'boolean') this.#reply(one(answer));
    else this.#cancel = answer((taken) => this.#reply(one(taken)));
  }

  #request([method, url, headers, body]: [string, string, [string, string][], string | null]): void {
    const cancel = new AbortController();
    this.#cancel = () => cancel.abort();
    const request = {
      method: method as 'GET' | 'POST',
      url: receivedText(url),
      headers: withTrace(
        headers.map(([name, value]) => [receivedText(name), receivedText(value)] as const),
        this.job.trace,
      ),
      body: body === null ? undefined : receivedBytes(body),
    };
    import('../modules/http-client.ts')
      .then(({ sendHttpRequest }) => sendHttpRequest(request, cancel.signal))
      .then(
        ({ body: answer, status, headers: found }) =>
          this.#reply({
            results: [sentScalar(answer), `i${status}`, sentTable(Object.fromEntries(found), sentScalar)],
          }),
        (error: unknown) => this.#reply({ error: `error within HTTP request: ${messageOf(error)}` }),
      );
  }

  #publish(what: 'event' | 'metric', more: readonly unknown[]): Answer {
    try {
      const report: WorkerReport =
        what === 'event'
          ? eventReport(this.job.id, (n, name) =>
              n === 3 && (more[2] ?? null) === null ? undefined : receivedJson(more[n - 1], name),
            )
          : metricReport(this.job.id, (name) => receivedJson(more[0], name, true), secondsOf(more[1]));
      this.scheduler.report(report);
      return NOTHING;
    } catch (error) {
      if (!(error instanceof EventError)) throw error;
      return { error: `${what === 'event' ? 'events' : 'metrics'}.log: ${error.message}` };
    }
  }

  #state(what: string, name: string, table: unknown): Answer {
    const problem = what === 'save' ? 'invalid parameter' : 'invalid value';
    if (!isIdentifier(name)) return { error: `${problem}: not the name of a shared state` };
    const { shared } = this.scheduler;
    if (what === 'save') {
      const read = readEntries(receivedEntries(table), true);
      if ('bad' in read) return { error: `invalid value: ${read.reason}` };
      saveShared(this, name, read.entries);
      return NOTHING;
    }
    const entries = shared.get(name);
    if (what === 'remove' && entries !== undefined) saveShared(this, name, undefined);
    return one(sentEntries(entries ?? []));
  }

  /** Calls `then` when what commands of the script have put out is in: it comes another way than messages. */
  #afterOutput(then: () => void): void {
    setImmediate(() =>
      setImmediate(() => {
        if (this.over) return;
        this.flush();
        then();
      }),
    );
  }

  #ended([how, text, globals, state, leaving]: readonly unknown[]): void {
    const { job } = this;
    const message = receivedText(text as string);
    const ends: Readonly<Record<string, () => LuaEnd>> = {
      finished: () => ({
        how: 'finished',
        comparisons: compareReceived(globals as readonly ReceivedGlobal[], job.expected),
      }),
      error: () => ({ how: 'script-error', message }),
      failed: () => ({ how: 'script-error', message: `${job.chunk}: ${message}` }),
      init: () => ({ how: 'init-error', cause: 'failed', message }),
    };
    const end = ends[how as string]!();
    const kept =
      how === 'init'
        ? undefined
        : privateState(typeof state === 'string' ? notATable(state) : readEntries(receivedEntries(state), false));
    const conclude = () => this.#finish(end, kept?.report, kept?.stored, leaving !== true);
    // A script that ends its process has written its files when that is gone.
    if (leaving === true) this.#leaving = conclude;
    else this.#afterOutput(conclude);
  }

  /** Reports the end. @param again whether the process can run another script */
  #finish(
    end: LuaEnd,
    state: LuaStateReport = { how: 'untouched' },
    stored: StoredEntries | undefined = undefined,
    again = false,
  ): void {
    if (this.over) return;
    this.flush();
    this.over = true;
    this.#stopTimer();
    this.#cancel?.();
    const process = this.#process;
    const { scheduler, job } = this;
    if (process) {
      process.idle();
      if (again && process.alive) this.#pool.give(process, job);
      else process.kill();
      if (process.pid !== undefined) scheduler.report({ what: 'process', id: job.id, pid: process.pid, alive: false });
    }
    scheduler.runs.delete(job.id);
    scheduler.locks.leave(this);
    scheduler.report({ what: 'done', id: job.id, done: { end, state, stored } });
  }
}
