const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
// Those of two scripts that turn around what stands behind them are obeyed by terminals too.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;
const EACH_CONTROL = new RegExp(CONTROL, 'g');

const escaped = (code: string): string => (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`);

/** A text on one line that no terminal obeys: line ends and other control characters are written as escapes. */
export const oneLine = (text: string): string =>
  CONTROL.test(text) ? text.replace(EACH_CONTROL, (c) => NAMED[c] ?? escaped(c.charCodeAt(0).toString(16))) : text;
