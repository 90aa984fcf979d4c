/** A value that was given, short enough for a message. */
export const shown = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  try {
    return JSON.stringify(value)?.slice(0, 80) ?? String(value);
  } catch {
    return 'a value that JSON cannot show';
  }
};

/** Programs in plain JavaScript get the mistake at the call, not later. @throws TypeError `call: what: expected …, found …`. */
export const expected = (call: string, what: string, value: unknown, wanted: string, fits: boolean): void => {
  if (!fits) throw new TypeError(`${call}: ${what}: expected ${wanted}, found ${shown(value)}`);
};
/** @throws TypeError */
export const expectFunction = (call: string, what: string, value: unknown): void =>
  expected(call, what, value, 'a function', typeof value === 'function');
/** @throws TypeError */
export const expectText = (call: string, what: string, value: unknown): void =>
  expected(call, what, value, 'a text that is not empty', typeof value === 'string' && value !== '');
/** An object, not a list. @throws TypeError */
export const expectObject = (call: string, what: string, value: unknown, wanted = 'an object'): void =>
  expected(call, what, value, wanted, typeof value === 'object' && value !== null && !Array.isArray(value));
/** An object with methods of these names. @throws TypeError */
export const expectMethods = (call: string, what: string, value: unknown, ...names: readonly string[]): void => {
  const found = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const wanted = `an object with the method${names.length === 1 ? '' : 's'} ${names.join(' and ')}`;
  expected(
    call,
    what,
    value,
    wanted,
    names.every((name) => typeof found[name] === 'function'),
  );
};
