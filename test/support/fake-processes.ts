import { abortSignalOf, type EndSignal } from '../../src/core/end-signal.ts';
import type { Captured, Clock, ProcessEnd, Processes, ProcessRequest, ProcessResult } from '../../src/core/ports.ts';

/** What a faked program does when it is run. */
export interface Act {
  /** How it ends by itself; default: exit code 0. */
  readonly end?: ProcessEnd;
  /** How long it takes; Infinity: it never ends by itself. */
  readonly seconds?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** What the system says about the limit of memory of the request; default: nothing. */
  readonly memory?: 'reached' | 'in force';
  /** It ignores SIGTERM. */
  readonly stubborn?: true;
}

const GRACE_MS = 2000;

/** What a program does at its first, second, … run; the last act is repeated. */
export type Acts = readonly Act[] | ((run: number, request: ProcessRequest) => Act);

/** One run of a faked program; times in ms of the monotonic clock. */
export interface FakeRun {
  readonly request: ProcessRequest;
  readonly condition: string;
  readonly began: number;
  ended: number | undefined;
}

/** All that a faked program writes to one stream. */
const captured = (text = ''): Captured => ({ text, bytes: Buffer.byteLength(text), dropped: 0 });

const endOf = (act: Act, limit: number, killed: boolean, cancelled: boolean): ProcessEnd => {
  if (killed) return { how: 'killed' };
  if (cancelled) return { how: 'cancelled' };
  return (act.seconds ?? 0) > limit ? { how: 'timeout' } : (act.end ?? { how: 'exit', code: 0 });
};

const memoryLimit = ({ memory }: Act, { limits }: ProcessRequest): Pick<ProcessResult, 'memoryLimit'> =>
  memory && limits?.memory_max ? { memoryLimit: { bytes: limits.memory_max, reached: memory === 'reached' } } : {};

/** Programs that take virtual time and do as they are told. */
export class FakeProcesses implements Processes {
  readonly runs: FakeRun[] = [];
  readonly #clock: Clock;
  readonly #acts: ReadonlyMap<string, Acts>;
  readonly #counts = new Map<string, number>();
  #kill = new AbortController();

  /** @param acts by the word in `command`; other programs succeed at once. */
  constructor(clock: Clock, acts: Readonly<Record<string, Acts>> = {}) {
    this.#clock = clock;
    this.#acts = new Map(Object.entries(acts));
  }

  async run(request: ProcessRequest): Promise<ProcessResult> {
    const { command, variables } = request;
    const count = this.#counts.get(command) ?? 0;
    this.#counts.set(command, count + 1);
    const acts = this.#acts.get(command);
    const act = (typeof acts === 'function' ? acts(count, request) : acts?.[Math.min(count, acts.length - 1)]) ?? {};
    const run: FakeRun = {
      request,
      condition: variables.WHENEVER_CONDITION ?? '',
      began: this.#clock.mono(),
      ended: undefined,
    };
    this.runs.push(run);
    if (act.stdout) request.output?.('stdout', Buffer.from(act.stdout));
    if (act.stderr) request.output?.('stderr', Buffer.from(act.stderr));
    const limit = request.timeoutSeconds > 0 ? request.timeoutSeconds : Number.POSITIVE_INFINITY;
    const early = await this.#take(act, Math.min(act.seconds ?? 0, limit), request.signal);
    run.ended = this.#clock.mono();
    return {
      end: endOf(act, limit, early === 'killed', early !== undefined),
      stdout: captured(act.stdout),
      stderr: captured(act.stderr),
      ...(request.keepBytes ? { bytes: Buffer.from(act.stdout ?? '') } : {}),
      ...memoryLimit(act, request),
    };
  }

  /** Takes the time of a program. Returns why it was ended. */
  async #take(
    { stubborn }: Act,
    seconds: number,
    signal: EndSignal | undefined,
  ): Promise<'killed' | 'cancelled' | undefined> {
    const kill = this.#kill.signal;
    const ends = signal === undefined ? kill : AbortSignal.any([kill, abortSignalOf(signal)]);
    if (seconds === 0 || ends.aborted) return signal?.aborted ? 'cancelled' : undefined;
    if (seconds === Number.POSITIVE_INFINITY)
      await new Promise<void>((resolve) => ends.addEventListener('abort', () => resolve(), { once: true }));
    else await this.#clock.sleep(seconds * 1000, ends);
    // Between SIGTERM and SIGKILL.
    if (signal?.aborted && stubborn) await this.#clock.sleep(GRACE_MS, kill);
    if (kill.aborted) return 'killed';
    return signal?.aborted ? 'cancelled' : undefined;
  }

  async killAll(): Promise<void> {
    const { signal } = this.#kill;
    if (!signal.aborted) this.#kill.abort();
    this.#kill = new AbortController();
  }
}
