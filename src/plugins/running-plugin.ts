import { describeError } from '../call-safely.ts';
import type { PluginStatus } from '../control/status.ts';
import type { Clock } from '../core/ports.ts';
import type { Logger } from '../log/record.ts';
import { agree, counted } from '../plural.ts';
import { Complaints } from './complaints.ts';
import { EventQueue } from './event-queue.ts';
import type { Plugin, PluginDaemon, PluginEvent, PluginFunction } from './plugin.ts';

/** A call that takes longer than this on the main thread is reported, in ms. */
export const SLOW_MS = 50;
/** How long the module and `setup` may take before a record says that they have not ended, in ms. */
const SETUP_MS = 10_000;
/** How long the events that wait may take at the end, and how long `teardown` may take, in ms. */
const LAST_EVENTS_MS = 1000;
const TEARDOWN_MS = 3000;

/** Where a plugin comes from. */
export interface PluginSource {
  /** What it is called until it is loaded. */
  readonly name: string;
  readonly file?: string;
  /** @throws Error that says why there is none. */
  load(): Promise<Plugin>;
}

interface PluginDeps {
  readonly clock: Pick<Clock, 'mono' | 'sleep'>;
  readonly log: Logger;
  /** What `setup` is called with; does not reject. */
  readonly daemon: Promise<PluginDaemon>;
}

/** What a function threw. */
interface Failure {
  readonly error: unknown;
}

/** One plugin from its start to its end. What it throws ends nothing. */
export class RunningPlugin {
  readonly file: string | undefined;
  readonly #deps: PluginDeps;
  readonly #queue: EventQueue<PluginEvent>;
  readonly #complaints: Complaints;
  readonly #begun: Promise<void>;
  #plugin: Plugin | undefined;
  #name: string;
  #state: PluginStatus['state'] = 'starting';
  #reason: string | null = null;
  readonly #counts = { events: 0, failures: 0, slow: 0, dropped: 0 };
  #ended = false;

  constructor(source: PluginSource, deps: PluginDeps) {
    this.#name = source.name;
    this.file = source.file;
    this.#deps = deps;
    this.#complaints = new Complaints(
      () => deps.clock.mono(),
      (text) => deps.log.warn('PROC/FAIL', `plugin ${this.#shown}: ${text}`),
    );
    this.#begun = this.#begin(source);
    this.#queue = new EventQueue<PluginEvent>(
      this.#begun,
      (event) => this.#event(event),
      (dropped) => this.#drop(dropped),
    );
  }

  get status(): PluginStatus {
    return {
      ...{ name: this.#name, ...(this.file === undefined ? {} : { file: this.file }) },
      ...{ state: this.#state, reason: this.#reason, ...this.#counts },
    };
  }

  /** Whether it is called with events, now or when it has started. */
  get alive(): boolean {
    return this.#state !== 'left-out' && !this.#ended;
  }

  push(event: PluginEvent): void {
    if (this.alive) this.#queue.push(event);
  }

  /** What has failed in it outside of a call, as in a timer. */
  failed(error: unknown): void {
    this.#counts.failures += 1;
    this.#complaints.add('outside', `failed outside of a call: ${describeError(error, true)}`);
  }

  /** Gives it what waits and tears it down, in a limited time. @param why for a record */
  async end(): Promise<void> {
    if (this.#ended) return;
    if (this.#state === 'running') await this.#within(LAST_EVENTS_MS, this.#queue.idle());
    this.#ended = true;
    this.#queue.close();
    if (this.#state === 'running') {
      const done = this.#call('teardown').then((failure) => {
        if (failure) this.#complain('teardown', failure);
      });
      if (!(await this.#within(TEARDOWN_MS, done)))
        this.#complaints.add('teardown', `teardown has not ended after ${TEARDOWN_MS / 1000} s, nothing waits for it`);
    }
    this.#complaints.flush();
  }

  /** What messages call it: its file, which is found more easily. */
  get #shown(): string {
    return this.file ?? this.#name;
  }

  async #begin({ load }: PluginSource): Promise<void> {
    let plugin: Plugin;
    try {
      const loading = load();
      if (!(await this.#within(SETUP_MS, loading)))
        this.#complaints.add('load', `its module has not been loaded after ${SETUP_MS / 1000} s, setup waits for it`);
      plugin = await loading;
      this.#name = plugin.name ?? this.#name;
    } catch (error) {
      this.#leaveOut(describeError(error, true));
      return;
    }
    const daemon = await this.#deps.daemon;
    this.#plugin = plugin;
    const setup = this.#call('setup', daemon);
    if (!(await this.#within(SETUP_MS, setup)))
      this.#complaints.add('setup', `setup has not ended after ${SETUP_MS / 1000} s, events wait for it`);
    const failure = await setup;
    if (failure) this.#leaveOut(`setup failed: ${describeError(failure.error, true)}`);
    else this.#state = 'running';
  }

  #leaveOut(reason: string): void {
    this.#state = 'left-out';
    this.#reason = reason;
    this.#queue.close();
    this.#deps.log.warn('START/FAIL', `plugin ${this.#shown} is left out: ${reason}`);
  }

  async #event(event: PluginEvent): Promise<void> {
    if (this.#plugin?.event === undefined || !this.alive) return;
    if (event.kind !== 'dropped') this.#counts.events += 1;
    const failure = await this.#call('event', event);
    if (failure) this.#complain('event', failure);
  }

  #drop(dropped: number): Promise<void> {
    this.#counts.dropped += dropped;
    const events = `${counted(dropped, 'event')} ${agree(dropped, 'was', 'were')} dropped`;
    this.#complaints.add('dropped', `event takes too long: ${events} while over 1,000 waited`);
    return this.#event(Object.freeze({ kind: 'dropped', dropped }));
  }

  /** Returns what the function threw or rejected with; undefined: nothing. */
  async #call(what: PluginFunction, argument?: PluginDaemon | PluginEvent): Promise<Failure | undefined> {
    const { clock } = this.#deps;
    const begun = clock.mono();
    let result: unknown;
    let failure: Failure | undefined;
    try {
      result = (this.#plugin as Readonly<Record<string, (argument: unknown) => unknown>>)[what]?.(argument);
    } catch (error) {
      failure = { error };
    }
    const took = clock.mono() - begun;
    if (took > SLOW_MS) {
      this.#counts.slow += 1;
      this.#complaints.add(
        `slow ${what}`,
        `${what} took ${Math.round(took)} ms of the main thread, in which nothing else runs; expected at most ${SLOW_MS} ms`,
      );
    }
    try {
      await result;
    } catch (error) {
      failure = { error };
    }
    if (failure) this.#counts.failures += 1;
    return failure;
  }

  #complain(what: PluginFunction, { error }: Failure): void {
    this.#complaints.add(what, `${what} failed: ${describeError(error, true)}`);
  }

  /** Returns whether it ended in time. */
  async #within(ms: number, done: Promise<unknown>): Promise<boolean> {
    const over = new AbortController();
    const late = this.#deps.clock.sleep(ms, over.signal).then(() => false);
    const inTime = await Promise.race([done.then(() => true), late]);
    over.abort();
    return inTime;
  }
}
