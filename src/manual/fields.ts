import type { Field, Fields } from '../config/field.ts';
import type { Page } from './roff.ts';

/** A default as it would stand in the file. */
const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? '{}' : JSON.stringify(value);
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `An integer, 0 or more. Default: 5.` */
const presence = ({ expected, required, fallback, extension }: Field): string => {
  const must = required ? ' Required.' : fallback === undefined ? '' : ` Default: ${literal(fallback)}.`;
  return `${capital(expected)}.${must}${extension ? ' (Extension.)' : ''}`;
};

/** The keys of a table, each with what it takes and what it is for. */
export const describeFields = (page: Page, fields: Fields): void => {
  for (const [key, field] of Object.entries(fields)) page.plainItem(key, `${presence(field)} ${field.doc}`);
};
