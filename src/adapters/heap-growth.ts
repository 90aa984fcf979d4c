/** Characters of a file from which on what its loading leaves behind counts. */
const LARGE = 256 * 1024;

/** Young objects get no more room than at first, and what is left of old ones is moved together. V8 reads both at each collection. */
const SLOWLY = ['--semi-space-growth-factor=1', '--optimize-for-size'];
const AS_USUAL = ['--semi-space-growth-factor=2', '--no-optimize-for-size'];

/**
 * Lets the heap grow slowly while a large file is loaded: otherwise V8 takes two to three times the room that the items need, and keeps it.
 * Returns what ends that.
 * @param length of the text, in characters
 */
export const growSlowly = async (length: number): Promise<() => void> => {
  if (length < LARGE || process.versions.bun !== undefined) return () => {};
  const { setFlagsFromString } = await import('node:v8');
  const set = (flags: readonly string[]): void => {
    for (const flag of flags) setFlagsFromString(flag);
  };
  set(SLOWLY);
  return () => set(AS_USUAL);
};
