import type { NameKind } from '../control/request.ts';
import type { NameSuggestions } from '../control/suggest.ts';
import { oneLine } from '../log/one-line.ts';

/** What is said about a name that is none: what it may have been meant for, or the names there are. */
export const formatUnknown = (
  word: string,
  kind: NameKind,
  { hint, elsewhere, names, total }: NameSuggestions,
): string => {
  const there = kind === 'topic' ? `Topic ${oneLine(word)} has no events` : `There is no ${kind} ${oneLine(word)}`;
  const [other] = elsewhere;
  if (other !== undefined) return `${there}, but a ${other.slice(0, other.indexOf('/'))}: whenever story ${other}\n`;
  if (hint !== '') return `${there}${oneLine(hint)}\n`;
  if (total === 0) return `${there}; there are no ${kind}s.\n`;
  const more = total > names.length ? ` and ${total - names.length} more` : '';
  return `${there} (known: ${oneLine(names.join(', '))}${more}).\n`;
};
