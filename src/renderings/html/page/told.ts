import type { InstantName } from '../../../journal/span-names.ts';
import type { WallClock } from './clock.ts';

/** No date is further from 1970, in ms; that of a zone that is ahead may be. */
const FURTHEST = 8.6e15;

/** What is told as an instant, ms since 1970, by category. */
const INSTANT_KEYS: Readonly<Record<string, readonly string[]>> = {
  missed: ['first', 'last'],
} satisfies Partial<Record<InstantName, readonly string[]>>;

/** A value that was told, as text. */
const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? value.join(' ')
      : JSON.stringify(value);

/** What was told as JSON, as names and values. @param category what tells it. */
export const attributesOf = (
  json: string | null,
  category: string,
  clock: WallClock,
): (readonly [name: string, value: string])[] => {
  if (json === null) return [];
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return [['told', shown(value)]];
  const instants = INSTANT_KEYS[category] ?? [];
  return Object.entries(value).map(([name, one]) => [
    name.replaceAll('_', ' '),
    typeof one === 'number' && Math.abs(one) < FURTHEST && instants.includes(name) ? clock.text(one) : shown(one),
  ]);
};
