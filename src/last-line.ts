/**
 * The last line that is not empty, of the first of these texts that has one. What a carriage return lets a terminal overwrite is not part
 * of it.
 */
export const lastLine = (...texts: readonly (string | undefined)[]): string | undefined => {
  for (const text of texts) {
    const line = text
      ?.trimEnd()
      .split(/[\r\n]/)
      .at(-1)
      ?.trim();
    if (line) return line;
  }
  return undefined;
};
