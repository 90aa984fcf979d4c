import type { Path, Problem } from './problem.ts';

/** Integers that are long enough to be too wide, and a few that are not: most files have none, and are not gone through. */
const LONG = /[\da-f_]{16,}/i;

const fits = (n: bigint): boolean => BigInt.asIntN(64, n) === n;

/** Integers beyond 64 bits, which TOML does not have and the parser takes. */
export const wideIntegers = (text: string, root: object): Problem[] => {
  const problems: Problem[] = [];
  const look = (value: unknown, path: Path): void => {
    if (typeof value === 'bigint' && !fits(value))
      problems.push({ path, at: 'value', text: `not valid TOML: the integer ${value} does not fit in 64 bits` });
    else if (Array.isArray(value)) for (const [i, entry] of value.entries()) look(entry, [...path, i]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, entry] of Object.entries(value)) look(entry, [...path, key]);
  };
  if (LONG.test(text)) look(root, []);
  return problems;
};
