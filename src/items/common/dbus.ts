import * as v from 'valibot';
import { booleanField, closedTable, customField, integerSchema, stringField } from '../../config/field.ts';
import type { BusName, BusValue, RegexMatcher } from '../../core/ports.ts';
import type { Logger } from '../../log/record.ts';
import type { HostFs, ReportProblem } from '../kind.ts';
import type { RecurringProblem } from './recurring-problem.ts';
import { type Expression, MOST_STEPS_HERE, matchOnThreads, tooLong } from './regular-expression.ts';
import {
  COMPARISONS,
  type Compiled,
  compareValues,
  compileChecks,
  evaluateChecks,
  type Operator,
  operatorSchema,
  type Scalar,
  scalarSchema,
} from './value-checks.ts';

const OPERATORS = Object.keys(COMPARISONS) as readonly Operator[];

/** One element of `parameter_check`. */
interface ParameterCheck {
  readonly index: number | readonly (number | string)[];
  readonly operator: Operator;
  readonly value: Scalar;
}

/** A check, ready to be evaluated. */
export type CompiledParameterCheck = Compiled<ParameterCheck>;

const element = '[a-zA-Z_-][a-zA-Z0-9_-]*';
const identifier = '[a-zA-Z_][a-zA-Z0-9_]*';

/** Which message bus. */
export const bus = stringField({
  required: true,
  pattern: /^:(session|system)$/,
  as: '":session" or ":system"',
  examples: [':session', ':system'],
  doc: 'The message bus.',
});

/** The bus that the key names. */
export const busOf = (value: string): BusName => (value === ':system' ? 'system' : 'session');

/** There is no D-Bus on Windows. */
export const busUnavailable = (machine: HostFs): string | undefined =>
  machine.platform === 'win32' ? 'items of type dbus do not exist on Windows' : undefined;

const INDEX = 'an integer from 0 to 63, or an array of integers and strings that begins with one';
const indexSchema = v.union(
  [
    integerSchema(0, 63),
    v.pipe(
      v.array(v.union([integerSchema(0), v.string()], 'an integer or a string')),
      v.check((path) => typeof path[0] === 'number' && path[0] <= 63, INDEX),
    ),
  ],
  INDEX,
);
const SUCH = '{ index = 0, operator = "eq", value = "text" }';
const parameterCheck = closedTable(
  { index: indexSchema, operator: operatorSchema(OPERATORS), value: scalarSchema },
  () => SUCH,
);

/** Keys about the arguments of a message. */
export const argumentCheckFields = {
  parameter_check: customField<readonly ParameterCheck[] | undefined, { examples: readonly unknown[]; doc: string }>(
    'an array of tables',
    v.array(parameterCheck, `an array of tables such as ${SUCH}`),
    {
      examples: [[{ index: 0, operator: 'eq', value: true }]],
      doc: 'What the arguments must hold: tables with index, operator and value.',
    },
  ),
  parameter_check_all: booleanField({ fallback: false, doc: 'All checks must hold, not just one.' }),
} as const;

/** Keys of a D-Bus method condition. */
export const callFields = {
  bus,
  service: stringField({
    required: true,
    pattern: new RegExp(`^(${element}(\\.${element})+|:[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)+)$`),
    as: 'a bus name such as "org.freedesktop.DBus"',
    examples: ['org.freedesktop.DBus'],
    doc: 'The bus name of the service.',
  }),
  object_path: stringField({
    required: true,
    pattern: /^\/([a-zA-Z0-9_]+(\/[a-zA-Z0-9_]+)*)?$/,
    as: 'an object path such as "/org/freedesktop/DBus"',
    examples: ['/org/freedesktop/DBus'],
    doc: 'The object to call.',
  }),
  interface: stringField({
    required: true,
    pattern: new RegExp(`^${identifier}(\\.${identifier})+$`),
    as: 'an interface name such as "org.freedesktop.DBus"',
    examples: ['org.freedesktop.DBus'],
    doc: 'The interface of the method.',
  }),
  method: stringField({
    required: true,
    pattern: new RegExp(`^${identifier}$`),
    as: 'the name of a method',
    examples: ['NameHasOwner'],
    doc: 'The method to call.',
  }),
  parameter_call: customField<readonly unknown[] | string | undefined, { examples: readonly unknown[]; doc: string }>(
    'an array',
    v.union([v.array(v.unknown()), v.string()], 'an array, or a string that holds one in JSON'),
    {
      examples: [['org.freedesktop.Notifications']],
      doc: 'The arguments, or a string that holds them as a JSON array. Integers are sent as x, floats as d, arrays as av, tables as a{sv}; texts such as "\\\\u42" are converted to the type their letter names (b y n q i u x t d s o).',
    },
  ),
  parameter_signature: stringField({
    extension: true,
    examples: ['sa{sv}(ii)as'],
    doc: 'The D-Bus signature of all arguments, such as "sa{sv}(ii)as", for types that parameter_call alone cannot express: typed arrays, structures, dictionaries. In the place of a variant a table { signature = "as", value = [...] } gives its type.',
  }),
  ...argumentCheckFields,
} as const;

