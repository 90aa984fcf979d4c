import type { Values } from '../../config/field.ts';
import { hasFileValues } from '../../config/value-tables.ts';
import type { EndSignal } from '../../core/end-signal.ts';
import type { Ports, ProcessEnd, ProcessRequest, ProcessResult, ResourceLimits } from '../../core/ports.ts';
import { type Reason, reasonText } from '../../core/reasons.ts';
import { messageOf } from '../../error-message.ts';
import type { Logger, Message, TraceContext } from '../../log/record.ts';
import { agree, counted } from '../../plural.ts';
import { type CreateContext, type HostFs, type ReportProblem, rejectTilde } from '../kind.ts';
import {
  type commandFields,
  compileCriteria,
  type DecidedBy,
  type Evaluation,
  evaluate,
  matchCriteriaOnThreads,
  ruleText,
  type TextCriterion,
} from './command-criteria.ts';
import { readEventLines } from './event-lines.ts';

type CommandValues = Values<typeof commandFields>;

/** Checks a command when the file is loaded, and returns the compiled text criteria. */
export const compileCommand = (
  values: Partial<CommandValues>,
  report: ReportProblem,
  machine: HostFs,
): Promise<readonly TextCriterion[]> => {
  rejectTilde(values.command, ['command'], report);
  if (
    !rejectTilde(values.startup_path, ['startup_path'], report) &&
    values.startup_path !== undefined &&
    !machine.isDirectory(values.startup_path)
  )
    report(['startup_path'], `startup_path: expected an existing directory, "${values.startup_path}" is not one`, {
      id: 'path-not-found',
    });
  if (values.command === '') report(['command'], 'command: expected the name of a program, found an empty string');
  return compileCriteria(values, report);
};

/** A command line as records show it: words with blanks in double quotes. */
export const quoteWords = (words: readonly string[]): string =>
  words.map((w) => (w === '' || /[\s]/.test(w) ? `"${w}"` : w)).join(' ');

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** The records of a run: tasks and conditions have the same ones, at other levels. */
export interface CommandRecords {
  /** Under the origin of the run. */
  readonly log: Logger;
  /** The item that runs it: `task/Backup`. */
  readonly item: string;
  readonly origin: TraceContext;
  /** Aborted to end it early. */
  readonly signal?: EndSignal;
  /** It is asked as a guard. */
  readonly asked?: boolean;
  /** Return the bytes of standard output as well. */
  readonly keepBytes?: boolean;
  /** Called with what it has written, when it has ended. */
  written?(result: ProcessResult): void;
  /** `(trigger: NAME) ` for tasks. */
  readonly prefix: string;
  /** The last record of a run that ended by itself. */
  conclude(decidedBy: DecidedBy, text: Message): void;
}

/** The variables of the file, with what is read for each run. @throws GivenValueError */
const givenVariables = async (
  { environment_file: paths = [], environment_variables: variables }: CommandValues,
  { givenFiles }: Pick<Ports, 'givenFiles'>,
): Promise<Readonly<Record<string, string>>> => {
  const { readEnvironmentFiles, readFileValues } = await import('./given-values.ts');
  const read = await readEnvironmentFiles(paths, givenFiles);
  return { ...read, ...(await readFileValues(variables, givenFiles)) };
};

/** What is not read from files, as most is not. */
const writtenVariables = ({
  environment_file,
  environment_variables,
}: CommandValues): Readonly<Record<string, string>> | undefined =>
  environment_file === undefined && !hasFileValues(environment_variables)
    ? (environment_variables as Readonly<Record<string, string>>)
    : undefined;

/** The records of a run that does not begin, because a value for it could not be read. */
const notGiven = (error: unknown, { log, prefix, conclude }: CommandRecords): Evaluation => {
  const reason: Reason = { code: 'given-value', message: messageOf(error) };
  log.warn('START/FAIL', `${prefix}${reasonText(reason)}`);
  conclude('other', `${prefix}failed: ${reasonText(reason)}`);
  return { decidedBy: 'other', reason, met: [] };
};

/** What is the same for each run of a command. */
type CommandPorts = CreateContext<unknown, unknown, 'processes'>['ports'];
type Variables = Readonly<Record<'WHENEVER_CONDITION', string> & Record<string, string>>;

/**
 * Runs the command once, logs its records and evaluates the result.
 * @param variables WHENEVER_CONDITION and the like, set when the file does not forbid it.
 */
export const runCommand = (
  values: CommandValues,
  criteria: readonly TextCriterion[],
  variables: Variables,
  ports: CommandPorts,
  records: CommandRecords,
): Promise<Evaluation> => {
  const written = writtenVariables(values);
  if (written !== undefined) return runGiven(values, criteria, variables, written, ports, records);
  return givenVariables(values, ports).then(
    (given) => runGiven(values, criteria, variables, given, ports, records),
    (error: unknown) => notGiven(error, records),
  );
};

