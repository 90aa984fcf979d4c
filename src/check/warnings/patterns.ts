import type { TextCriterion } from '../../items/common/command-criteria.ts';
import type { ItemWarnings } from '../checked-file.ts';

/** Texts that have nothing in common: what matches all of them matches everything. */
const UNLIKE = ['', 'a', '7', ' ', '\n', '{}', 'Zz zZ\n-- 99', '\u{1f600}'];

/** Whether no text can match: something has to stand before the beginning, or after the end. Found for simple expressions only. */
const matchesNothing = (source: string): boolean => {
  if (/\(\?[a-z]*m/.test(source)) return false;
  const plain = source
    .replace(/\\[Az]|\\Q.*?\\E/gs, '')
    .replace(/\\./gs, 'x')
    .replace(/\[\^?\]?[^\]]*\]/g, 'x');
  return /[\w.)]\^(?![*?{])/.test(plain) || /\$[\w.(]/.test(plain);
};

/** Texts and expressions to look for in what a command writes. */
export const criteriaThatDecideNothing: ItemWarnings = (item, warn) => {
  for (const { key, source, expression, matches } of (item.compiled ?? []) as readonly TextCriterion[]) {
    const shown = `${key}: ${JSON.stringify(source)}`;
    if (UNLIKE.every((text) => (expression ? expression.found(text) : matches(text))))
      warn('matches-everything', [key], `${shown} is found in every text, also in an empty one`);
    else if (expression && matchesNothing(source))
      warn('matches-nothing', [key], `${shown} matches no text: ^ is the beginning of the text and $ its end`);
  }
};
