/** Characters of a file from which on what its loading leaves behind counts. */
const LARGE = 256 * 1024;

/** Young objects get no more room than at first, and what is left of old ones is moved together. V8 reads both at each collection. */
const SLOWLY = ['--semi-space-growth-factor=1', '--optimize-for-size'];
/** The second of them sets the last one, which stays. Compiled code that is kept is refused while a flag is not as it was. */
const AS_USUAL = ['--semi-space-growth-factor=2', '--no-optimize-for-size', '--max-semi-space-size=0'];

/**
 * Lets the heap grow slowly while a large file is loaded: otherwise V8 takes two to three times the room that the items need, and keeps it.
 * Returns what ends that.
 * @param length of the text, in characters
 * @param load reads the parts of the program that are needed meanwhile
 */
export const growSlowly = async (length: number, load: () => Promise<unknown>): Promise<() => void> => {
  if (length < LARGE || process.versions.bun !== undefined) return () => {};
  const [{ setFlagsFromString }] = await Promise.all([import('node:v8'), load()]);
  const set = (flags: readonly string[]): void => {
    for (const flag of flags) setFlagsFromString(flag);
  };
  set(SLOWLY);
  return () => set(AS_USUAL);
};
