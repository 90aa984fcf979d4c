import type { EventsAnswer } from '../control/queries.ts';
import type { Request } from '../control/request.ts';
import type { StatusReport } from '../control/status.ts';
import type { TopicEvent } from '../journal/fact.ts';

/** How the feed reaches the instance, and what time it is. */
export interface FeedPorts {
  /** Sends a request. Returns the end of its answer; undefined when it is aborted. */
  call(request: Request, onPart?: (part: unknown) => void, signal?: AbortSignal): Promise<unknown>;
  /** Monotonic clock, ms. */
  mono(): number;
  /** Wall clock, ms. */
  wall(): number;
  /** Calls `act` later. Returns how to prevent that. */
  after(ms: number, act: () => void): () => void;
}

/** What the feed reports. */
export interface FeedListener {
  /** `whole`: there are no other conditions and tasks. */
  status(report: StatusReport, whole: boolean): void;
  event(event: TopicEvent): void;
  /** The instance cannot be reached; it is tried again. `since`: when it was lost, wall-clock ms; undefined: it has not been reached. */
  lost(error: unknown, since: number | undefined): void;
}

/** Changes are gathered for so long, in ms. */
const GATHER_MS = 50;
/** After an answer nothing is asked for so many times as long as it took: the instance answers for at most 0.5 % of its time. */
const PAUSE_FACTOR = 200;
/** What changes so soon after a command of the person is asked for without that pause, in ms. */
const ACTION_MS = 2000;
/** How long to wait before trying again to reach an instance, in ms. */
const RETRY_MS = 1000;
/** Running tasks whose beginning is asked for. */
const MOST_BEGINNINGS = 20;
/** Events of a task among which its beginning is looked for. */
const LAST_EVENTS = 5;

/** Resolves after a time, or at once when `signal` is aborted. */
const pause = ({ after }: FeedPorts, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = after(signal.aborted ? 0 : ms, end);
    signal.addEventListener('abort', end);
  });

/**
 * Keeps up with an instance: one stream of events says what changes, and only that is asked for, seldom enough that the instance hardly
 * notices. When the instance ends, it waits for the next one.
 */
export class Feed {
  readonly #ports: FeedPorts;
  readonly #listener: FeedListener;
  readonly #closed = new AbortController();
  /** Conditions that have changed. */
  #changed = new Set<string>();
  /** Everything may have changed. */
  #all = true;
  #wake: (() => void) | undefined;
  /** When the next question may be asked, monotonic. */
  #freeAt = 0;
  #actedAt = Number.NEGATIVE_INFINITY;
  #endPause = () => {};
  /** The conditions that run a task, by the last answers. */
  readonly #running = new Map<string, ReadonlySet<string>>();
  #reached: boolean | undefined;
  #lostAt: number | undefined;

  constructor(ports: FeedPorts, listener: FeedListener) {
    this.#ports = ports;
    this.#listener = listener;
  }

