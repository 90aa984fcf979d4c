import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { Ports } from '../../../src/core/ports.ts';
import type { Scheduler } from '../../../src/core/scheduler.ts';
import { createEngine } from '../../../src/engine.ts';
import { Journal } from '../../../src/journal/journal.ts';
import type { Level } from '../../../src/log/record.ts';
import { fakeDesktop } from '../../support/fake-desktop.ts';
import { FakeLua } from '../../support/fake-lua.ts';
import { FakeProcesses } from '../../support/fake-processes.ts';
import { Records, shown } from '../../support/records.ts';
import { eventually } from './eventually.ts';
import { loadOn } from './item.ts';

/** A task that does nothing, a bucket condition that runs it at once, and whatever is added. */
export const HEAD = `scheduler_tick_seconds = 1
[[task]]
name = "T"
type = "command"
startup_path = "/"
command = "true"
command_arguments = []
`;

/** A bucket condition that runs the task T after every event. */
export const BUCKET = (keys = 'immediate = true') =>
  `[[condition]]\nname = "B"\ntype = "bucket"\ntasks = ["T"]\nrecurring = true\n${keys}\n`;

/** The scheduler on the real clock, with real parts of the desktop and tasks that end at once. */
export class Scheduled {
  readonly records: Records;
  readonly scheduler: Scheduler;
  readonly #ended: Promise<unknown>;

  private constructor(
    config: Awaited<ReturnType<typeof loadOn>>,
    ports: Partial<Ports>,
    level: Level,
    load: () => string,
  ) {
    this.records = new Records(level, systemClock.wall, systemClock.mono);
    this.scheduler = createEngine(
      {
        clock: systemClock,
        random: Math.random,
        log: this.records.log,
        processes: new FakeProcesses(systemClock),
        lua: new FakeLua(systemClock),
        ...fakeDesktop(),
        ...ports,
      },
      new Journal(systemClock),
      config,
      { paused: false, load: () => loadOn('linux', load()) },
    ).scheduler;
    this.#ended = this.scheduler.run();
  }

  /** @param load what the `configure` command finds. */
  static async start(
    toml: string,
    ports: Partial<Ports>,
    level: Level = 'trace',
    load = () => toml,
  ): Promise<Scheduled> {
    return new Scheduled(await loadOn('linux', toml), ports, level, load);
  }

  /** How often the task T has been run to its end. */
  get runs(): number {
    return this.records.with('HIST/END').length;
  }
  /** Everything logged so far. */
  get lines(): string[] {
    return this.records.all.map(shown);
  }
  /** Waits for a record. */
  said(pattern: RegExp): Promise<string> {
    return eventually(
      () => this.lines.find((line) => pattern.test(line)),
      () => `a record like ${pattern}; there are:\n${this.lines.slice(-30).join('\n')}`,
    );
  }
  /** Waits until the task has been run more often than `before`. */
  ran(before: number): Promise<true> {
    return eventually(
      () => this.runs > before,
      () => `a run of the task; there are:\n${this.lines.slice(-30).join('\n')}`,
    );
  }
  /** Waits until nothing has been said of items and events for so many ms. */
  async quiet(ms: number): Promise<void> {
    const told = () => this.records.all.filter(({ context }) => context.emitter !== 'MAIN').length;
    for (let before = -1; before !== told(); await sleep(ms)) before = told();
  }
  async stop(): Promise<void> {
    await this.scheduler.submit('exit');
    await this.#ended;
  }
}
