/** Texts in which every character takes one column; most are. */
const SIMPLE = /^[\x20-\u02ff\u2010-\u2027\u2190-\u21ff]*$/;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** What is drawn onto the character before, or not at all. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

const columnsOf = (character: string): number => (NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** How many columns of a terminal a text of one line takes. */
export const widthOf = (text: string): number => {
  if (SIMPLE.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
};

/** As much of the beginning of a text as has room in so many columns, one character at least. */
export const truncateToWidth = (text: string, width: number): string => {
  if (SIMPLE.test(text)) return text.slice(0, Math.max(1, width));
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > width && end > 0) break;
    end += character.length;
  }
  return text.slice(0, end);
};
