import { resolve } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { callInstance } from '../adapters/control-client.ts';
import { historyOfConfig, historyOfInstance, latestHistory } from '../adapters/history/find-history.ts';
import { HistoryReader } from '../adapters/history/reader.ts';
import { zoneName } from '../adapters/local-zone.ts';
import type { StoryAnswer } from '../control/queries.ts';
import type { HistoryLine } from '../history/history-line.ts';
import type { LogFact } from '../journal/fact.ts';
import { VERSION } from '../version.ts';
import { actionLine, sendCommand } from './actions.ts';
import {
  ACTIONS,
  type ActionAnswer,
  type ActionBody,
  type ActionName,
  type ItemAnswer,
  type Overview,
  type QuestionName,
  type Questions,
} from './api.ts';
import { calendarOf, comingFirings, comingUntil, type Foreseeable } from './calendar.ts';
import { CheckedFiles, changedAfter } from './checked-files.ts';
import { DaemonLink } from './daemon-link.ts';
import { FleetView } from './fleet-view.ts';
import { recentRuns, runOutput, whyAt } from './history-answers.ts';
import { HistoryIndex } from './history-index.ts';
import { LivePages } from './live-pages.ts';
import { RequestError } from './request-checks.ts';
import { RunLines } from './run-lines.ts';
import { slimRun } from './slim.ts';
import { Streams } from './streams.ts';

/** Without a page the connection to the daemon is kept for so long, in ms. */
const LINGER_MS = 5000;
/** The first answer waits for the daemon for so long, in ms. */
const FIRST_MS = 1000;
/** After an event that a run has begun or ended the history is read again after so long, in ms. */
const READ_AGAIN_MS = [15, 60, 150, 600];
/** Firings of one item that are foreseen, and how far, in ms. */
const MOST_OF_ITEM = 10;
const COMING_MS = 366 * 86_400_000;

type Query<N extends QuestionName> = Questions[N]['query'];
type Answer<N extends QuestionName> = Questions[N]['answer'];
type Answers = { readonly [N in QuestionName]: (query: Query<N>) => Promise<Answer<N>> | Answer<N> };

/** How it was started. */
export interface WebAppOptions {
  /** The configuration that is shown while no instance runs; undefined: that of the history that was written last. */
  readonly file: string | undefined;
  /** The socket of the daemon. */
  readonly socket: string;
  readonly readOnly: boolean;
}

/** What is behind the server: the daemon, its history and its files. */
export class WebApp {
  readonly pages: LivePages;
  readonly #options: WebAppOptions;
  readonly #link: DaemonLink;
  readonly #streams: Streams;
  readonly #runs = new RunLines();
  readonly #fleet = new FleetView(async (config) => (await import('./fleet-link.ts')).openFleet(config), systemClock);
  readonly #zone = zoneName();
  #directory: string | undefined;
  #index: HistoryIndex | undefined;
  #config: string | null;
  #files: CheckedFiles | undefined;
  #linger: NodeJS.Timeout | undefined;
  #rereads: readonly NodeJS.Timeout[] = [];
  readonly #answers: Answers;

