import type { Values } from '../../config/field.ts';
import type { ProcessResult } from '../../core/ports.ts';
import { reasonText } from '../../core/reasons.ts';
import type { Logger, TraceContext } from '../../log/record.ts';
import { agree, counted } from '../../plural.ts';
import type { CreateContext, HostFs, ReportProblem } from '../kind.ts';
import { readEventLines } from './command-events.ts';
import type { commandFields } from './command-fields.ts';
import {
  compileCriteria,
  type DecidedBy,
  type Evaluation,
  evaluate,
  matchCriteriaOnThreads,
  ruleText,
  type TextCriterion,
} from './criteria.ts';
import { rejectTilde } from './tilde.ts';

type CommandValues = Values<typeof commandFields>;

/** What is checked about a command when the file is loaded; answers the compiled text criteria. */
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
    report(['startup_path'], `startup_path: expected an existing directory, "${values.startup_path}" is not one`);
  if (values.command === '') report(['command'], 'command: expected the name of a program, found an empty string');
  return compileCriteria(values, report);
};

/** A command line as records show it: words with blanks in double quotes. */
export const quoteWords = (words: readonly string[]): string =>
  words.map((w) => (w === '' || /[\s]/.test(w) ? `"${w}"` : w)).join(' ');

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** How a run looks in the log: tasks and conditions use the same records at other levels (`log-catalogue.tsv`). */
export interface CommandRecords {
  /** Under the origin of the run. */
  readonly log: Logger;
  /** Who is running: `task/Backup`. */
  readonly item: string;
  readonly origin: TraceContext;
  /** `(trigger: NAME) ` for tasks. */
  readonly prefix: string;
  /** The last record of a run that ended by itself. */
  conclude(decidedBy: DecidedBy, text: string): void;
}

/**
 * Runs the command once, writes its records and judges it.
 * @param variables WHENEVER_CONDITION and the like, set when the file does not forbid it.
 */
export const runCommand = async (
  values: CommandValues,
  criteria: readonly TextCriterion[],
  variables: Readonly<Record<'WHENEVER_CONDITION', string> & Record<string, string>>,
  ports: CreateContext<unknown, unknown, 'processes'>['ports'],
  { log, item, origin, prefix, conclude }: CommandRecords,
): Promise<Evaluation> => {
  log.debug('START/MSG', () => `${prefix}running: ${quoteWords([values.command, ...values.command_arguments])}`);
  const began = ports.clock.mono();
  const told = values.set_environment_variables;
  const events = readEventLines(ports.journal, item, origin, log, prefix);
  const { command, command_arguments: args } = values;
  const span = ports.journal.span('command', item, origin, () => ({ command, args }));
  const result = await ports.processes.run({
    item,
    condition: variables.WHENEVER_CONDITION,
    command: values.command,
    args: values.command_arguments,
    cwd: values.startup_path,
    inheritEnvironment: values.include_environment,
    variables: { ...(told ? { ...variables, ...identity(origin) } : {}), ...values.environment_variables },
    ...(told ? { events } : {}),
    ...(span ? { measure: true } : {}),
    timeoutSeconds: values.timeout_seconds,
  });
  const took = seconds(ports.clock.mono() - began);
  events.close();
  reportDropped(result, log, prefix);
  const { end } = result;
  const elsewhere = matchCriteriaOnThreads(result, criteria, ports.matcher);
  const finding = evaluate(result, values, elsewhere ? await elsewhere : criteria);
  span?.finish(() => ending(result, finding));
  if (end.how === 'exit') {
    for (const rule of finding.met) log.trace('PROC/OK', () => `${prefix}${ruleText(rule)}`);
    const rule = ruleText(finding.reason);
    log.debug('PROC/OK', `${prefix}${rule}`);
    conclude(
      finding.decidedBy,
      `${prefix}${finding.decidedBy === 'success' ? 'succeeded' : 'failed'} in ${took}: ${rule}`,
    );
  } else if (end.how === 'signal') {
    log.warn('PROC/FAIL', `${prefix}the process was ended by signal ${end.signal}`);
    conclude('other', `${prefix}failed in ${took}: ended by signal ${end.signal}`);
  } else if (end.how === 'timeout') {
    log.debug('PROC/FAIL', `${prefix}time limit of ${values.timeout_seconds} s reached, process group ended`);
    log.warn('END/FAIL', `${prefix}given up after ${took}: time limit of ${values.timeout_seconds} s`);
  } else {
    const reason = end.how === 'killed' ? 'ended with the scheduler' : end.reason;
    log.warn('PROC/FAIL', `${prefix}${end.how === 'killed' ? '' : 'could not be started: '}${reason}`);
    log.warn('END/FAIL', `${prefix}given up after ${took}: ${reason}`);
  }
  return finding;
};

/** How it ended, as the end of a timespan tells it. */
const ending = ({ end, stdout, stderr, usage }: ProcessResult, { decidedBy, reason }: Evaluation) => ({
  outcome: decidedBy === 'success' ? 'success' : 'failure',
  how: end.how,
  ...(end.how === 'exit' ? { exit_status: end.code } : {}),
  ...(end.how === 'signal' ? { signal: end.signal } : {}),
  rule: reasonText(reason),
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
