import type { BusValue, RegexMatcher } from '../../core/ports.ts';
import type { Logger } from '../../log/record.ts';
import type { ReportProblem } from '../kind.ts';
import type { RecurringProblem } from './recurring-problem.ts';
import { compileExpression, type Expression, MOST_STEPS_HERE, matchOnThreads, tooLong } from './regular-expression.ts';

type Scalar = string | boolean | bigint | number;
type Operator = 'eq' | 'neq' | 'gt' | 'ge' | 'lt' | 'le' | 'match' | 'contains' | 'ncontains';

/** One element of `parameter_check`. */
export interface ParameterCheck {
  readonly index: number | readonly (number | string)[];
  readonly operator: Operator;
  readonly value: Scalar;
}

/** A check, ready to be made. */
export interface CompiledCheck extends ParameterCheck {
  readonly expression: Expression | undefined;
}

/** Says no, and why it could not say yes or no: the value is of the wrong type, or not there. */
class Unanswerable extends Error {}

const unwrapped = (value: BusValue): BusValue => (value.type === 'v' ? unwrapped(value.value) : value);

const WORDS: Readonly<Record<string, string>> = {
  b: 'a boolean',
  s: 'a text',
  o: 'an object path',
  g: 'a signature',
  h: 'a file handle',
  d: 'a float',
  array: 'an array',
  dict: 'a dictionary',
  struct: 'a structure',
};
const nameOf = ({ type }: BusValue): string => WORDS[type] ?? 'an integer';

const isText = (value: BusValue): value is BusValue & { readonly value: string } =>
  value.type === 's' || value.type === 'o';
const isInteger = (value: BusValue): value is BusValue & { readonly value: bigint } => 'ynqiuxt'.includes(value.type);

