import { describeError } from '../call-safely.ts';
import { expectOptions, TYPES } from '../check-arguments.ts';
import type { PluginStatus, StatusReport } from '../control/status.ts';
import type { Clock, CommandResult } from '../core/ports.ts';
import type { Fact, Json, LogEventOptions } from '../journal/fact.ts';
import type { Journal } from '../journal/journal.ts';
import type { Level, Log } from '../log/record.ts';
import { Complaints } from './complaints.ts';
import type { Plugin, PluginDaemon, PluginFunction } from './plugin.ts';
import { PluginEvents } from './plugin-events.ts';
import { type PluginSource, RunningPlugin } from './running-plugin.ts';

/** The files of plugins, as they are on this machine. */
export interface PluginFiles {
  /** What is the same for all paths of one file, and what differs when the file has changed. */
  identify(path: string): { readonly path: string; readonly version: string };
  /** What a module exports. @throws Error that says why it is not loaded. */
  load(path: string): Promise<unknown>;
  /** Whether an error comes from the code in this file, or from what it has called. */
  isFrom(path: string, error: unknown): boolean;
  /** Whether no code of this program has to do with an error. */
  isForeign(error: unknown): boolean;
}

/** The daemon that plugins take part in. */
export interface DaemonAccess {
  readonly file: string;
  status(conditions: readonly string[]): StatusReport;
  submit(line: string): Promise<CommandResult>;
}

/** A plugin, or the path of its file. */
export type GivenPlugin = string | Plugin;

interface PluginsDeps {
  readonly journal: Pick<Journal, 'subscribe' | 'logEvent'>;
  readonly clock: Pick<Clock, 'mono' | 'sleep'>;
  readonly log: Pick<Log, 'for'>;
  readonly files: PluginFiles;
}

/** One that runs, and what would be the same one. */
interface Entry {
  readonly key: string | Plugin;
  readonly version: string;
  readonly plugin: RunningPlugin;
}

/** One that is to run. */
type Wanted = Omit<Entry, 'plugin'> & { readonly source: PluginSource };

const FUNCTIONS: readonly PluginFunction[] = ['setup', 'event', 'teardown'];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const hasFunctions = (value: unknown): value is Plugin =>
  isObject(value) && FUNCTIONS.some((name) => typeof value[name] === 'function');

/** The plugin that a module is: its default export, or its named ones. @throws Error */
export const pluginOf = (module: unknown): Plugin => {
  const given = isObject(module) ? [module.default, module] : [];
  const plugin = given.find(hasFunctions);
  if (plugin === undefined) throw new Error('expected an export of setup, event or teardown, found none');
  const wrong = FUNCTIONS.find((name) => plugin[name] !== undefined && typeof plugin[name] !== 'function');
  if (wrong !== undefined) throw new Error(`expected a function as ${wrong}, found another value`);
  if (plugin.name !== undefined && typeof plugin.name !== 'string')
    throw new Error('expected a text as name, found another value');
  return plugin;
};

