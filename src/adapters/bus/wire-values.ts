import { Variant } from 'dbus-native';
import { signatureOf, splitSignature } from '../../core/bus-signature.ts';
import type { BusValue } from '../../core/ports.ts';

/** True for values with an infinity or a NaN in them. */
export const hasSpecialNumber = (value: BusValue): boolean => {
  switch (value.type) {
    case 'd':
      return !Number.isFinite(value.value);
    case 'v':
      return hasSpecialNumber(value.value);
    case 'array':
    case 'struct':
      return value.items.some(hasSpecialNumber);
    case 'dict':
      return value.entries.some(([key, item]) => hasSpecialNumber(key) || hasSpecialNumber(item));
    default:
      return false;
  }
};

/**
 * D-Bus knows infinities and NaN; dbus-native refuses to write what these two functions reject. While `write` runs, which
 * has to be synchronous, they answer that all is well.
 */
export const withSpecialNumbers = (write: () => void): void => {
  const { isFinite: finite, isNaN: notANumber } = Number;
  Number.isFinite = () => true;
  Number.isNaN = () => false;
  try {
    write();
  } finally {
    Number.isFinite = finite;
    Number.isNaN = notANumber;
  }
};

/** What dbus-native writes for a value. */
export const toWire = (value: BusValue): unknown => {
  switch (value.type) {
    case 'x':
    case 't':
      return value.value;
    case 'y':
    case 'n':
    case 'q':
    case 'i':
    case 'u':
    case 'h':
      return Number(value.value);
    case 'v':
      return new Variant(signatureOf(value.value), toWire(value.value));
    case 'array':
    case 'struct':
      return value.items.map(toWire);
    case 'dict':
      return value.entries.map(([key, item]) => [toWire(key), toWire(item)]);
    default:
      return value.value;
  }
};

/** A value as dbus-native reads it, of a single complete type. */
const fromWire = (signature: string, value: unknown): BusValue => {
  const type = signature[0]!;
  switch (type) {
    case 'y':
    case 'n':
    case 'q':
    case 'i':
    case 'u':
    case 'x':
    case 't':
    case 'h':
      return { type, value: BigInt(value as number | bigint) };
    case 'd':
      return { type, value: value as number };
    case 'b':
      return { type, value: value as boolean };
    case 's':
    case 'o':
    case 'g':
      return { type, value: value as string };
    case 'v': {
      const { signature: inner, value: held } = value as Variant;
      return { type, value: fromWire(inner, held) };
    }
    case '(': {
      const members = splitSignature(signature.slice(1, -1));
      return { type: 'struct', items: (value as unknown[]).map((item, i) => fromWire(members[i]!, item)) };
    }
    case 'a':
      return container(signature.slice(1), value as unknown[]);
    default:
      throw new Error(`unknown D-Bus type "${type}"`);
  }
};

const container = (element: string, items: readonly unknown[]): BusValue => {
  if (!element.startsWith('{'))
    return { type: 'array', element, items: Array.from(items, (item) => fromWire(element, item)) };
  const [key, held] = splitSignature(element.slice(1, -1)) as [string, string];
  const entries = (items as [unknown, unknown][]).map(([k, v]) => [fromWire(key, k), fromWire(held, v)] as const);
  return { type: 'dict', element, entries };
};

/** The body of a message. */
export const bodyFromWire = (signature: string | undefined, body: readonly unknown[] | undefined): BusValue[] =>
  splitSignature(signature ?? '').map((type, i) => fromWire(type, body?.[i]));
