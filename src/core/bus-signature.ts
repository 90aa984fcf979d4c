import type { BusValue } from './ports.ts';

/** The end of the complete type that begins at `from`; undefined: there is none. */
const endOfType = (signature: string, from: number, inArray = false): number | undefined => {
  const letter = signature[from];
  if (letter === undefined) return undefined;
  if ('ybnqiuxtdsogvh'.includes(letter)) return from + 1;
  if (letter === 'a') return endOfType(signature, from + 1, true);
  if (letter === '(') return endOfStruct(signature, from);
  if (letter === '{' && inArray) {
    if (!'ybnqiuxtdsogh'.includes(signature[from + 1] ?? '?')) return undefined;
    const end = endOfType(signature, from + 2);
    return end !== undefined && signature[end] === '}' ? end + 1 : undefined;
  }
  return undefined;
};

/** The end of the struct that begins at `from`; undefined: there is none. An empty one is not allowed. */
const endOfStruct = (signature: string, from: number): number | undefined => {
  let at: number | undefined = from + 1;
  while (at !== undefined && signature[at] !== ')') at = endOfType(signature, at);
  return at !== undefined && at > from + 1 ? at + 1 : undefined;
};

/**
 * The complete types of a signature, such as `['s', 'a{sv}']` of `sa{sv}`.
 * @throws Error when it is not one.
 */
export const splitSignature = (signature: string): string[] => {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at);
    if (end === undefined) throw new Error(`"${signature}" is not a D-Bus signature`);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
};

/** The signature of a value. */
export const signatureOf = (value: BusValue): string => {
  if (value.type === 'array' || value.type === 'dict') return `a${value.element}`;
  if (value.type === 'struct') return `(${value.items.map(signatureOf).join('')})`;
  return value.type;
};