  /** Resolves when it is closed. */
  async run(): Promise<void> {
    while (!this.#isClosed()) {
      const error = await this.#connect();
      if (this.#isClosed()) return;
      this.#lost(error);
      await pause(this.#ports, RETRY_MS, this.#closed.signal);
    }
  }

  /** Keeps up with an instance until it is lost. Returns why; undefined: it has ended, or the feed is closed. */
  async #connect(): Promise<unknown> {
    const { signal } = this.#closed;
    const link = new AbortController();
    const end = () => link.abort();
    signal.addEventListener('abort', end);
    try {
      await this.#connected(link.signal);
      return undefined;
    } catch (error) {
      return error;
    } finally {
      link.abort();
      signal.removeEventListener('abort', end);
    }
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  close(): void {
    this.#closed.abort();
    this.#wake?.();
  }

  /** Sends a request for what is shown; its time counts. */
  async ask(request: Request): Promise<unknown> {
    const { mono } = this.#ports;
    const begun = mono();
    try {
      return await this.#ports.call(request, () => {}, this.#closed.signal);
    } finally {
      if (!this.#isActing()) this.#freeAt = Math.max(this.#freeAt, mono()) + PAUSE_FACTOR * (mono() - begun);
    }
  }

  /** Called when a command was accepted: a person waits for its effect, also where a busy machine was slow to answer before. */
  acted(): void {
    this.#actedAt = this.#ports.mono();
    this.#freeAt = 0;
    this.#endPause();
  }
  #isActing(): boolean {
    return this.#ports.mono() - this.#actedAt < ACTION_MS;
  }

  /** Asks for these conditions again, when there is time. */
  refresh(names: Iterable<string>): void {
    for (const name of names) this.#changed.add(name);
    if (this.#changed.size > 0) this.#wake?.();
  }

  #lost(error: unknown): void {
    if (this.#reached) this.#lostAt = this.#ports.wall();
    this.#reached = false;
    this.#listener.lost(error, this.#lostAt);
  }

  /** Rejects when the instance is lost; resolves when it ends the stream. */
  async #connected(link: AbortSignal): Promise<void> {
    this.#all = true;
    this.#changed.clear();
    this.#freeAt = 0;
    const over = new AbortController();
    const follow = { request: 'events', topic: 'all', follow: true, later: true } as const;
    const followed = this.#ports.call(
      follow,
      (part) => this.#note(part as TopicEvent | { readonly dropped: number }),
      link,
    );
    const asked = this.#answers(AbortSignal.any([link, over.signal]));
    try {
      await Promise.race([followed, asked]);
    } finally {
      over.abort();
      this.#wake?.();
      followed.catch(() => {});
      asked.catch(() => {});
    }
  }

  /** What an event changes. */
  #note(part: TopicEvent | { readonly dropped: number }): void {
    if ('dropped' in part) this.#all = true;
    else {
      this.#listener.event(part);
      for (const name of this.#conditionsOf(part.item ?? '')) this.#changed.add(name);
      if (part.topics.includes('scheduler')) this.#all = true;
    }
    if (this.#isAsked()) this.#wake?.();
  }

  /** The conditions that an event of an item is about. */
  #conditionsOf(item: string): readonly string[] {
    const [section, name = ''] = item.split('/');
    if (section === 'condition') return [name];
    if (section !== 'task') return [];
    return [...this.#running].flatMap(([condition, tasks]) => (tasks.has(name) ? [condition] : []));
  }

  /** Asks for what has changed until it is over. */
  async #answers(over: AbortSignal): Promise<void> {
    const isOver = () => over.aborted;
    while (!isOver()) {
      if (!this.#isAsked()) await this.#change();
      if (this.#reached) await this.#untilFree(over);
      if (!isOver() && this.#isAsked()) await this.#askStatus();
    }
  }

  /** Changes are gathered, and the instance is left alone for a while. */
  async #untilFree(over: AbortSignal): Promise<void> {
    const rest = () => this.#freeAt - this.#ports.mono();
    await pause(this.#ports, GATHER_MS, over);
    while (!over.aborted && rest() > 0) {
      const free = new AbortController();
      this.#endPause = () => free.abort();
      await pause(this.#ports, rest(), AbortSignal.any([over, free.signal]));
    }
  }

  #isAsked(): boolean {
    return this.#all || this.#changed.size > 0;
  }

  /** Resolves when something may have changed. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  async #askStatus(): Promise<void> {
    const whole = this.#all;
    const conditions = whole ? [] : [...this.#changed];
    this.#all = false;
    this.#changed = new Set();
    const report = (await this.ask({ request: 'status', conditions })) as StatusReport | undefined;
    if (report === undefined) return;
    const isNew = !this.#reached;
    this.#reached = true;
    this.#lostAt = undefined;
    for (const { name, running } of report.conditions) {
      if (running.length > 0) this.#running.set(name, new Set(running));
      else this.#running.delete(name);
    }
    // A name that is not known any more was removed by a reload.
    if (!whole && report.unknown.length > 0) this.#all = true;
    this.#listener.status(report, whole);
    if (isNew) await this.#askBeginnings(report);
  }

  /** Asks when the tasks have begun that run already. */
  async #askBeginnings({ tasks }: StatusReport): Promise<void> {
    const running = tasks.filter(({ state }) => state === 'running').slice(0, MOST_BEGINNINGS);
    for (const { name } of running) {
      const request = { request: 'events', topic: `task/${name}`, count: LAST_EVENTS } as const;
      const answer = (await this.ask(request)) as EventsAnswer | undefined;
      if (answer && 'events' in answer) for (const event of answer.events) this.#listener.event(event);
    }
  }
}
