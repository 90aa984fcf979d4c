import type { Logger, Origin } from '../log/record.ts';
import { Agenda } from './agenda.ts';
import type { Look } from './body.ts';
import { Bucket } from './bucket.ts';
import { interpret } from './commands.ts';
import type { Condition, Desk, Operation } from './condition.ts';
import type { Event } from './event.ts';
import { Farewell } from './farewell.ts';
import { hparamsOf } from './hparams.ts';
import { Operations } from './operations.ts';
import { Pauses } from './pauses.ts';
import type { Answer, Inbox, Ports } from './ports.ts';
import { Prompt } from './prompt.ts';
import { type Beat, Pulse } from './pulse.ts';
import { Roster } from './roster.ts';
import { Runner } from './runner.ts';
import type { Config } from './spec.ts';
import type { Standing } from './standing.ts';
import type { Task } from './task.ts';
import { Visits } from './visits.ts';

/** What a scheduler is started with. */
export interface SchedulerOptions {
  readonly paused: boolean;
  /** When the program was started, monotonic ms; default: now. */
  readonly begun?: number;
  /** Reads and checks a file for the `configure` command. @throws an error whose `lines` say what is wrong. */
  load(path: string): Promise<Config>;
}

/** How the scheduler came to its end. */
export type Ending = 'exit' | 'kill';

/** Characters of a command line that its event keeps. */
const LONGEST_TOLD = 1000;

