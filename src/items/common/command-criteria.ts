import { booleanField, integerField, pathsField, stringField, stringsField, type Values } from '../../config/field.ts';
import { environmentField } from '../../config/value-tables.ts';
import type { ProcessEnd, ProcessResult, RegexMatcher } from '../../core/ports.ts';
import { type Reason, reasonText } from '../../core/reasons.ts';
import type { ReportProblem } from '../kind.ts';
import { keepOutputField } from './keep-output.ts';
import { compileExpression, type Expression, matchOnThreads } from './regular-expression.ts';
import { limitsField } from './resource-limits.ts';

const status = (doc: string) => integerField({ min: 0, max: 4294967295, doc });

/** Keys of everything that runs a command: tasks and conditions alike. */
export const commandFields = {
  command: stringField({
    required: true,
    examples: ['rsync', '/usr/local/bin/backup'],
    doc: 'The program. Without a slash it is searched in the PATH of the scheduler; with one it is relative to startup_path.',
  }),
  command_arguments: stringsField({
    required: true,
    examples: [['-a', '/home/me/', '/mnt/backup/']],
    doc: 'One element per argument, handed over as it is: no shell takes part.',
  }),
  startup_path: stringField({
    required: true,
    examples: ['/home/me'],
    doc: 'The working directory. It must exist when the file is loaded.',
  }),
  match_exact: booleanField({
    fallback: false,
    doc: 'Compare the whole output, trailing newline included, instead of looking for a part of it. With expressions: the whole output must match.',
  }),
  match_regular_expression: booleanField({
    fallback: false,
    doc: 'The texts to look for are regular expressions (RE2 dialect), compiled when the file is loaded.',
  }),
  case_sensitive: booleanField({ fallback: false, doc: 'Upper and lower case differ when output is compared.' }),
  include_environment: booleanField({ fallback: true, doc: 'The process inherits the environment of the scheduler.' }),
  set_environment_variables: booleanField({
    fallback: true,
    doc: 'Set WHENEVER_CONDITION, WHENEVER_CAUSE, WHENEVER_RUN, WHENEVER_START, WHENEVER_EVENTS_FD and, for tasks, WHENEVER_TASK and what has fired them in the environment of the process.',
  }),
  environment_variables: environmentField({
    fallback: {},
    examples: [{ LANG: 'C.UTF-8' }, { TOKEN: { file: 'token' } }],
    doc: 'Further variables, set last. Values are strings; numbers and dates are written as text. `{ file = "PATH" }` and `{ credential = "NAME" }` are read at each run, and are secrets.',
  }),
  environment_file: pathsField({
    extension: true,
    examples: ['backup.env', ['backup.env', '-local.env']],
    doc: 'Files with variables, in the syntax of `EnvironmentFile=` of systemd, read at each run. Relative to the directory of the configuration file. `-` before a path: it may be missing. `environment_variables` win.',
  }),
  success_status: status('The exit status that means success; any other fails.'),
  failure_status: status('The exit status that means failure; any other passes, unless success_status says otherwise.'),
  success_stdout: stringField({ doc: 'What the standard output must hold.' }),
  success_stderr: stringField({ doc: 'What the standard error must hold.' }),
  failure_stdout: stringField({ doc: 'What the standard output must not hold.' }),
  failure_stderr: stringField({ doc: 'What the standard error must not hold.' }),
  timeout_seconds: integerField({
    min: 0,
    fallback: 0,
    doc: 'Time limit: the process group then gets SIGTERM, and SIGKILL two seconds later. 0: no limit.',
  }),
  keep_output: keepOutputField,
  limits: limitsField,
} as const;

type CommandValues = Values<typeof commandFields>;

/** What decided: everything passed, one of three criteria failed, or the process did not end by itself. */
export type DecidedBy = 'success' | 'status' | 'stdout' | 'stderr' | 'other';

/** The result of a run with the rule that decided it, and the rules that were met before. */
export interface Evaluation {
  readonly decidedBy: DecidedBy;
  readonly reason: Reason;
  readonly met: readonly Reason[];
}

/** A rule as records show it, with the key of the file. */
export const ruleText = (reason: Reason): string =>
  reason.code === 'output'
    ? `${reason.criterion}_${reason.stream} ${JSON.stringify(reason.text)} ${reason.found ? 'found' : 'not found'} on ${reason.stream}`
    : reasonText(reason);

/** One text criterion, ready to be applied. */
export interface TextCriterion {
  readonly key: 'success_stdout' | 'success_stderr' | 'failure_stdout' | 'failure_stderr';
  readonly stream: 'stdout' | 'stderr';
  /** True: the text must match; false: it must not. */
  readonly wanted: boolean;
  readonly source: string;
  matches(text: string): boolean;
  /** Absent for a plain text. */
  readonly expression?: Expression;
}

const KEYS = ['success_stdout', 'success_stderr', 'failure_stdout', 'failure_stderr'] as const;

