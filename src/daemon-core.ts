import { systemClock } from './adapters/clock.ts';
import { zoneName } from './adapters/local-zone.ts';
import type { RequestHandlerDeps } from './control/request-handler.ts';
import type { EventHandlers } from './core/engine-events.ts';
import type { Scheduler } from './core/scheduler.ts';
import type { Config } from './core/spec.ts';
import { createPorts, type PortOptions, type RealPorts } from './create-ports.ts';
import type { DaemonPlugins } from './daemon-plugins.ts';
import { createEngine, type EngineOptions } from './engine.ts';
import type { SharedEvent } from './journal/fact.ts';
import type { Journal } from './journal/journal.ts';
import type { LogHub } from './log/log.ts';
import type { Level } from './log/record.ts';
import { configWarnings } from './projections/config-warnings.ts';
import type { RunHistory } from './projections/run-history.ts';
import { unsharedEvents } from './projections/unshared-events.ts';
import { VERSION } from './version.ts';

/** What a daemon is put together of. */
export interface DaemonCoreOptions extends PortOptions {
  readonly config: Config;
  readonly journal: Journal;
  readonly log: LogHub;
  /** The least severe level that is logged. */
  readonly level: Level;
  readonly paused: boolean;
  /** What earlier instances have left, and where the lines of this one go; default: nothing and nowhere. */
  readonly history?: EngineOptions['history'];
  /** The directory of the history. */
  readonly historyDirectory?: string;
  /** When the program was started, monotonic ms; default: now. */
  readonly begun?: number;
  /** Take events of the engine, after everything else. */
  readonly observers?: readonly ((ports: RealPorts) => EventHandlers)[];
  /** Gets events for all machines of the fleet; default: this machine is in none. */
  readonly shareEvent?: (event: SharedEvent) => void;
  /** What takes part; they have begun. */
  readonly plugins: DaemonPlugins;
  /** Reads and checks a file for the command `configure`. @throws ConfigError, UnreadableFile */
  load(path: string): Promise<Config>;
  /** Returns the ports for paths that are relative to another directory; default: unchanged. */
  adaptPorts?(ports: RealPorts): RealPorts;
  /** Where a file is, as it is known from any directory. */
  absolutePath(file: string): string;
}

/**
 * The wiring of a daemon: the scheduler with the ports of this machine, its journal and its log, and what requests are answered from.
 * The program and `createDaemon` of the library share it.
 */
export class DaemonCore {
  readonly scheduler: Scheduler;
  readonly history: RunHistory;
  readonly requestDeps: RequestHandlerDeps;
  readonly #ports: RealPorts;

  constructor({
    config,
    journal,
    log,
    level,
    paused,
    history: kept,
    historyDirectory,
    begun,
    load,
    adaptPorts,
    absolutePath,
    observers = [],
    shareEvent = unsharedEvents(log, config.settings),
    plugins,
    ...rest
  }: DaemonCoreOptions) {
    journal.onShared(shareEvent);
    const ports = createPorts({ log, ...rest });
    this.#ports = adaptPorts?.(ports) ?? ports;
    const { version: node, platform, arch, pid } = process;
    const { scheduler, status, history, outputs, overdue, refusal, lateness } = createEngine(
      this.#ports,
      journal,
      config,
      {
        ...{
          paused,
          load,
          instance: { version: VERSION, pid, zone: zoneName() },
          observers: [configWarnings(log), plugins.handlers, ...observers.map((make) => make(this.#ports))],
        },
        ...(begun === undefined ? {} : { begun }),
        ...(kept === undefined ? {} : { history: kept }),
      },
    );
    this.scheduler = scheduler;
    this.history = history;
    this.requestDeps = {
      ...{ scheduler, schedulerStatus: status, history, outputs, overdue, refusal, journal, log, config, level },
      ...{ absolutePath, pid, lateness, plugins, shared: this.#ports.lua },
      ...(historyDirectory === undefined ? {} : { historyDirectory }),
      ...(rest.trace === undefined ? {} : { trace: rest.trace }),
      environment: rest.environment ?? process.env,
      ...{
        versions: { node, platform, arch },
        started: systemClock.wall(),
        now: systemClock.wall,
        sleep: systemClock.sleep,
      },
    };
    void plugins.attach(scheduler, this.requestDeps);
  }

  /** Removes the files of runs when all runs have ended, for a program that ends without releasing anything. */
  removeRunFiles(): void {
    this.#ports.removeRunFiles();
  }

  /** Releases what the ports hold open: threads, connections, watchers. */
  async close(): Promise<void> {
    await this.#ports.close();
  }
}
