import type { Logger } from '../log/record.ts';
import { Agenda } from './agenda.ts';
import type { Look, Span } from './body.ts';
import { Bucket } from './bucket.ts';
import { interpret } from './commands.ts';
import type { Condition, Desk, Operation } from './condition.ts';
import { Farewell } from './farewell.ts';
import { Operations } from './operations.ts';
import type { Answer, Inbox, Ports } from './ports.ts';
import { Prompt } from './prompt.ts';
import { type Beat, Pulse } from './pulse.ts';
import { Roster } from './roster.ts';
import { Runner } from './runner.ts';
import type { Config, Settings } from './spec.ts';
import type { Task } from './task.ts';

/** What a scheduler is started with. */
export interface SchedulerOptions {
  readonly paused: boolean;
  /** Reads and checks a file for the `configure` command. @throws an error whose `lines` say what is wrong. */
  load(path: string): Promise<Config>;
}

/** How the scheduler came to its end. */
export type Ending = 'exit' | 'kill';

/** Checks done in a row before everything else gets its turn: at trace, about the records that a pipe takes at once. */
const CHECKS_A_TURN = 32;

/** Pauses that conditions are told about: more than fit between two checks of one. */
const PAUSES_KEPT = 100;

/** Ticks, checks, runs, obeys, ends (`scheduling.md`). */
export class Scheduler {
  readonly inbox: Inbox = { submit: (line) => this.submit(line) };
  readonly #ports: Ports;
  readonly #settings: Settings;
  readonly #options: SchedulerOptions;
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
  #paused: boolean;
  /** When checking was stopped and went on, oldest first. */
  #pauses: readonly Span[] = [];
  #pausedAt: number;
  #ending: Ending | undefined;

  constructor(ports: Ports, config: Config, options: SchedulerOptions) {
    this.#ports = ports;
    this.#settings = config.settings;
    this.#options = options;
    this.#tickMs = config.settings.tickSeconds * 1000;
    this.#paused = options.paused;
    this.#pausedAt = ports.clock.wall();
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
    this.#prompt = new Prompt(ports.clock, {
      pending: (name) => this.#bucket.has(name),
      open: () => !this.#paused && !this.#ending,
      check: (condition) => condition.check(this.#look({ wall: ports.clock.wall(), mono: ports.clock.mono() })),
      plan: (condition) => this.#plan(condition),
    });
    // At trace and debug each visit is a record somebody asked for.
    const everyTick = log.wants('debug');
    this.#pulse = new Pulse(
      ports.clock,
      this.#tickMs,
      () => {
        if (everyTick) return 0;
        return this.#paused ? Number.POSITIVE_INFINITY : this.#agenda.wait(ports.clock.wall(), ports.clock.mono());
      },
      () => this.#agenda.watchesWall,
    );
    this.#roster = new Roster({ ports, inbox: this.inbox, pending: this.#bucket, desk: this.#desk(new Runner(log)) });
    this.#operations = new Operations(this.#roster, this.#bucket, ports.log, config.settings, (path) =>
      this.#options.load(path),
    );
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
    if (this.#paused) {
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

  #end(how: Ending, text: string): Answer {
    this.#logs.command.warn('PROC/MSG', text);
    if (this.#ending !== 'kill') this.#ending = how;
    this.#stir();
    return { kind: 'done' };
  }

  #pause(): Answer {
    if (this.#paused) return this.#without('pause: the scheduler is paused already');
    this.#paused = true;
    this.#pausedAt = this.#ports.clock.wall();
    this.#logs.command.debug('PROC/MSG', 'pausing');
    this.#logs.command.trace('PAUSE/YES', 'scheduler is paused');
    this.#stir();
    return { kind: 'done' };
  }

  #resume(): Answer {
    if (!this.#paused) return this.#without('resume: the scheduler is not paused');
    this.#paused = false;
    this.#pauses = [...this.#pauses.slice(1 - PAUSES_KEPT), { from: this.#pausedAt, to: this.#ports.clock.wall() }];
    this.#logs.command.debug('PROC/MSG', 'resuming');
    this.#logs.command.trace('PAUSE/NO', 'scheduler is not paused');
    this.#stir();
    return { kind: 'done' };
  }

  #without(reason: string): Answer {
    this.#logs.command.warn('PROC/FAIL', reason);
    return { kind: 'no-effect', reason };
  }

  /** Something changed that the sleep between ticks depends on. */
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
    return { ...at, pauses: this.#pauses, tickMs: this.#tickMs };
  }

  async #tick({ wall, mono }: Beat): Promise<void> {
    const { clock, log } = this.#ports;
    const { tick } = this.#logs;
    if (this.#busy.size > 0) tick.trace('BUSY/YES', () => `conditions busy: ${this.#busy.size}`);
    else tick.trace('BUSY/NO', 'no condition is busy');
    if (this.#paused) {
      tick.trace('PROC/MSG', 'tick without checks: the scheduler is paused');
      return;
    }
    // In the order they were made, at every level: conditions may wait for each other's tasks.
    const due = this.#agenda.due(wall, mono).sort((a, b) => a.id - b.id);
    const look = this.#look({ wall, mono });
    const visited = log.wants('debug') ? [...this.#roster.conditions.values()] : due;
    const spread = this.#settings.randomize ? new Set(due) : undefined;
    let inTurn = 0;
    for (const condition of visited) {
      if (spread?.has(condition) && condition.spec.delayable && !condition.busy) this.#checkLater(condition, look);
      else if (!condition.delayed) condition.check(look);
      this.#plan(condition);
      inTurn += 1;
      if (inTurn % CHECKS_A_TURN === 0) {
        await clock.turn();
        if (this.#paused || this.#ending) {
          for (const other of due) this.#plan(other);
          return;
        }
      }
    }
  }

  /** After a random part of the tick, if it still may be checked then [S19][S25]. */
  #checkLater(condition: Condition, look: Look): void {
    const { clock, random } = this.#ports;
    condition.delayed = true;
    const delay = Math.floor(random() * this.#tickMs);
    void clock.sleep(delay).then(() => {
      condition.delayed = false;
      if (!this.#paused && !this.#ending && !condition.busy) {
        condition.check({ ...look, wall: look.wall + delay, mono: look.mono + delay });
      }
      this.#plan(condition);
    });
  }
}
