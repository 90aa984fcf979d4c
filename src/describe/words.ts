/** `A`, `A and B`, `A, B and C`. Where a part has commas itself: `A, x; and B`. */
export const joined = (parts: readonly string[], word = 'and'): string => {
  const nested = parts.length > 1 && parts.some((part) => part.includes(', '));
  const [last = '', ...before] = parts.toReversed();
  if (before.length === 0) return last;
  return `${before.reverse().join(nested ? '; ' : ', ')}${nested ? ';' : ''} ${word} ${last}`;
};

/** A number with its unit: `1 second`, `2.5 hours`. */
const withUnit = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A duration: `5 seconds`, `1 minute and 30 seconds`. */
export const duration = (seconds: number): string => {
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, length] of UNITS) {
    const count = unit === 'second' ? Math.round(rest * 1000) / 1000 : Math.floor(rest / length);
    if (count > 0) parts.push(withUnit(count, unit));
    rest -= count * length;
  }
  return parts.length === 0 ? '0 seconds' : joined(parts);
};

/** How often: `every second`, `every 5 minutes`, `every hour and a half` as `every 1 hour and 30 minutes`. */
export const every = (seconds: number): string => {
  const text = duration(seconds);
  return `every ${/^1 \w+$/.test(text) ? text.slice(2) : text}`;
};

/** `1st`, `2nd`, `3rd`, `11th`. */
export const ordinal = (n: number): string => {
  const tens = n % 100;
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
};

/** Characters of a text of the file that are shown. */
const MOST = 120;

/** A text of the file in quotes, cut where it is long. */
export const shown = (text: string): string => JSON.stringify(text.length > MOST ? `${text.slice(0, MOST)}…` : text);

/** The same with a large first letter. */
export const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
