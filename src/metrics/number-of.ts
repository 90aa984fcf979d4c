/** Parses a text as a number, also `nan` and `-inf` in the manner of Python; undefined when it is not one. */
export const numberOf = (text: string): number | undefined => {
  const word = text.trim();
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(word);
  if (special) return special[2]!.toLowerCase() === 'nan' ? Number.NaN : Number(`${special[1]}Infinity`);
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : undefined;
};
