import type { Logger } from '../log/record.ts';
import { Agenda } from './agenda.ts';
import type { Look } from './body.ts';
import { Bucket } from './bucket.ts';
import { interpret } from './commands.ts';
import type { Condition, Desk, Operation } from './condition.ts';
import { Farewell } from './farewell.ts';
import { Operations } from './operations.ts';
import { Pauses } from './pauses.ts';
import type { Answer, Inbox, Ports } from './ports.ts';
import { Prompt } from './prompt.ts';
import { type Beat, Pulse } from './pulse.ts';
import { Roster } from './roster.ts';
import { Runner } from './runner.ts';
import type { Config } from './spec.ts';
import type { Task } from './task.ts';
import { Visits } from './visits.ts';

/** What a scheduler is started with. */
export interface SchedulerOptions {
  readonly paused: boolean;
  /** Reads and checks a file for the `configure` command. @throws an error whose `lines` say what is wrong. */
  load(path: string): Promise<Config>;
}

/** How the scheduler came to its end. */
export type Ending = 'exit' | 'kill';

/** Ticks, checks, runs, obeys, ends (`scheduling.md`). */
export class Scheduler {
  readonly inbox: Inbox = { submit: (line) => this.submit(line) };
  readonly #ports: Ports;
  readonly #bucket = new Bucket();
  readonly #agenda = new Agenda<Condition>();
  readonly #busy = new Set<Condition>();
  readonly #logs: Readonly<
    Record<'starting' | 'tick' | 'command' | 'exit' | 'queuedReset' | 'queuedSuspend' | 'resume', Logger>
  >;
  readonly #roster: Roster;
  readonly #operations: Operations;
  readonly #tickMs: number;
  readonly #pulse: Pulse;
  readonly #farewell: Farewell;
  readonly #prompt: Prompt;
  readonly #visits: Visits;
  readonly #pauses: Pauses;
  #ending: Ending | undefined;

