import type { Values } from '../../config/field.ts';
import type { EventLines, Ports, ProcessResult } from '../../core/ports.ts';
import { reasonText } from '../../core/reasons.ts';
import type { Logger, TraceContext } from '../../log/record.ts';
import { agree, counted } from '../../plural.ts';
import type { CreateContext, HostFs, ReportProblem } from '../kind.ts';
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

/** Bad lines that are told one by one. */
const MOST_TOLD = 5;

/** Takes what a process tells on its events descriptor. */
export interface EventLineReader extends EventLines {
  /** The process has ended: says how many more bad lines there were. */
  close(): void;
}

/** What is wrong with a line, or its topics and value. */
const read = (text: string): { topic: string | string[]; value: unknown } | string => {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return 'it is no JSON object';
  if (!('topic' in line)) return 'it has no "topic"';
  if (!('value' in line)) return 'it has no "value"';
  const { topic, value } = line;
  if (typeof topic === 'string') return { topic, value };
  return Array.isArray(topic) && topic.every((one) => typeof one === 'string')
    ? { topic, value }
    : '"topic" is neither a text nor a list of texts';
};

/** Tells the journal each line `{"topic": …, "value": …}` of a process; bad lines are counted and named, never fatal. */
export const readEventLines = (
  journal: Ports['journal'],
  item: string,
  origin: TraceContext,
  log: Logger,
  prefix: string,
): EventLineReader => {
  let lines = 0;
  let bad = 0;
  const refuse = (why: string): void => {
    bad += 1;
    if (bad <= MOST_TOLD) log.warn('PROC/FAIL', `${prefix}line ${lines} of its events is left out: ${why}`);
  };
  return {
    bad: (reason) => {
      lines += 1;
      refuse(reason);
    },
    line: (text) => {
      if (text.trim() === '') return;
      lines += 1;
      const found = read(text);
      if (typeof found === 'string') return refuse(found);
      try {
        journal.logEvent([found.topic, item].flat(), found.value, { item, origin });
      } catch (error) {
        refuse(error instanceof Error ? error.message : String(error));
      }
    },
    close: () => {
      if (bad > MOST_TOLD) log.warn('PROC/FAIL', `${prefix}lines of its events that were left out: ${bad} of ${lines}`);
    },
  };
};
