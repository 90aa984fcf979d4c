import { isTable } from '../../config/field.ts';
import { parseJsonWithBigInts } from '../../core/bigint-json.ts';
import { splitSignature } from '../../core/bus-signature.ts';
import type { BusValue } from '../../core/ports.ts';
import { counted } from '../../plural.ts';

const PATH = /^\/([a-zA-Z0-9_]+(\/[a-zA-Z0-9_]+)*)?$/;

type Integer = 'y' | 'n' | 'q' | 'i' | 'u' | 'x' | 't';
const PART_RANGES: Readonly<Record<Integer, readonly [bigint, bigint]>> = {
  y: [0n, 255n],
  n: [-(2n ** 15n), 2n ** 15n - 1n],
  q: [0n, 2n ** 16n - 1n],
  i: [-(2n ** 31n), 2n ** 31n - 1n],
  u: [0n, 2n ** 32n - 1n],
  x: [-(2n ** 63n), 2n ** 63n - 1n],
  t: [0n, 2n ** 64n - 1n],
};
const NAMES: Readonly<Record<string, string>> = {
  y: 'a byte',
  n: 'a 16-bit integer',
  q: 'an unsigned 16-bit integer',
  i: 'a 32-bit integer',
  u: 'an unsigned 32-bit integer',
  x: 'a 64-bit integer',
  t: 'an unsigned 64-bit integer',
  d: 'a number',
  b: 'true or false',
  s: 'a text without null characters',
  o: 'an object path',
  g: 'a signature',
};

const isInteger = (type: string): type is Integer => Object.hasOwn(PART_RANGES, type);
const shown = (x: unknown): string =>
  typeof x === 'string'
    ? JSON.stringify(x)
    : x instanceof Date
      ? 'a date'
      : Array.isArray(x)
        ? 'an array'
        : isTable(x)
          ? 'a table'
          : String(x);
const wrong = (type: string, x: unknown): Error => new Error(`${shown(x)} is not ${NAMES[type] ?? `of type ${type}`}`);

const text = (type: 's' | 'o' | 'g', value: string): BusValue => {
  if (value.includes('\0') || (type === 'o' && !PATH.test(value))) throw wrong(type, value);
  if (type === 'g') splitSignature(value);
  return { type, value };
};

const integer = (type: Integer, value: bigint, given: unknown): BusValue => {
  const [least, most] = PART_RANGES[type];
  if (value < least || value > most) throw wrong(type, given);
  return { type, value };
};

/** A float as a text: `1e3`, `-inf`, `nan`. */
const floatOf = (text: string): number => {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special) {
    const value = /^n/i.test(special[2]!) ? Number.NaN : Number.POSITIVE_INFINITY;
    return special[1] === '-' ? -value : value;
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw wrong('d', text);
  return Number(text);
};

/** The rest of a text after its backslash and letter. */
const fromLetter = (type: string, rest: string): BusValue => {
  if (isInteger(type)) {
    if (!/^[+-]?\d+$/.test(rest)) throw wrong(type, rest);
    return integer(type, BigInt(rest.replace(/^\+/, '')), rest);
  }
  if (type === 'd') return { type, value: floatOf(rest) };
  if (type === 'b') {
    if (!/^(true|false|1|0)$/i.test(rest)) throw wrong(type, rest);
    return { type, value: /^(true|1)$/i.test(rest) };
  }
  return text(type as 's' | 'o', rest);
};

const fromText = (value: string): BusValue => {
  const letter = value.startsWith('\\') ? value.charAt(1) : '';
  if (letter === '\\') return text('s', value.slice(1));
  return letter !== '' && 'bynqiuxtdso'.includes(letter) ? fromLetter(letter, value.slice(2)) : text('s', value);
};

