/** Texts in which every character takes one column; most are. */
const SIMPLE = /^[\x20-\u02ff\u2010-\u2027\u2190-\u21ff]*$/;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that are drawn onto the one before, or are invisible. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

const columnsOf = (character: string): number => (NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** How many columns of a terminal a text of one line takes. */
export const widthOf = (text: string): number => {
  if (SIMPLE.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
};

/** The beginning of a text that fits in so many columns; at least one character. */
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

/** Lines of at most `width` columns, broken between words; a word that is longer is broken anywhere. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  // Blanks at the beginning are kept.
  for (const word of text.split(/(?<=[^ ]) /)) {
    let rest = word;
    const joined = line === '' ? rest : `${line} ${rest}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (widthOf(rest) > width) {
      const part = truncateToWidth(rest, width);
      lines.push(part);
      rest = rest.slice(part.length);
    }
    line = rest;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
};

/** A paragraph; its lines after the first are indented by `hanging` blanks. Without a width: one line. Ends with a newline. */
export const paragraph = (text: string, width: number | undefined, hanging = 0): string => {
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, width - 1);
  if (widthOf(text) <= room) return `${text}\n`;
  const indent = ' '.repeat(hanging);
  const lead = /^ */.exec(text)![0];
  const lines = wrap(text.slice(lead.length), room - Math.max(lead.length, hanging));
  return `${lines.map((line, i) => `${i === 0 ? lead : indent}${line}`).join('\n')}\n`;
};
