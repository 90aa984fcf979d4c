import { joined, shown } from './words.ts';

/** A comparison of the file: of an argument of a D-Bus message, or of a field of a row. */
interface Check {
  readonly operator: keyof typeof OPERATORS;
  readonly value: string | boolean | number | bigint;
  readonly index?: unknown;
  readonly field?: string;
}

/** The operators in words. */
const OPERATORS = {
  eq: 'is',
  neq: 'is not',
  gt: 'is greater than',
  ge: 'is at least',
  lt: 'is less than',
  le: 'is at most',
  match: 'matches',
  contains: 'contains',
  ncontains: 'does not contain',
} as const;

const subject = ({ field, index }: Check): string => {
  if (field !== undefined) return typeof index === 'number' ? `${field} of row ${index}` : field;
  return `argument ${Array.isArray(index) ? index.join('.') : String(index)}`;
};

/** Checks as a clause: `argument 0 is true and argument 1 is at least 5`. */
export const checkWords = (checks: readonly Check[], all: boolean): string =>
  joined(
    checks.map(
      (check) =>
        `${subject(check)} ${OPERATORS[check.operator]} ${
          typeof check.value === 'string' ? shown(check.value) : String(check.value)
        }`,
    ),
    all ? 'and' : 'or',
  );
