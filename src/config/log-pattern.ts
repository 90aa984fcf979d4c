import type { FormatName } from '../log/format-choice.ts';
import { RECORD_PLACEHOLDER_NAMES, wrongPlaceholder } from '../log/pattern.ts';
import { TIME_CONVERSIONS, wrongConversion } from '../log/time-format.ts';
import type { Path, ProblemList } from './problem.ts';
import { suggest } from './suggest.ts';

/** The keys of an output that are about its lines. */
interface PatternKeys {
  readonly format?: FormatName | undefined;
  readonly pattern?: string | undefined;
  readonly time_format?: string | undefined;
}

/** The place of an index in a text, line and column from 1. */
const placeAt = (text: string, index: number) => {
  const lines = text.slice(0, index).split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
};

/** What is wrong in a pattern, and where. */
const problemIn = (pattern: string): { index: number; text: string } | undefined => {
  const wrong = wrongPlaceholder(pattern);
  if (wrong === undefined) return undefined;
  const { index, name } = wrong;
  if (name === undefined) {
    const brace = pattern[index]!;
    return { index, text: `"${brace}" without its other brace: write "${brace}${brace}" for the character` };
  }
  const known = RECORD_PLACEHOLDER_NAMES;
  return { index, text: `unknown placeholder "{${name}}"${suggest(name, known)} (known: ${known.join(', ')})` };
};

/**
 * Reports a pattern and a time format that are wrong, or that have no effect. @param hasPattern the key is there, whatever it holds.
 */
export const checkPattern = (
  values: PatternKeys,
  hasPattern: boolean,
  path: Path,
  item: string,
  found: ProblemList,
): void => {
  const { format, pattern, time_format: timeFormat } = values;
  for (const key of ['pattern', 'time_format'] as const)
    if (values[key] !== undefined && format !== 'pattern')
      found.add({
        ...{ path: [...path, key], at: 'key', item, id: 'conflicting-keys' },
        text: `${key}: it has an effect with the format pattern only${format ? `, the format is ${format}` : ''}`,
        help: 'format = "pattern"',
      });
  if (format === 'pattern' && !hasPattern)
    found.add({
      ...{ path, at: 'key', item, id: 'missing-key' },
      text: 'missing key "pattern": expected a text with placeholders, because the format is pattern',
      help: 'pattern = "{time} {level:5} {context} {message}"',
    });
  const wrong = pattern === undefined ? undefined : problemIn(pattern);
  if (wrong)
    found.add({
      ...{ path: [...path, 'pattern'], at: 'value', item, inside: placeAt(pattern!, wrong.index) },
      text: `pattern: ${wrong.text}`,
    });
  const conversion = timeFormat === undefined ? undefined : wrongConversion(timeFormat);
  if (conversion)
    found.add({
      ...{ path: [...path, 'time_format'], at: 'value', item, inside: placeAt(timeFormat!, conversion.index) },
      text: `time_format: the conversion "${conversion.wrong}" is unknown (known: ${TIME_CONVERSIONS.join(' ')})`,
    });
};
