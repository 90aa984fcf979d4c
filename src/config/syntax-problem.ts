import type { TomlError } from 'smol-toml';
import { codeFrame } from './code-frame.ts';
import type { Problem } from './problem.ts';

/** The message of the parser, reworded. */
const syntaxText = ({ message }: TomlError): string => {
  const text = message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
  return text === 'control characters are not allowed in strings'
    ? `${text}: is the string closed on this line?`
    : text;
};

/** A text of the file as TOML has it, with single quotes where double ones would give a backslash a meaning. */
const quoted = (text: string): string =>
  text.includes('\\') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);

/** What other formats write for `true` and `false`. */
const BOOLEANS = new Map([
  ...['true', 'yes', 'on'].map((word) => [word, 'true'] as const),
  ...['false', 'no', 'off'].map((word) => [word, 'false'] as const),
]);

/** A value of the file as it is, or as a string when TOML has no such value. */
const asValue = (value: string): string =>
  BOOLEANS.get(value.toLowerCase()) ?? (/^["'[{\d+-]/.test(value) ? value : quoted(value));

/** A line without the comment at its end; one with quotes as it is. */
const withoutComment = (line: string): string => line.replace(/^([^"'#]*?)\s*#.*$/, '$1');

/** What was probably meant by a line that is not valid; undefined: nothing is likely. */
const meantLine = (written: string, text: string): string | undefined => {
  const line = withoutComment(written);
  const [, key = '', value = ''] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
  if (/^\[\[?\w+\]?$/.test(line.trim())) return `[[${line.replace(/\W/g, '')}]]`;
  const [, name, given = ''] = /^\s*([\w-]+)\s*:\s*(\S.*?)\s*$/.exec(line) ?? [];
  if (name !== undefined && / in key/.test(text)) return `${name} = ${asValue(given)}`;
  if (key === '') return undefined;
  if (/escape/.test(text) && /^".*"$/.test(value)) return `${key} = ${quoted(value.slice(1, -1))}`;
  if (BOOLEANS.has(value.toLowerCase())) return `${key} = ${asValue(value)}`;
  if (/invalid value|unrecognized|incomplete/.test(text) && /^[^"'[{\d]/.test(value))
    return `${key} = ${quoted(value)}`;
  return undefined;
};

/** What is not valid TOML, with its place and, where it is likely, the line that was meant. */
export const syntaxProblem = (text: string, error: TomlError): Problem => {
  const said = syntaxText(error);
  const help = meantLine(text.split('\n')[error.line - 1] ?? '', said);
  const position = { line: error.line, column: error.column };
  return {
    ...{ id: 'syntax', path: [], at: 'value', position },
    text: `not valid TOML: ${said}`,
    ...(help === undefined ? {} : { help }),
    codeFrame: codeFrame(text, position),
  };
};
