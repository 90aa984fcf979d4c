const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f]/;
const EACH_CONTROL = new RegExp(CONTROL, 'g');

/** A text on one line that no terminal obeys: line ends and other control characters are written as escapes. */
export const oneLine = (text: string): string =>
  CONTROL.test(text)
    ? text.replace(EACH_CONTROL, (c) => NAMED[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    : text;