/** Ticks, checks, runs, obeys, ends (`scheduling.md`). */
export class Scheduler {
  readonly inbox: Inbox = { submit: (line, origin) => this.submit(line, origin) };
  readonly #ports: Ports;
  readonly #bucket: Bucket;
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
  /** Why it ends. */
  #endingBy: Origin;
  readonly #start: Origin;
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
    this.#pauses = new Pauses(options.paused ? ports.clock.wall() : undefined);
    const { log, journal } = ports;
    this.#bucket = new Bucket(journal);
    this.#start = { cause: journal.cause('start'), run: null };
    const { file } = config;
    const startup = journal.span('startup', null, this.#start, () => ({ file }), options.begun, this.#start.cause);
    journal.metric(() => hparamsOf(config), { hparams: true, origin: this.#start });
    this.#endingBy = this.#start;
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
      check: (condition) => {
        const cause = this.#bucket.causeOf(condition.name) ?? journal.cause('tick');
        const now = { wall: ports.clock.wall(), mono: ports.clock.mono() };
        condition.check(this.#look(now, { cause, run: null }));
      },
    });
    this.#visits = new Visits(ports, config.settings.randomize, checks);
    // At trace and debug each visit is a record somebody asked for; who follows the log may come and go.
    this.#pulse = new Pulse(
      ports.clock,
      this.#tickMs,
      () => {
        if (log.wants('debug')) return 0;
        return this.#pauses.now ? Number.POSITIVE_INFINITY : this.#agenda.wait(ports.clock.wall(), ports.clock.mono());
      },
      () => this.#agenda.watchesWall,
    );
    const desk = this.#desk(new Runner(log, journal));
    this.#roster = new Roster({ ports, inbox: this.inbox, pending: this.#bucket, desk }, this.#start);
    this.#operations = new Operations(this.#roster, this.#bucket, ports, config.settings, options.load);
    this.#bucket.onAdd = (name) => {
      const condition = this.#roster.conditions.get(name);
      if (!condition) return;
      this.#plan(condition);
      void this.#prompt.hurry(condition);
    };
    this.#roster.fill(config);
    journal.logEvent(
      'scheduler',
      { action: 'start', file: config.file, tickSeconds: config.settings.tickSeconds, paused: this.#pauses.now },
      { origin: this.#start },
    );
    for (const condition of this.#roster.conditions.values()) condition.join(this.#start);
    this.#roster.listener.begin(this.#roster.events.values(), this.#start);
    const { conditions, tasks, events } = config;
    startup?.finish(() => ({
      ...{ outcome: 'success', conditions: conditions.length, tasks: tasks.length, events: events.length },
    }));
  }

  /** Ticks until it is told to end; then waits for running work, or ends it. Answers how. */
  async run(): Promise<Ending> {
    if (this.#pauses.now) {
      this.#logs.starting.info('PROC/MSG', 'starting paused, as asked for', this.#start);
      this.#logs.starting.trace('PAUSE/YES', 'scheduler is paused', this.#start);
    }
    while (!this.#ending) {
      const beat = await this.#pulse.next();
      if (beat && !this.#ending) {
        await this.#tick(beat);
        this.#pulse.done();
      }
    }
    if (this.#ending === 'exit') await this.#farewell.wait(() => this.#ending !== 'exit', this.#endingBy);
    if (this.#ending === 'kill') await this.#farewell.abandon(this.#roster.tasks.values(), this.#endingBy);
    this.#roster.close(this.#endingBy);
    this.#tell('end', this.#endingBy, { how: this.#ending ?? 'exit' });
    if (this.#ending === 'exit') this.#logs.exit.info('END/OK', 'scheduler ended', this.#endingBy);
    this.#isOver();
    return this.#ending ?? 'exit';
  }

  /** The door for commands, whoever gives them. */
  async submit(line: string, given?: Origin): Promise<Answer> {
    const blank = line.trim() === '';
    const origin = given ?? (blank ? this.#start : { cause: this.#ports.journal.cause('command'), run: null });
    const answer = interpret(
      line,
      {
        exit: () => this.#end('exit', 'request to end accepted', origin),
        kill: () => this.#end('kill', 'request to end at once accepted', origin),
        pause: () => this.#pause(origin),
        resume: () => this.#resume(origin),
        reset: (names) => this.#operations.reset(names, origin),
        suspendCondition: (name) => this.#operations.suspend(name, origin),
        resumeCondition: (name) => this.#operations.resume(name, origin),
        trigger: (name) => this.#operations.trigger(name, origin),
        configure: (path) => this.#operations.configure(path, origin),
      },
      this.#logs.command.under(origin),
    );
    const reason = answer.kind === 'done' ? {} : { reason: answer.reason };
    if (!blank)
      this.#tell('command', origin, { line: line.trim().slice(0, LONGEST_TOLD), answer: answer.kind, ...reason });
    if (!blank)
      this.#ports.journal.instant('input', null, origin, () => ({
        ...{ line: line.trim().slice(0, LONGEST_TOLD), answer: answer.kind },
      }));
    return answer;
  }

  /** Somebody has begun or ceased to look at records of every visit. */
  wake(): void {
    this.#stir();
  }

  /** The items of the running configuration. */
  get items(): {
    readonly tasks: Iterable<Task>;
    readonly conditions: Iterable<Condition>;
    readonly events: Iterable<Event>;
  } {
    const { tasks, conditions, events } = this.#roster;
    return { tasks: tasks.values(), conditions: conditions.values(), events: events.values() };
  }

  /** The file of the running configuration. */
  get file(): string {
    return this.#operations.file ?? this.#file;
  }

  /** Whether an event for this condition waits for its next check. */
  pending(condition: string): boolean {
    return this.#bucket.has(condition);
  }

  /** How each condition stands, in the order of the file. */
  standings(): Standing[] {
    const now = this.#ports.clock.wall();
    return [...this.#roster.conditions.values()].map((condition) => this.#standing(condition, now));
  }
  /** How one condition stands; undefined when there is none of that name. */
  standing(name: string): Standing | undefined {
    const condition = this.#roster.conditions.get(name);
    return condition && this.#standing(condition, this.#ports.clock.wall());
  }
  /** Whether it is paused, and how it ends if it does. */
  get state(): 'running' | 'paused' | 'ending' {
    return this.#ending ? 'ending' : this.#pauses.now ? 'paused' : 'running';
  }

  #standing(condition: Condition, now: number): Standing {
    const standing = condition.standing(now);
    const open = condition.canRun && !condition.busy;
    if (open && this.#ending) return { ...standing, why: 'the scheduler is ending', due: undefined };
    return open && this.#pauses.now
      ? { ...standing, why: `the scheduler is paused; ${standing.why}`, due: undefined }
      : standing;
  }

  #tell(action: string, origin: Origin, more: Readonly<Record<string, unknown>> = {}): void {
    this.#ports.journal.logEvent('scheduler', { action, ...more }, { origin });
  }

  /** A signal asks to end; a second one does not wait. */
  interrupt(signal: string): void {
    const again = this.#ending !== undefined;
    this.#endingBy = { cause: this.#ports.journal.cause('signal'), run: null };
    this.#logs.exit.warn(
      'END/MSG',
      `${signal} received, ${again ? 'ending at once' : 'ending when running work is done'}`,
      this.#endingBy,
    );
    this.#ending = again ? 'kill' : 'exit';
    this.#tell('signal', this.#endingBy, { signal });
    this.#stir();
  }

  /** A signal asks for the configuration to be loaded again. */
  reload(path: string, signal: string): void {
    if (this.#ending) return;
    const origin: Origin = { cause: this.#ports.journal.cause('signal'), run: null };
    this.#ports.log.for('MAIN', 'reconfigure').info('START/MSG', `${signal} received, loading ${path} again`, origin);
    this.#tell('signal', origin, { signal });
    this.#operations.configure(path, origin);
  }

  /** Conditions may be checked. */
  get #open(): boolean {
    return !this.#pauses.now && !this.#ending;
  }

  #end(how: Ending, text: string, origin: Origin): Answer {
    this.#endingBy = origin;
    this.#logs.command.warn('PROC/MSG', text, origin);
    if (this.#ending !== 'kill') this.#ending = how;
    this.#stir();
    const names = [...this.#busy].map(({ name }) => name);
    const said = how === 'exit' && names.length > 0 ? `ending when these are done: ${names.join(', ')}` : 'ending';
    const later = this.#over.then((): Answer => ({ kind: 'done', said: 'the scheduler has ended' }));
    return { kind: 'done', said, later };
  }

  #pause(origin: Origin): Answer {
    if (this.#pauses.now) return this.#without('pause: the scheduler is paused already', origin);
    this.#pauses.begin(this.#ports.clock.wall());
    this.#logs.command.debug('PROC/MSG', 'pausing', origin);
    this.#logs.command.trace('PAUSE/YES', 'scheduler is paused', origin);
    this.#ports.journal.instant('skipped', null, origin, () => ({ condition: null, reason: 'paused' }));
    this.#stir();
    return { kind: 'done', said: 'the scheduler is paused' };
  }

  #resume(origin: Origin): Answer {
    if (!this.#pauses.now) return this.#without('resume: the scheduler is not paused', origin);
    this.#pauses.end(this.#ports.clock.wall());
    this.#logs.command.debug('PROC/MSG', 'resuming', origin);
    this.#logs.command.trace('PAUSE/NO', 'scheduler is not paused', origin);
    this.#stir();
    return { kind: 'done', said: 'the scheduler goes on' };
  }

  #without(reason: string, origin: Origin): Answer {
    this.#logs.command.warn('PROC/FAIL', reason, origin);
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

  #reportQueued({ name }: Condition, operation: Operation, origin: Origin): void {
    if (operation === 'reset') this.#logs.queuedReset.info('PROC/OK', `queued reset of condition ${name} done`, origin);
    else if (operation === 'suspend')
      this.#logs.queuedSuspend.info('PROC/OK', `queued suspension of condition ${name} done`, origin);
    else this.#logs.resume.info('END/OK', `condition ${name} resumed and reset`, origin);
  }

  #look(at: Beat, origin: Origin): Look {
    return { ...at, origin, pauses: this.#pauses.spans, tickMs: this.#tickMs };
  }

  async #tick({ wall, mono }: Beat): Promise<void> {
    const { log, journal } = this.#ports;
    const origin: Origin = { cause: journal.cause('tick'), run: null };
    const { tick } = this.#logs;
    if (this.#busy.size > 0) tick.trace('BUSY/YES', () => `conditions busy: ${this.#busy.size}`, origin);
    else tick.trace('BUSY/NO', 'no condition is busy', origin);
    if (this.#pauses.now) {
      tick.trace('PROC/MSG', 'tick without checks: the scheduler is paused', origin);
      return;
    }
    // In the order they were made, at every level: conditions may wait for each other's tasks.
    const due = this.#agenda.due(wall, mono).sort((a, b) => a.id - b.id);
    const look = this.#look({ wall, mono }, origin);
    const visited = log.wants('debug') ? [...this.#roster.conditions.values()] : due;
    const late_ms = this.#ports.clock.mono() - mono;
    const span = journal.span('tick', null, origin, () => ({ late_ms }), undefined, origin.cause);
    await this.#visits.pay(visited, due, look);
    span?.finish(() => ({ visited: visited.length, due: due.length }));
  }
}
