import * as v from 'valibot';
import { booleanField, closedTable, customField, integerSchema, stringField } from '../../config/field.ts';
import type { RegexMatcher, WmiRow, WmiValue } from '../../core/ports.ts';
import type { Logger } from '../../log/record.ts';
import type { HostFs, ReportProblem } from '../kind.ts';
import type { RecurringProblem } from './recurring-problem.ts';
import { MOST_STEPS_HERE, matchOnThreads, tooLong } from './regular-expression.ts';
import {
  type Compiled,
  compareValues,
  compileChecks,
  evaluateChecks,
  type Operator,
  operatorSchema,
  type Scalar,
  scalarSchema,
} from './value-checks.ts';

/** Keys of everything that queries WMI. */
export const queryFields = {
  query: stringField({
    required: true,
    examples: ["SELECT * FROM Win32_Process WHERE Name = 'notepad.exe'"],
    doc: 'The WQL query.',
  }),
  namespace: stringField({
    pattern: /^[a-zA-Z_][a-zA-Z0-9_]*([/\\][a-zA-Z_][a-zA-Z0-9_]*)+$/,
    as: 'a name space such as "ROOT/CIMV2"',
    examples: ['ROOT/CIMV2'],
    doc: 'Without this key it is that one.',
  }),
} as const;

/** WMI exists on Windows only. */
export const wmiUnavailable = (machine: HostFs): string | undefined =>
  machine.platform === 'win32' ? undefined : 'items of type wmi exist on Windows only';

const OPERATORS = ['eq', 'neq', 'gt', 'ge', 'lt', 'le', 'match'] as const satisfies readonly Operator[];

/** One element of `result_check`. */
interface ResultCheck {
  readonly field: string;
  readonly operator: (typeof OPERATORS)[number];
  readonly value: Scalar;
  readonly index?: number | undefined;
}

/** A check, ready to be evaluated. */
export type CompiledResultCheck = Compiled<ResultCheck>;

const FIELD = 'the name of a field';
const SUCH = '{ field = "Name", operator = "eq", value = "text" }';
const resultCheck = closedTable(
  {
    field: v.pipe(v.string(FIELD), v.regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, FIELD)),
    operator: operatorSchema(OPERATORS),
    value: scalarSchema,
    index: v.optional(integerSchema(0)),
  },
  () => SUCH,
);

/** Keys about the rows of an answer. */
export const rowCheckFields = {
  result_check: customField<readonly ResultCheck[] | undefined, { examples: readonly unknown[]; doc: string }>(
    'an array of tables',
    v.array(resultCheck, `an array of tables such as ${SUCH}`),
    {
      examples: [[{ field: 'Name', operator: 'eq', value: 'text' }]],
      doc: 'What the rows must hold: tables with field, operator, value and, for one row only, index.',
    },
  ),
  result_check_all: booleanField({ fallback: false, doc: 'All checks must hold, not just one.' }),
} as const;

const LARGEST = 2n ** 63n - 1n;

const numeric = (x: unknown): x is number | bigint => typeof x === 'number' || typeof x === 'bigint';

/** Values of types that do not go together are never a match. */
const compare = (found: WmiValue, { operator, value, expression }: CompiledResultCheck): boolean => {
  if (expression) return typeof found === 'string' && expression.found(found);
  if (numeric(found) && numeric(value))
    return typeof found === 'bigint' && found > LARGEST
      ? false
      : compareValues<number | bigint>(operator, found, value);
  return found !== null && typeof found === typeof value ? compareValues(operator, found, value) : false;
};

/** Compiles the checks, and reports those that could never be true. */
export const compileResultChecks = (
  checks: readonly ResultCheck[] | undefined,
  report: ReportProblem,
): Promise<readonly CompiledResultCheck[]> => compileChecks('result_check', checks ?? [], true, report);

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

/** Evaluates the checks on rows. For a check without an index it is enough that one row holds what is expected. */
export const evaluateResultChecks = (
  rows: readonly WmiRow[],
  checks: readonly CompiledResultCheck[],
  all: boolean,
  log: Logger,
  problem: RecurringProblem,
): boolean =>
  evaluateChecks(
    'wmi',
    checks,
    all,
    (check, impossible) => {
      const holds = (row: WmiRow): boolean => {
        const name = check.field.toLowerCase();
        const found = row[name] ?? null;
        if (!Object.hasOwn(row, name)) impossible(`there is no field ${check.field}`);
        else if (check.expression && typeof found === 'string' && check.expression.steps(found) > MOST_STEPS_HERE)
          impossible(tooLong(found));
        else return compare(found, check);
        return false;
      };
      if (check.index === undefined) return rows.some(holds);
      const row = rows[check.index];
      if (row) return holds(row);
      impossible(`there is no row ${check.index}, there are ${rows.length}`);
      return false;
    },
    log,
    problem,
  );
