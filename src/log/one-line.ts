const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
// Terminals obey the characters that change the direction of writing as well.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;
const EACH_CONTROL = new RegExp(CONTROL, 'g');

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const COLOUR = /(\x1b\[[\d;]*m)/;
const UNESCAPED_IN_JSON = /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (code: string): string => (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`);

const escapedOne = (c: string): string => NAMED[c] ?? escaped(c.charCodeAt(0).toString(16));

/** A text on one line that is safe on a terminal: line ends and other control characters become escapes. */
export const oneLine = (text: string): string => (CONTROL.test(text) ? text.replace(EACH_CONTROL, escapedOne) : text);

/** The same for a text of several lines, whose line ends stay. */
export const printed = (text: string): string => text.split('\n').map(oneLine).join('\n');

/** The same for a text with colours, which stay. */
export const printedColours = (text: string): string =>
  text
    .split(COLOUR)
    .map((part, i) => (i % 2 === 1 ? part : printed(part)))
    .join('');

/** JSON, with escapes for control characters that JSON leaves as they are. */
export const printedJson = (json: string): string =>
  json.replace(UNESCAPED_IN_JSON, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
