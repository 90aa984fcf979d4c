/** A value of TOML. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | { readonly [key: string]: TomlValue };

const BARE_KEY = /^[A-Za-z0-9_-]+$/;
/** The longest array that is written on one line. */
const LINE = 100;

/** A text in double quotes, which may hold anything; halves of characters cannot be written. */
const basic = (text: string): string =>
  JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('\u007f', '\\u007f');

/** No half of a character stands alone. */
const isWhole = (text: string): boolean => !/\p{Surrogate}/u.test(text);

// biome-ignore lint/suspicious/noControlCharactersInRegex: TOML allows no control characters between literal quotes
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

const text = (value: string): string => {
  const literal = !CONTROL.test(value) && isWhole(value);
  if (literal && value.includes('\n') && !value.includes("''") && !value.endsWith("'")) return `'''\n${value}'''`;
  if (literal && /["\\]/.test(value) && !/['\n\t]/.test(value)) return `'${value}'`;
  return basic(value);
};

const key = (name: string): string => (BARE_KEY.test(name) ? name : basic(name));

/** A value as TOML; tables are inline. */
export const toml = (value: TomlValue): string => {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const parts = (value as readonly TomlValue[]).map(toml);
    const line = `[${parts.join(', ')}]`;
    if (line.length <= LINE || parts.length === 1 || line.includes('\n')) return line;
    return `[\n${parts.map((part) => `  ${part},\n`).join('')}]`;
  }
  const entries = Object.entries(value).map(([name, inner]) => `${key(name)} = ${toml(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
};

/** `key = value` lines. */
export const tomlLines = (keys: Readonly<Record<string, TomlValue>>): string =>
  Object.entries(keys)
    .map(([name, value]) => `${key(name)} = ${toml(value)}\n`)
    .join('');
