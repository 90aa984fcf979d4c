import type { BusRule } from '../../core/ports.ts';

const element = '[a-zA-Z_-][a-zA-Z0-9_-]*';
const UNIQUE = /^:[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/;
const WELL_KNOWN = new RegExp(`^${element}(\\.${element})+$`);
const INTERFACE = /^[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)+$/;
const MEMBER = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const PATH = /^\/([a-zA-Z0-9_]+(\/[a-zA-Z0-9_]+)*)?$/;
const TYPES = ['signal', 'method_call', 'method_return', 'error'];
const KEYS =
  'type, sender, interface, member, path, path_namespace, destination, arg0 to arg63, arg0path, arg0namespace, eavesdrop';

/** The longest name, in bytes. */
const LONGEST_NAME = 255;
const named = (form: RegExp, value: string): boolean => value.length <= LONGEST_NAME && form.test(value);
const busName = (value: string): boolean => named(UNIQUE, value) || named(WELL_KNOWN, value);

/** An argument, whose number is written as in C: `arg1`, `arg01`, `arg0x1`. */
const ARGUMENT = /^arg\+?(?:0[xX]([0-9a-fA-F]+)|0([0-7]+)|(0|[1-9]\d*))(path)?$/;
const LAST_ARGUMENT = 63;

/** The canonical form of a key: `arg1` for `arg01`. */
const canonical = (key: string): string => {
  const [, hex, octal, decimal, path = ''] = ARGUMENT.exec(key) ?? [];
  const number = hex ? Number.parseInt(hex, 16) : octal ? Number.parseInt(octal, 8) : decimal;
  return number === undefined ? key : `arg${number}${path}`;
};

/** What the value of a key must be, as text, and the test. */
const expected = (key: string): readonly [string, (value: string) => boolean] | undefined => {
  switch (key) {
    case 'type':
      return [`one of ${TYPES.join(', ')}`, (value) => TYPES.includes(value)];
    case 'sender':
    case 'destination':
      return ['a bus name', busName];
    case 'interface':
      return ['an interface name', (value) => named(INTERFACE, value)];
    case 'member':
      return ['the name of a signal or method', (value) => named(MEMBER, value)];
    case 'path':
    case 'path_namespace':
      return ['an object path', (value) => PATH.test(value)];
    case 'eavesdrop':
      return ['true or false', (value) => value === 'true' || value === 'false'];
    case 'arg0namespace':
      return ['a bus name or its beginning', (value) => named(WELL_KNOWN, value) || named(MEMBER, value)];
    default: {
      const index = /^arg(0|[1-9]\d?)(path)?$/.exec(key)?.[1];
      return index !== undefined && Number(index) <= LAST_ARGUMENT ? ['a text', () => true] : undefined;
    }
  }
};

/** The longest match rule, in bytes. */
const LONGEST = 1024;

/**
 * The value from `at` on, and where the next key begins. Quotes can begin and end anywhere; outside of them a backslash escapes a
 * quote.
 */
const valueAt = (text: string, at: number): { value: string; next: number } => {
  const pieces: string[] = [];
  const piece = /'([^']*)'|\\(')|(\\[^']|\\$|[^,'\\])/sy;
  piece.lastIndex = at;
  let next = at;
  for (let found = piece.exec(text); found; found = piece.exec(text)) {
    pieces.push(found[1] ?? found[2] ?? found[3]!);
    next = piece.lastIndex;
  }
  if (text[next] === "'") throw new Error(`at character ${next + 1}: the quote is not closed`);
  return { value: pieces.join(''), next: next + 1 };
};

/** The key and its value from `at` on. @throws Error that begins with `here`. */
const pairAt = (text: string, at: number, here: string, subjects: ReadonlySet<string>) => {
  const [whole = '', written = '', equals] = /^([^=\s,']*)[ \t\r\n]*(=)?/.exec(text.slice(at))!;
  if (written === '') throw new Error(`${here}: a key is missing`);
  const key = canonical(written);
  const known = expected(key);
  if (!known) throw new Error(`${here}: unknown key "${written}" (known: ${KEYS})`);
  const [subject] = /^arg\d+|.+/.exec(key)!;
  if (subjects.has(subject)) throw new Error(`${here}: the key "${subject}" is there twice`);
  if (equals === undefined) throw new Error(`${here}: "${key}" has no value, write ${written}='…'`);
  const { value, next } = valueAt(text, at + whole.length);
  if (!known[1](value)) throw new Error(`${here}: "${written}" has to be ${known[0]}, not "${value}"`);
  return { key, subject, value, next };
};

/**
 * Parses a match rule, as dbus-daemon does: `key='value'`, separated by commas, with blanks before keys.
 * @throws Error that says what is wrong, and where.
 */
export const parseRule = (text: string): BusRule => {
  const keys = new Map<string, string>();
  /** The subjects of the keys: each argument can have one key only. */
  const subjects = new Set<string>();
  if (Buffer.byteLength(text) > LONGEST) throw new Error(`it is longer than ${LONGEST} bytes`);
  for (let at = 0; at < text.length; ) {
    const [blanks = ''] = /^[ \t\r\n]*/.exec(text.slice(at))!;
    at += blanks.length;
    if (at >= text.length) break;
    const here = `at character ${at + 1}`;
    const { key, subject, value, next } = pairAt(text, at, here, subjects);
    if (key !== 'eavesdrop') subjects.add(subject);
    keys.set(key, value);
    at = next;
  }
  if (keys.has('path') && keys.has('path_namespace')) throw new Error('"path" and "path_namespace" exclude each other');
  return { text, keys };
};