  constructor(ports: Ports, config: Config, options: SchedulerOptions) {
    this.#ports = ports;
    this.#tickMs = config.settings.tickSeconds * 1000;
    this.#pauses = new Pauses(options.paused ? ports.clock.wall() : undefined);
    const { log } = ports;
    this.#logs = {
      starting: log.for('MAIN', 'starting'),
      tick: log.for('MAIN', 'scheduler_tick'),
      command: log.for('MAIN', 'command'),
      exit: log.for('MAIN', 'exit'),
      queuedReset: log.for('CONDITION_REGISTRY', 'reset_conditions'),
      queuedSuspend: log.for('CONDITION_REGISTRY', 'suspend_condition'),
      resume: log.for('MAIN', 'resume_condition'),
    };
    this.#farewell = new Farewell(ports, this.#logs.exit, this.#busy);
    const checks = { open: () => this.#open, plan: (condition: Condition) => this.#plan(condition) };
    this.#prompt = new Prompt(ports.clock, {
      ...checks,
      pending: (name) => this.#bucket.has(name),
      check: (condition) => condition.check(this.#look({ wall: ports.clock.wall(), mono: ports.clock.mono() })),
    });
    this.#visits = new Visits(ports, config.settings.randomize, checks);
    // At trace and debug each visit is a record somebody asked for.
    const everyTick = log.wants('debug');
    this.#pulse = new Pulse(
      ports.clock,
      this.#tickMs,
      () => {
        if (everyTick) return 0;
        return this.#pauses.now ? Number.POSITIVE_INFINITY : this.#agenda.wait(ports.clock.wall(), ports.clock.mono());
      },
      () => this.#agenda.watchesWall,
    );
    this.#roster = new Roster({ ports, inbox: this.inbox, pending: this.#bucket, desk: this.#desk(new Runner(log)) });
    this.#operations = new Operations(this.#roster, this.#bucket, log, config.settings, options.load);
    this.#bucket.onAdd = (name) => {
      const condition = this.#roster.conditions.get(name);
      if (!condition) return;
      this.#plan(condition);
      void this.#prompt.hurry(condition);
    };
    this.#roster.fill(config);
    for (const condition of this.#roster.conditions.values()) this.#plan(condition);
    this.#roster.listener.begin(this.#roster.events.values());
  }

  /** Ticks until it is told to end; then waits for running work, or ends it. Answers how. */
  async run(): Promise<Ending> {
    if (this.#pauses.now) {
      this.#logs.starting.info('PROC/MSG', 'starting paused, as asked for');
      this.#logs.starting.trace('PAUSE/YES', 'scheduler is paused');
    }
    while (!this.#ending) {
      const beat = await this.#pulse.next();
      if (beat && !this.#ending) {
        await this.#tick(beat);
        this.#pulse.done();
      }
    }
    if (this.#ending === 'exit') await this.#farewell.wait(() => this.#ending !== 'exit');
    if (this.#ending === 'kill') await this.#farewell.abandon(this.#roster.tasks.values());
    this.#roster.close();
    if (this.#ending === 'exit') this.#logs.exit.info('END/OK', 'scheduler ended');
    return this.#ending ?? 'exit';
  }

  /** The door for commands, whoever gives them. */
  async submit(line: string): Promise<Answer> {
    return interpret(
      line,
      {
        exit: () => this.#end('exit', 'request to end accepted'),
        kill: () => this.#end('kill', 'request to end at once accepted'),
        pause: () => this.#pause(),
        resume: () => this.#resume(),
        reset: (names) => this.#operations.reset(names),
        suspendCondition: (name) => this.#operations.suspend(name),
        resumeCondition: (name) => this.#operations.resume(name),
        trigger: (name) => this.#operations.trigger(name),
        configure: (path) => this.#operations.configure(path),
      },
      this.#logs.command,
    );
  }

  /** A signal asks to end; a second one does not wait. */
  interrupt(signal: string): void {
    const again = this.#ending !== undefined;
    this.#logs.exit.warn(
      'END/MSG',
      `${signal} received, ${again ? 'ending at once' : 'ending when running work is done'}`,
    );
    this.#ending = again ? 'kill' : 'exit';
    this.#stir();
  }

  /** A signal asks for the configuration to be loaded again. */
  reload(path: string, signal: string): void {
    if (this.#ending) return;
    this.#ports.log.for('MAIN', 'reconfigure').info('START/MSG', `${signal} received, loading ${path} again`);
    this.#operations.configure(path);
  }

  /** Conditions may be checked. */
  get #open(): boolean {
    return !this.#pauses.now && !this.#ending;
  }

  #end(how: Ending, text: string): Answer {
    this.#logs.command.warn('PROC/MSG', text);
    if (this.#ending !== 'kill') this.#ending = how;
    this.#stir();
    return { kind: 'done' };
  }

  #pause(): Answer {
    if (this.#pauses.now) return this.#without('pause: the scheduler is paused already');
    this.#pauses.begin(this.#ports.clock.wall());
    this.#logs.command.debug('PROC/MSG', 'pausing');
    this.#logs.command.trace('PAUSE/YES', 'scheduler is paused');
    this.#stir();
    return { kind: 'done' };
  }

  #resume(): Answer {
    if (!this.#pauses.now) return this.#without('resume: the scheduler is not paused');
    this.#pauses.end(this.#ports.clock.wall());
    this.#logs.command.debug('PROC/MSG', 'resuming');
    this.#logs.command.trace('PAUSE/NO', 'scheduler is not paused');
    this.#stir();
    return { kind: 'done' };
  }

  #without(reason: string): Answer {
    this.#logs.command.warn('PROC/FAIL', reason);
    return { kind: 'no-effect', reason };
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

  #desk(runner: Runner): Desk {
    const { log } = this.#ports;
    return {
      runner,
      tick: this.#logs.tick,
      checks: log.for('CONDITION_REGISTRY', 'tick'),
      tasks: (names) =>
        names.map((name) => this.#roster.tasks.get(name)).filter((task): task is Task => task !== undefined),
      began: (condition) => {
        this.#busy.add(condition);
        if (this.#busy.size === 1) this.#logs.tick.trace('BUSY/YES', 'conditions busy: 1');
      },
      ended: (condition) => {
        this.#busy.delete(condition);
        void this.#prompt.hurry(condition);
        if (this.#busy.size > 0) return;
        this.#logs.tick.trace('BUSY/NO', 'no condition is busy');
        this.#farewell.stir();
      },
      changed: (condition) => this.#plan(condition),
      performed: (condition, operation) => this.#reportQueued(condition, operation),
      forgetEvent: (name) => this.#bucket.take(name),
    };
  }

  #reportQueued({ name }: Condition, operation: Operation): void {
    if (operation === 'reset') this.#logs.queuedReset.info('PROC/OK', `queued reset of condition ${name} done`);
    else if (operation === 'suspend')
      this.#logs.queuedSuspend.info('PROC/OK', `queued suspension of condition ${name} done`);
    else this.#logs.resume.info('END/OK', `condition ${name} resumed and reset`);
  }

  #look(at: Beat): Look {
    return { ...at, pauses: this.#pauses.spans, tickMs: this.#tickMs };
  }

  async #tick({ wall, mono }: Beat): Promise<void> {
    const { log } = this.#ports;
    const { tick } = this.#logs;
    if (this.#busy.size > 0) tick.trace('BUSY/YES', () => `conditions busy: ${this.#busy.size}`);
    else tick.trace('BUSY/NO', 'no condition is busy');
    if (this.#pauses.now) {
      tick.trace('PROC/MSG', 'tick without checks: the scheduler is paused');
      return;
    }
    // In the order they were made, at every level: conditions may wait for each other's tasks.
    const due = this.#agenda.due(wall, mono).sort((a, b) => a.id - b.id);
    const look = this.#look({ wall, mono });
    const visited = log.wants('debug') ? [...this.#roster.conditions.values()] : due;
    await this.#visits.pay(visited, due, look);
  }
}
