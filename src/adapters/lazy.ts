/** A value that is made on first use. */
export interface LazyValue<T> {
  (): Promise<T>;
  /** It has been made, or is being made. Costs nothing. */
  started(): boolean;
  /** What has been made, or is being made; undefined before the first use and after a failed one. Never rejects. */
  settled(): Promise<T | undefined>;
}

/**
 * Makes a value on first use and keeps it. A failed attempt is forgotten, so that the next use tries again: a file that could
 * not be read because the system was short of descriptors can be read later. Every late import goes through here.
 */
export const lazy = <T>(make: () => Promise<T>): LazyValue<T> => {
  let made: Promise<T> | undefined;
  const get = (): Promise<T> => {
    if (made !== undefined) return made;
    const attempt = (async () => make())();
    made = attempt;
    attempt.catch(() => {
      if (made === attempt) made = undefined;
    });
    return attempt;
  };
  return Object.assign(get, { started: () => made !== undefined, settled: async () => made?.catch(() => undefined) });
};
