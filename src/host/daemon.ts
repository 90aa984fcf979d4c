import { resolve } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { historyDirectory } from '../adapters/history/directory.ts';
import { HistoryReader } from '../adapters/history/reader.ts';
import { HistoryStore } from '../adapters/history/store.ts';
import { SafeCaller } from '../call-safely.ts';
import { expectType, TYPES } from '../check-arguments.ts';
import { ANSWERS, type ExplainAnswer } from '../control/queries.ts';
import { RequestHandler } from '../control/request-handler.ts';
import { type StatusReport, statusReport } from '../control/status.ts';
import type { CommandResult } from '../core/ports.ts';
import type { Ending, Scheduler } from '../core/scheduler.ts';
import type { Config } from '../core/spec.ts';
import { DaemonCore, type DaemonCoreOptions } from '../daemon-core.ts';
import { DaemonPlugins } from '../daemon-plugins.ts';
import type { HistoryRun } from '../history/history-entries.ts';
import { HistoryState } from '../history/history-state.ts';
import { RecentLines } from '../history/recent-lines.ts';
import { Journal } from '../journal/journal.ts';
import { liveFigures } from '../live-figures.ts';
import { LogHub } from '../log/log.ts';
import { type Level, type Logger, levelOf } from '../log/record.ts';
import type { Family } from '../metrics/exposition.ts';
import { logPackageError } from '../metrics/logger.ts';
import { onAbort } from '../subscription.ts';
import { VERSION } from '../version.ts';
import type { BaseDirectory } from './base-directory.ts';
import { DaemonTelemetry, forwardRecords } from './daemon-telemetry.ts';
import { checkQuery, type HistoryQuery, runsOf } from './history-access.ts';
import { JournalAccess } from './journal-access.ts';
import { checkText, type DaemonOptions } from './options.ts';
import type { RunOptions, RunResult } from './run-results.ts';

/** What `createDaemon` passes to a daemon besides its options. */
export interface DaemonParts {
  readonly place: BaseDirectory;
  /** Checks a text. @throws ConfigError */
  load(text: string, file: string): Promise<Config>;
}

/** The directory of the history; undefined: it is kept in memory. */
const historyPlace = (
  { history = false, file, baseDirectory = '' }: DaemonOptions,
  config: Config,
): string | undefined => {
  if (history === false || !config.settings.history.enabled) return undefined;
  return history === true ? historyDirectory(resolve(baseDirectory, file ?? config.file)) : resolve(history);
};

/** The names of the daemons that run in this process, and the directories of their histories. */
const running = new Set<string>();
const openHistories = new Set<string>();

/** A name that no running daemon has: the one that was given, or `daemon1`; with the next number if it is taken. */
const freeName = (given: string | undefined): string => {
  if (given !== undefined && !running.has(given)) return given;
  const begin = given === undefined ? 'daemon' : `${given}-`;
  let n = given === undefined ? 1 : 2;
  while (running.has(`${begin}${n}`)) n += 1;
  return `${begin}${n}`;
};

/** The status of a daemon; `ready`: `run` was not called yet. Instants are wall-clock ms. */
export interface DaemonStatus extends Omit<StatusReport, 'state'> {
  readonly state: 'ready' | StatusReport['state'];
}

/** Thrown when a daemon cannot do this now: it runs already, is ending, or has ended. */
export class DaemonStateError extends Error {
  override readonly name: string = 'DaemonStateError';
}

/** The status of a daemon that has not begun, or has ended before it began. */
const statusBefore = (
  { file, settings, conditions, tasks }: Config,
  only: readonly string[],
  over: boolean,
): Omit<StatusReport, 'state'> & { readonly state: 'ready' | 'ended' } => {
  const now = Date.now();
  const report = statusReport(
    {
      ...{ pid: process.pid, config: file, started: now, now, state: 'ended', tickMs: settings.tickSeconds * 1000 },
      conditions: conditions.map(({ name, type, traits: { suspended, tasks } }) => ({
        ...{
          name,
          type,
          tasks,
          running: [],
          state: suspended ? 'suspended' : 'waiting',
          due: over ? undefined : ('soon' as const),
        },
        why: over ? 'the daemon has ended' : 'the daemon does not run yet',
      })),
      tasks: tasks.map(({ name, type }) => ({ name, type, state: 'idle' })),
      lastRun: () => null,
      pending: () => false,
    },
    only,
  );
  return { ...report, state: over ? 'ended' : 'ready' };
};

/**
 * A scheduler inside this program; made by `createDaemon`. It prints nothing, reads no input, handles no signals, and holds the
 * process only as long as it runs.
 */
export class Daemon extends JournalAccess {
  readonly #options: DaemonOptions;
  readonly #parts: DaemonParts;
  readonly #journal: Journal;
  readonly #log: LogHub;
  readonly #telemetry: DaemonTelemetry;
  readonly #safely: SafeCaller;
  readonly #level: Level;
  #config: Config;
  #scheduler: Scheduler | undefined;
  #handler: RequestHandler | undefined;
  #running: Promise<Ending> | undefined;
  #over = false;
  /** It is to end before it has begun. */
  #stopped = false;
  /** The runs of this daemon, or those in its directory. */
  readonly #kept: HistoryReader | RecentLines;
  #store: HistoryStore | undefined;
  readonly #plugins: DaemonPlugins;
  #forgetSignal: () => void = () => {};

