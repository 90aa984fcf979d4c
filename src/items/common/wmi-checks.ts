import type { RegexMatcher, WmiRow, WmiValue } from '../../core/ports.ts';
import type { Logger } from '../../log/record.ts';
import type { ReportProblem } from '../kind.ts';
import type { RecurringProblem } from './recurring-problem.ts';
import { compileExpression, type Expression, MOST_STEPS_HERE, matchOnThreads, tooLong } from './regular-expression.ts';

type Operator = 'eq' | 'neq' | 'gt' | 'ge' | 'lt' | 'le' | 'match';

/** One element of `result_check`. */
export interface ResultCheck {
  readonly field: string;
  readonly operator: Operator;
  readonly value: string | boolean | bigint | number;
  readonly index?: number | undefined;
}

/** A check, ready to be made. */
export interface CompiledResultCheck extends ResultCheck {
  readonly expression: Expression | undefined;
}

const LARGEST = 2n ** 63n - 1n;

const ordered = <T extends string | boolean | bigint | number>(operator: Operator, a: T, b: T): boolean => {
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

const numeric = (x: unknown): x is number | bigint => typeof x === 'number' || typeof x === 'bigint';

/** Values of types that do not go together are never a match. */
const compare = (found: WmiValue, { operator, value, expression }: CompiledResultCheck): boolean => {
  if (expression) return typeof found === 'string' && expression.found(found);
  if (numeric(found) && numeric(value))
    return typeof found === 'bigint' && found > LARGEST ? false : ordered<number | bigint>(operator, found, value);
  return found !== null && typeof found === typeof value ? ordered(operator, found, value) : false;
};

/** Makes expressions, and refuses what could never be true [E24]. */
export const compileResultChecks = async (
  checks: readonly ResultCheck[] | undefined,
  report: ReportProblem,
): Promise<readonly CompiledResultCheck[]> => {
  const compiled: CompiledResultCheck[] = [];
  for (const [i, check] of (checks ?? []).entries()) {
    const { operator, value } = check;
    const say = (key: string, text: string) =>
      report(['result_check', i, key], `result_check (entry ${i + 1}): ${text}`);
    const kind = typeof value === 'boolean' ? 'booleans' : 'numbers';
    if (
      (typeof value === 'boolean' && !['eq', 'neq'].includes(operator)) ||
      (typeof value !== 'string' && operator === 'match')
    )
      say('operator', `${kind} cannot be compared by ${operator}: the check would never be true`);
    let expression: Expression | undefined;
    if (operator === 'match' && typeof value === 'string') {
      try {
        expression = await compileExpression(value, { caseSensitive: true, whole: false });
      } catch (error) {
        say('value', `not a regular expression: ${(error as Error).message}`);
      }
    }
    compiled.push({ ...check, expression });
  }
  return compiled;
};

/** The checks on rows with answers where a text is long; undefined: they can be made at once. */
export const matchRowsOnThreads = (
  rows: readonly WmiRow[],
  checks: readonly CompiledResultCheck[],
  matcher: RegexMatcher | undefined,
): Promise<readonly CompiledResultCheck[]> | undefined =>
  matchOnThreads(
    checks,
    ({ field, index }) =>
      rows
        .filter((_, i) => index === undefined || i === index)
        .map((row) => row[field.toLowerCase()])
        .filter((value) => typeof value === 'string'),
    matcher,
  );

/** Makes the checks on rows, as documented: without an index it is enough that one row holds what is expected [E20]. */
export const evaluateRows = (
  rows: readonly WmiRow[],
  checks: readonly CompiledResultCheck[],
  all: boolean,
  log: Logger,
  trouble: RecurringProblem,
): boolean => {
  const reasons: string[] = [];
  const holds = (row: WmiRow, check: CompiledResultCheck, i: number): boolean => {
    const name = check.field.toLowerCase();
    if (Object.hasOwn(row, name)) {
      const found = row[name] ?? null;
      if (!check.expression || typeof found !== 'string' || check.expression.steps(found) <= MOST_STEPS_HERE)
        return compare(found, check);
      reasons.push(`check ${i + 1}: ${tooLong(found)}`);
      return false;
    }
    reasons.push(`check ${i + 1}: there is no field ${check.field}`);
    return false;
  };
  const test = (check: CompiledResultCheck, i: number): boolean => {
    if (check.index === undefined) return rows.some((row) => holds(row, check, i));
    const row = rows[check.index];
    if (row) return holds(row, check, i);
    reasons.push(`check ${i + 1}: there is no row ${check.index}, there are ${rows.length}`);
    return false;
  };
  const result = all ? checks.every(test) : checks.some(test);
  if (!result && reasons.length > 0)
    trouble.report(log, 'PROC/FAIL', `wmi: a check could not be made: ${[...new Set(reasons)].join('; ')}`);
  else trouble.resolve(log, 'wmi: the checks can be made again');
  if (result || reasons.length === 0) log.trace('PROC/OK', `wmi: checks made, result ${result}`);
  return result;
};
