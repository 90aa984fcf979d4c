import type { BusRule } from '../../core/ports.ts';

const element = '[a-zA-Z_-][a-zA-Z0-9_-]*';
const UNIQUE = /^:[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)+$/;
const WELL_KNOWN = new RegExp(`^${element}(\\.${element})+$`);
const INTERFACE = /^[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)+$/;
const MEMBER = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const PATH = /^\/([a-zA-Z0-9_]+(\/[a-zA-Z0-9_]+)*)?$/;
const TYPES = ['signal', 'method_call', 'method_return', 'error'];
const KEYS =
  'type, sender, interface, member, path, path_namespace, destination, arg0 to arg63, arg0path, arg0namespace';

const busName = (value: string): boolean => UNIQUE.test(value) || WELL_KNOWN.test(value);

/** What the value of a key must be, in words, and the test. */
const expected = (key: string): readonly [string, (value: string) => boolean] | undefined => {
  switch (key) {
    case 'type':
      return [`one of ${TYPES.join(', ')}`, (value) => TYPES.includes(value)];
    case 'sender':
    case 'destination':
      return ['a bus name', busName];
    case 'interface':
      return ['an interface name', (value) => INTERFACE.test(value)];
    case 'member':
      return ['the name of a signal or method', (value) => MEMBER.test(value)];
    case 'path':
    case 'path_namespace':
      return ['an object path', (value) => PATH.test(value)];
    case 'arg0namespace':
      return ['a bus name or its beginning', (value) => WELL_KNOWN.test(value) || MEMBER.test(value)];
    default: {
      const index = /^arg(0|[1-9]\d?)(path)?$/.exec(key)?.[1];
      return index !== undefined && Number(index) <= 63 ? ['a text', () => true] : undefined;
    }
  }
};

/**
 * Takes a match rule apart: `key='value'`, separated by commas. A comma in quotes is part of the value; blanks are not allowed.
 * @throws Error that says what is wrong, and where.
 */
export const parseRule = (text: string): BusRule => {
  const keys = new Map<string, string>();
  for (let at = 0; at < text.length || at === 0; ) {
    const here = `at character ${at + 1}`;
    const key = /^[^=,']*/.exec(text.slice(at))![0];
    if (/\s/.test(key)) throw new Error(`${here}: no blanks are allowed around keys and commas`);
    if (key === '') throw new Error(text === '' ? 'it is empty' : `${here}: a key is missing`);
    const known = expected(key);
    if (!known) throw new Error(`${here}: unknown key "${key}" (known: ${KEYS})`);
    if (keys.has(key)) throw new Error(`${here}: the key "${key}" is there twice`);
    at += key.length;
    if (text[at] !== '=') throw new Error(`${here}: "${key}" has no value, write ${key}='…'`);
    const end = text[at + 1] === "'" ? text.indexOf("'", at + 2) : -1;
    if (end < 0) throw new Error(`${here}: the value of "${key}" has to be in single quotes`);
    const value = text.slice(at + 2, end);
    if (!known[1](value)) throw new Error(`${here}: "${key}" has to be ${known[0]}, not "${value}"`);
    keys.set(key, value);
    at = end + 1;
    if (at === text.length) break;
    if (text[at] !== ',') throw new Error(`at character ${at + 1}: expected a comma or the end`);
    at += 1;
    if (at === text.length) throw new Error(`at character ${at}: nothing follows the comma`);
  }
  if (keys.has('path') && keys.has('path_namespace')) throw new Error('"path" and "path_namespace" exclude each other');
  return { text, keys };
};
