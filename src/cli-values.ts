import type { OptionRow } from './subcommands.ts';

const takesValue = ({ flags }: OptionRow): boolean => flags.includes('<');

/** Which option a word leaves without its value, so that the next word has to be it. */
const waiting = (word: string, rows: readonly OptionRow[]): OptionRow | undefined => {
  if (word.startsWith('--')) return rows.find((row) => takesValue(row) && row.flags.split(/[ ,]+/).includes(word));
  if (!/^-[A-Za-z]+$/.test(word)) return undefined;
  // Of joined options the first one with a value takes what is left of the word.
  for (const [i, letter] of [...word].entries()) {
    const row = i > 0 ? rows.find(({ flags }) => flags.startsWith(`-${letter},`)) : undefined;
    if (row && takesValue(row)) return i === word.length - 1 ? row : undefined;
  }
  return undefined;
};

/**
 * The first option whose value would be another option, because its own was forgotten; undefined: none. `--log=-x` says that it
 * is meant. @param stop the words after which the options are somebody else's.
 */
export const optionWithoutValue = (
  args: readonly string[],
  rows: readonly OptionRow[],
  stop: readonly string[],
): OptionRow | undefined => {
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '--' || stop.includes(word)) return undefined;
    const row = waiting(word, rows);
    if (row === undefined) continue;
    if (/^-./.test(args[i + 1] ?? '')) return row;
    i += 1;
  }
  return undefined;
};
