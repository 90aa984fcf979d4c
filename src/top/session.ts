import type { OutputAnswer, OutputPart } from '../control/output-stream.ts';
import type { StoryAnswer } from '../control/queries.ts';
import type { Request } from '../control/request.ts';
import type { CtlResult } from '../control/request-handler.ts';
import { messageOf } from '../error-message.ts';
import type { LogFact, TopicEvent } from '../journal/fact.ts';
import { Feed, type FeedPorts } from './feed.ts';
import type { Effect, Input } from './inputs.ts';
import type { Key } from './keys.ts';
import { type ItemOutput, initialTop, listed, type StatusMessage, selectedIndex, type TopState } from './model.ts';
import type { Screen } from './screen.ts';
import { update } from './update.ts';
import { screenLines } from './view.ts';

/** What the view is connected with. */
export interface SessionPorts extends FeedPorts {
  readonly screen: Screen;
  /** Whether an error only means that no instance runs. */
  isNotRunning(error: unknown): boolean;
  /** The last output of an item that a history has; undefined: it has none. */
  kept(history: string, item: string): ItemOutput | undefined;
  /** The names of the events of a configuration that a command can fire. */
  eventNames(config: string): Promise<readonly string[]>;
}

/** The screen is drawn at most once in so many ms: after a key, and after what comes by itself, which may be much. */
const DRAW_MS = { key: 30, other: 150 } as const;
/** Log records are gathered for so long, in ms. */
const GATHER_MS = 30;
const CLOCK_MS = 1000;
/** Log records that a log begins with. */
const FIRST_RECORDS = 200;
/** Transitions of a story. */
const CHAPTERS = 30;
/** Rows around the selected one whose instants are kept up to date. */
const NEAR_ROWS = 60;

/** A running view: what happens goes into its state, what has to be done comes out, and the screen follows. */
export class Session {
  readonly #ports: SessionPorts;
  readonly #feed: Feed;
  #state: TopState;
  #stopDrawing: (() => void) | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawsAt = 0;
  #stopClock = () => {};
  #page = new AbortController();
  #end: () => void = () => {};
  /** Reading a condition, and which is to be read after that. */
  #reading = false;
  #nextReading: Extract<Effect, { do: 'read-condition' }> | undefined;
  /** What the history has of items that this instance has not run. */
  #kept = new Map<string, ItemOutput | undefined>();