/** The value an index leads to. @throws Unanswerable when it leads nowhere. */
const find = (body: readonly BusValue[], index: ParameterCheck['index']): BusValue => {
  const [first, ...path] = typeof index === 'number' ? [index] : index;
  const start = typeof first === 'number' ? body[first] : undefined;
  if (!start) throw new Unanswerable(`there is no argument ${first}, there are ${body.length}`);
  let at = unwrapped(start);
  for (const [i, step] of path.entries()) {
    const where = `at index [${[first, ...path.slice(0, i)].join(', ')}]`;
    let next: BusValue | undefined;
    if (typeof step === 'number') {
      if (at.type !== 'array' && at.type !== 'struct')
        throw new Unanswerable(`${where} is ${nameOf(at)}, which has no position ${step}`);
      next = at.items[step];
    } else {
      if (at.type !== 'dict' || !/^\{[so]/.test(at.element))
        throw new Unanswerable(`${where} is ${nameOf(at)}, which has no key "${step}"`);
      next = at.entries.find(([key]) => isText(key) && key.value === step)?.[1];
    }
    if (!next) throw new Unanswerable(`${where} there is no ${JSON.stringify(step)}`);
    at = unwrapped(next);
  }
  return at;
};

const compared = (operator: Operator, a: bigint | number, b: bigint | number): boolean => {
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

/** Whether one value of a container is the wanted one; undefined: they cannot be compared. */
const equals = (item: BusValue, wanted: Scalar): boolean | undefined => {
  const value = unwrapped(item);
  if (typeof wanted === 'boolean') return value.type === 'b' ? value.value === wanted : undefined;
  if (typeof wanted === 'bigint') return isInteger(value) ? value.value === wanted : undefined;
  if (typeof wanted === 'number') return value.type === 'd' ? value.value === wanted : undefined;
  return isText(value) ? value.value === wanted : undefined;
};

/** Types of elements the wanted value can be one of. */
const comparable = (element: string, wanted: Scalar): boolean => {
  const letters = { boolean: 'bv', bigint: 'ynqiuxtv', number: 'dv', string: 'sov' }[typeof wanted as 'string'];
  return element.length === 1 && letters.includes(element);
};

/** A number in the file and one in the message that can be compared; a float of the file and a `t` cannot. */
const numbers = (value: BusValue, wanted: Scalar): value is BusValue & { readonly value: bigint | number } =>
  value.type === 'd' || (isInteger(value) && (typeof wanted === 'bigint' || value.type !== 't'));

/** `contains` and `ncontains`: both are false when there is nothing to compare; undefined: a number is looked for in what holds none. */
const contains = (value: BusValue, { operator, value: wanted }: ParameterCheck): boolean | undefined => {
  const answer = (found: boolean): boolean => found === (operator === 'contains');
  if (isText(value) && typeof wanted === 'string') return answer(value.value.includes(wanted));
  if (value.type === 'array') {
    if (!comparable(value.element, wanted)) return false;
    return answer(value.items.some((item) => equals(item, wanted) === true));
  }
  if (value.type === 'dict' && typeof wanted === 'string' && /^\{[so]/.test(value.element))
    return answer(value.entries.some(([key]) => isText(key) && key.value === wanted));
  const number = typeof wanted === 'bigint' || typeof wanted === 'number';
  return number && !numbers(value, wanted) ? undefined : false;
};

const holds = (body: readonly BusValue[], check: CompiledCheck): boolean => {
  const { operator, value: wanted, expression } = check;
  const value = find(body, check.index);
  const cannot = (): Unanswerable =>
    new Unanswerable(
      `${nameOf(value)} cannot be compared by ${operator} with ${JSON.stringify(typeof wanted === 'bigint' ? Number(wanted) : wanted)}`,
    );
  if (operator === 'contains' || operator === 'ncontains') {
    const result = contains(value, check);
    if (result === undefined) throw cannot();
    return result;
  }
  if (expression) {
    if (!isText(value)) throw cannot();
    if (expression.steps(value.value) > MOST_STEPS_HERE) throw new Unanswerable(tooLong(value.value));
    return expression.found(value.value);
  }
  if (typeof wanted === 'boolean') {
    if (value.type !== 'b') throw cannot();
    return (value.value === wanted) === (operator === 'eq');
  }
  if (typeof wanted === 'string') {
    if (!isText(value)) throw cannot();
    return (value.value === wanted) === (operator === 'eq');
  }
  if (numbers(value, wanted)) return compared(operator, value.value, wanted);
  if (value.type === 'array') return false;
  throw cannot();
};

const ORDERING: readonly string[] = ['gt', 'ge', 'lt', 'le'];

/** Makes expressions, and refuses what could never be true [E11]. */
export const compileChecks = async (
  checks: readonly ParameterCheck[] | undefined,
  report: ReportProblem,
): Promise<readonly CompiledCheck[]> => {
  const compiled: CompiledCheck[] = [];
  for (const [i, check] of (checks ?? []).entries()) {
    const { operator, value } = check;
    const key = (name: string) => ['parameter_check', i, name];
    const never = (what: string) =>
      report(
        key('operator'),
        `parameter_check (entry ${i + 1}): ${what} cannot be compared by ${operator}: the check would never be true`,
      );
    if (typeof value === 'boolean' && (ORDERING.includes(operator) || operator === 'match')) never('booleans');
    else if (typeof value === 'string' && ORDERING.includes(operator)) never('texts');
    else if (typeof value !== 'string' && operator === 'match') never('numbers');
    let expression: Expression | undefined;
    if (operator === 'match' && typeof value === 'string') {
      try {
        expression = await compileExpression(value, { caseSensitive: true, whole: false });
      } catch (error) {
        report(key('value'), `parameter_check (entry ${i + 1}): not a regular expression: ${(error as Error).message}`);
      }
    }
    compiled.push({ ...check, expression });
  }
  return compiled;
};

/** The checks of a message with answers where a text is long; undefined: they can be made at once. */
export const matchArgumentsOnThreads = (
  body: readonly BusValue[],
  checks: readonly CompiledCheck[],
  matcher: RegexMatcher | undefined,
): Promise<readonly CompiledCheck[]> | undefined =>
  matchOnThreads(
    checks,
    ({ index }) => {
      try {
        const value = find(body, index);
        return isText(value) ? [value.value] : [];
      } catch (error) {
        if (error instanceof Unanswerable) return [];
        throw error;
      }
    },
    matcher,
  );

/** Makes the checks on the arguments of a message and writes one record about it. A check that cannot be made is a false one [E14]. */
export const evaluateChecks = (
  body: readonly BusValue[],
  checks: readonly CompiledCheck[],
  all: boolean,
  log: Logger,
  trouble: RecurringProblem,
): boolean => {
  const reasons: string[] = [];
  const test = (check: CompiledCheck, i: number): boolean => {
    try {
      return holds(body, check);
    } catch (error) {
      if (!(error instanceof Unanswerable)) throw error;
      reasons.push(`check ${i + 1}: ${error.message}`);
      return false;
    }
  };
  const result = all ? checks.every(test) : checks.some(test);
  if (!result && reasons.length > 0)
    trouble.report(log, 'PROC/FAIL', `dbus: a check could not be made: ${reasons.join('; ')}`);
  else trouble.resolve(log, 'dbus: the checks can be made again');
  if (result || reasons.length === 0) log.trace('PROC/OK', `dbus: checks made, result ${result}`);
  return result;
};
