import type { InstanceState, LiveMessage, Overview, SlimRun } from '../api.ts';
import { statusAfter, statusAtRest } from './run-states.ts';

/** What an action was answered with. */
export interface Said {
  readonly text: string;
  readonly bad: boolean;
  /** Where to see what it led to. */
  readonly link?: { readonly to: string; readonly text: string };
  /** The condition whose run began by the action, and when that was asked for, wall-clock ms. */
  readonly run?: { readonly condition: string; readonly since: number };
}

/** All that pages show and that changes by itself. */
export interface PageState {
  /** Whether the server of the page is connected. */
  readonly connection: 'connecting' | 'open' | 'lost';
  /** The last one that is known; null: nothing has come yet. */
  readonly overview: Overview | null;
  /** The latest runs that have come while the page was open, newest first. */
  readonly runs: readonly SlimRun[];
  readonly said: Said | null;
}

/** Runs that are kept. */
const MOST_RUNS = 200;

export const INITIAL: PageState = { connection: 'connecting', overview: null, runs: [], said: null };

const merged = <T extends { readonly name: string }>(old: readonly T[], changed: readonly T[]): readonly T[] => {
  if (changed.length === 0) return old;
  const by = new Map(changed.map((one) => [one.name, one]));
  const kept = old.map((one) => {
    const now = by.get(one.name);
    by.delete(one.name);
    return now ?? one;
  });
  return [...kept, ...by.values()];
};

/** What is left of an instance that has ended is shown as what it is. */
const honest = (overview: Overview): Overview =>
  overview.instance.state === 'not-running' && overview.status !== null
    ? { ...overview, status: statusAtRest(overview.status) }
    : overview;
const withInstance = (overview: Overview, instance: InstanceState): Overview => honest({ ...overview, instance });

const sameRun = (a: SlimRun) => (b: SlimRun) => a.session === b.session && a.run === b.run;

/** The state after a message of the server. */
export const applyMessage = (state: PageState, message: LiveMessage): PageState => {
  const { overview } = state;
  switch (message.type) {
    case 'overview':
      return { ...state, overview: honest(message.overview) };
    case 'instance':
      return overview === null ? state : { ...state, overview: withInstance(overview, message.instance) };
    case 'status': {
      if (overview === null) return state;
      const { head, conditions, tasks } = message;
      const status = {
        ...head,
        conditions: merged(overview.status?.conditions ?? [], conditions),
        tasks: merged(overview.status?.tasks ?? [], tasks),
      };
      return { ...state, overview: { ...overview, status } };
    }
    case 'run': {
      const others = state.runs.filter((run) => !sameRun(message.run)(run));
      const runs = [message.run, ...others].slice(0, MOST_RUNS);
      const status = overview?.status;
      return status
        ? { ...state, runs, overview: { ...overview, status: statusAfter(status, message.run) } }
        : { ...state, runs };
    }
    default:
      return state;
  }
};

/** Holds the state, and calls listeners when it has changed. */
export class Store {
  #state = INITIAL;
  readonly #listeners = new Set<() => void>();

  get state(): PageState {
    return this.#state;
  }
  set(change: Partial<PageState>): void {
    this.#become({ ...this.#state, ...change });
  }
  take(message: LiveMessage): void {
    this.#become(applyMessage(this.#state, message));
  }
  /** Returns how to end the subscription. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  #become(state: PageState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
