import type { TraceContext } from '../log/record.ts';
import { interpret } from './commands.ts';
import type { ConditionCommands } from './condition-commands.ts';
import { showInstant } from './duration.ts';
import type { EndTime } from './end-time.ts';
import type { Ending, EngineEvents } from './engine-events.ts';
import { type Busy, busyText } from './hook-runs.ts';
import type { Pauses } from './pauses.ts';
import type { Clock, CommandResult } from './ports.ts';
import type { RunCommands } from './run-commands.ts';
import type { Config } from './spec.ts';
import type { TraceIds } from './trace-ids.ts';

/** Characters of a command line that its event keeps. */
const LONGEST_LINE = 1000;

/** What the lifecycle needs of the scheduler. */
interface LifecycleDeps {
  readonly events: EngineEvents;
  readonly ids: TraceIds;
  readonly clock: Clock;
  readonly commands: ConditionCommands;
  readonly runs: RunCommands;
  /** The file of the running configuration. */
  file(): string;
  /** The conditions and hooks that are busy, as it changes. */
  readonly busy: ReadonlySet<Busy>;
  /** Ends a sleep: something changed that it depends on. */
  wake(): void;
  /** Resolves when the scheduler has ended. */
  readonly over: Promise<void>;
}

/** Pause, resume and end of the scheduler, by commands and signals. */
export class Lifecycle {
  readonly pauses: Pauses;
  readonly #deps: LifecycleDeps;
  readonly #start: TraceContext;
  #ending: Ending | undefined;
  #endingBy: TraceContext;

  /** @param start the context of what neither a command nor a signal has asked for. */
  constructor(deps: LifecycleDeps, start: TraceContext, pauses: Pauses) {
    this.#deps = deps;
    this.#start = start;
    this.#endingBy = start;
    this.pauses = pauses;
  }

  /** How it ends, when it does. */
  get ending(): Ending | undefined {
    return this.#ending;
  }
  /** Why it ends. */
  get endingBy(): TraceContext {
    return this.#endingBy;
  }
  /** Conditions may be checked. */
  get open(): boolean {
    return !this.pauses.now && !this.#ending;
  }
  get state(): 'running' | 'paused' | 'ending' {
    return this.#ending ? 'ending' : this.pauses.now ? 'paused' : 'running';
  }

