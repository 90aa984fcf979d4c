import { abortSignalOf } from '../../src/core/end-signal.ts';
import type { Clock, KeptState, Lua, LuaEnd, LuaListener, LuaRequest, LuaResult } from '../../src/core/ports.ts';

/** What a faked script does when it is run: `none` has no expectations to compare. */
export interface LuaAct {
  readonly result?: 'equal' | 'different' | 'none' | 'error';
  readonly seconds?: number;
  readonly lines?: readonly string[];
  /** What it publishes for all machines. */
  readonly shared?: readonly (readonly [topic: string, value: unknown])[];
  /** Locks it leaves to the run of its condition. */
  readonly locks?: readonly string[];
  /** The private state that it stores. */
  readonly kept?: KeptState;
}

const KILLED: LuaEnd = { how: 'killed' };
const CANCELLED: LuaEnd = { how: 'cancelled' };

/** How a script ends by itself. */
const endOf = ({ result = 'equal' }: LuaAct, { chunk, expected }: LuaRequest): LuaEnd => {
  if (result === 'error') return { how: 'script-error', message: `${chunk}:1: boom` };
  const comparisons = result === 'none' ? [] : Object.keys(expected).map((name) => ({ name, result }));
  return { how: 'finished', comparisons };
};

/** Scripts that take virtual time and do as they are told. */
export class FakeLua implements Lua {
  readonly requests: LuaRequest[] = [];
  readonly forgotten: string[] = [];
  readonly #clock: Clock;
  readonly #acts: ReadonlyMap<string, readonly LuaAct[]>;
  readonly #counts = new Map<string, number>();
  readonly #locks = new Map<string, readonly string[]>();
  #kill = new AbortController();

  /** @param acts by the name of the task or condition whose script it is. */
  constructor(clock: Clock, acts: Readonly<Record<string, readonly LuaAct[]>> = {}) {
    this.#clock = clock;
    this.#acts = new Map(Object.entries(acts));
  }

  endRun(condition: string, released: (lock: string) => void): void {
    const locks = this.#locks.get(condition) ?? [];
    this.#locks.delete(condition);
    for (const lock of locks) released(lock);
  }

  async run(request: LuaRequest, listener: LuaListener): Promise<LuaResult> {
    this.requests.push(request);
    const name = request.task ?? request.condition;
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    const acts = this.#acts.get(name) ?? [];
    const act = acts[Math.min(count, acts.length - 1)] ?? {};
    if (act.locks) this.#keep(request, act.locks);
    for (const line of act.lines ?? []) listener.line('info', line);
    for (const [topic, value] of act.shared ?? []) listener.event([topic], value, true);
    const kill = this.#kill.signal;
    const { signal } = request;
    const ends = signal === undefined ? kill : AbortSignal.any([kill, abortSignalOf(signal)]);
    if (act.seconds) await this.#clock.sleep(act.seconds * 1000, ends);
    const end = kill.aborted ? KILLED : signal?.aborted ? CANCELLED : endOf(act, request);
    const { kept } = act;
    if (kept === undefined) return { end, state: { how: 'untouched' } };
    return { end, state: { how: 'stored', entries: [] }, kept: () => kept };
  }
  #keep({ condition, lockOwner = condition }: LuaRequest, locks: readonly string[]): void {
    this.#locks.set(lockOwner, [...(this.#locks.get(lockOwner) ?? []), ...locks]);
  }
  forget(key: string): void {
    this.forgotten.push(key);
  }
  async killAll(): Promise<void> {
    this.#kill.abort();
    this.#kill = new AbortController();
  }
  async close(): Promise<void> {}
}