  constructor(ports: SessionPorts, terminal: TopState['terminal']) {
    this.#ports = ports;
    this.#state = initialTop(terminal, ports.wall());
    this.#feed = new Feed(ports, {
      status: (report, whole) => this.take({ type: 'status', report, whole }),
      event: (event) => this.#event(event),
      lost: (error, since) => {
        this.#kept.clear();
        const why = error === undefined || ports.isNotRunning(error) ? '' : messageOf(error);
        this.take({ type: 'lost', why, ...(since === undefined ? {} : { since }) });
      },
    });
  }

  /** Whether an instance runs. */
  get connected(): boolean {
    return this.#state.connection.kind === 'running';
  }

  /** Shows it until it is closed. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    this.#draw();
    this.#tick();
    const feed = this.#feed.run();
    await Promise.race([ended, feed]);
    this.close();
    await feed;
  }

  close(): void {
    this.#stopClock();
    this.#stopDrawing?.();
    this.#page.abort();
    this.#feed.close();
    this.#end();
  }

  key(key: Key): void {
    this.take({ type: 'key', key });
  }

  /** Draws everything again. */
  redraw(): void {
    this.#ports.screen.forget();
    this.#draw();
  }

  take(input: Input): void {
    const { state, effects } = update(this.#state, input);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) this.#do(effect);
    if (changed) this.#drawSoon(DRAW_MS[input.type === 'key' ? 'key' : 'other']);
  }

  #drawSoon(pause: number): void {
    const { mono, after } = this.#ports;
    const at = this.#drawnAt + pause;
    if (this.#stopDrawing !== undefined && this.#drawsAt <= at) return;
    this.#stopDrawing?.();
    this.#drawsAt = at;
    this.#stopDrawing = after(Math.max(0, at - mono()), () => this.#draw());
  }
  #draw(): void {
    this.#stopDrawing?.();
    this.#stopDrawing = undefined;
    this.#drawnAt = this.#ports.mono();
    this.#ports.screen.draw(screenLines(this.#state));
  }

  /** Each second: the clock, and the rows whose instants are over. */
  #tick(): void {
    const { wall, after } = this.#ports;
    const now = wall();
    this.#stopClock = after(CLOCK_MS - (now % CLOCK_MS), () => this.#tick());
    this.take({ type: 'clock', now });
    const state = this.#state;
    if (state.connection.kind !== 'running') return;
    const rows = listed(state);
    const first = Math.max(0, selectedIndex(rows, state) - NEAR_ROWS / 2);
    const near = rows.slice(first, first + NEAR_ROWS);
    this.#feed.refresh(near.filter(({ next }) => next !== null && next <= now).map(({ name }) => name));
  }

  #event(event: TopicEvent): void {
    this.take({ type: 'event', event });
    const { page, began } = this.#state;
    // The next run of a task whose output is shown.
    if (
      page?.kind === 'output' &&
      page.state === 'ended' &&
      event.item === page.item &&
      began.has(page.item.slice(page.item.indexOf('/') + 1))
    )
      this.#followOutput(page.item);
  }

  #do(effect: Effect): void {
    switch (effect.do) {
      case 'command':
        void this.#command(effect.line);
        return;
      case 'read-condition':
        void this.#readCondition(effect);
        return;
      case 'follow-output':
        this.#followOutput(effect.item);
        return;
      case 'follow-log':
        this.#followLog(effect);
        return;
      case 'read-events':
        void this.#readEvents();
        return;
      case 'leave':
        this.#page.abort();
        return;
      case 'redraw':
        this.redraw();
        return;
      case 'quit':
        this.close();
    }
  }

  #say(message: StatusMessage): void {
    this.take({ type: 'message', message });
  }
  #fail(error: unknown): void {
    this.#say({ kind: 'bad', text: this.#ports.isNotRunning(error) ? 'no instance is running' : messageOf(error) });
  }

  /** Gives a command and shows its answer. */
  async #command(line: string): Promise<void> {
    const said = (text: string, kind: StatusMessage['kind']) => {
      this.#say({ kind, text: `${line}: ${text}`, line });
      this.#feed.acted();
    };
    try {
      const result = (await this.#ports.call({ request: 'ctl', line }, (part) =>
        said((part as CtlResult).said, 'note'),
      )) as CtlResult;
      said(result.said, kindOf(result));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads what the page of a condition shows. While that is going on, the last wish is kept. */
  async #readCondition(wanted: Extract<Effect, { do: 'read-condition' }>): Promise<void> {
    this.#nextReading = wanted;
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let next = this.#takeReading(); next; next = this.#takeReading()) {
        const { condition, items } = next;
        const request = { request: 'story', items: [`condition/${condition}`], count: CHAPTERS } as const;
        const story = (await this.#feed.ask(request)) as StoryAnswer | undefined;
        if (story) this.take({ type: 'story', condition, story });
        const output = await this.#firstOutput(items);
        if (output) this.take({ type: 'output', condition, output });
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#reading = false;
  }
  #takeReading() {
    const next = this.#nextReading;
    this.#nextReading = undefined;
    return next;
  }

  /** The output of the first of the items that has run. */
  async #firstOutput(items: readonly string[]): Promise<ItemOutput | undefined> {
    for (const item of items) {
      const answer = (await this.#feed.ask({ request: 'output', item })) as OutputAnswer | undefined;
      const found = answer && this.#outputOf(answer);
      if (found) return found;
    }
    return undefined;
  }

  #outputOf({ item, latest, history }: OutputAnswer): ItemOutput | undefined {
    if (latest) return { item, ...latest };
    if (history === null) return undefined;
    if (!this.#kept.has(item)) this.#kept.set(item, this.#ports.kept(history, item));
    return this.#kept.get(item);
  }

  /** What a page follows until it is left. */
  #signal(): AbortSignal {
    this.#page.abort();
    this.#page = new AbortController();
    return this.#page.signal;
  }

  #followOutput(item: string): void {
    const part = (found: OutputPart): void => {
      if ('running' in found) this.take({ type: 'follows', item, run: found.running });
      else if ('leftOut' in found)
        this.take({
          type: 'piece',
          item,
          piece: { stream: 'log', text: `\n(${found.leftOut} bytes are left out here)\n` },
        });
      else this.take({ type: 'piece', item, piece: found });
    };
    void this.#follow(
      { request: 'output', item, follow: true },
      (found) => part(found as OutputPart),
      (end) => {
        const answer = end as OutputAnswer;
        const complete = answer.followed && answer.leftOut === 0;
        const output = complete
          ? undefined
          : (this.#outputOf(answer) ?? { item, run: null, running: false, output: {} });
        this.take({ type: 'ended', item, ...(output ? { output } : {}) });
      },
    );
  }

  #followLog({ level, item }: Extract<Effect, { do: 'follow-log' }>): void {
    const about = { ...(level === undefined ? {} : { level }), ...(item === undefined ? {} : { item }) };
    let records: LogFact[] = [];
    const part = (found: unknown): void => {
      if (typeof found === 'object' && found !== null && 'dropped' in found) return;
      records.push(found as LogFact);
      if (records.length > 1) return;
      this.#ports.after(GATHER_MS, () => {
        this.take({ type: 'records', records });
        records = [];
      });
    };
    void this.#follow({ request: 'logs', follow: true, count: FIRST_RECORDS, ...about }, part, () => {});
  }

  /** Follows an answer until the page is left. */
  async #follow(request: Request, part: (found: unknown) => void, end: (done: unknown) => void): Promise<void> {
    const signal = this.#signal();
    try {
      const done = await this.#ports.call(request, (found) => signal.aborted || part(found), signal);
      if (!signal.aborted) end(done);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  async #readEvents(): Promise<void> {
    const config = this.#state.head?.config;
    try {
      this.take({ type: 'events', names: config === undefined ? [] : await this.#ports.eventNames(config) });
    } catch (error) {
      this.#fail(error);
    }
  }
}

/** How the answer to a command is shown. */
const kindOf = ({ kind, idle, run }: CtlResult): StatusMessage['kind'] => {
  if (kind !== 'done') return 'bad';
  if (idle) return 'note';
  return run === undefined || run.outcome === 'success' || run.outcome === 'none' ? 'good' : 'bad';
};
