import { booleanField, integerField, stringField, type Values } from '../../config/field.ts';
import { BUILT_IN, luaInterpreterField, missingInterpreter } from '../../config/lua-interpreter.ts';
import type { Position } from '../../config/problem.ts';
import { type FileValue, hasFileValues, luaValuesField, luaVariablesField } from '../../config/value-tables.ts';
import type { EndSignal } from '../../core/end-signal.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { Execution, KeptState, LuaEnd, LuaRequest, LuaResult, LuaScalar } from '../../core/ports.ts';
import { type Reason, reasonText } from '../../core/reasons.ts';
import type { TaskRunContext } from '../../core/task-run.ts';
import { messageOf } from '../../error-message.ts';
import type { Logger, TraceContext } from '../../log/record.ts';
import { counted } from '../../plural.ts';
import { type CreateContext, type HostFs, type ReportProblem, rejectTilde } from '../kind.ts';
import { keepOutputField } from './keep-output.ts';
import { handOutputOn, runGlobals, runTables } from './run-variables.ts';

/** Keys of everything that runs a Lua script: tasks and conditions alike. */
export const luaFields = {
  script: stringField({
    required: true,
    examples: ['log.info("hello")'],
    doc: 'The script. Its syntax is checked when the file is loaded.',
  }),
  interpreter: luaInterpreterField,
  init_script_path: stringField({
    doc: 'A Lua file that is run before the script, in the same state. When it cannot be read or fails, the script is not run.',
  }),
  variables_to_set: luaVariablesField({
    fallback: {},
    examples: [{ limit: 90 }],
    doc: 'Globals that are set before anything runs. Integers beyond 32 bits arrive as floats. `{ file = "PATH" }` and `{ credential = "NAME" }` are texts that are read at each run, and are secrets.',
  }),
  expected_results: luaValuesField({
    fallback: {},
    examples: [{ result: true }],
    doc: 'Globals to compare with when the script has ended, each converted to the type written here. Without any there is no outcome.',
  }),
  expect_all: booleanField({
    fallback: false,
    doc: 'Every expected result must hold; otherwise one is enough.',
  }),
  timeout_seconds: integerField({
    min: 0,
    fallback: 0,
    extension: true,
    doc: 'Time limit; the script is ended, whatever it does. 0: no limit.',
  }),
  keep_output: keepOutputField,
} as const;

type LuaValues = Values<typeof luaFields>;

/** The program that runs a script, if that is not the interpreter inside this program. */
const otherInterpreter = ({ interpreter }: LuaValues): Pick<LuaRequest, 'interpreter'> =>
  interpreter === undefined || interpreter === BUILT_IN ? {} : { interpreter };

/** Checks a script when the file is loaded. */
export const compileLua = async (
  values: Partial<LuaValues>,
  report: ReportProblem,
  machine: HostFs,
): Promise<undefined> => {
  const init = values.init_script_path;
  if (!rejectTilde(init, ['init_script_path'], report) && init !== undefined && !machine.isFile(init))
    report(['init_script_path'], `init_script_path: expected an existing file, "${init}" is not one`, {
      id: 'path-not-found',
    });
  const { interpreter } = values;
  const missing = interpreter === undefined ? undefined : missingInterpreter(interpreter, machine);
  if (missing !== undefined) report(['interpreter'], missing, { id: 'interpreter-not-found' });
  if (values.script === undefined) return undefined;
  const { checkLuaSyntax } = await import('../../config/lua-syntax.ts');
  const wrong = checkLuaSyntax(values.script, interpreter);
  if (wrong !== undefined)
    report(['script'], `script: line ${wrong.line} of it: ${wrong.message}`, {
      id: 'lua-syntax',
      inside: { line: wrong.line, column: wrong.column },
    });
  return undefined;
};

/** Globals that the host sets itself: variables of these names do not reach the script. */
const OWN_NAMES = ['log', 'events', 'metrics', 'sync', 'state', 'sharedstate', 'http'];
const REPLACED_NAMES = ['whenever_condition', 'whenever_task'];
/** Of tasks only. */
const REPLACED_TABLES = ['trigger', 'event', 'previous'];

