import type { Logger, TraceContext } from '../log/record.ts';
import { CheckLoop } from './check-loop.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Condition } from './condition.ts';
import { ConditionCommands } from './condition-commands.ts';
import { shownInstant } from './condition-status.ts';
import type { Desk, Operation } from './desk.ts';
import { showDuration } from './duration.ts';
import { hparamsOf } from './hparams.ts';
import type { CheckContext } from './instance.ts';
import { ItemRegistry } from './item-registry.ts';
import { type Ending, Lifecycle } from './lifecycle.ts';
import { Pauses } from './pauses.ts';
import { EventQueue } from './pending-events.ts';
import type { CommandResult, Inbox, Ports } from './ports.ts';
import { Prompt } from './prompt.ts';
import { SchedulerStatus } from './scheduler-status.ts';
import { Shutdown } from './shutdown.ts';
import type { Config } from './spec.ts';
import type { Task } from './task.ts';
import { TaskRunner } from './task-runner.ts';
import { type Tick, Ticker } from './ticker.ts';
import { CORRECTION_MS } from './time-change.ts';
import { TimerQueue } from './timer-queue.ts';

/** What a scheduler is started with. */
export interface SchedulerOptions {
  readonly paused: boolean;
  /** When the program was started, monotonic ms; default: now. */
  readonly begun?: number;
  /** Reads and checks a file for the `configure` command. @throws an error whose `lines` say what is wrong. */
  load(path: string): Promise<Config>;
}

/** How often the time zone of the machine is looked at. */
const ZONE_EVERY_MS = 60_000;

export type { Ending };

