import { isMapping, type Mapping } from './record.ts';

/** How names are put together. */
export interface FlattenOptions {
  /** Between the names; default `/`. */
  readonly separator?: string;
  /** Before the first name, with a separator behind it; default: nothing. */
  readonly prefix?: string;
}

/**
 * `{ a: { b: 1 } }` as `{ 'a/b': 1 }`. Lists are leaves, empty mappings vanish, and of two equal names the later one counts.
 * Mappings are copied, leaves are not. @throws TypeError for a mapping that contains itself.
 */
export const flatten = (
  mapping: Mapping,
  { separator = '/', prefix = '' }: FlattenOptions = {},
): Record<string, unknown> => {
  const flat: Record<string, unknown> = {};
  const path: Mapping[] = [];
  const walk = (from: Mapping, before: string): void => {
    if (path.includes(from)) throw new TypeError(`a metric cannot be stored: ${before || 'it'} is part of itself`);
    path.push(from);
    for (const key of Object.keys(from)) {
      const value = from[key];
      const name = before === '' ? key : `${before}${separator}${key}`;
      if (isMapping(value)) walk(value, name);
      else if (name === '__proto__') Object.defineProperty(flat, name, { ...PLAIN, value });
      else flat[name] = value;
    }
    path.pop();
  };
  walk(mapping, prefix);
  return flat;
};

/** A property like any other: assigning to this name would set a prototype. */
const PLAIN = { enumerable: true, configurable: true, writable: true } as const;
