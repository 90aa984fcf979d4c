/** `1 run`, `2 runs`: a number with its word. `many`: the word for several, where an s is not enough. */
export const counted = (count: number | string, one: string, many = `${one}s`): string =>
  `${count} ${String(count) === '1' ? one : many}`;

/** The word for several or for one, as `count` needs it, such as `is` and `are`. */
export const agree = (count: number, one: string, many: string): string => (count === 1 ? one : many);
