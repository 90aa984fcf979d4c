import type { LuaScalar } from '../../core/ports.ts';
import type { Json } from '../../journal/fact.ts';
import type { EventError } from '../../journal/json.ts';
import { decodeStrictly } from '../lua-bytes.ts';
import { cannotStore, MOST_BYTES } from '../published-values.ts';
import type { TableEntry } from '../state-tables.ts';
import type { StoredEntries, StoredValue } from '../worker-messages.ts';

// What is sent is JSON whose characters are bytes. In values a text begins with "s", an integer with "i", a float with "f".

/** Text or bytes as they are sent. */
const sentText = (text: string | Uint8Array): string => Buffer.from(text as Uint8Array).toString('latin1');

/** Bytes of a text that was received. */
export const receivedBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** A text that was received; what is not UTF-8 becomes U+FFFD. */
export const receivedText = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

const sentFloat = (n: number): string => {
  const text = Object.is(n, -0) ? '-0.0' : String(n);
  // Without a point or an exponent it would be read as an integer.
  return `f${/^-?\d+$/.test(text) ? `${text}.0` : text}`;
};

/** A value of the configuration or of a state as it is sent. */
export const sentScalar = (value: LuaScalar | StoredValue): string | boolean => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return `i${value}`;
  return typeof value === 'number' ? sentFloat(value) : `s${sentText(value)}`;
};

/** What JSON can hold as it is sent: whole numbers as integers where they are exact. */
export const sentJson = (value: unknown): unknown => {
  if (typeof value === 'string' || typeof value === 'boolean') return sentScalar(value);
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? `i${value}` : sentFloat(value);
  if (Array.isArray(value)) return value.map(sentJson);
  if (typeof value !== 'object' || value === null) return null;
  return sentTable(value, sentJson);
};

/** An object with keys and values as they are sent. */
export const sentTable = <V>(table: Readonly<Record<string, V>> | object, sent: (value: V) => unknown): object =>
  Object.fromEntries(Object.entries(table as Record<string, V>).map(([key, value]) => [sentText(key), sent(value)]));

/** A state as it is sent. */
export const sentEntries = (entries: StoredEntries): object => sentTable(Object.fromEntries(entries), sentScalar);

/** A number that was received: `i5` or `f5`. */
export const receivedNumber = (text: string): number | bigint =>
  text.startsWith('i') ? BigInt(text.slice(1)) : Number(text.slice(1));

const receivedStored = (value: unknown): StoredValue | undefined => {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  return value.startsWith('s') ? receivedBytes(value.slice(1)) : receivedNumber(value);
};

/** A table of a script that was received: key and value with their types. */
export const receivedEntries = (list: unknown): readonly TableEntry[] =>
  (list as readonly (readonly [string, string | null, string, unknown])[]).map(([keyType, key, valueType, value]) => ({
    keyType,
    key: key === null ? undefined : keyType === 'boolean' ? key === 'true' : receivedBytes(key),
    valueType,
    value: receivedStored(value),
  }));

/** What a script has said of a value that it could not send. */
const unsent = (why: string, where: string): EventError => {
  const [code, type = ''] = why.split(' ');
  switch (code) {
    case 'itself':
      return cannotStore.itself(where);
    case 'deep':
      return cannotStore.deep(where);
    case 'mixed':
      return cannotStore.mixed(where);
    case 'many':
      return cannotStore.many();
    case 'key':
      return cannotStore.key(where, type);
    default:
      return cannotStore.type(where, type);
  }
};

/** A value that was received, as JSON has it. @param where what errors call it @throws EventError for what JSON cannot hold */
export const receivedJson = (value: unknown, where: string, anyNumber = false): Json => {
  let bytes = 0;
  const textOf = (text: string, what: string): string => {
    bytes += text.length;
    if (bytes > MOST_BYTES) throw cannotStore.large();
    const found = decodeStrictly(receivedBytes(text));
    if (found === undefined) throw cannotStore.bytes(what);
    return found;
  };
  const scalar = (text: string, at: string): Json => {
    if (text.startsWith('s')) return textOf(text.slice(1), at);
    if (text.startsWith('x')) throw unsent(text.slice(1), at);
    const n = Number(receivedNumber(text));
    if (!anyNumber && !Number.isFinite(n)) throw cannotStore.number(at, n);
    return n;
  };
  const read = (one: unknown, at: string): Json => {
    if (typeof one === 'string') return scalar(one, at);
    if (Array.isArray(one)) return one.map((part, i) => read(part, `${at}[${i + 1}]`));
    if (typeof one !== 'object' || one === null) return one as Json;
    return Object.fromEntries(
      Object.entries(one).map(([key, part]) => {
        const name = textOf(key, `a key of ${at}`);
        return [name, read(part, `${at}.${name}`)];
      }),
    );
  };
  return read(value, where);
};
