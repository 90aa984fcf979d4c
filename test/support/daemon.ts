import { loadConfig } from '../../src/config/load.ts';
import type { EventHandlers } from '../../src/core/engine-events.ts';
import type { CommandResult, Fleet, LocalZone, Ports } from '../../src/core/ports.ts';
import type { Ending, Scheduler } from '../../src/core/scheduler.ts';
import type { Config } from '../../src/core/spec.ts';
import { createEngine, type Engine } from '../../src/engine.ts';
import type { HostFs } from '../../src/items/kind.ts';
import { registry } from '../../src/items/registry.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { Journal, type JournalOptions } from '../../src/journal/journal.ts';
import type { Level } from '../../src/log/record.ts';
import type { RunHistory } from '../../src/projections/run-history.ts';
import type { LiveOutputs } from '../../src/projections/run-outputs.ts';
import type { SchedulerStatus } from '../../src/projections/scheduler-status.ts';
import { fakeDesktop } from './fake-desktop.ts';
import type { FakeHistory } from './fake-history.ts';
import { FakeLua, type LuaAct } from './fake-lua.ts';
import { type Acts, FakeProcesses } from './fake-processes.ts';
import { FakeRunFiles } from './fake-run-files.ts';
import { Records, shown } from './records.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A machine on which every directory and file is there, except those with `missing` in their path. */
export const fakeMachine: HostFs = {
  isDirectory: (path) => !path.includes('missing'),
  isFile: (path) => !path.includes('missing'),
  isReadableByOthers: (path) => path.startsWith('secret-readable.'),
  hasProgram: (name) => !name.includes('missing'),
  platform: 'linux',
  now: () => Date.parse('2026-03-02T12:00:00Z'),
};

/** Checks a text with the real loader and the real registry. */
export const load = (toml: string, file = 'test.toml', platform = 'linux'): Promise<Config> =>
  loadConfig(file, toml, registry, { ...fakeMachine, platform });

/** How a test starts the daemon. */
export interface DaemonOptions {
  readonly level?: Level;
  /** What the wall clock shows at the start, ms or ISO text; default: Monday 2 March 2026, 12:00 UTC. */
  readonly start?: number | string;
  readonly paused?: boolean;
  readonly processes?: Readonly<Record<string, Acts>>;
  readonly lua?: Readonly<Record<string, readonly LuaAct[]>>;
  /** What the `configure` command finds, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly random?: () => number;
  /** The platform that the configuration is checked for; default: linux. */
  readonly platform?: string;
  /** Paths that exist for file-change events. */
  readonly there?: readonly string[];
  /** How many ms each sleep takes longer than asked for. */
  readonly lateness?: () => number;
  /** The wall clock shows whole ms, as that of the system, and the monotonic one fractions. */
  readonly wholeMs?: boolean;
  readonly localZone?: LocalZone;
  readonly fleet?: Fleet;
  readonly journal?: JournalOptions;
  /** What goes from one instance to the next. */
  readonly history?: FakeHistory;
  /** What a reload loads; default: of `files`. */
  readonly read?: (path: string) => Promise<Config>;
  readonly observers?: (daemon: Daemon) => readonly EventHandlers[];
  /** Gets every fact. */
  readonly listener?: (fact: Fact) => void;
}

class WholeMsClock extends VirtualClock {
  override wall(): number {
    return Math.floor(super.wall());
  }
}

/** The whole scheduler on virtual time, with fake programs and scripts. */
export class Daemon {
  readonly clock: VirtualClock;
  readonly records: Records;
  readonly processes: FakeProcesses;
  readonly lua: FakeLua;
  /** Files, buses, idle time and WMI. */
  readonly desktop: ReturnType<typeof fakeDesktop>;
  /** Files that runs are given. */
  readonly runFiles = new FakeRunFiles();
  readonly scheduler: Scheduler;
  readonly status: SchedulerStatus;
  readonly history: RunHistory;
  readonly outputs: LiveOutputs;
  readonly overdue: Engine['overdue'];
  readonly refusal: Engine['refusal'];
  readonly lateness: Engine['lateness'];
  readonly journal: Journal;
  /** How it ended, once it has. */
  ending: Ending | undefined;
  /** Set when `run` threw, which is always a bug. */
  failure: unknown;
  readonly #began: number;

