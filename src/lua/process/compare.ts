import type { LuaComparison, LuaScalar } from '../../core/ports.ts';
import { decodeStrictly } from '../lua-bytes.ts';
import { receivedBytes, receivedNumber } from './wire.ts';

/** A global as a script has left it: its type, its text, and the number that it is, or that its text reads as. */
export type ReceivedGlobal = readonly [type: string, text?: string, number?: string | null];

const isEqual = (found: number | bigint, expected: number | bigint): boolean =>
  // Beyond 2⁵³ integers are compared exactly.
  typeof found === typeof expected ? found === expected : Number(found) === Number(expected);

/** Compares a global with the expected value, after it is converted to the type of that. */
const compare = ([type, text = '', number]: ReceivedGlobal, expected: LuaScalar): LuaComparison['result'] => {
  const result = (equal: boolean) => (equal ? 'equal' : 'different');
  if (typeof expected === 'boolean') return result((type !== 'nil' && text !== 'false') === expected);
  if (type !== 'string' && type !== 'number') return 'missing';
  if (typeof expected !== 'string')
    return typeof number === 'string' ? result(isEqual(receivedNumber(number), expected)) : 'missing';
  const found = decodeStrictly(receivedBytes(text));
  return found === undefined ? 'missing' : result(found === expected);
};

/** Compares globals with the expected values, in their order. */
export const compareReceived = (
  globals: readonly ReceivedGlobal[],
  expected: Readonly<Record<string, LuaScalar>>,
): LuaComparison[] =>
  Object.entries(expected).map(([name, value], i) => ({ name, result: compare(globals[i] ?? ['nil'], value) }));
