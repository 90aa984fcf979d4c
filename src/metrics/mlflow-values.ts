import { numberOf } from './number-of.ts';
import type { FrozenRecord } from './record-snapshot.ts';

/** What a request can hold, as the REST API of MLflow says. */
export const MOST_IN_BATCH = { metrics: 1000, params: 100, tags: 100, all: 1000, bytes: 900_000 } as const;
/** Most characters of a name, and of a value. */
const LONGEST = { name: 250, params: 6000, tags: 5000 } as const;

/** A value that is to be sent: to which list of a request it belongs, and its JSON. */
export interface MlflowValue {
  readonly list: 'metrics' | 'params' | 'tags';
  readonly json: string;
}

/** A name that MLflow takes: of letters, digits, `_ - . /` and blanks, and no path that leads elsewhere. */
export const mlflowName = (name: string): string => {
  const parts = name
    .slice(0, LONGEST.name)
    .replace(/[^\p{L}\p{N}_./\- ]/gu, '_')
    .split('/');
  return parts.map((part) => (part === '' || part === '.' || part === '..' ? '_' : part)).join('/');
};

/** JSON has no NaN; protobuf reads these texts as numbers. */
const doubleOf = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
};

/** Makes the values of records. */
export class MlflowValues {
  /** The params that a run has: a server does not let them change. */
  readonly #params = new Map<string, string>();
  /** The last step of each name, for records without a step. */
  readonly #steps = new Map<string, number>();
  readonly #leftOut: (name: string, what: string) => void;

  /** @param leftOut called for what is neither a number nor a text */
  constructor(leftOut: (name: string, what: string) => void) {
    this.#leftOut = leftOut;
  }

  of({ leaves: { names, values }, hparams, step, time }: FrozenRecord): MlflowValue[] {
    const made: MlflowValue[] = [];
    for (const [i, name] of names.entries()) {
      const one = hparams === true ? this.#param(name, values[i]) : this.#metric(name, values[i], step, time);
      if (one !== undefined) made.push(one);
    }
    return made;
  }

  /** A param; a tag, which can change, when the run has a param of that name with another value. */
  #param(name: string, of: unknown): MlflowValue | undefined {
    const key = mlflowName(name);
    const value = textOf(of);
    const before = this.#params.get(key);
    if (before === value) return undefined;
    const list = before === undefined ? 'params' : 'tags';
    if (before === undefined) this.#params.set(key, value);
    return { list, json: JSON.stringify({ key, value: value.slice(0, LONGEST[list]) }) };
  }

  #metric(name: string, of: unknown, step: number | undefined, time: number): MlflowValue | undefined {
    const value = this.#number(name, of);
    if (value === undefined) return undefined;
    const key = mlflowName(name);
    // A record without a step goes on where its name is: points at one place would hide each other.
    const at = step === undefined ? (this.#steps.get(key) ?? -1) + 1 : Math.trunc(step) || 0;
    this.#steps.set(key, at);
    const timestamp = Math.max(0, Math.trunc(time));
    return { list: 'metrics', json: JSON.stringify({ key, value: doubleOf(value), timestamp, step: at }) };
  }

  #number(name: string, value: unknown): number | undefined {
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
    // MLflow has no texts at a step: an outcome is left out without a word.
    if (typeof value === 'string') return numberOf(value);
    this.#leftOut(name, value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`);
    return undefined;
  }
}

/** The beginning of a queue that fits in one request: how many values, and the body. */
export const batchOf = (
  runId: string,
  queue: readonly MlflowValue[],
): { readonly count: number; readonly body: string } => {
  const lists: Record<MlflowValue['list'], string[]> = { metrics: [], params: [], tags: [] };
  let count = 0;
  let bytes = 0;
  for (const { list, json } of queue) {
    const size = Buffer.byteLength(json) + 1;
    if (count === MOST_IN_BATCH.all || lists[list].length === MOST_IN_BATCH[list] || bytes + size > MOST_IN_BATCH.bytes)
      break;
    lists[list].push(json);
    bytes += size;
    count += 1;
  }
  const parts = Object.entries(lists).map(([list, all]) => `"${list}":[${all.join(',')}]`);
  return { count, body: `{"run_id":${JSON.stringify(runId)},${parts.join(',')}}` };
};
