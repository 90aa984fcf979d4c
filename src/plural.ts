/** A number with its word: `1 run`, `2 runs`. `many`: the plural, where an s is not enough. */
export const counted = (count: number | string, one: string, many = `${one}s`): string =>
  `${count} ${String(count) === '1' ? one : many}`;

/** The word that agrees with `count`: `is` or `are`. */
export const agree = (count: number, one: string, many: string): string => (count === 1 ? one : many);