  /** For `createDaemon`, which checks the text. @internal */
  constructor(config: Config, parts: DaemonParts, options: DaemonOptions) {
    const telemetry = new DaemonTelemetry(options.metrics);
    const safely = new SafeCaller(logPackageError);
    const journal = new Journal(systemClock, { ...options.journal, spans: telemetry, contained: safely });
    super(journal);
    this.#safely = safely;
    this.#config = config;
    this.#parts = parts;
    const directory = historyPlace(options, config);
    this.#kept = directory === undefined ? new RecentLines() : new HistoryReader(directory);
    this.#options = options;
    this.#telemetry = telemetry;
    telemetry.name = options.name ?? '';
    this.#journal = journal;
    this.#log = new LogHub(systemClock.wall);
    this.#log.numberWith(this.#journal);
    this.#log.setLevels(config.settings.logging?.levels ?? {});
    const take = forwardRecords(
      (record) => this.#journal.factOf(record),
      options.onRecord,
      safely,
      () => telemetry.mark,
    );
    this.#level = levelOf(options.level ?? 'info') ?? 'info';
    this.#log.attach({ level: this.#level, write: take });
    const { plugins = [], baseDirectory = '' } = options;
    const absolutePath = (path: string): string => resolve(baseDirectory, path);
    this.#plugins = new DaemonPlugins({
      ...{ journal, clock: systemClock, log: this.#log, absolutePath },
      given: plugins.map((one) => (typeof one === 'string' ? absolutePath(one) : one)),
    });
    if (options.onFact) this.subscribe(options.onFact);
    this.#forgetSignal = onAbort(options.signal, () => void this.stop());
  }

  /** Its name among the daemons of this process: the option `name`, or `daemon1`, `daemon2` … from `run` on. */
  get name(): string {
    return this.#telemetry.name;
  }
  /** The name of the running configuration. */
  get file(): string {
    return this.#scheduler?.file ?? this.#config.file;
  }

  /**
   * Runs until {@link stop}, a command, or a task ends it. Listening, ticks and checks begin at once. Resolves with how it
   * ended when everything it held is closed. @throws DaemonStateError when it runs already, or has ended: a daemon runs once; and
   * while another daemon of this process runs with the same history.
   */
  run(): Promise<Ending> {
    if (this.#running)
      return Promise.reject(new DaemonStateError(`the daemon ${this.#over ? 'has ended' : 'runs already'}`));
    const directory = this.#kept instanceof HistoryReader ? this.#kept.directory : undefined;
    if (directory !== undefined && openHistories.has(directory))
      return Promise.reject(
        new DaemonStateError(`the history in ${directory} is that of another daemon that runs in this process`),
      );
    this.#running = this.#live(directory);
    return this.#running;
  }

  /**
   * Ends it as `exit` does: no more checks, and what runs may finish. After `graceSeconds` it ends as `kill` does, with all processes it
   * has started; 0: at once; not given: it waits as long as it takes. Resolves with how it ended.
   */
  async stop(graceSeconds = Number.POSITIVE_INFINITY): Promise<Ending> {
    expectType('stop', 'graceSeconds', graceSeconds, TYPES.amount);
    this.#running ??= this.#close().then(() => 'exit' as const);
    const scheduler = this.#over ? undefined : this.#scheduler;
    if (!scheduler) {
      this.#stopped = true;
      return this.#running;
    }
    await scheduler.submit(graceSeconds > 0 ? 'exit' : 'kill');
    if (graceSeconds <= 0 || graceSeconds > 2_000_000) return this.#running;
    const timer = setTimeout(() => void scheduler.submit('kill'), graceSeconds * 1000);
    return this.#running.finally(() => clearTimeout(timer));
  }

  /** Stops it as {@link stop} does without a limit: for `await using daemon = await createDaemon(…)`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Gives an input command as a line: `pause`, `resume`, `trigger NAME`, `suspend_condition NAME`, `configure PATH` … Resolves when it is
   * accepted; `later` of the result resolves when the command has had its effect. Never rejects.
   */
  async submit(line: string): Promise<CommandResult> {
    if (typeof line !== 'string') return { kind: 'refused', reason: 'a command is a line of text' };
    if (this.#scheduler && !this.#over) return this.#scheduler.submit(line);
    return { kind: 'refused', reason: this.#over ? 'the daemon has ended' : 'the daemon does not run yet' };
  }

  /**
   * Runs the tasks of a condition at once, whatever its state, which stays what it is, and without asking its guards. Resolves when the run has
   * ended, with its outcome, or when it is clear that there will be none: the condition is busy, unknown, or has no tasks. @throws TypeError
   */
  async runNow(condition: string, options: RunOptions = {}): Promise<RunResult> {
    return this.runCondition('runNow', condition, options);
  }

  /**
   * Replaces the running configuration: items that are equal keep their state. Resolves when it is in force.
   * @param file the name of the text from now on. @throws ConfigError, and nothing has changed; DaemonStateError when the daemon is ending.
   */
  async reload(configText: string, file: string = this.file): Promise<void> {
    checkText(configText);
    let failure: unknown;
    const read = async (path: string): Promise<Config> => {
      try {
        return await this.#parts.load(configText, path);
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    if (this.#over) throw new DaemonStateError('the daemon has ended');
    if (!this.#scheduler) {
      this.#config = await read(file);
      return;
    }
    const accepted = this.#scheduler.configure(file, read);
    if (accepted.kind !== 'done') throw new DaemonStateError(accepted.reason);
    const answer = await accepted.later;
    if (failure !== undefined) throw failure;
    if (answer && answer.kind !== 'done') throw new DaemonStateError(answer.reason);
  }

  /** Its status, and that of each condition, or of those that are named. */
  status(conditions: readonly string[] = []): DaemonStatus {
    expectType('status', 'conditions', conditions, TYPES.texts);
    if (!this.#handler) return statusBefore(this.#config, conditions, this.#over);
    const report = this.#handler.status(conditions);
    return this.#over ? { ...report, state: 'ended' } : report;
  }
  /** Why a condition did or did not run: its last reasons, newest first; `count`: at the most so many, 0: all. */
  explain(condition: string, count = 0): ExplainAnswer {
    const source = { journal: this.#journal, status: (only: readonly string[]) => this.#handler?.status(only) };
    return ANSWERS.explain(source, { request: 'explain', condition, count });
  }
  /**
   * The runs, the newest first, for `for await`: also those of earlier daemons with the option `history`; else the last thousand of this one.
   * @throws TypeError for an option that does not fit
   */
  history(query: HistoryQuery = {}): AsyncGenerator<HistoryRun, void, undefined> {
    checkQuery('history', query);
    const kept = this.#kept;
    if (kept instanceof HistoryReader && !kept.exists) return runsOf(() => [], query);
    return runsOf((filter) => kept.entries(filter, this.#scheduler !== undefined && !this.#over), query);
  }
  /** What the daemon has measured, for the option `collect` of a `PrometheusHandler`. Needs the option `metrics`. */
  readonly collect = (ending = false): readonly Family[] => this.#telemetry.families(ending);

  async #live(directory: string | undefined): Promise<Ending> {
    if (directory !== undefined) openHistories.add(directory);
    const name = freeName(this.#options.name);
    running.add(name);
    this.#telemetry.name = name;
    this.#telemetry.mark = this.#options.name === undefined && name === 'daemon1' ? '' : name;
    let core: DaemonCore | undefined;
    try {
      if (this.#hasPlugins) await this.#plugins.begin(this.#config.settings.plugins);
      if (this.#stopped) return 'exit';
      core = this.#start();
      return await core.scheduler.run();
    } finally {
      this.#over = true;
      await this.#plugins.end();
      await core?.close();
      this.#store?.close();
      if (directory !== undefined) openHistories.delete(directory);
      await this.#close();
      running.delete(name);
    }
  }

  get #hasPlugins(): boolean {
    return this.#config.settings.plugins.length > 0 || (this.#options.plugins ?? []).length > 0;
  }

  #start(): DaemonCore {
    const { environment, paused = false } = this.#options;
    const { place, load } = this.#parts;
    const config = this.#config;
    const starting = this.#log.for('MAIN', 'starting');
    starting.info('START/MSG', `whenever ${VERSION}`);
    if (config.settings.logging?.outputs.length)
      starting.info(
        'START/MSG',
        'the outputs of [logging] are not opened: the program around this daemon takes the records',
      );
    this.#telemetry.paused = paused;
    const core = new DaemonCore({
      ...this.#openHistory(starting),
      ...{ config, journal: this.#journal, log: this.#log, level: this.#level, paused, adaptPorts: place.ports },
      ...(environment ? { environment } : {}),
      plugins: this.#plugins,
      load: async (path) => load(await place.read(path), path),
      absolutePath: (file) => file,
    });
    this.#scheduler = core.scheduler;
    this.#handler = new RequestHandler(core.requestDeps);
    this.#telemetry.live = () => liveFigures(core.requestDeps);
    return core;
  }

  /** Where the history goes, and what is known of earlier runs. */
  #openHistory(log: Logger): Pick<DaemonCoreOptions, 'history' | 'historyDirectory'> {
    if (this.#kept instanceof RecentLines)
      return { history: { state: new HistoryState(), writer: this.#kept, aliveUntil: 0 } };
    const { directory } = this.#kept;
    const warn = (text: string): void => log.warn('START/MSG', text);
    this.#store = new HistoryStore(directory, warn, this.#config.settings.history);
    return { history: this.#store, historyDirectory: directory };
  }

  async #close(): Promise<void> {
    this.#over = true;
    this.#journal.settle();
    this.#forgetSignal();
    this.endSubscriptions();
    this.#telemetry.close();
    // What the last calls reject with is counted as well.
    await new Promise((resolve) => setImmediate(resolve));
    this.#safely.reportCounts();
  }
}