  constructor(options: WebAppOptions) {
    this.#options = options;
    const found = options.file === undefined ? latestHistory() : historyOfConfig(options.file);
    this.#config = found?.config ?? null;
    this.#directory = found?.reader.directory;
    this.#streams = new Streams(options.socket, (message, want) => this.pages.send(message, want));
    this.#link = new DaemonLink(options.socket, lastAliveOf(found?.reader) ?? Date.now(), {
      instance: (instance) => {
        this.pages.send({ type: 'instance', instance });
        if (instance.state === 'running') void this.#sendOverview();
      },
      status: (head, conditions, tasks, whole) => {
        if (whole) this.#adopt(head.config, head.started);
        this.pages.send({ type: 'status', head, conditions, tasks });
      },
      runs: () => this.#readSoon(),
      begun: (item) => this.#streams.begun(item),
    });
    this.pages = new LivePages({
      ready: () => this.overview().catch(() => {}),
      state: () => [{ type: 'overview', overview: this.#overview() }],
      opened: (any) => this.#opened(any),
      wanted: () => this.#streams.want(this.pages.wants),
    });
    this.#answers = {
      overview: () => this.overview(),
      runs: (query) =>
        this.#directory === undefined ? { entries: [], more: false } : recentRuns(this.#reader, query, this.#alive),
      output: (query) =>
        query.machine === undefined
          ? runOutput(this.#reader, query, this.#alive)
          : { outputs: this.#fleet.output(query.machine, query.session, query.run) },
      item: (query) => this.#item(query),
      why: (query) => whyAt(this.#reader, query),
      columns: (query) => this.#columns(query),
      calendar: (query) => this.#calendar(query),
      coming: async (query) => comingUntil(query, await this.#foreseeable()),
      logs: async (query) => ({ records: (await this.#ask({ request: 'logs', ...query })) as readonly LogFact[] }),
      fleet: async (query) => this.#fleet.answer((await this.#loaded()).config, query),
      vitals: () => ({ samples: this.#streams.samples }),
      file: () => this.#fileAnswer(),
      story: async ({ of }) => {
        const { chapters, dropped } = (await this.#ask({ request: 'story', items: [of] })) as StoryAnswer;
        return { chapters, dropped };
      },
    };
  }

  /** @throws RequestError, or what the daemon or the system says */
  async answer<N extends QuestionName>(name: N, query: Query<N>): Promise<Answer<N>> {
    return this.#answers[name](query) as Promise<Answer<N>>;
  }
  /** @throws RequestError, or what the daemon says */
  async act(action: ActionName, body: ActionBody): Promise<ActionAnswer> {
    if (this.#options.readOnly) throw new RequestError(403, 'this page is for reading only: whenever web --read-only');
    const answer = await this.#watched(sendCommand(this.#options.socket, actionLine(action, body)));
    const { about } = ACTIONS[action];
    // That a file was refused is part of the status.
    if (answer.kind !== 'done' && action !== 'reload') return answer;
    if (about === 'condition') this.#link.acted({ condition: body.name! });
    else this.#link.acted(about ?? 'all');
    return answer;
  }
  close(): void {
    clearTimeout(this.#linger);
    for (const timer of this.#rereads) clearTimeout(timer);
    this.pages.close();
    this.#streams.close();
    this.#fleet.close();
    this.#link.close();
  }

  #ask(request: Parameters<typeof callInstance>[1]): Promise<unknown> {
    return this.#watched(callInstance(this.#options.socket, request));
  }
  /** A question that has no answer shows how the instance is. */
  async #watched<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      this.#link.failed(error);
      throw error;
    }
  }

  /** It may have another configuration, or other events. */
  async #sendOverview(): Promise<void> {
    await this.#events().catch(() => {});
    this.pages.send({ type: 'overview', overview: this.#overview() });
  }

  #opened(any: boolean): void {
    clearTimeout(this.#linger);
    if (any) void this.#link.connect();
    else this.#closeLater();
  }
  #closeLater(): void {
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => {
      if (this.pages.size === 0) this.#link.close();
    }, LINGER_MS);
  }

  /** What the page knows when it opens; the daemon is asked first if it has not been yet. */
  async overview(): Promise<Overview> {
    const late = new Promise<void>((done) => setTimeout(done, FIRST_MS).unref());
    await Promise.race([this.#link.connect(), late]);
    if (this.pages.size === 0) this.#closeLater();
    else clearTimeout(this.#linger);
    if (this.#config === null) await this.#updatedIndex();
    this.#config ??= this.#index?.config ?? null;
    return { ...this.#overview(), events: await this.#events() };
  }
  #eventNames: readonly string[] = [];
  #hasFleet = false;
  #overview(): Overview {
    return {
      ...{ instance: this.#link.instance, status: this.#link.status, config: this.#config },
      ...{
        readOnly: this.#options.readOnly,
        hasFleet: this.#hasFleet,
        events: this.#eventNames,
        version: VERSION,
        zone: this.#zone,
      },
    };
  }
  async #events(): Promise<readonly string[]> {
    const { config } = await this.#loaded();
    // Of a file that would be refused now it is not known.
    if (config !== undefined) this.#hasFleet = config.settings.fleet !== undefined;
    this.#eventNames = (config?.events ?? []).flatMap(({ name, manual }) => (manual ? [name] : []));
    return this.#eventNames;
  }

  /** Takes the configuration and the history of the instance that runs. */
  #adopt(config: string, started: number): void {
    this.#config = config;
    this.#directory = historyOfInstance(config, started).reader.directory;
  }
  async #loaded() {
    const file = this.#config ?? (this.#options.file === undefined ? undefined : resolve(this.#options.file));
    if (file === undefined) {
      const answer = { files: [], findings: [], problem: 'no configuration is known: none runs, and none was named' };
      return {
        answer,
        config: undefined,
        sources: new Map<string, ItemAnswer['source']>(),
        descriptions: new Map<string, readonly string[]>(),
      };
    }
    if (this.#files?.file !== file) this.#files = new CheckedFiles(file);
    return this.#files.load();
  }
  async #fileAnswer(): Promise<Answer<'file'>> {
    const { answer } = await this.#loaded();
    const index = this.#currentIndex();
    await index?.update();
    const loaded = this.#alive ? index?.loaded : undefined;
    const paths = answer.files.map(({ path }) => path);
    return loaded !== undefined && changedAfter(paths, loaded) ? { ...answer, newer: true } : answer;
  }
  get #reader(): HistoryReader {
    if (this.#directory === undefined)
      throw new RequestError(404, 'there is no history yet: it begins with the first run');
    return new HistoryReader(this.#directory);
  }
  /** Runs without an end are under way, also where the instance does not answer. */
  get #alive(): boolean {
    return this.#link.instance.state !== 'not-running';
  }

  /** The runs up to now. @throws Error of the system */
  async #updatedIndex(): Promise<HistoryIndex | undefined> {
    await this.#currentIndex()?.update();
    // Most often nothing is new; after the history was taken away it is read from its beginning.
    if (this.#index?.replaced) await this.#currentIndex()?.update();
    return this.#index;
  }
  #currentIndex(): HistoryIndex | undefined {
    if (this.#directory === undefined) return undefined;
    if (this.#index?.directory !== this.#directory || this.#index.replaced) {
      this.#runs.clear();
      this.#index = new HistoryIndex(this.#directory, (line, isNew) => this.#take(line, isNew));
    }
    return this.#index;
  }
  #take(line: HistoryLine, isNew: boolean): void {
    const found = this.#runs.take(line, isNew);
    if (found === undefined) return;
    const { run, event } = found;
    this.pages.send({ type: 'run', run: { ...slimRun(run), ...(event === undefined ? {} : { event }) } });
  }
  /** An event can come a moment before its line is in the file: it is read at once, and again. */
  #readSoon(): void {
    for (const timer of this.#rereads) clearTimeout(timer);
    void this.#readRuns();
    this.#rereads = READ_AGAIN_MS.map((ms) => setTimeout(() => void this.#readRuns(), ms));
  }
  async #readRuns(): Promise<void> {
    try {
      await this.#updatedIndex();
    } catch {
      // Questions about runs say why the history cannot be read.
    }
  }

  async #columns(query: Query<'columns'>): Promise<Answer<'columns'>> {
    const index = (await this.#updatedIndex()) ?? new HistoryIndex('');
    return index.columns(query, this.#liveness, Date.now());
  }
  get #liveness() {
    return { alive: this.#alive, lastAlive: this.#alive ? undefined : this.#link.instance.since };
  }

  async #calendar(query: Query<'calendar'>): Promise<Answer<'calendar'>> {
    return calendarOf(query, await this.#updatedIndex(), this.#alive, await this.#foreseeable());
  }
  async #foreseeable(): Promise<Foreseeable> {
    return { config: (await this.#loaded()).config, directory: this.#directory };
  }

  async #item({ key }: Query<'item'>): Promise<ItemAnswer> {
    const at = key.indexOf('/');
    const [section, name] = [key.slice(0, at), key.slice(at + 1)];
    if (!['condition', 'task', 'event'].includes(section))
      throw new RequestError(400, 'key: expected condition/NAME, task/NAME or event/NAME');
    const { status } = this.#link;
    const list = section === 'condition' ? status?.conditions : section === 'task' ? status?.tasks : undefined;
    const report =
      (list as readonly NonNullable<ItemAnswer['report']>[] | undefined)?.find((one) => one.name === name) ?? null;
    const loaded = await this.#loaded();
    const source = loaded.sources.get(key) ?? null;
    const story = await this.#story(key);
    if (report === null && source === null && story.length === 0 && !this.#reader.names().has(key))
      throw new RequestError(404, `there is no ${section} "${name}"`);
    const now = Date.now();
    const range = { from: now, to: now + COMING_MS };
    const coming = section === 'condition' ? comingFirings(await this.#foreseeable(), range, [name], MOST_OF_ITEM) : [];
    return {
      ...{ key, report, story, source, description: loaded.descriptions.get(key) ?? [] },
      coming: coming.map((firing) => firing.at),
    };
  }
  async #story(key: string): Promise<ItemAnswer['story']> {
    if (this.#link.instance.state !== 'running') return [];
    try {
      return ((await this.#ask({ request: 'story', items: [key], count: 200 })) as StoryAnswer).chapters;
    } catch {
      return [];
    }
  }
}

/** When the instance that wrote a history was known to run last, wall-clock ms. */
const lastAliveOf = (reader: HistoryReader | undefined): number | undefined => {
  try {
    return reader?.exists && reader.written !== undefined ? Math.round(reader.written) : undefined;
  } catch {
    return undefined;
  }
};
