/** Characters of a file from which on what its loading leaves behind counts. */
const LARGE = 256 * 1024;

/** Young objects get no more room than they have. V8 reads it at each collection. */
const NO_MORE_ROOM = '--semi-space-growth-factor=1';

/**
 * Keeps the heap small. While a large file is loaded it grows slowly: otherwise V8 takes two to three times the room that the items need,
 * and keeps it. Later the room for young objects stays what it is: V8 would give it ten times as much, which a program that
 * waits does not need, and each process that it starts copies a map of all its memory.
 * Returns what is called when all items have begun.
 * @param length of the text, in characters
 */
export const growSlowly = async (length: number): Promise<() => void> => {
  if (process.versions.bun !== undefined) return () => {};
  const { setFlagsFromString } = await import('node:v8');
  if (length < LARGE) return () => setFlagsFromString(NO_MORE_ROOM);
  setFlagsFromString(NO_MORE_ROOM);
  // What is left of old objects is moved together.
  setFlagsFromString('--optimize-for-size');
  return () => setFlagsFromString('--no-optimize-for-size');
};