const textTest = (wanted: string, { match_exact, case_sensitive }: Partial<CommandValues>) => {
  const fold = (s: string) => (case_sensitive ? s : s.toUpperCase());
  const needle = fold(wanted);
  return match_exact ? (text: string) => fold(text) === needle : (text: string) => fold(text).includes(needle);
};

/** The configured text criteria in the order they are applied; expressions that do not compile are reported. */
export const compileCriteria = async (
  values: Partial<CommandValues>,
  report: ReportProblem,
): Promise<readonly TextCriterion[]> => {
  const criteria: TextCriterion[] = [];
  for (const key of KEYS) {
    const source = values[key];
    if (!source) continue;
    const stream = key.endsWith('stdout') ? 'stdout' : 'stderr';
    const base = { key, stream, wanted: key.startsWith('success'), source } as const;
    if (!values.match_regular_expression) {
      criteria.push({ ...base, matches: textTest(source, values) });
      continue;
    }
    try {
      const expression = await compileExpression(source, {
        caseSensitive: values.case_sensitive ?? false,
        whole: values.match_exact ?? false,
      });
      criteria.push({ ...base, expression, matches: (text) => expression.found(text) });
    } catch (error) {
      report(
        [key],
        `${key}: expected a regular expression (RE2 dialect): ${(error as Error).message.replace('`(?i)', '`')}`,
        { id: 'regular-expression' },
      );
    }
  }
  return criteria;
};

/** The criteria with results from other threads, where matching would delay ticks; undefined: it would not. */
export const matchCriteriaOnThreads = (
  result: ProcessResult,
  criteria: readonly TextCriterion[],
  matcher: RegexMatcher | undefined,
): Promise<readonly TextCriterion[]> | undefined =>
  result.end.how === 'exit'
    ? matchOnThreads(criteria, ({ stream }) => [result[stream].text], matcher)?.then((all) =>
        all.map((one) => (one.expression ? { ...one, matches: one.expression.found } : one)),
      )
    : undefined;

/** Step 1 of the decision table: the exit code against `success_status` and `failure_status`. */
const evaluateStatus = (
  status: number,
  success: number | undefined,
  failure: number | undefined,
): { met: boolean; reason: Extract<Reason, { readonly code: 'exit-status' }> } => {
  const code = 'exit-status';
  const isFailure = status === failure && (status !== 0 || success === undefined);
  if (success !== undefined && !isFailure)
    return { met: status === success, reason: { code, status, criterion: 'success', expected: success } };
  if (failure !== undefined)
    return { met: !isFailure, reason: { code, status, criterion: 'failure', expected: failure } };
  return { met: true, reason: { code, status } };
};

/** Step 2: one text criterion. */
const evaluateText = (
  { stream, wanted, source, matches }: TextCriterion,
  text: string,
): { met: boolean; reason: Reason } => {
  const found = matches(text);
  const criterion = wanted ? 'success' : 'failure';
  return { met: found === wanted, reason: { code: 'output', criterion, stream, found, text: source } };
};

/** Why a process has ended that did not end by itself. */
const unfinished = (
  end: Exclude<ProcessEnd, { readonly how: 'exit' }>,
  seconds: number,
  limit: { readonly memoryLimit?: number },
): Reason => {
  switch (end.how) {
    case 'signal':
      return { code: 'signal', signal: end.signal, ...limit };
    case 'timeout':
      return { code: 'time-limit', seconds };
    case 'cancelled':
      return { code: 'cancelled' };
    case 'killed':
      return { code: 'killed' };
    case 'not-started':
      return { code: 'not-started', message: end.reason };
  }
};

/** The keys about the end of a process. */
type StatusCriteria = Pick<CommandValues, 'success_status' | 'failure_status'> &
  Partial<Pick<CommandValues, 'timeout_seconds'>>;

/** Success or failure of a finished process: first its status, then the texts in order. */
export const evaluate = (
  result: ProcessResult,
  { success_status, failure_status, timeout_seconds = 0 }: StatusCriteria,
  criteria: readonly TextCriterion[],
): Evaluation => {
  const { end, memoryLimit } = result;
  if (memoryLimit?.reached)
    return { decidedBy: 'other', reason: { code: 'memory-limit', bytes: memoryLimit.bytes }, met: [] };
  const limit = memoryLimit === undefined ? {} : { memoryLimit: memoryLimit.bytes };
  if (end.how !== 'exit') return { decidedBy: 'other', reason: unfinished(end, timeout_seconds, limit), met: [] };
  const status = evaluateStatus(end.code, success_status, failure_status);
  if (!status.met) return { decidedBy: 'status', reason: { ...status.reason, ...limit }, met: [] };
  let last: { readonly met: boolean; readonly reason: Reason } = status;
  const met: Reason[] = [];
  for (const criterion of criteria) {
    met.push(last.reason);
    last = evaluateText(criterion, result[criterion.stream].text);
    if (!last.met) return { decidedBy: criterion.stream, reason: last.reason, met };
  }
  return { decidedBy: 'success', reason: last.reason, met };
};
