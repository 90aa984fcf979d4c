import { callInstance } from '../adapters/control-client.ts';
import { NoAnswerError, NotRunningError } from '../adapters/control-errors.ts';
import type { ConditionReport, StatusReport, TaskReport } from '../control/status.ts';
import { messageOf } from '../error-message.ts';
import { isAborted } from '../is-aborted.ts';
import type { TopicEvent } from '../journal/fact.ts';
import type { InstanceState } from './api.ts';
import { pause } from './pause.ts';
import { StatusBudget } from './status-budget.ts';

/** While the daemon cannot be reached it is looked for again after so long, in ms. */
const RETRY_MS = 500;
/** Without a change the whole status is asked for after so long, in ms. */
const REFRESH_MS = 30_000;
/** An instance that ends closes all its connections, one of which says why: it is waited for so long, in ms. */
const LAST_WORD_MS = 50;
/** A task of more conditions than this: only those that run are asked for. */
const MANY_CONDITIONS = 20;

/** What has changed since the last status: names of conditions, or everything. */
type Changes = Set<string> | 'all';

/** Called with what is new. */
export interface LinkListener {
  instance(state: InstanceState): void;
  status(
    head: Omit<StatusReport, 'conditions' | 'tasks'>,
    conditions: readonly ConditionReport[],
    tasks: readonly TaskReport[],
    whole: boolean,
  ): void;
  /** A run may have begun or ended. */
  runs(): void;
  /** An item runs, or is checked. */
  begun(item: string): void;
}

/** The one connection to the daemon that all pages share. While it is closed, nothing is asked. */
export class DaemonLink {
  readonly #path: string;
  readonly #listener: LinkListener;
  readonly #budget = new StatusBudget();
  readonly #call: typeof callInstance;
  #instance: InstanceState;
  #status: StatusReport | null = null;
  #closing: AbortController | undefined;
  #changes: Changes = new Set();
  #timer: NodeJS.Timeout | undefined;
  #refresh: NodeJS.Timeout | undefined;
  /** When the timer ends, by the monotonic clock, ms. */
  #due = 0;
  #asking = false;
  #first: Promise<void> | undefined;
  #onFirst: (() => void) | undefined;
  /** Ends the connection, because nothing comes by it any more. */
  #giveUp: (error: NoAnswerError) => void = () => {};

  /**
   * @param lastAlive when an instance was last known to run, wall-clock ms
   * @param call sends the requests
   */
  constructor(path: string, lastAlive: number, listener: LinkListener, call = callInstance) {
    this.#path = path;
    this.#call = call;
    this.#listener = listener;
    this.#instance = { state: 'not-running', since: lastAlive };
  }

  get instance(): InstanceState {
    return this.#instance;
  }
  /** The last one that is known. */
  get status(): StatusReport | null {
    return this.#status;
  }
  get open(): boolean {
    return this.#closing !== undefined;
  }

