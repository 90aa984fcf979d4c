import { expected, expectOptions, TYPES } from '../check-arguments.ts';
import { isMapping, type Mapping } from './record.ts';

/** How names are put together. */
export interface FlattenOptions {
  /** Between the names; default `/`. */
  readonly separator?: string;
  /** Before the first name, with a separator behind it; default: nothing. */
  readonly prefix?: string;
}

/** A flat mapping as two lists: an object whose names are new each time costs the interpreter far more. */
export interface Leaves {
  readonly names: string[];
  readonly values: unknown[];
}

const SEPARATOR = '/';

/** A walk through a mapping. */
interface Walk extends Leaves {
  readonly separator: string;
  readonly path: Mapping[];
  /** A name has the separator in it, so that two may be equal. */
  ambiguous: boolean;
}

const walk = (from: Mapping, before: string, to: Walk): void => {
  if (to.path.includes(from)) throw new TypeError(`a metric cannot be stored: ${before || 'it'} is part of itself`);
  to.path.push(from);
  for (const key of Object.keys(from)) {
    const value = from[key];
    const name = before === '' ? key : before + to.separator + key;
    if (!to.ambiguous && key.includes(to.separator)) to.ambiguous = true;
    if (isMapping(value)) walk(value, name, to);
    else {
      to.names.push(name);
      to.values.push(value);
    }
  }
  to.path.pop();
};

/** The leaves of a mapping in order, each name once. @throws TypeError for a mapping that contains itself. */
export const leavesOf = (mapping: Mapping, { separator = SEPARATOR, prefix = '' }: FlattenOptions = {}): Leaves => {
  const found: Walk = { names: [], values: [], separator, path: [], ambiguous: separator === '' };
  walk(mapping, prefix, found);
  if (!found.ambiguous) return found;
  const last = new Map(found.names.map((name, i) => [name, found.values[i]]));
  return { names: [...last.keys()], values: [...last.values()] };
};

/**
 * `{ a: { b: 1 } }` as `{ 'a/b': 1 }`. Lists are leaves, empty mappings vanish, and of two equal names the later one counts.
 * Mappings are copied, leaves are not. @throws TypeError for a mapping that contains itself.
 */
export const flatten = (mapping: Mapping, options?: FlattenOptions): Record<string, unknown> => {
  expected('flatten', 'mapping', mapping, 'a mapping', isMapping(mapping));
  if (options !== undefined) expectOptions('flatten', options, { separator: TYPES.text, prefix: TYPES.text });
  const { names, values } = leavesOf(mapping, options);
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
};
