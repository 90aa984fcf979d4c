import type { Values } from '../../config/field.ts';
import { showDuration } from '../../core/duration.ts';
import type { ProcessResult, RegexMatcher } from '../../core/ports.ts';
import type { ReportProblem } from '../kind.ts';
import type { commandFields } from './command-fields.ts';
import { compileExpression, type Expression, matchOnThreads } from './regular-expression.ts';

type CommandValues = Values<typeof commandFields>;

/** What decided: everything passed, one of three criteria failed, or the process did not end by itself. */
export type DecidedBy = 'success' | 'status' | 'stdout' | 'stderr' | 'other';

/** The judgement with the rule that decided it, and those that were looked at before. */
export interface Evaluation {
  readonly judgement: DecidedBy;
  readonly because: string;
  readonly passed: readonly string[];
  /** `because` in the words of a story: `stdout lacked "ready"`. */
  readonly why: string;
}

/** One text criterion, ready to be applied. */
export interface TextCriterion {
  readonly key: 'success_stdout' | 'success_stderr' | 'failure_stdout' | 'failure_stderr';
  readonly stream: 'stdout' | 'stderr';
  /** True: the text must match; false: it must not. */
  readonly wanted: boolean;
  readonly source: string;
  matches(text: string): boolean;
  /** Not there where it is a plain text. */
  readonly expression?: Expression;
}

const KEYS = ['success_stdout', 'success_stderr', 'failure_stdout', 'failure_stderr'] as const;

const textTest = (wanted: string, { match_exact, case_sensitive }: Partial<CommandValues>) => {
  const fold = (s: string) => (case_sensitive ? s : s.toUpperCase());
  const needle = fold(wanted);
  return match_exact ? (text: string) => fold(text) === needle : (text: string) => fold(text).includes(needle);
};

/** The configured text criteria in the order they are applied (`tasks.md` §1.4); expressions that do not compile are reported. */
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
      );
    }
  }
  return criteria;
};

/** The criteria, with answers where looking for them would hold up ticks; undefined: they can be looked for here. */
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

/** Step 1 of the decision table: the exit code against `success_status` (S) and `failure_status` (F). */
const judgeStatus = (
  code: number,
  success: number | undefined,
  failure: number | undefined,
): { pass: boolean; because: string } => {
  if (code === 0 && success === 0) return { pass: true, because: 'exit code 0 is the success status' };
  if (failure !== undefined && code === failure && !(code === 0 && success !== undefined))
    return { pass: false, because: `exit code ${code} is the failure status` };
  if (success !== undefined)
    return code === success
      ? { pass: true, because: `exit code ${code} is the success status` }
      : { pass: false, because: `exit code ${code} is not the success status ${success}` };
  if (failure !== undefined) return { pass: true, because: `exit code ${code} is not the failure status ${failure}` };
  return { pass: true, because: `exit code ${code}, no status criterion` };
};

/** Step 2: one text criterion. */
const judgeText = (criterion: TextCriterion, text: string): { pass: boolean; because: string; why: string } => {
  const found = criterion.matches(text);
  const shown = JSON.stringify(criterion.source);
  return {
    pass: found === criterion.wanted,
    because: `${criterion.key} ${shown} ${found ? 'found' : 'not found'} on ${criterion.stream}`,
    why: `${criterion.stream} ${found ? 'had' : 'lacked'} ${shown}`,
  };
};

/** `limit`: seconds. */
export const reachedLimit = (limit: number | undefined): string =>
  limit ? `it reached its time limit of ${showDuration(limit * 1000)}` : 'it reached its time limit';

/** Why a process that did not end by itself has ended; undefined: it is said already. */
const forced = (how: string, limit: number | undefined): string | undefined => {
  if (how === 'killed') return 'it was ended with the scheduler';
  return how === 'timeout' ? reachedLimit(limit) : undefined;
};

/** What the configuration says of the end of a process. */
type Judged = Pick<CommandValues, 'success_status' | 'failure_status'> &
  Partial<Pick<CommandValues, 'timeout_seconds'>>;

/** Success or failure of a finished process: the decision table of `tasks.md` §1.4. */
export const evaluate = (
  result: ProcessResult,
  { success_status, failure_status, timeout_seconds: limit }: Judged,
  criteria: readonly TextCriterion[],
): Evaluation => {
  const { end } = result;
  if (end.how !== 'exit') {
    const because =
      end.how === 'signal' ? `ended by signal ${end.signal}` : end.how === 'not-started' ? end.reason : end.how;
    const why = end.how === 'not-started' ? `it could not be started: ${because}` : (forced(end.how, limit) ?? because);
    return { judgement: 'other', because, passed: [], why };
  }
  const { pass, because: status } = judgeStatus(end.code, success_status, failure_status);
  if (!pass) return { judgement: 'status', because: status, passed: [], why: status };
  const passed: string[] = [];
  let last = { because: status, why: status };
  for (const criterion of criteria) {
    passed.push(last.because);
    const text = judgeText(criterion, result[criterion.stream].text);
    last = text;
    if (!text.pass) return { judgement: criterion.stream, because: text.because, passed, why: text.why };
  }
  return { judgement: 'success', because: last.because, passed, why: last.why };
};
