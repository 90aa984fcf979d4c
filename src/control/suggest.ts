import { suggest } from '../config/suggest.ts';
import type { JournalView } from './queries.ts';
import type { NameKind } from './request.ts';

/** The answer to `near`. */
export interface NameSuggestions {
  readonly known: boolean;
  /** `, did you mean "x"?`, or nothing. */
  readonly hint: string;
  /** Items of another section that have this name: `task/Backup`. */
  readonly elsewhere: readonly string[];
  /** Some of the names that are known, and how many there are. */
  readonly names: readonly string[];
  readonly total: number;
}

/** Names that are told. */
const MAX_NAMES = 10;

/** Whether a word names something, and what it may have been meant for. */
export const suggestNames = (journal: JournalView, word: string, among: NameKind): NameSuggestions => {
  const keys = [...journal.states].filter(([, state]) => state !== 'removed').map(([key]) => key);
  const split = (key: string): readonly [section: string, name: string] => {
    const at = key.indexOf('/');
    return [key.slice(0, at), key.slice(at + 1)];
  };
  const bare = word.replace(/^(?:condition|task|event)\//, '');
  const topics = among === 'topic';
  const names = topics
    ? [...journal.getEvents().keys()]
    : keys.flatMap((key) => (among === 'item' || split(key)[0] === among ? split(key)[1] : []));
  const known = topics
    ? names.includes(word)
    : among === 'item' && word !== bare
      ? keys.includes(word)
      : names.includes(bare);
  return {
    known,
    hint: known ? '' : suggest(topics ? word : bare, names),
    elsewhere: known || topics ? [] : keys.filter((key) => split(key)[1] === bare),
    names: [...new Set(names)].slice(0, MAX_NAMES),
    total: names.length,
  };
};