/** The records of a run: tasks and conditions have the same ones, at other levels and marks. */
export interface LuaRecords {
  /** `(trigger: NAME) ` for tasks, else empty. */
  readonly prefix: string;
  /** The beginning of each line of the script. */
  readonly linePrefix: string;
  about(text: string): void;
  /** A comparison that decides against success. */
  unmet(result: 'different' | 'missing', text: string): void;
  /** The last record of a run that was not cut short. */
  conclude(kind: 'success' | 'none' | 'failure', text: string): void;
}

const shownScalar = (value: LuaScalar): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

const shownExpected = (expected: Readonly<Record<string, LuaScalar>>): string =>
  Object.entries(expected)
    .map(([name, value]) => `${name} = ${shownScalar(value)}`)
    .join(', ');

/** The first line of a message; ` ...` stands for more lines. */
const firstLine = (message: string): string => {
  // Of a module that was not found, the places that were searched are what helps.
  if (/module '.*' not found:/.test(message)) return message.replace(/\s*\n\s*/g, ', ').replace(':, ', ': ');
  const [first = '', ...more] = message.split('\n');
  return more.length > 0 ? `${first} ...` : first || 'unknown error';
};

/** The most characters of the lines of a script that are handed on; those after them are left out. */
const MOST_OUTPUT = 16 * 2 ** 20;

/** What a script puts out: the lines of `print`, `io.write` and `log.info`. */
class ScriptOutput {
  readonly #lines: string[] = [];
  #length = 0;
  #dropped = 0;

  add(line: string): void {
    if (this.#length + line.length + 1 > MOST_OUTPUT) {
      this.#dropped += 1;
      return;
    }
    this.#length += line.length + 1;
    this.#lines.push(`${line}\n`);
  }
  get text(): string {
    return this.#lines.join('') + (this.#dropped > 0 ? `[${counted(this.#dropped, 'line')} left out]\n` : '');
  }
}

/** How a run ended, always with the reason. */
type LuaOutcome = Outcome & { readonly reason: Reason };

/** Runs scripts of one item. Private state lives as long as this does. */
export class LuaRunner {
  readonly #context: CreateContext<LuaValues, unknown, 'lua'>;
  readonly #section: 'task' | 'condition';
  readonly #key: string;
  readonly #scriptLog: Logger;
  #closed = false;
  /** Until the first run. */
  #earlierState: KeptState | undefined;
  static #made = 0;

  constructor(context: CreateContext<LuaValues, unknown, 'lua'>, section: 'task' | 'condition') {
    this.#context = context;
    this.#section = section;
    this.#key = `${section} ${context.name} ${++LuaRunner.#made}`;
    this.#scriptLog = context.logAs('exec_lua');
    this.#earlierState = context.earlier?.scriptState;
    for (const name of Object.keys(context.values.variables_to_set)) {
      if (OWN_NAMES.includes(name))
        context.log.warn('INIT/FAIL', `variables_to_set: "${name}" is replaced by the module of that name`);
      else if (REPLACED_NAMES.includes(name) || (section === 'task' && REPLACED_TABLES.includes(name)))
        context.log.warn('INIT/FAIL', `variables_to_set: "${name}" replaces what the script would see under that name`);
    }
  }

  /** Drops the private state. */
  close(): void {
    this.#closed = true;
    this.#context.ports.lua.forget(this.#key);
  }