  /** Carries out one line of a command. `given`: what gives it, if that is part of something. */
  submit(text: string, given?: TraceContext): CommandResult {
    const line = text.trim().slice(0, LONGEST_LINE);
    const { events, ids, commands } = this.#deps;
    const origin = given ?? (line === '' ? this.#start : ids.cause('command'));
    const result = interpret(
      text,
      {
        exit: () => this.#end('exit', origin),
        kill: () => this.#end('kill', origin),
        pause: (end) => this.#pause(end, origin),
        resume: () => this.#resume(origin),
        reset: (names) => commands.reset(names, origin),
        suspendCondition: (name, end) => commands.changeState('suspend', name, origin, end),
        resumeCondition: (name) => commands.changeState('resume', name, origin),
        trigger: (name, data) => commands.trigger(name, origin, data),
        logEvent: (topics, value, fleet) => this.#publish(topics, value, fleet, origin),
        configure: (path) => commands.configure(path, origin),
        reload: () => commands.configure(this.#deps.file(), origin),
        run: (name, queue) => this.#deps.runs.run(name, queue, origin),
        cancel: (name) => this.#deps.runs.cancel(name, origin),
        help: (lines) => {
          events.emit('help.requested', origin, { lines });
          return { kind: 'done', said: lines.join('\n') };
        },
      },
      (mark, reason) => events.emit('command.rejected', origin, { level: 'error', mark, reason }),
      this.#deps.clock.wall(),
    );
    if (line === '') return result;
    const reason = result.kind === 'done' ? {} : { reason: result.reason };
    events.emit('command.answered', origin, { line, answer: result.kind, ...reason });
    return result;
  }

  /** Publishes a value under topics, as a command of its own. */
  publish(topics: string | readonly string[], value: unknown, fleet: boolean): CommandResult {
    return this.#publish(topics, value, fleet, this.#deps.ids.cause('command'));
  }

  #publish(topics: string | readonly string[], value: unknown, fleet: boolean, origin: TraceContext): CommandResult {
    const { events } = this.#deps;
    const names = [topics].flat();
    try {
      events.emit('command.published', origin, { topics, value, fleet });
    } catch (error) {
      const reason = `log_event: ${error instanceof Error ? error.message : String(error)}`;
      events.emit('command.rejected', origin, { level: 'error', mark: 'PROC/FAIL', reason });
      return { kind: 'refused', reason };
    }
    events.emit('command.accepted', origin, { command: 'log_event', args: names });
    return { kind: 'done', said: `published under ${names.join(', ')}` };
  }

  /** Called at a signal that asks to end; a second one does not wait. */
  interrupt(signal: string): void {
    const again = this.#ending !== undefined;
    this.#endingBy = this.#deps.ids.cause('signal');
    this.#ending = again ? 'kill' : 'exit';
    this.#deps.events.emit('shutdown.interrupted', this.#endingBy, { signal, again });
    this.#deps.wake();
  }

  /** Called at a signal that asks for the configuration to be loaded again, or without one when the file has changed. */
  reload(file: string, signal?: string): void {
    if (this.#ending) return;
    const origin = this.#deps.ids.cause(signal === undefined ? 'change' : 'signal');
    this.#deps.events.emit('reload.requested', origin, { file, ...(signal === undefined ? {} : { signal }) });
    this.#deps.commands.configure(file, origin);
  }

  /** Loads the configuration that `read` returns, in the place of the file at `path`. */
  replace(path: string, read: (path: string) => Promise<Config>): CommandResult {
    if (this.#ending) return { kind: 'no-effect', reason: 'the scheduler is ending' };
    const origin = this.#deps.ids.cause('command');
    this.#deps.events.emit('command.answered', origin, { line: `configure ${path}`, answer: 'done' });
    return this.#deps.commands.configure(path, origin, read);
  }

  #end(how: Ending, origin: TraceContext): CommandResult {
    this.#endingBy = origin;
    if (this.#ending !== 'kill') this.#ending = how;
    this.#deps.events.emit('shutdown.requested', origin, { how });
    this.#deps.wake();
    const names = [...this.#deps.busy].map(busyText);
    const said = how === 'exit' && names.length > 0 ? `ending when these are done: ${names.join(', ')}` : 'ending';
    const later = this.#deps.over.then((): CommandResult => ({ kind: 'done', said: 'the scheduler has ended' }));
    return { kind: 'done', said, later };
  }

  /** Called at each tick: ends a pause whose end has come. `wall`: when the tick is, wall-clock ms. */
  endPauseAt(wall: number, origin: TraceContext): void {
    const { endsAt } = this.pauses;
    if (endsAt > wall) return;
    // What comes at the end or after it counts, also when the tick is late.
    this.pauses.end(endsAt - 1);
    this.#deps.events.emit('scheduler.resumed', origin, { until: endsAt });
  }

  /** The clock was set by so many ms. */
  clockSet(ms: number, origin: TraceContext): void {
    const { pauses } = this;
    if (pauses.moveEnd(ms)) this.#deps.events.emit('pause.changed', origin, { until: pauses.endsAt });
  }

  #pause(end: EndTime | undefined, origin: TraceContext): CommandResult {
    const { pauses } = this;
    const { events, clock, wake } = this.#deps;
    const before = pauses.endsAt;
    const until = end === undefined ? {} : { until: end.at };
    if (pauses.now && before === (end?.at ?? Number.POSITIVE_INFINITY))
      return this.#unneeded('pause: the scheduler is paused already', origin);
    const said = end === undefined ? 'the scheduler is paused' : `the scheduler is paused until ${showInstant(end.at)}`;
    const changed = pauses.now;
    pauses.begin(clock.wall(), end);
    if (changed) events.emit('pause.changed', origin, until);
    else events.emit('scheduler.paused', origin, { initial: false, ...until });
    wake();
    return { kind: 'done', said };
  }

  #resume(origin: TraceContext): CommandResult {
    if (!this.pauses.now) return this.#unneeded('resume: the scheduler is not paused', origin);
    this.pauses.end(this.#deps.clock.wall());
    this.#deps.events.emit('scheduler.resumed', origin, {});
    this.#deps.wake();
    return { kind: 'done', said: 'the scheduler goes on' };
  }

  #unneeded(reason: string, origin: TraceContext): CommandResult {
    this.#deps.events.emit('command.rejected', origin, { level: 'warn', mark: 'PROC/FAIL', reason });
    return { kind: 'no-effect', reason };
  }
}
