import * as v from 'valibot';
import { floatSchema } from '../../config/field.ts';
import type { Logger } from '../../log/record.ts';
import type { ReportProblem } from '../kind.ts';
import type { RecurringProblem } from './recurring-problem.ts';
import { compileExpression, type Expression } from './regular-expression.ts';

/** A value of the file that one of a message or a row is compared with. */
export type Scalar = string | boolean | bigint | number;

export const scalarSchema = v.union(
  [v.string(), v.boolean(), v.bigint(), floatSchema],
  'a string, a boolean or a number',
);

/** The operators of checks, each with what it compares. */
export const COMPARISONS = {
  eq: 'It is equal. An integer and a float can be equal.',
  neq: 'It is not equal.',
  gt: 'It is greater. Texts are ordered for wmi only, as by the next three operators.',
  ge: 'It is greater or equal.',
  lt: 'It is less.',
  le: 'It is less or equal.',
  match: 'It is a text, and the regular expression matches a part of it; upper and lower case differ.',
  contains: 'It is a text with this part, an array with this element, or a dictionary with this key. For dbus only.',
  ncontains: 'It is one of these without that part, element or key. For dbus only.',
} as const;

/** The name of an operator. */
export type Operator = keyof typeof COMPARISONS;

export const operatorSchema = <const W extends readonly string[]>(words: W) =>
  v.picklist(words, `one of ${words.join(', ')}`);

/** A check of the file: what it compares with, and how. */
interface ValueCheck {
  readonly operator: string;
  readonly value: Scalar;
}

/** With the expression of the operator `match`. */
export type Compiled<C> = C & { readonly expression: Expression | undefined };

const ORDERING: readonly string[] = ['gt', 'ge', 'lt', 'le'];

/** Which values the operator of a check cannot compare; undefined: it can. */
const incomparable = ({ operator, value }: ValueCheck, orderedTexts: boolean): string | undefined => {
  if (typeof value === 'string') return ORDERING.includes(operator) && !orderedTexts ? 'texts' : undefined;
  if (operator === 'match') return typeof value === 'boolean' ? 'booleans' : 'numbers';
  return typeof value === 'boolean' && ORDERING.includes(operator) ? 'booleans' : undefined;
};

/** Compiles the checks under `key`, and reports those that could never be true. @param orderedTexts texts can be less or greater. */
export const compileChecks = async <C extends ValueCheck>(
  key: string,
  checks: readonly C[],
  orderedTexts: boolean,
  report: ReportProblem,
): Promise<readonly Compiled<C>[]> => {
  const compiled: Compiled<C>[] = [];
  for (const [i, check] of checks.entries()) {
    const { operator, value } = check;
    const add = (part: string, text: string, more = {}) =>
      report([key, i, part], `${key} (entry ${i + 1}): ${text}`, more);
    const what = incomparable(check, orderedTexts);
    if (what !== undefined) add('operator', `${what} cannot be compared by ${operator}: the check would never be true`);
    let expression: Expression | undefined;
    if (operator === 'match' && typeof value === 'string') {
      try {
        expression = await compileExpression(value, { caseSensitive: true, whole: false });
      } catch (error) {
        add('value', `not a regular expression: ${(error as Error).message}`, { id: 'regular-expression' });
      }
    }
    compiled.push({ ...check, expression });
  }
  return compiled;
};

/** Compares two values of one type; an integer and a float can be equal. Operators other than these six are false. */
export const compareValues = <T extends Scalar>(operator: string, a: T, b: T): boolean => {
  switch (operator) {
    case 'eq':
      // biome-ignore lint/suspicious/noDoubleEquals: an integer and a float may be equal
      return a == b;
    case 'neq':
      // biome-ignore lint/suspicious/noDoubleEquals: an integer and a float may be equal
      return a != b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    default:
      return false;
  }
};

/**
 * Evaluates the checks, all of them or until one holds, and logs one record about it. A check that cannot be made is false.
 * @param holds calls `impossible` with the reason when the check cannot be made.
 */
export const evaluateChecks = <C>(
  label: string,
  checks: readonly C[],
  all: boolean,
  holds: (check: C, impossible: (reason: string) => void) => boolean,
  log: Logger,
  problem: RecurringProblem,
): boolean => {
  const reasons = new Set<string>();
  const test = (check: C, i: number): boolean => holds(check, (reason) => reasons.add(`check ${i + 1}: ${reason}`));
  const result = all ? checks.every(test) : checks.some(test);
  if (!result && reasons.size > 0)
    problem.report(log, 'PROC/FAIL', `${label}: a check could not be made: ${[...reasons].join('; ')}`);
  else problem.resolve(log, `${label}: the checks can be made again`);
  if (result || reasons.size === 0) log.trace('PROC/OK', `${label}: checks made, result ${result}`);
  return result;
};