/** Ticks, checks, runs, obeys, ends (`scheduling.md`). */
export class Scheduler {
  readonly inbox: Inbox = { submit: (line, origin) => this.submit(line, origin) };
  /** What can be seen of it. */
  readonly overview: SchedulerStatus;
  readonly #ports: Ports;
  readonly #bucket: EventQueue;
  readonly #agenda = new TimerQueue<Condition>();
  readonly #busy = new Set<Condition>();
  readonly #logs: Readonly<Record<'starting' | 'tick' | 'exit' | 'queuedReset' | 'queuedSuspend' | 'resume', Logger>>;
  readonly #roster: ItemRegistry;
  readonly #operations: ConditionCommands;
  readonly #tickMs: number;
  readonly #clockWatch: ClockWatch;
  /** When the zone was looked at last, monotonic ms. */
  #zoneSeen = 0;
  readonly #pulse: Ticker;
  readonly #farewell: Shutdown;
  readonly #prompt: Prompt;
  readonly #visits: CheckLoop;
  readonly #helm: Lifecycle;
  readonly #start: TraceContext;
  readonly #file: string;
  #isOver: () => void = () => {};
  /** Resolves when it has ended. */
  readonly #over = new Promise<void>((resolve) => {
    this.#isOver = resolve;
  });

  constructor(ports: Ports, config: Config, options: SchedulerOptions) {
    this.#ports = ports;
    this.#file = config.file;
    this.#tickMs = config.settings.tickSeconds * 1000;
    const pauses = new Pauses(options.paused ? ports.clock.wall() : undefined);
    const { log, journal } = ports;
    this.#bucket = new EventQueue(journal);
    this.#start = { cause: journal.cause('start'), run: null };
    const { file } = config;
    const startup = journal.span('startup', null, this.#start, () => ({ file }), options.begun, this.#start.cause);
    journal.metric(() => hparamsOf(config), { hparams: true, origin: this.#start });
    this.#logs = {
      starting: log.for('MAIN', 'starting'),
      tick: log.for('MAIN', 'scheduler_tick'),
      exit: log.for('MAIN', 'exit'),
      queuedReset: log.for('CONDITION_REGISTRY', 'reset_conditions'),
      queuedSuspend: log.for('CONDITION_REGISTRY', 'suspend_condition'),
      resume: log.for('MAIN', 'resume_condition'),
    };
    this.#farewell = new Shutdown(ports, this.#logs.exit, this.#busy);
    const checks = { open: () => this.#helm.open, plan: (condition: Condition) => this.#plan(condition) };
    this.#prompt = new Prompt(ports.clock, {
      ...checks,
      pending: (name) => this.#bucket.has(name),
      check: (condition) => {
        const cause = this.#bucket.causeOf(condition.name) ?? journal.cause('tick');
        const now = { wall: ports.clock.wall(), mono: ports.clock.mono() };
        condition.check(this.#look(now, { cause, run: null }));
      },
    });
    this.#visits = new CheckLoop(ports, config.settings.randomize, checks);
    this.#clockWatch = new ClockWatch(ports.clock);
    this.#zoneSeen = ports.clock.mono();
    // At trace each visit is a record; who follows the log may come and go.
    this.#pulse = new Ticker(
      ports.clock,
      this.#tickMs,
      () => {
        if (log.wants('trace')) return 0;
        return pauses.now ? Number.POSITIVE_INFINITY : this.#agenda.wait(ports.clock.wall(), ports.clock.mono());
      },
      () => this.#agenda.watchesWall,
      () => this.#lookAtClock(),
    );
    const desk = this.#desk(new TaskRunner(log, journal));
    this.#roster = new ItemRegistry(
      { ports, inbox: this.inbox, pending: this.#bucket, desk, tickMs: this.#tickMs },
      this.#start,
    );
    this.#operations = new ConditionCommands(this.#roster, this.#bucket, ports, config.settings, options.load);
    this.#helm = new Lifecycle(ports, this.#start, pauses, {
      operations: this.#operations,
      busy: this.#busy,
      stir: () => this.#stir(),
      over: this.#over,
    });
    this.#bucket.onAdd = (name) => {
      const condition = this.#roster.conditions.get(name);
      if (!condition) return;
      this.#plan(condition);
      void this.#prompt.hurry(condition);
    };
    this.#roster.fill(config);
    this.overview = new SchedulerStatus(this.#roster, this.#bucket, this.#helm, ports.clock, this.#clockWatch);
    const { tickSeconds } = config.settings;
    this.#helm.tell('start', this.#start, { file, tickSeconds, paused: options.paused });
    for (const condition of this.#roster.conditions.values()) condition.join(this.#start);
    this.#roster.listener.begin(this.#roster.events.values(), this.#start);
    const { conditions, tasks, events } = config;
    startup?.finish(() => ({
      ...{ outcome: 'success', conditions: conditions.length, tasks: tasks.length, events: events.length },
    }));
  }

  /** Ticks until it is told to end; then waits for running work, or ends it. Answers how. */
  async run(): Promise<Ending> {
    const helm = this.#helm;
    if (helm.pauses.now) {
      this.#logs.starting.info('PROC/MSG', 'starting paused, as asked for', this.#start);
      this.#logs.starting.trace('PAUSE/YES', 'scheduler is paused', this.#start);
    }
    const isEnding = (): boolean => helm.ending !== undefined;
    while (!helm.ending) {
      const beat = await this.#pulse.next();
      if (beat && !isEnding()) {
        await this.#tick(beat);
        this.#pulse.done();
      }
    }
    if (helm.ending === 'exit') await this.#farewell.drain(() => helm.ending !== 'exit', helm.endingBy);
    if (helm.ending === 'kill') await this.#farewell.abort(this.#roster.alive, helm.endingBy);
    this.#roster.close(helm.endingBy);
    helm.ended();
    if (helm.ending === 'exit') this.#logs.exit.info('END/OK', 'scheduler ended', helm.endingBy);
    this.#isOver();
    return helm.ending;
  }

  /** The door for commands, whoever gives them. */
  async submit(line: string, given?: TraceContext): Promise<CommandResult> {
    this.#lookAtClock();
    if (line.trimStart().startsWith('configure')) this.#lookAtZone();
    return this.#helm.submit(line, given);
  }
  /** A signal asks to end; a second one does not wait. */
  interrupt(signal: string): void {
    this.#helm.interrupt(signal);
  }
  /** A signal asks for the configuration to be loaded again. */
  reload(path: string, signal: string): void {
    this.#lookAtZone();
    this.#helm.reload(path, signal);
  }

  /** Another configuration, which `read` answers; `path` is what it is called. */
  configure(path: string, read: (path: string) => Promise<Config>): CommandResult {
    this.#lookAtZone();
    return this.#helm.replace(path, read);
  }

  /** Somebody has begun or ceased to look at records of every visit. */
  wake(): void {
    this.#stir();
  }

  /** The file of the running configuration. */
  get file(): string {
    return this.#operations.file ?? this.#file;
  }

  /** Something changed that a sleep depends on. */
  #stir(): void {
    this.#pulse.stir();
    this.#farewell.stir();
  }

  #plan(condition: Condition): void {
    if (condition.removed) this.#agenda.drop(condition);
    else this.#agenda.plan(condition, condition.due);
    this.#pulse.touch();
  }

  #desk(runner: TaskRunner): Desk {
    const { log, journal, clock } = this.#ports;
    return {
      runner,
      journal,
      tick: this.#logs.tick,
      checks: log.for('CONDITION_REGISTRY', 'tick'),
      tasks: (names) =>
        names.map((name) => this.#roster.tasks.get(name)).filter((task): task is Task => task !== undefined),
      began: (condition) => {
        this.#busy.add(condition);
        if (this.#busy.size === 1) this.#logs.tick.trace('BUSY/YES', 'conditions busy: 1', condition.origin);
      },
      ended: (condition) => {
        this.#busy.delete(condition);
        this.#ports.lua.endRun(condition.name, (lock) => condition.lockReleased(lock));
        void this.#prompt.hurry(condition);
        if (this.#busy.size > 0) return;
        this.#logs.tick.trace('BUSY/NO', 'no condition is busy', condition.origin);
        this.#farewell.stir();
      },
      changed: (condition) => this.#plan(condition),
      performed: (condition, operation, origin) => this.#reportQueued(condition, operation, origin),
      forgetEvent: (name) => this.#bucket.drop(name),
      run: (cause) => journal.run(cause),
      wallOf: (mono) => clock.wall() + mono - clock.mono(),
      now: () => clock.wall(),
      mono: () => clock.mono(),
    };
  }

  #reportQueued({ name }: Condition, operation: Operation, origin: TraceContext): void {
    if (operation === 'reset') this.#logs.queuedReset.info('PROC/OK', `queued reset of condition ${name} done`, origin);
    else if (operation === 'suspend')
      this.#logs.queuedSuspend.info('PROC/OK', `queued suspension of condition ${name} done`, origin);
    else this.#logs.resume.info('END/OK', `condition ${name} resumed and reset`, origin);
  }

  /** Says so when the wall clock was set, and lets all look again that go by it. */
  #lookAtClock(): void {
    if (this.#ports.clock.steady) return;
    if (this.#ports.clock.mono() - this.#zoneSeen >= ZONE_EVERY_MS) this.#lookAtZone();
    const clockChange = this.#clockWatch.look();
    if (!clockChange) return;
    const { kind, from, to } = clockChange;
    const back = kind === 'set-back';
    const by = Math.abs(from - to);
    const origin: TraceContext = { cause: this.#ports.journal.cause('clock'), run: null };
    const done =
      by > CORRECTION_MS
        ? 'that is a correction, time conditions count from the new time at once'
        : 'time conditions count by the new time, and instants that have fired do not fire again';
    const what = back
      ? done
      : 'time conditions count by the new time, and catch_up says what becomes of the instants between';
    const change = `the clock was set ${back ? 'back' : 'forward'} by ${showDuration(by)}`;
    const between = `from ${shownInstant(from, to)} to ${shownInstant(to, from)}`;
    this.#logs.tick.warn('PROC/MSG', `${change}, ${between}: ${what}`, origin);
    this.#helm.tell('clock', origin, { from, to });
    if (back) this.#helm.pauses.shift(by);
    for (const condition of this.#roster.conditions.values()) condition.timeChanged(clockChange, origin);
  }

  /** Looks whether the machine is in another time zone, and lets all look again that go by local time. */
  #lookAtZone(): void {
    this.#zoneSeen = this.#ports.clock.mono();
    const change = this.#ports.localZone?.look();
    if (!change) return;
    const origin: TraceContext = { cause: this.#ports.journal.cause('clock'), run: null };
    if ('problem' in change) {
      this.#logs.tick.warn('PROC/MSG', change.problem, origin);
      return;
    }
    const { from, to } = change;
    const what = 'time conditions without a timezone of their own look again';
    this.#logs.tick.info('PROC/MSG', `the time zone of the machine is ${to} now, it was ${from}: ${what}`, origin);
    this.#helm.tell('zone', origin, { from, to });
    this.#ports.lua.renew?.();
    for (const condition of this.#roster.conditions.values()) condition.timeChanged({ kind: 'zone', from, to }, origin);
  }

  #look(at: Tick, origin: TraceContext): CheckContext {
    return { ...at, origin, pauses: this.#helm.pauses.spans, tickMs: this.#tickMs };
  }

  async #tick({ wall, mono }: Tick): Promise<void> {
    const { log, journal } = this.#ports;
    const origin: TraceContext = { cause: journal.cause('tick'), run: null };
    const { tick } = this.#logs;
    if (this.#busy.size > 0) tick.trace('BUSY/YES', () => `conditions busy: ${this.#busy.size}`, origin);
    else tick.trace('BUSY/NO', 'no condition is busy', origin);
    if (this.#helm.pauses.now) {
      tick.trace('PROC/MSG', 'tick without checks: the scheduler is paused', origin);
      return;
    }
    // In the order they were made, at every level: conditions may wait for each other's tasks.
    const due = this.#agenda.due(wall, mono).sort((a, b) => a.id - b.id);
    const look = this.#look({ wall, mono }, origin);
    const visited = log.wants('trace') ? [...this.#roster.conditions.values()] : due;
    const late_ms = this.#ports.clock.mono() - mono;
    const span = journal.span('tick', null, origin, () => ({ late_ms }), undefined, origin.cause);
    await this.#visits.runChecks(visited, due, look);
    span?.finish(() => ({ visited: visited.length, due: due.length }));
  }
}