  /** Runs the script once and writes its records. `condition` is the one that triggers, or is checked. */
  async run(
    condition: string,
    records: LuaRecords,
    origin: TraceContext,
    { signal, run }: { readonly signal: EndSignal; readonly run?: TaskRunContext },
  ): Promise<LuaOutcome> {
    const { values, ports, name } = this.#context;
    const log = this.#context.log.under(origin);
    const item = `${this.#section}/${name}`;
    const { prefix } = records;
    records.about(`${prefix}running the script`);
    const began = ports.clock.mono();
    let given: Readonly<Record<string, LuaScalar>>;
    try {
      given = await this.#variables();
    } catch (error) {
      return this.#notGiven(messageOf(error), log, prefix);
    }
    const execution = ports.events.begin('script');
    const request = this.#request(condition, origin, execution, given, { signal, run });
    this.#earlierState = undefined;
    ports.events.emit('script.started', origin, { execution, item });
    const output = run?.handOn && ports.runFiles ? new ScriptOutput() : undefined;
    const result = await ports.lua.run(request, {
      line: (level, text, source) => {
        if (level === 'info') output?.add(text);
        this.#scriptLog[level]('PROC/MSG', `${records.linePrefix}${text}`, origin, source && { source });
        if (values.keep_output !== 'never') ports.events.emit('script.logged', origin, { item, text });
      },
      initialised: () => log.debug('START/OK', `${prefix}the init script has been run`),
      event: (topics, value, fleet) => {
        try {
          ports.events.emit('item.published', origin, { item, topics: [...topics, 'lua', item], value, fleet });
        } catch (error) {
          log.warn('PROC/FAIL', `${prefix}an event could not be kept: ${(error as Error).message}`);
        }
      },
      metric: (message, step) =>
        ports.events.emit('item.measured', origin, { item, message, ...(step === undefined ? {} : { step }) }),
    });
    if (run && output)
      handOutputOn(run, ports.runFiles, output.text, (text) => log.warn('END/FAIL', `${prefix}${text}`));
    if (this.#closed) this.close();
    if (result.kept) ports.events.emit('script.stored', origin, { item, kept: result.kept });
    const took = `${((ports.clock.mono() - began) / 1000).toFixed(2)} s`;
    this.#reportState(result, log, prefix);
    const { end } = result;
    const judgement =
      end.how === 'finished'
        ? this.#compare(end.comparisons, records, log, took)
        : await this.#failed(end, log, prefix, took);
    ports.events.emit('script.finished', origin, {
      execution,
      report: {
        ...{ outcome: judgement.kind, how: end.how },
        rule: reasonText(judgement.reason),
      },
    });
    return judgement;
  }

  /** What the host needs to run the script. */
  #request(
    condition: string,
    origin: TraceContext,
    execution: Execution,
    given: Readonly<Record<string, LuaScalar>>,
    { signal, run }: { readonly signal: EndSignal; readonly run?: TaskRunContext | undefined },
  ): LuaRequest {
    const { values, ports, name } = this.#context;
    const trace = ports.trace?.(origin, execution);
    return {
      key: this.#key,
      section: this.#section,
      chunk: `${this.#section} ${name}`,
      condition,
      ...((run?.hook !== undefined || run?.asked !== undefined) && origin.run !== null
        ? { lockOwner: origin.run }
        : {}),
      ...(this.#section === 'task' ? { task: name } : {}),
      script: values.script,
      ...otherInterpreter(values),
      ...(values.init_script_path === undefined ? {} : { initScriptPath: values.init_script_path }),
      variables: { ...(run ? runGlobals(run) : {}), ...given },
      expected: values.expected_results,
      timeoutSeconds: values.timeout_seconds,
      signal,
      ...(run === undefined ? {} : { tables: runTables(run) }),
      ...(trace === undefined ? {} : { trace }),
      ...(this.#earlierState === undefined ? {} : { earlierState: this.#earlierState }),
    };
  }

  /** The variables of the file, with those that are read for each run. @throws GivenValueError */
  #variables(): Readonly<Record<string, LuaScalar>> | Promise<Readonly<Record<string, LuaScalar>>> {
    const { values, ports } = this.#context;
    const variables = values.variables_to_set;
    if (!hasFileValues(variables)) return variables as Readonly<Record<string, LuaScalar>>;
    return import('./given-values.ts').then(({ readFileValues }) =>
      readFileValues(variables as Readonly<Record<string, LuaScalar | FileValue>>, ports.givenFiles),
    );
  }

  #notGiven(message: string, log: Logger, prefix: string): LuaOutcome {
    const reason: Reason = { code: 'given-value', message };
    log.warn('START/FAIL', `${prefix}${reasonText(reason)}`);
    log.warn('END/FAIL', `${prefix}failed: ${reasonText(reason)}`);
    return { kind: 'failure', reason };
  }