  constructor(config: Config, options: DaemonOptions) {
    const start = options.start ?? '2026-03-02T12:00:00Z';
    const ClockOf = options.wholeMs ? WholeMsClock : VirtualClock;
    this.clock = new ClockOf(typeof start === 'number' ? start : Date.parse(start), options.lateness);
    const { clock } = this;
    this.#began = clock.mono();
    this.journal = new Journal(clock, options.journal);
    if (options.listener) this.journal.subscribe(options.listener);
    this.records = new Records(
      options.level ?? 'trace',
      () => clock.wall(),
      () => clock.mono(),
      (record) => this.journal.record(record),
    );
    this.processes = new FakeProcesses(clock, options.processes);
    this.lua = new FakeLua(clock, options.lua);
    this.desktop = fakeDesktop(options.there, () => clock.mono());
    const ports: Omit<Ports, 'events'> = {
      clock,
      ...(options.localZone ? { localZone: options.localZone } : {}),
      ...(options.fleet ? { fleet: options.fleet } : {}),
      random: options.random ?? (() => 0.5),
      log: this.records.log,
      processes: this.processes,
      lua: this.lua,
      runFiles: this.runFiles,
      ...this.desktop,
    };
    const engine = createEngine(ports, this.journal, config, {
      paused: options.paused ?? false,
      ...(options.history ? { history: options.history.open(() => clock.wall()) } : {}),
      load: (path) => clock.waitFor(options.read?.(path) ?? this.#read(path, options)),
      ...(options.observers ? { observers: options.observers(this) } : {}),
    });
    this.scheduler = engine.scheduler;
    this.status = engine.status;
    this.history = engine.history;
    this.outputs = engine.outputs;
    this.overdue = engine.overdue;
    this.refusal = engine.refusal;
    this.lateness = engine.lateness;
    this.scheduler.run().then(
      (ending) => {
        this.ending = ending;
      },
      (error: unknown) => {
        this.failure = error;
      },
    );
  }

  async #read(path: string, { files, platform }: DaemonOptions): Promise<Config> {
    const text = files?.[path];
    if (text === undefined) throw new Error(`${path}: no such file`);
    return load(text, path, platform);
  }

  /** Seconds since the start, on the monotonic clock. */
  get now(): number {
    return (this.clock.mono() - this.#began) / 1000;
  }
  /** Lets seconds pass. */
  async advance(seconds: number): Promise<void> {
    await this.clock.advance(Math.round(seconds * 1024_000) / 1024);
    if (this.failure) throw this.failure;
  }
  /** Lets time pass until so many seconds after the start. */
  async until(seconds: number): Promise<void> {
    await this.advance(seconds - this.now);
  }
  /** Gives a command, as a line on standard input would, and lets what is ready happen. */
  async submit(line: string): Promise<CommandResult> {
    const answer = await this.scheduler.submit(line);
    await this.clock.settle();
    return answer;
  }
  /** A signal of the system. */
  async signal(name: string): Promise<void> {
    this.scheduler.interrupt(name);
    await this.clock.settle();
  }
  /** Everything logged so far: `+SECONDS LEVEL EMITTER ACTION ITEM/ID [WHEN/STATUS] message`. */
  get lines(): string[] {
    return this.records.all.map((record) => `${(record.at / 1000).toFixed(3).padStart(9)}  ${shown(record)}`);
  }
  /** Task runs as `SECONDS TASK OUTCOME CONDITION`, in the order they began. */
  get runs(): string[] {
    return this.records.history.map(
      ({ task, condition, began, outcome }) => `${began / 1000} ${task} ${outcome ?? 'running'} ${condition}`,
    );
  }
}

/** Starts the daemon with a configuration, which must be right. */
export const daemon = async (toml: string, options: DaemonOptions = {}): Promise<Daemon> => {
  const started = new Daemon(await load(toml, undefined, options.platform), options);
  await started.clock.settle();
  return started;
};
