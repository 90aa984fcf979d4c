/** A piece of a text, and whether it is what was searched for. */
export interface TextPiece {
  readonly text: string;
  readonly hit: boolean;
}

/** A text in pieces. @param wanted in lower case; '': nothing is searched for */
export const highlighted = (text: string, wanted: string): readonly TextPiece[] => {
  const lower = text.toLowerCase();
  // Few letters become longer in lower case: places in one text are then not those in the other.
  if (wanted === '' || lower.length !== text.length) return [{ text, hit: false }];
  const pieces: TextPiece[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false });
    from = at + wanted.length;
    pieces.push({ text: text.slice(at, from), hit: true });
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hit: false });
  return pieces;
};