/** Thrown when a check cannot be evaluated: the value is of the wrong type, or absent. */
class Incomparable extends Error {}

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

/** What a container holds at a position or a key. @throws Incomparable */
const member = (at: BusValue, step: number | string, where: string): BusValue => {
  let found: BusValue | undefined;
  if (typeof step === 'number') {
    if (at.type !== 'array' && at.type !== 'struct')
      throw new Incomparable(`${where} is ${nameOf(at)}, which has no position ${step}`);
    found = at.items[step];
  } else {
    if (at.type !== 'dict' || !/^\{[so]/.test(at.element))
      throw new Incomparable(`${where} is ${nameOf(at)}, which has no key "${step}"`);
    found = at.entries.find(([key]) => isText(key) && key.value === step)?.[1];
  }
  if (!found) throw new Incomparable(`${where} there is no ${JSON.stringify(step)}`);
  return found;
};

/** The value an index leads to. @throws Incomparable when it leads nowhere. */
const find = (body: readonly BusValue[], index: ParameterCheck['index']): BusValue => {
  const [first, ...path] = typeof index === 'number' ? [index] : index;
  const start = body[first as number];
  if (!start) throw new Incomparable(`there is no argument ${first}, there are ${body.length}`);
  let at = unwrapped(start);
  for (const [i, step] of path.entries())
    at = unwrapped(member(at, step, `at index [${[first, ...path.slice(0, i)].join(', ')}]`));
  return at;
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

/** Whether a value holds what a check expects; undefined: they cannot be compared. */
const holdsIn = (value: BusValue, check: CompiledParameterCheck): boolean | undefined => {
  const { operator, value: wanted, expression } = check;
  if (operator === 'contains' || operator === 'ncontains') return contains(value, check);
  if (expression) return isText(value) ? matches(expression, value.value) : undefined;
  if (typeof wanted === 'boolean')
    return value.type === 'b' ? (value.value === wanted) === (operator === 'eq') : undefined;
  if (typeof wanted === 'string') return isText(value) ? (value.value === wanted) === (operator === 'eq') : undefined;
  if (numbers(value, wanted)) return compareValues<bigint | number>(operator, value.value, wanted);
  return value.type === 'array' ? false : undefined;
};

const matches = (expression: Expression, text: string): boolean => {
  if (expression.steps(text) > MOST_STEPS_HERE) throw new Incomparable(tooLong(text));
  return expression.found(text);
};

/** @throws Incomparable */
const holds = (body: readonly BusValue[], check: CompiledParameterCheck): boolean => {
  const { operator, value: wanted } = check;
  const value = find(body, check.index);
  const result = holdsIn(value, check);
  if (result !== undefined) return result;
  const shown = JSON.stringify(typeof wanted === 'bigint' ? Number(wanted) : wanted);
  throw new Incomparable(`${nameOf(value)} cannot be compared by ${operator} with ${shown}`);
};

/** Compiles the checks, and reports those that could never be true. */
export const compileParameterChecks = (
  checks: readonly ParameterCheck[] | undefined,
  report: ReportProblem,
): Promise<readonly CompiledParameterCheck[]> => compileChecks('parameter_check', checks ?? [], false, report);

/** The checks of a message with answers where a text is long; undefined: they can be made at once. */
export const matchArgumentsOnThreads = (
  body: readonly BusValue[],
  checks: readonly CompiledParameterCheck[],
  matcher: RegexMatcher | undefined,
): Promise<readonly CompiledParameterCheck[]> | undefined =>
  matchOnThreads(
    checks,
    ({ index }) => {
      try {
        const value = find(body, index);
        return isText(value) ? [value.value] : [];
      } catch (error) {
        if (error instanceof Incomparable) return [];
        throw error;
      }
    },
    matcher,
  );

/** Evaluates the checks on the arguments of a message. */
export const evaluateParameterChecks = (
  body: readonly BusValue[],
  checks: readonly CompiledParameterCheck[],
  all: boolean,
  log: Logger,
  problem: RecurringProblem,
): boolean =>
  evaluateChecks(
    'dbus',
    checks,
    all,
    (check, impossible) => {
      try {
        return holds(body, check);
      } catch (error) {
        if (!(error instanceof Incomparable)) throw error;
        impossible(error.message);
        return false;
      }
    },
    log,
    problem,
  );