/** A value of the file as D-Bus arguments are written in the file. @throws Error for what cannot be sent. */
const byKind = (value: unknown): BusValue => {
  if (typeof value === 'boolean') return { type: 'b', value };
  if (typeof value === 'bigint') return integer('x', value, value);
  if (typeof value === 'number') return { type: 'd', value };
  if (typeof value === 'string') return fromText(value);
  if (Array.isArray(value))
    return { type: 'array', element: 'v', items: value.map((item) => ({ type: 'v', value: byKind(item) })) };
  if (!isTable(value)) throw new Error(`${shown(value)} cannot be sent`);
  return {
    type: 'dict',
    element: '{sv}',
    entries: Object.entries(value).map(([key, item]) => [text('s', key), { type: 'v', value: byKind(item) }]),
  };
};

const inVariant = (value: unknown): BusValue => {
  if (isTable(value) && Object.keys(value).sort().join() === 'signature,value') {
    const [type = '', ...more] = splitSignature(String(value.signature));
    if (type === '' || more.length > 0)
      throw new Error(`the signature of a variant is that of one value, not "${value.signature}"`);
    return byType(type, value.value);
  }
  return byKind(value);
};

/** A value of the file as a type of a signature. @throws Error when it is not one. */
const byType = (type: string, value: unknown): BusValue => {
  if (type === 'v') return { type, value: inVariant(value) };
  if (typeof value === 'string' && value.startsWith('\\') && type.length === 1) {
    const converted = fromText(value);
    if (converted.type !== type) throw wrong(type, value);
    return converted;
  }
  if (type === 'h') throw new Error('file handles cannot be sent');
  return type.length > 1 ? container(type, value) : single(type, value);
};

/** A value of a type that is not a container. @throws Error when it is of another type. */
const single = (type: string, value: unknown): BusValue => {
  if (isInteger(type) && typeof value === 'bigint') return integer(type, value, value);
  if (type === 'd' && (typeof value === 'bigint' || typeof value === 'number')) return { type, value: Number(value) };
  if (type === 'b' && typeof value === 'boolean') return { type, value };
  if ('sog'.includes(type) && typeof value === 'string') return text(type as 's', value);
  throw wrong(type, value);
};

const container = (type: string, value: unknown): BusValue => {
  if (type.startsWith('(')) {
    const members = splitSignature(type.slice(1, -1));
    if (!Array.isArray(value) || value.length !== members.length)
      throw new Error(`${shown(value)} is not an array of the ${members.length} members of ${type}`);
    return { type: 'struct', items: members.map((member, i) => byType(member, value[i])) };
  }
  const element = type.slice(1);
  if (element.startsWith('{')) {
    const [key, held] = splitSignature(element.slice(1, -1)) as [string, string];
    if (!isTable(value)) throw new Error(`${shown(value)} is not a table, as ${type} asks for`);
    return {
      type: 'dict',
      element,
      entries: Object.entries(value).map(([name, item]) => [
        'sog'.includes(key) ? text(key as 's', name) : fromLetter(key, name),
        byType(held, item),
      ]),
    };
  }
  if (!Array.isArray(value)) throw new Error(`${shown(value)} is not an array, as ${type} asks for`);
  return { type: 'array', element, items: value.map((item) => byType(element, item)) };
};

/** The arguments as the file has them: an array, or a text that holds one in JSON. @throws Error for another text. */
export const argumentList = (given: readonly unknown[] | string): readonly unknown[] => {
  if (typeof given !== 'string') return given;
  let list: unknown;
  try {
    list = parseJsonWithBigInts(given);
  } catch (error) {
    throw new Error(`not valid JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(list)) throw new Error('the JSON text has to hold an array');
  return list;
};

/** What is wrong with one argument; `index` counts from 0. */
export class ArgumentError extends Error {
  readonly index: number;
  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/**
 * The arguments of a call; by a signature when there is one.
 * @throws ArgumentError for an argument, Error when it is about all of them.
 */
export const compileArguments = (list: readonly unknown[], signature: string | undefined): BusValue[] => {
  const types = signature === undefined ? undefined : splitSignature(signature);
  if (types && types.length !== list.length)
    throw new Error(
      `the signature "${signature}" is for ${counted(types.length, 'argument')}, there are ${list.length}`,
    );
  return list.map((value, i) => {
    try {
      return types ? byType(types[i]!, value) : byKind(value);
    } catch (error) {
      throw new ArgumentError(i, (error as Error).message);
    }
  });
};