const lastPart = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** The plugins of a daemon. They are called with what happens from its start on. */
export class Plugins {
  readonly #deps: PluginsDeps;
  readonly #given: readonly GivenPlugin[];
  readonly #events = new PluginEvents();
  /** All that have begun, the last one of each file: also timers of those that have ended can fail. */
  readonly #known = new Map<Entry['key'], RunningPlugin>();
  /** What has failed in one that is not known. */
  readonly #unknown: Complaints;
  #entries: readonly Entry[] = [];
  /** The one that publishes something now. */
  #publishing: RunningPlugin | undefined;
  #attach: (daemon: DaemonAccess) => void = () => {};
  readonly #daemon = new Promise<DaemonAccess>((resolve) => {
    this.#attach = resolve;
  });
  #changes: Promise<void> = Promise.resolve();
  #leave: (() => void) | undefined;
  #closed = false;

  /** @param given those that no reload changes. @param inFile the paths in the file of the configuration */
  constructor(deps: PluginsDeps, given: readonly GivenPlugin[], inFile: readonly string[]) {
    this.#deps = deps;
    this.#given = given;
    const log = deps.log.for('MAIN', 'plugin');
    this.#unknown = new Complaints(
      () => deps.clock.mono(),
      (text) => log.warn('PROC/FAIL', text),
    );
    this.#start(this.#wanted(inFile));
  }

  /** Calls `setup` of all. */
  attach(daemon: DaemonAccess): void {
    this.#attach(daemon);
  }

  get status(): readonly PluginStatus[] {
    return this.#entries.map(({ plugin }) => plugin.status);
  }

  /** Ends those that the file has no longer, or that have changed, and begins the others. Those that are the same go on. */
  follow(inFile: readonly string[]): Promise<void> {
    this.#changes = this.#changes.then(async () => {
      if (this.#isClosed()) return;
      const wanted = this.#wanted(inFile);
      const stays = ({ key, version, plugin }: Entry): boolean =>
        plugin.alive && wanted.some((one) => one.key === key && one.version === version);
      const leaving = this.#entries.filter((entry) => !stays(entry));
      this.#entries = this.#entries.filter(stays);
      await Promise.all(leaving.map(({ plugin }) => plugin.end()));
      if (!this.#isClosed()) this.#start(wanted);
    });
    return this.#changes;
  }

  /** Takes an error that nothing caught, if it comes from a plugin. Returns whether it does. */
  take(error: unknown): boolean {
    const owner = this.#ownerOf(error);
    if (owner === undefined) return false;
    if (owner === 'one of them')
      this.#unknown.add('outside', `a plugin failed outside of a call: ${describeError(error, true)}`);
    else owner.failed(error);
    return true;
  }

  /** Whether an error comes from a plugin. */
  owns(error: unknown): boolean {
    return this.#ownerOf(error) !== undefined;
  }

  /**
   * The plugin that an error comes from, also one that has ended. An error that no code of this program has to do with comes from what a
   * plugin uses: a module of its own, or a socket, whose errors have no place.
   */
  #ownerOf(error: unknown): RunningPlugin | 'one of them' | undefined {
    const { files } = this.#deps;
    const all = [...this.#known];
    const [, plugin] = all.find(([key]) => typeof key === 'string' && files.isFrom(key, error)) ?? [];
    if (plugin !== undefined || !files.isForeign(error)) return plugin;
    return all.length === 1 ? all[0]![1] : 'one of them';
  }

  /** Tears all of them down, in a limited time. */
  async end(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#entries.map(({ plugin }) => plugin.end()));
    this.#unknown.flush();
    this.#leave?.();
    this.#leave = undefined;
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  /** Each once. */
  #wanted(inFile: readonly string[]): readonly Wanted[] {
    const all = [...this.#given, ...inFile].map((given, i) => {
      if (typeof given !== 'string') {
        const load = async (): Promise<Plugin> => pluginOf(given);
        return { key: given, version: '', source: { name: `plugin ${i + 1}`, load } };
      }
      const { path, version } = this.#deps.files.identify(given);
      const load = async (): Promise<Plugin> => pluginOf(await this.#deps.files.load(given));
      return { key: path, version, source: { name: lastPart(given), file: given, load } };
    });
    return all.filter(({ key }, i) => all.findIndex((other) => other.key === key) === i);
  }

  #start(wanted: readonly Wanted[]): void {
    const fresh = wanted.filter(({ key }) => !this.#entries.some((entry) => entry.key === key));
    const log = this.#deps.log.for('MAIN', 'plugin');
    const begun = fresh.map(({ key, version, source }): Entry => {
      const daemon = this.#daemon.then((access) => this.#facade(access, () => plugin));
      const plugin: RunningPlugin = new RunningPlugin(source, { clock: this.#deps.clock, log, daemon });
      this.#known.set(key, plugin);
      return { key, version, plugin };
    });
    this.#entries = [...this.#entries, ...begun];
    // Records are not for plugins: with a function for them no facts are made of them.
    if (this.#entries.length > 0)
      this.#leave ??= this.#deps.journal.subscribe(
        (fact) => this.#take(fact),
        () => {},
        'the plugins',
      );
    else {
      this.#leave?.();
      this.#leave = undefined;
    }
  }

  #take(fact: Fact): void {
    const event = this.#events.of(fact);
    if (event === undefined) return;
    for (const { plugin } of this.#entries) if (plugin !== this.#publishing) plugin.push(event);
  }

  /** What a plugin can do with the daemon. */
  #facade(access: DaemonAccess, plugin: () => RunningPlugin): PluginDaemon {
    const { journal, log } = this.#deps;
    const own = log.for('MAIN', 'plugin');
    return Object.freeze({
      get file(): string {
        return access.file;
      },
      // What it holds belongs to the engine.
      status: (conditions: readonly string[] = []) => structuredClone(access.status(conditions)),
      submit: (line: string) => access.submit(line),
      logEvent: (topic: string | readonly string[], value: Json, options: LogEventOptions = {}) => {
        expectOptions('logEvent', options, { fleet: TYPES.flag });
        this.#publishing = plugin();
        try {
          journal.logEvent(topic, value, { fleet: options.fleet });
        } finally {
          this.#publishing = undefined;
        }
      },
      log: (level: Level, text: string) => own[level]('PROC/MSG', `${plugin().status.name}: ${text}`),
    });
  }
}
