import type { KeptState } from '../core/ports.ts';
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
