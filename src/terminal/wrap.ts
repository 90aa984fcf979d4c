import { truncateToWidth, widthOf } from './text-width.ts';

/** Lines of at most `width` columns, broken between words; a word that is longer is broken anywhere. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  // What stands in stays in.
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

/** A paragraph whose lines after the first stand `hanging` blanks in. No width: one line. Ends with a newline. */
export const paragraph = (text: string, width: number | undefined, hanging = 0): string => {
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, width - 1);
  if (widthOf(text) <= room) return `${text}\n`;
  const indent = ' '.repeat(hanging);
  const lead = /^ */.exec(text)?.[0] ?? '';
  const lines = wrap(text.slice(lead.length), room - Math.max(lead.length, hanging));
  return `${lines.map((line, i) => `${i === 0 ? lead : indent}${line}`).join('\n')}\n`;
};