/** @param given the variables of the file */
const runGiven = async (
  values: CommandValues,
  criteria: readonly TextCriterion[],
  variables: Variables,
  given: Readonly<Record<string, string>>,
  ports: CommandPorts,
  { log, item, origin, signal, asked, keepBytes, written, prefix, conclude }: CommandRecords,
): Promise<Evaluation> => {
  log.debug('START/MSG', () => `${prefix}running: ${quoteWords([values.command, ...values.command_arguments])}`);
  const began = ports.clock.mono();
  const announced = values.set_environment_variables;
  const events = readEventLines(ports.events, item, origin, log, prefix);
  const { command, command_arguments: args } = values;
  const execution = ports.events.begin('process');
  const measure = ports.events.wants('process.started');
  if (measure) ports.events.emit('process.started', origin, { execution, item, command, args });
  const result = await ports.processes.run({
    item,
    condition: variables.WHENEVER_CONDITION,
    command: values.command,
    args: values.command_arguments,
    cwd: values.startup_path,
    inheritEnvironment: values.include_environment,
    variables: {
      ...(announced ? { ...identity(origin), ...variables, ...ports.trace?.(origin, execution) } : {}),
      ...given,
    },
    ...(announced ? { events } : {}),
    ...(measure ? { measure } : {}),
    ...(values.limits === undefined ? {} : limited(values.limits, log, prefix)),
    ...(values.keep_output === 'never' ? {} : { output: outputEvents(ports.events, item, origin) }),
    timeoutSeconds: values.timeout_seconds,
    ...(signal === undefined ? {} : { signal }),
    ...(asked ? { asked } : {}),
    ...(keepBytes ? { keepBytes } : {}),
  });
  const took = seconds(ports.clock.mono() - began);
  events.close();
  reportDropped(result, log, prefix);
  written?.(result);
  const { end } = result;
  const elsewhere = matchCriteriaOnThreads(result, criteria, ports.matcher);
  const finding = evaluate(result, values, elsewhere ? await elsewhere : criteria);
  if (measure) ports.events.emit('process.finished', origin, { execution, report: ending(result, finding) });
  if (result.memoryLimit?.reached) reportMemoryLimit(finding, took, { log, prefix, conclude });
  else reportEnd(end, finding, values.timeout_seconds, took, { log, prefix, conclude });
  return finding;
};

/** The part of a request that limits it. */
const limited = (
  limits: ResourceLimits,
  log: Logger,
  prefix: string,
): Pick<ProcessRequest, 'limits' | 'unlimited'> => ({
  limits,
  unlimited: (text) => log.warn('PROC/MSG', `${prefix}${text}`),
});

/** The records of the end of a run that the system has ended because of its limit of memory. */
const reportMemoryLimit = (
  { reason }: Evaluation,
  took: string,
  { log, prefix, conclude }: Pick<CommandRecords, 'log' | 'prefix' | 'conclude'>,
): void => {
  log.warn('PROC/FAIL', `${prefix}the process was ${reasonText(reason)}`);
  conclude('other', `${prefix}failed in ${took}: ${reasonText(reason)}`);
};

/** Emits what a process writes. */
const outputEvents =
  (events: Ports['events'], item: string, origin: TraceContext): NonNullable<ProcessRequest['output']> =>
  (stream, chunk) =>
    events.emit('process.output', origin, { item, stream, chunk });

/** The records of the end of a run. `limit`: seconds. */
const reportEnd = (
  end: ProcessEnd,
  { met, reason, decidedBy }: Evaluation,
  limit: number,
  took: string,
  { log, prefix, conclude }: Pick<CommandRecords, 'log' | 'prefix' | 'conclude'>,
): void => {
  switch (end.how) {
    case 'exit': {
      for (const rule of met) log.trace('PROC/OK', () => `${prefix}${ruleText(rule)}`);
      const how = decidedBy === 'success' ? 'succeeded' : 'failed';
      log.debug('PROC/OK', () => `${prefix}${ruleText(reason)}`);
      conclude(decidedBy, () => `${prefix}${how} in ${took}: ${ruleText(reason)}`);
      return;
    }
    case 'signal':
      log.warn('PROC/FAIL', `${prefix}the process was ended by signal ${end.signal}`);
      conclude('other', `${prefix}failed in ${took}: ${reasonText(reason)}`);
      return;
    case 'timeout':
      log.debug('PROC/FAIL', `${prefix}time limit of ${limit} s reached, process group ended`);
      log.warn('END/FAIL', `${prefix}given up after ${took}: time limit of ${limit} s`);
      return;
    case 'cancelled':
      log.info('END/FAIL', `${prefix}ended early after ${took}`);
      return;
    case 'killed':
      log.warn('PROC/FAIL', `${prefix}ended with the scheduler`);
      log.warn('END/FAIL', `${prefix}given up after ${took}: ended with the scheduler`);
      return;
    case 'not-started':
      log.warn('PROC/FAIL', `${prefix}could not be started: ${end.reason}`);
      log.warn('END/FAIL', `${prefix}given up after ${took}: ${end.reason}`);
  }
};

/** The attributes of the end of a timespan. */
const ending = ({ end, stdout, stderr, usage, pid }: ProcessResult, { decidedBy, reason }: Evaluation) => ({
  outcome: decidedBy === 'success' ? 'success' : 'failure',
  how: end.how,
  ...(end.how === 'exit' ? { exit_status: end.code } : {}),
  ...(end.how === 'signal' ? { signal: end.signal } : {}),
  rule: reasonText(reason),
  ...(pid === undefined ? {} : { pid }),
  stdout_bytes: stdout.bytes,
  stderr_bytes: stderr.bytes,
  ...(usage?.cpuMs === undefined ? {} : { cpu_ms: usage.cpuMs }),
  ...(usage?.peakBytes === undefined ? {} : { peak_bytes: usage.peakBytes }),
});

const identity = ({ cause, run }: TraceContext): Readonly<Record<string, string>> => ({
  ...(run === null ? {} : { WHENEVER_RUN: run }),
  WHENEVER_CAUSE: cause,
});

const reportDropped = (result: ProcessResult, log: Logger, prefix: string): void => {
  for (const stream of ['stdout', 'stderr'] as const) {
    const { dropped } = result[stream];
    if (dropped > 0)
      log.warn(
        'PROC/MSG',
        `${prefix}${stream}: ${counted(dropped, 'byte')} over the limit ${agree(dropped, 'was', 'were')} not kept, the beginning and the end were`,
      );
  }
};
