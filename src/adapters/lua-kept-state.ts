import type { KeptState, SharedValue } from '../core/ports.ts';
import type { StoredEntries, StoredValue } from '../lua/worker-messages.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

const keep = (value: StoredValue): KeptState[string] => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { float: String(value) };
  try {
    return decoder.decode(value);
  } catch {
    return { bytes: Buffer.from(value).toString('base64') };
  }
};

/** A value of a file that others may have changed; undefined: it is not one. */
const restore = (value: unknown): StoredValue | undefined => {
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string') return Buffer.from(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { integer, float, bytes } = value as { integer?: unknown; float?: unknown; bytes?: unknown };
  if (typeof integer === 'string' && /^-?\d+$/.test(integer)) return BigInt(integer);
  if (typeof float === 'string') return Number(float);
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : undefined;
};

/** A private state for the history. */
export const keptState = (entries: StoredEntries): KeptState =>
  Object.fromEntries(entries.map(([key, value]) => [key, keep(value)]));

/** A private state of the history for a script. */
export const restoredEntries = (state: KeptState): StoredEntries =>
  Object.entries(state).flatMap(([key, value]) => {
    const restored = restore(value);
    return restored === undefined ? [] : [[key, restored] as const];
  });

/** A value of a shared state for a program. */
export function sharedValue(value: StoredValue): SharedValue;
export function sharedValue(value: StoredValue | undefined): SharedValue | undefined;
export function sharedValue(value: StoredValue | undefined): SharedValue | undefined {
  if (value === undefined || typeof value === 'bigint') return value === undefined ? value : Number(value);
  const kept = keep(value);
  return typeof kept === 'object' && 'integer' in kept ? Number(kept.integer) : kept;
}

/** A shared state for a program. */
export const sharedEntries = (entries: StoredEntries): Readonly<Record<string, SharedValue>> =>
  Object.fromEntries(entries.map(([key, value]) => [key, sharedValue(value)]));

const encoder = new TextEncoder();

/** A value of a program for a shared state. @param what it is called in the message @throws Error when a state cannot hold it */
export const storedValue = (value: unknown, what: string): StoredValue => {
  // Not of a pool: what is sent to a thread is copied with all of its memory.
  if (typeof value === 'string') return encoder.encode(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  const restored = restore(value);
  if (restored instanceof Uint8Array) return new Uint8Array(restored);
  if (restored !== undefined) return restored;
  const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
  throw new Error(`${what} is ${found}: only texts, booleans and numbers can be stored`);
};

/** All keys of a shared state with their values. @param check @throws for what is not a key. @throws Error when a state cannot hold it */
export const storedEntries = (value: unknown, check: (key: string) => void): StoredEntries => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('without a key the value has to be an object: its keys are those of the state');
  return Object.entries(value).map(([key, one]) => {
    check(key);
    return [key, storedValue(one, `the value of ${key}`)] as const;
  });
};
