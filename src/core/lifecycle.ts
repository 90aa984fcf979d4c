import type { OpenSpan } from '../journal/ledger.ts';
import type { Logger, TraceContext } from '../log/record.ts';
import { interpret } from './commands.ts';
import type { Condition } from './condition.ts';
import type { ConditionCommands } from './condition-commands.ts';
import type { Pauses } from './pauses.ts';
import type { CommandResult, Ports } from './ports.ts';
import type { Config } from './spec.ts';

/** How the scheduler came to its end. */
export type Ending = 'exit' | 'kill';

/** Characters of a command line that its event keeps. */
const LONGEST_TOLD = 1000;

/** What the helm needs of the scheduler it steers. */
export interface Steered {
  readonly operations: ConditionCommands;
  /** The conditions that are busy, as it changes. */
  readonly busy: ReadonlySet<Condition>;
  /** Something changed that a sleep depends on. */
  stir(): void;
  /** Resolves when it has ended. */
  readonly over: Promise<void>;
}

/** Who steers the scheduler as a whole: commands, signals, pauses, the end (`scheduling.md` §7). */
export class Lifecycle {
  readonly pauses: Pauses;
  readonly #ports: Pick<Ports, 'clock' | 'log' | 'journal'>;
  readonly #command: Logger;
  readonly #exit: Logger;
  readonly #start: TraceContext;
  readonly #of: Steered;
  #ending: Ending | undefined;
  #endingBy: TraceContext;
  /** The pause that goes on, where somebody wants to know. */
  #pausing: OpenSpan | undefined;

  /** @param start the origin of what nobody has asked for. */
  constructor(ports: Pick<Ports, 'clock' | 'log' | 'journal'>, start: TraceContext, pauses: Pauses, steered: Steered) {
    this.#ports = ports;
    this.pauses = pauses;
    this.#command = ports.log.for('MAIN', 'command');
    this.#exit = ports.log.for('MAIN', 'exit');
    this.#start = start;
    this.#endingBy = start;
    this.#of = steered;
    if (pauses.now) this.#pausing = this.#paused(start);
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

  /** One line of a command, whoever gives it. */
  submit(line: string, given?: TraceContext): CommandResult {
    const told = line.trim().slice(0, LONGEST_TOLD);
    const { journal } = this.#ports;
    const origin = given ?? (told === '' ? this.#start : { cause: journal.cause('command'), run: null });
    const { operations } = this.#of;
    const answer = interpret(
      line,
      {
        exit: () => this.#end('exit', 'request to end accepted', origin),
        kill: () => this.#end('kill', 'request to end at once accepted', origin),
        pause: () => this.#pause(origin),
        resume: () => this.#resume(origin),
        reset: (names) => operations.reset(names, origin),
        suspendCondition: (name) => operations.suspend(name, origin),
        resumeCondition: (name) => operations.resume(name, origin),
        trigger: (name) => operations.trigger(name, origin),
        configure: (path) => operations.configure(path, origin),
      },
      this.#command.under(origin),
    );
    if (told === '') return answer;
    const reason = answer.kind === 'done' ? {} : { reason: answer.reason };
    this.tell('command', origin, { line: told, answer: answer.kind, ...reason });
    journal.instant('input', null, origin, () => ({ line: told, answer: answer.kind }));
    return answer;
  }

  /** A signal asks to end; a second one does not wait. */
  interrupt(signal: string): void {
    const again = this.#ending !== undefined;
    this.#endingBy = { cause: this.#ports.journal.cause('signal'), run: null };
    const text = `${signal} received, ${again ? 'ending at once' : 'ending when running work is done'}`;
    this.#exit.warn('END/MSG', text, this.#endingBy);
    this.#ending = again ? 'kill' : 'exit';
    this.tell('signal', this.#endingBy, { signal });
    this.#of.stir();
  }

  /** A signal asks for the configuration to be loaded again. */
  reload(path: string, signal: string): void {
    if (this.#ending) return;
    const { journal, log } = this.#ports;
    const origin: TraceContext = { cause: journal.cause('signal'), run: null };
    log.for('MAIN', 'reconfigure').info('START/MSG', `${signal} received, loading ${path} again`, origin);
    this.tell('signal', origin, { signal });
    this.#of.operations.configure(path, origin);
  }

  /** The program around it gives a configuration, which `read` answers, in the place of the file at `path`. */
  replace(path: string, read: (path: string) => Promise<Config>): CommandResult {
    if (this.#ending) return { kind: 'no-effect', reason: 'the scheduler is ending' };
    const origin: TraceContext = { cause: this.#ports.journal.cause('command'), run: null };
    this.tell('command', origin, { line: `configure ${path}`, answer: 'done' });
    return this.#of.operations.configure(path, origin, read);
  }

  /** Tells the topic of the scheduler what has happened to it. */
  tell(action: string, origin: TraceContext, more: Readonly<Record<string, unknown>> = {}): void {
    this.#ports.journal.logEvent('scheduler', { action, ...more }, { origin });
  }

  /** It has come to its end, and tells how. */
  ended(): void {
    this.#goOn(this.#endingBy);
    this.tell('end', this.#endingBy, { how: this.#ending });
  }

  #paused(origin: TraceContext): OpenSpan | undefined {
    return this.#ports.journal.span('pause', null, origin, () => ({}));
  }
  /** The pause is over. */
  #goOn({ cause }: TraceContext): void {
    this.#pausing?.finish(() => ({ by: cause }));
    this.#pausing = undefined;
  }

  #end(how: Ending, text: string, origin: TraceContext): CommandResult {
    this.#endingBy = origin;
    this.#command.warn('PROC/MSG', text, origin);
    if (this.#ending !== 'kill') this.#ending = how;
    this.#of.stir();
    const names = [...this.#of.busy].map(({ name }) => name);
    const said = how === 'exit' && names.length > 0 ? `ending when these are done: ${names.join(', ')}` : 'ending';
    const later = this.#of.over.then((): CommandResult => ({ kind: 'done', said: 'the scheduler has ended' }));
    return { kind: 'done', said, later };
  }

  #pause(origin: TraceContext): CommandResult {
    if (this.pauses.now) return this.#without('pause: the scheduler is paused already', origin);
    this.pauses.begin(this.#ports.clock.wall());
    this.#command.debug('PROC/MSG', 'pausing', origin);
    this.#command.trace('PAUSE/YES', 'scheduler is paused', origin);
    this.#pausing = this.#paused(origin);
    this.#ports.journal.instant('skipped', null, origin, () => ({ condition: null, reason: 'paused' }));
    this.#of.stir();
    return { kind: 'done', said: 'the scheduler is paused' };
  }

  #resume(origin: TraceContext): CommandResult {
    if (!this.pauses.now) return this.#without('resume: the scheduler is not paused', origin);
    this.pauses.end(this.#ports.clock.wall());
    this.#command.debug('PROC/MSG', 'resuming', origin);
    this.#command.trace('PAUSE/NO', 'scheduler is not paused', origin);
    this.#goOn(origin);
    this.#of.stir();
    return { kind: 'done', said: 'the scheduler goes on' };
  }

  #without(reason: string, origin: TraceContext): CommandResult {
    this.#command.warn('PROC/FAIL', reason, origin);
    return { kind: 'no-effect', reason };
  }
}
