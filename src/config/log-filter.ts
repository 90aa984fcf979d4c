import { CONTEXTS } from '../log/contexts.ts';
import type { TextFilter } from '../log/logging-config.ts';
import type { Path, ProblemList } from './problem.ts';
import { suggest } from './suggest.ts';

/** Steps that looking for an expression may take for one record, which is a few milliseconds: the rest of a message is not looked at. */
const MOST_STEPS = 500_000;

/** Reports contexts that no record has. @param kinds emitters of kinds of items */
export const checkContexts = (
  contexts: readonly string[],
  kinds: readonly string[],
  path: Path,
  item: string,
  found: ProblemList,
): void => {
  const actions: Readonly<Record<string, readonly string[]>> = {
    ...CONTEXTS,
    ...Object.fromEntries(kinds.map((emitter) => [emitter, ['new']])),
  };
  const known = Object.entries(actions).flatMap(([emitter, own]) => [
    emitter,
    ...own.map((one) => `${emitter} ${one}`),
  ]);
  for (const [i, context] of contexts.entries()) {
    if (known.includes(context)) continue;
    const emitter = context.split(' ', 1)[0]!;
    const own = Object.hasOwn(actions, emitter) ? actions[emitter]! : undefined;
    const all = own ? `actions of ${emitter}: ${own.join(', ')}` : `known: ${Object.keys(actions).join(', ')}`;
    found.add({
      ...{ path: [...path, 'contexts', i], at: 'value', item, id: 'unknown-reference' },
      text: `contexts: no record has the context "${context}"${suggest(context, known)} (${all})`,
    });
  }
};

/** Compiles the expression of a key; undefined: there is none, or it is wrong, which is reported. */
export const compileTextFilter = async (
  key: 'matching' | 'not_matching',
  source: string | undefined,
  path: Path,
  item: string,
  found: ProblemList,
): Promise<TextFilter | undefined> => {
  if (source === undefined) return undefined;
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(source);
    const longest = Math.floor(MOST_STEPS / compiled.programSize());
    return { source, found: (text) => compiled.matcher(text.slice(0, longest)).find() };
  } catch (error) {
    found.add({
      ...{ path: [...path, key], at: 'value', item, id: 'regular-expression' },
      text: `${key}: expected a regular expression (RE2 dialect): ${(error as Error).message}`,
    });
    return undefined;
  }
};
