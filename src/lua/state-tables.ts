import type { LuaStateReport } from '../core/ports.ts';
import { isIdentifier } from './identifier.ts';
import { decodeStrictly, decodeText } from './lua-bytes.ts';
import type { Run } from './run.ts';
import type { StoredEntries, StoredValue } from './worker-messages.ts';

/** A table's entries, or why they cannot be stored. */
export type TableContents =
  | { readonly entries: StoredEntries }
  | { readonly bad: 'key' | 'value'; readonly reason: string };

/** An entry of a table of a script. */
export interface TableEntry {
  /** Undefined: of another type. */
  readonly key: Uint8Array | boolean | undefined;
  readonly keyType: string;
  /** Undefined: a state cannot hold it. */
  readonly value: StoredValue | undefined;
  readonly valueType: string;
}

const keyText = ({ key }: TableEntry, booleans: boolean): string | undefined => {
  if (typeof key === 'boolean') return booleans ? String(key) : undefined;
  return key && decodeStrictly(key);
};

/** What a state is to hold. @param booleanKeys a boolean key counts as its text */
export const readEntries = (from: Iterable<TableEntry>, booleanKeys: boolean): TableContents => {
  const entries: [string, StoredValue][] = [];
  for (const entry of from) {
    const { key, keyType, value, valueType } = entry;
    const name = keyText(entry, booleanKeys);
    if (name === undefined || !isIdentifier(name)) {
      const shown = key instanceof Uint8Array ? JSON.stringify(decodeText(key)) : `a ${keyType}`;
      return { bad: 'key', reason: `${shown} as key is not an identifier` };
    }
    if (value === undefined)
      return { bad: 'value', reason: `${name} is a ${valueType}: only strings, booleans and numbers can be stored` };
    entries.push([name, value]);
  }
  return { entries };
};

/** The private state is something else than a table. */
export const notATable = (type: string): TableContents => ({ bad: 'value', reason: `state is a ${type}, no table` });

/** A private state after a run: what is reported of it, and what is kept. */
export interface PrivateState {
  readonly report: LuaStateReport;
  readonly stored: StoredEntries | undefined;
}

/** A stored value as a record shows it. */
const showStored = (value: StoredValue): string =>
  value instanceof Uint8Array ? JSON.stringify(decodeText(value)) : Object.is(value, -0) ? '-0' : String(value);

/** What becomes of a private state. */
export const privateState = (read: TableContents): PrivateState => {
  if ('bad' in read) return { report: { how: 'refused', because: read.bad, reason: read.reason }, stored: undefined };
  const shown = read.entries.map(([key, value]) => [key, showStored(value)] as const);
  return { report: { how: 'stored', entries: shown }, stored: read.entries };
};

/** A script changes a shared state. @param entries undefined: it is removed */
export const saveShared = (run: Run, name: string, entries: StoredEntries | undefined): void => {
  const { scheduler } = run;
  run.markEffect();
  scheduler.shared.set(name, entries);
  scheduler.report({ what: 'shared', name, entries });
};
