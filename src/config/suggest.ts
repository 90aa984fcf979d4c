import { distance } from 'fastest-levenshtein';

/** `, did you mean "x"?` when one of the known words is similar, else empty. */
export const suggest = (word: string, known: readonly string[]): string => {
  let best: string | undefined;
  let least = Math.max(2, word.length / 3) + 1;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < least) [least, best] = [d, candidate];
  }
  // An abbreviated word, or one with a suffix: far by the number of letters, but clear to a person.
  best ??= word.length < 4 ? undefined : known.find((known) => known.startsWith(word) || word.startsWith(known));
  return best === undefined ? '' : `, did you mean "${best}"?`;
};
