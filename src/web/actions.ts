import { callInstance } from '../adapters/control-client.ts';
import { ACTIONS, type ActionAnswer, type ActionBody, type ActionName } from './api.ts';
import { RequestError } from './request-checks.ts';

export const isAction = (name: string): name is ActionName => Object.hasOwn(ACTIONS, name);

/** The name of an item is one word of the line. */
const NAME = /^[^\s\p{C}]{1,200}$/u;
/** Data and ends stay on the line. */
const MORE = /^[^\p{Cc}\u2028\u2029]{0,60000}$/u;

/** Actions that take more than a name. */
const TAKES_MORE: readonly ActionName[] = ['trigger', 'pause', 'suspend'];

/** Reads the body of an action. @throws RequestError */
export const readBody = (text: string): ActionBody => {
  let found: unknown;
  try {
    found = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new RequestError(400, 'the body is not JSON');
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new RequestError(400, 'the body has to be an object');
  for (const [key, value] of Object.entries(found))
    if ((key !== 'name' && key !== 'more') || typeof value !== 'string')
      throw new RequestError(400, 'the body has the texts "name" and "more", and nothing else');
  return found;
};

/** The line of an input command. Nothing of the body can begin another command or be taken for an option. @throws RequestError */
export const actionLine = (action: ActionName, { name = '', more = '' }: ActionBody): string => {
  const { about, line } = ACTIONS[action];
  if (about === null && name !== '') throw new RequestError(400, `${action} takes no name`);
  if (about !== null && (!NAME.test(name) || name.startsWith('-')))
    throw new RequestError(
      400,
      `${action} needs the name of ${about === 'event' ? 'an event' : 'a condition'}, one word`,
    );
  if (more !== '' && !TAKES_MORE.includes(action)) throw new RequestError(400, `${action} takes nothing more`);
  if (action !== 'trigger' && /(?:^|\s)-/.test(more))
    throw new RequestError(400, `${action} takes a time or an instant, no option`);
  if (!MORE.test(more)) throw new RequestError(400, 'a command is one line, without control characters');
  return [line, name, more.trim()].filter((word) => word !== '').join(' ');
};

/** A file is loaded within this time, else the answer is that it is being loaded, in ms. */
const LOAD_MS = 3000;

/**
 * Gives a command to the daemon. Of one that takes time the answer is that it is accepted; of a load, which can be refused, how it ended.
 * @throws what `callInstance` does
 */
export const sendCommand = async (path: string, line: string): Promise<ActionAnswer> => {
  const closing = new AbortController();
  let accepted: unknown;
  let timer: NodeJS.Timeout | undefined;
  const part = (found: unknown) => {
    accepted = found;
    if (line === ACTIONS.reload.line) timer = setTimeout(() => closing.abort(), LOAD_MS);
    else closing.abort();
  };
  try {
    const end = await callInstance(path, { request: 'ctl', line }, part, closing.signal);
    return (end ?? accepted) as ActionAnswer;
  } finally {
    clearTimeout(timer);
  }
};
