import type { TaskSpec } from '../core/spec.ts';
import { commandExtras, commandRule, commandWords, luaExtras, luaRule, luaWords } from './programs.ts';
import { asSentence, duration, joined, shown } from './words.ts';

/** What a task does, and when it counts as a success, by its type. */
const DOES: Readonly<Record<string, (values: never) => readonly (string | undefined)[]>> = {
  command: (values: Parameters<typeof commandWords>[0]) => {
    const rule = commandRule(values);
    return [
      joined([`runs ${commandWords(values)}`, ...commandExtras(values)]),
      rule === undefined ? 'it succeeds with any exit status' : `it succeeds when ${rule}`,
    ];
  },
  lua: (values: Parameters<typeof luaWords>[0]) => {
    const rule = luaRule(values);
    return [
      joined([`runs ${luaWords(values)}`, ...luaExtras(values)]),
      rule === undefined
        ? 'it is neither a success nor a failure, unless it ends with an error'
        : `it succeeds when ${rule}`,
    ];
  },
  internal: ({ command }: { readonly command: string }) => [`gives the scheduler the command ${shown(command)}`],
};

/** How often and when a task that failed is tried again; undefined: it is not. */
const retryWords = ({ traits }: TaskSpec): string | undefined => {
  const { retries, retry_delay_seconds: delay, retry_factor: factor } = traits;
  if (retries === 0) return undefined;
  const { retry_max_delay_seconds: longest, retry_jitter: jitter, retry_timeout_seconds: limit } = traits;
  const growing = factor > 1 ? `, each wait ${factor} times as long as the one before` : '';
  const most = factor > 1 && longest !== undefined ? `, at most ${duration(longest)}` : '';
  const random = jitter > 0 ? `, shortened at random by up to ${Math.round(jitter * 100)} %` : '';
  const end = limit > 0 ? `; no attempt begins later than ${duration(limit)} after the first one` : '';
  const times = retries === 1 ? 'once' : `up to ${retries} times`;
  return `if it fails it is tried again ${times}, after ${duration(Math.min(delay, longest ?? delay))}${growing}${most}${random}${end}`;
};

/** The machines that do a task, where another one can. */
const PLACES: Readonly<Record<string, (name: string) => string>> = {
  any: () => 'it is done by a machine of the fleet that is free',
  all: () => 'it is done by all machines of the fleet that are alive',
  tag: (name) => `it is done by a machine of the fleet with the tag ${shown(name)}`,
  host: (name) => `it is done by the machine ${shown(name)}`,
};
const placeWords = ({ traits: { where } }: TaskSpec): string | undefined => {
  const [kind = '', name = ''] = where.split(':');
  return PLACES[kind]?.(name);
};

/** What a task is, in sentences. */
export const taskSentences = (task: TaskSpec): string[] =>
  [
    ...(DOES[task.type]?.(task.values as never) ?? [`is a task of type ${task.type}`]),
    placeWords(task),
    retryWords(task),
  ]
    .filter((text) => text !== undefined)
    .map(asSentence);
