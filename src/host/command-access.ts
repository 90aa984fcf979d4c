import { type ArgumentType, expected, expectOptions, expectType, stringify, TYPES } from '../check-arguments.ts';
import type { CommandResult } from '../core/ports.ts';
import { type SignalOptions, unlessAborted } from '../subscription.ts';
import { SIGNAL } from './options.ts';
import {
  type CancelResult,
  cancelResult,
  checkName,
  type RunOptions,
  type RunResult,
  runResult,
} from './run-results.ts';

/** An end, as the commands take it. */
const END: ArgumentType = [
  'a text on one line such as "1h" or "until 18:30"',
  (value) => typeof value === 'string' && value !== '' && !/[\r\n]/.test(value),
];

/** The words for an end, if there is one. @throws TypeError */
const endOf = (call: string, end: string | undefined): string => {
  if (end === undefined) return '';
  expectType(call, 'end', end, END);
  return ` ${end}`;
};

/** The input commands as methods: those of a daemon in this program, and those of a client. A signal ends the waiting, not the command. */
export abstract class CommandAccess {
  /**
   * Gives an input command as a line: `pause`, `resume`, `trigger NAME`, `suspend_condition NAME`, `configure PATH` … Resolves when it is
   * accepted; `later` of the result resolves when the command has had its effect.
   */
  abstract submit(line: string, options?: SignalOptions): Promise<CommandResult>;

  /**
   * Ends the run or the check of a condition, and drops what is queued or held. Resolves when the run has ended; its outcome is `cancelled`,
   * which is not a failure. @throws TypeError
   */
  async cancel(condition: string, options: SignalOptions = {}): Promise<CancelResult> {
    checkName('cancel', condition);
    return unlessAborted(cancelResult(await this.#give('cancel', `cancel ${condition}`, options)), options.signal);
  }
  /** Fires an event of type `cli`. @param data for its tasks; what JSON can hold @throws TypeError */
  async trigger(event: string, data?: unknown, options: SignalOptions = {}): Promise<CommandResult> {
    checkName('trigger', event, 'event');
    const json = data === undefined ? undefined : stringify(data);
    expected('trigger', 'data', data, 'a value that JSON can hold', data === undefined || json !== undefined);
    return this.#give('trigger', json === undefined ? `trigger ${event}` : `trigger ${event} ${json}`, options);
  }
  /** Stops checking conditions. @param end `1h`, `until 18:30` …; default: not before {@link resume} @throws TypeError */
  async pause(end?: string, options: SignalOptions = {}): Promise<CommandResult> {
    return this.#give('pause', `pause${endOf('pause', end)}`, options);
  }
  /** Checks conditions again after {@link pause}. @throws TypeError */
  async resume(options: SignalOptions = {}): Promise<CommandResult> {
    return this.#give('resume', 'resume', options);
  }
  /** Does not check a condition. @param end `2h`, `until 18:30` …; default: not before {@link resumeCondition} @throws TypeError */
  async suspend(condition: string, end?: string, options: SignalOptions = {}): Promise<CommandResult> {
    checkName('suspend', condition);
    return this.#give('suspend', `suspend_condition ${condition}${endOf('suspend', end)}`, options);
  }
  /** Ends the suspension of a condition and resets it. @throws TypeError */
  async resumeCondition(condition: string, options: SignalOptions = {}): Promise<CommandResult> {
    checkName('resumeCondition', condition);
    return this.#give('resumeCondition', `resume_condition ${condition}`, options);
  }
  /** Makes conditions as they were at the start; those that are busy when they are free. @param conditions none: all @throws TypeError */
  async reset(conditions: readonly string[] = [], options: SignalOptions = {}): Promise<CommandResult> {
    expectType('reset', 'conditions', conditions, TYPES.texts);
    for (const name of conditions) checkName('reset', name);
    return this.#give('reset', ['reset_conditions', ...conditions].join(' '), options);
  }

  /** Runs a condition, for the method whose name is `call`. @throws TypeError @internal */
  protected async runCondition(call: string, condition: string, options: RunOptions): Promise<RunResult> {
    checkName(call, condition);
    expectOptions(call, options, { queue: TYPES.flag });
    const accepted = await this.#give(call, `run ${condition}${options.queue ? ' --queue' : ''}`, options);
    return unlessAborted(runResult(accepted), options.signal);
  }

  async #give(call: string, line: string, options: SignalOptions): Promise<CommandResult> {
    expectOptions(call, options, { signal: SIGNAL });
    return this.submit(line, options);
  }
}