  /** Begins to follow the daemon, and resolves when its status is known, or it cannot be reached. */
  async connect(): Promise<void> {
    if (this.#closing === undefined) {
      this.#first = new Promise((resolve) => {
        this.#onFirst = resolve;
      });
      this.#closing = new AbortController();
      void this.#follow(this.#closing.signal);
    }
    await this.#first;
  }
  /** Called when an action was accepted: its effect is asked for at once. @param about what can have changed */
  acted(about: 'all' | 'event' | { readonly condition: string }): void {
    this.#budget.acted();
    if (about === 'event') this.#schedule();
    else this.#change(about === 'all' ? about : [about.condition]);
  }
  /** Called when a question has failed. A stopped instance closes no connection: what is followed just has no events. */
  failed(error: unknown): void {
    const signal = this.#closing?.signal;
    if (error instanceof NoAnswerError && signal)
      void pause(LAST_WORD_MS, signal).then(() => signal.aborted || this.#giveUp(error));
  }
  /** Asks nothing any more. */
  close(): void {
    this.#closing?.abort();
    this.#closing = undefined;
    this.#stopTimers();
    this.#onFirst?.();
  }
  #stopTimers(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#refresh);
    this.#timer = undefined;
    this.#asking = false;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let why: unknown;
      try {
        await this.#live(signal);
      } catch (error) {
        why = error;
      }
      if (isAborted(signal)) return;
      this.#stopTimers();
      this.#lose(why);
      this.#onFirst?.();
      await pause(RETRY_MS, signal);
    }
  }
  /**
   * Follows the daemon until it ends. The last event comes at once, and shows that no later one is missed: then the status is asked for.
   * @throws what `callInstance` does
   */
  async #live(closed: AbortSignal): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([closed, over.signal]);
    const silent = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    let begin = (): void => {};
    let isOver = false;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const request = { request: 'events', topic: 'all', follow: true, count: 1 } as const;
    const take = (part: unknown) => {
      begin();
      this.#take(part as TopicEvent | { readonly dropped: number });
    };
    const followed = this.#call(this.#path, request, take, signal).finally(() => {
      isOver = true;
      begin();
    });
    const asked = begun.then(async () => {
      if (!isOver) await this.#ask('all', signal);
      if (isOver || signal.aborted) return;
      this.#become({ state: 'running', since: this.#status!.started });
      this.#onFirst?.();
      this.#listener.runs();
    });
    try {
      await Promise.race([silent, Promise.all([followed, asked])]);
    } finally {
      over.abort();
    }
  }
  #become(state: InstanceState): void {
    const { state: before, since, why } = this.#instance;
    if (state.state === before && state.since === since && state.why === why) return;
    this.#instance = state;
    this.#listener.instance(state);
  }
  #lose(error: unknown): void {
    const { state, since } = this.#instance;
    const now = error instanceof NoAnswerError ? 'silent' : 'not-running';
    const from = state === 'running' ? Date.now() : since;
    const why = error === undefined || error instanceof NotRunningError ? {} : { why: messageOf(error) };
    this.#become({ state: now, since: from, ...why });
    if (state === 'running') this.#listener.runs();
  }

  #take(part: TopicEvent | { readonly dropped: number }): void {
    if ('dropped' in part) {
      this.#change('all');
      this.#listener.runs();
      return;
    }
    const { item, message } = part;
    const { action, start, finish } = (typeof message === 'object' ? message : {}) as Readonly<Record<string, unknown>>;
    if (action === 'transition' && item !== null) {
      if (finish === 'running' || finish === 'checking') this.#listener.begun(item);
      if (item.startsWith('condition/') && (start === 'running' || finish === 'running')) this.#listener.runs();
      this.#changed(item, message as { readonly concerns?: string });
    } else if (part.topics.includes('scheduler') && action !== 'command') this.#change('all');
    else if (part.topics.includes('errors') && item?.startsWith('condition/')) this.#changed(item, {});
  }
  #changed(item: string, { concerns }: { readonly concerns?: string }): void {
    const at = item.indexOf('/');
    const [section, name] = [item.slice(0, at), item.slice(at + 1)];
    if (section === 'condition') this.#change([name]);
    else if (section === 'task') this.#change(this.#conditionsOf(name));
    else if (concerns?.startsWith('condition/')) this.#change([concerns.slice('condition/'.length)]);
  }
  #conditionsOf(task: string): readonly string[] | 'all' {
    const all = (this.#status?.conditions ?? []).filter(({ tasks }) => tasks.includes(task));
    if (all.length === 0) return 'all';
    if (all.length <= MANY_CONDITIONS) return all.map(({ name }) => name);
    return [all[0]!, ...all.filter(({ group }) => group === 'running' || group === 'queued')].map(({ name }) => name);
  }
  #change(names: readonly string[] | 'all'): void {
    if (names === 'all') this.#changes = 'all';
    else if (this.#changes !== 'all') for (const name of names) this.#changes.add(name);
    this.#budget.changed();
    this.#schedule();
  }
  get #isStale(): boolean {
    return this.#changes === 'all' || this.#changes.size > 0;
  }
  /** Sets the timer, or sets it earlier. */
  #schedule(): void {
    if (this.#asking || this.#closing === undefined || !this.#isStale) return;
    const { wait } = this.#budget;
    const due = performance.now() + wait;
    if (this.#timer !== undefined && due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.#askChanges(), wait);
  }
  async #askChanges(): Promise<void> {
    const signal = this.#closing?.signal;
    this.#timer = undefined;
    if (signal === undefined) return;
    const changes = this.#changes;
    this.#asking = true;
    try {
      await this.#ask(changes, signal);
    } catch (error) {
      // The connection that is followed ends as well, and says why, unless the instance is stopped.
      this.failed(error);
    } finally {
      this.#asking = false;
    }
    if (!signal.aborted) this.#schedule();
  }

  /** Asks for the status of what has changed. @throws what `callInstance` does */
  async #ask(changes: Changes, signal: AbortSignal): Promise<void> {
    this.#changes = new Set();
    this.#budget.asked();
    const whole = changes === 'all' || this.#status === null;
    const began = performance.now();
    const request = { request: 'status', conditions: whole ? [] : [...(changes as Set<string>)] } as const;
    const report = (await this.#call(this.#path, request, () => {}, signal)) as StatusReport | undefined;
    if (report === undefined) return;
    this.#budget.spent(report.conditions.length, performance.now() - began);
    clearTimeout(this.#refresh);
    this.#refresh = setTimeout(() => this.#change('all'), REFRESH_MS).unref();
    this.#merge(report, whole);
    const { conditions, tasks, ...head } = report;
    this.#listener.status(head, conditions, tasks, whole);
  }
  #merge(report: StatusReport, whole: boolean): void {
    if (whole || this.#status === null) {
      this.#status = report;
      return;
    }
    const conditions = new Map(report.conditions.map((one) => [one.name, one]));
    const tasks = new Map(report.tasks.map((one) => [one.name, one]));
    this.#status = {
      ...report,
      conditions: this.#status.conditions.map((one) => conditions.get(one.name) ?? one),
      tasks: this.#status.tasks.map((one) => tasks.get(one.name) ?? one),
    };
  }
}
