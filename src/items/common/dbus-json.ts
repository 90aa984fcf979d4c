import type { BusValue } from '../../core/ports.ts';

/** Longer arguments are not handed on: bytes of JSON. */
const LONGEST = 2 ** 20;

/** A key of an object. */
const keyOf = (value: BusValue): string => {
  if (value.type === 'v') return keyOf(value.value);
  return JSON.stringify('value' in value ? String(value.value) : jsonOf(value));
};

/** One value as JSON: integers with all their digits, NaN and infinity as null, variants as what is in them. */
const jsonOf = (value: BusValue): string => {
  switch (value.type) {
    case 'v':
      return jsonOf(value.value);
    case 'array':
    case 'struct':
      return `[${value.items.map(jsonOf).join(',')}]`;
    case 'dict':
      return `{${value.entries.map(([key, item]) => `${keyOf(key)}:${jsonOf(item)}`).join(',')}}`;
    case 's':
    case 'o':
    case 'g':
    case 'b':
      return JSON.stringify(value.value);
    case 'd':
      return Number.isFinite(value.value) ? String(value.value) : 'null';
    default:
      return String(value.value);
  }
};

/** The arguments of a message as a list in JSON; undefined: they are too long. @param warn called with why. */
export const argumentsAsJson = (body: readonly BusValue[], warn: (text: string) => void): string | undefined => {
  const json = `[${body.map(jsonOf).join(',')}]`;
  const bytes = Buffer.byteLength(json);
  if (bytes <= LONGEST) return json;
  warn(`the arguments of the message are left out: ${bytes} bytes as JSON, at most ${LONGEST} are handed on`);
  return undefined;
};