  #reportState({ state }: LuaResult, log: Logger, prefix: string): void {
    if (state.how === 'stored') {
      for (const [key, value] of state.entries) log.trace('PROC/MSG', `${prefix}state: ${key} = ${value}`);
      if (state.entries.length > 0) log.debug('END/MSG', `${prefix}state stored`);
    } else if (state.how === 'refused') {
      const text = `${prefix}state not stored: ${state.reason}`;
      if (state.because === 'key') log.debug('END/FAIL', text);
      else log.warn('END/FAIL', text);
    }
  }

  #compare(
    comparisons: readonly { readonly name: string; readonly result: 'equal' | 'different' | 'missing' }[],
    records: LuaRecords,
    log: Logger,
    took: string,
  ): LuaOutcome {
    const { values } = this.#context;
    const { prefix } = records;
    if (comparisons.length === 0) {
      records.conclude('none', `${prefix}no outcome after ${took}: nothing was expected`);
      return { kind: 'none', reason: { code: 'no-expected-results' } };
    }
    const all = values.expect_all;
    log.debug(
      'PROC/MSG',
      () => `${prefix}expecting ${all ? 'all' : 'one'} of: ${shownExpected(values.expected_results)}`,
    );
    if (all) {
      const unmet = comparisons.find((c) => c.result !== 'equal');
      if (unmet !== undefined && unmet.result !== 'equal') {
        const reason: Reason = { code: 'expected-result', name: unmet.name, result: unmet.result };
        records.unmet(unmet.result, `${prefix}${reasonText(reason)}`);
        records.conclude('failure', `${prefix}failed in ${took}: not all expected results hold`);
        return { kind: 'failure', reason };
      }
    } else {
      const met = comparisons.find((c) => c.result === 'equal');
      if (met === undefined) {
        records.conclude('failure', `${prefix}failed in ${took}: no expected result holds`);
        return { kind: 'failure', reason: { code: 'expected-results', hold: 'none' } };
      }
      log.debug('PROC/OK', `${prefix}${met.name} has the expected value`);
    }
    records.conclude('success', `${prefix}succeeded in ${took}`);
    return { kind: 'success', reason: { code: 'expected-results', hold: all ? 'all' : 'one' } };
  }

  async #failed(
    end: Exclude<LuaEnd, { how: 'finished' }>,
    log: Logger,
    prefix: string,
    took: string,
  ): Promise<LuaOutcome> {
    const { values } = this.#context;
    switch (end.how) {
      case 'script-error': {
        const place = await this.#placeInFile(end.message);
        const reason: Reason = { code: 'script-error', message: firstLine(end.message) };
        log.warn('END/FAIL', `${prefix}${reasonText(reason)}${place}`);
        log.warn('END/FAIL', `${prefix}failed in ${took}: script error`);
        return { kind: 'failure', reason };
      }
      case 'init-error':
      case 'variable-error': {
        const code = end.how === 'variable-error' ? 'variable-error' : 'init-script-error';
        const reason: Reason = { code, message: firstLine(end.message) };
        log.warn('START/ERR', `${prefix}${reasonText(reason)}`);
        log.warn('END/FAIL', `${prefix}failed in ${took}: initialisation error`);
        return { kind: 'failure', reason };
      }
      case 'timeout':
        log.warn('END/FAIL', `${prefix}the script was ended: time limit of ${values.timeout_seconds} s`);
        log.warn('END/FAIL', `${prefix}given up after ${took}: time limit of ${values.timeout_seconds} s`);
        return { kind: 'failure', reason: { code: 'time-limit', seconds: values.timeout_seconds } };
      case 'cancelled':
        log.info('END/FAIL', `${prefix}ended early after ${took}`);
        return { kind: 'failure', reason: { code: 'cancelled' } };
      case 'killed':
        log.warn('END/FAIL', `${prefix}given up after ${took}: ended with the scheduler`);
        return { kind: 'failure', reason: { code: 'killed' } };
      case 'memory':
      case 'lost': {
        const reason: Reason =
          end.how === 'memory' ? { code: 'lua-memory' } : { code: 'lua-failed', message: end.reason };
        log.error('END/ERR', `${prefix}given up after ${took}: ${reasonText(reason)}`);
        return { kind: 'error', reason };
      }
      case 'not-started':
        log.debug('START/FAIL', `${prefix}the interpreter could not be started: ${end.reason}`);
        return { kind: 'error', reason: { code: 'lua-failed', message: end.reason } };
    }
  }

  /** ` (line N of the configuration file)` when the message names a line of the script. */
  async #placeInFile(message: string): Promise<string> {
    const { name, values, locate } = this.#context;
    const chunk = `${this.#section} ${name}:`;
    const found = message.startsWith(chunk) ? /^(\d+):/.exec(message.slice(chunk.length)) : null;
    if (found === null) return '';
    const at: Position | undefined = await locate('script');
    if (at === undefined) return '';
    const line = Number(found[1]);
    // A script of several lines usually begins on the line after its quotes.
    const inFile = at.within?.({ line, column: 1 }).line ?? at.line + line - (values.script.includes('\n') ? 0 : 1);
    return ` (line ${inFile} of ${at.file ?? 'the configuration file'})`;
  }
}
