import type { StateAction } from '../control/request.ts';
import { STATE_ACTIONS } from '../control/request.ts';
import type { StateAnswer } from '../core/ports.ts';
import { oneLine, printed, printedJson } from '../log/one-line.ts';
import { FOUND, NOTHING, send } from './query-common.ts';
import { printMessage, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

type StateOptions = { readonly raw?: true };

const isAction = (text: string): text is StateAction => STATE_ACTIONS.some((action) => action === text);

/** The most arguments of each action, its name included. */
const MOST_ARGUMENTS: Readonly<Record<StateAction, number>> = { get: 3, set: 4, remove: 3, list: 2 };

/** @throws UsageError */
const actionOf = ([action = '', ...args]: readonly string[]): StateAction => {
  if (!isAction(action)) throw new UsageError(`expected one of ${STATE_ACTIONS.join(', ')}, found "${action}"`);
  if (args.length >= MOST_ARGUMENTS[action])
    throw new UsageError(`state ${action}: ${args.length} arguments, expected at most ${MOST_ARGUMENTS[action] - 1}`);
  if (action !== 'list' && args.length === 0) throw new UsageError(`state ${action}: the name of the state is missing`);
  if (action === 'set' && args.length === 1) throw new UsageError('state set: the value is missing');
  return action;
};

/** @throws UsageError */
const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(
      `the value is not valid JSON: expected a number, true, false, or a text with its quotation marks, such as '"a text"'`,
    );
  }
};

const formatAnswer = ({ names, value }: StateAnswer, raw: boolean): string => {
  if (names) return names.map((name) => `${name}\n`).join('');
  if (value === undefined) return '';
  return raw && typeof value === 'string' ? printed(`${value}\n`) : `${printedJson(JSON.stringify(value))}\n`;
};

export const stateCommand: Subcommand<StateOptions> = {
  name: 'state',
  help: 'read or change the shared states of Lua scripts, from a shell',
  takes: [
    { form: '<ACTION>', help: 'get, set, remove or list', words: STATE_ACTIONS },
    { form: '[NAME]', help: 'the name of the state; of list the state whose keys are listed' },
    { form: '[KEY]', help: 'one key of it; without it, all of the state' },
    { form: '[VALUE]', help: 'for set: a number, true, false or a text as JSON; without a key an object of these' },
  ],
  options: [{ flags: '-r, --raw', help: 'of get: a text as it is, without quotation marks' }],
  exitStatus:
    'Status 0: done; 1: the state or the key was not there; 2: the name or the value is wrong; 3: no instance is running.',
  page: 'live',
  examples: ['whenever state set disk limit 90'],
  run: async ({ args, options: { raw = false } }) => {
    const action = actionOf(args);
    const [, name, ...rest] = args;
    const value = action === 'set' ? parseValue(rest.pop()!) : undefined;
    const [key] = rest;
    const answer = (await send(
      {
        ...{ request: 'state', action },
        ...(name === undefined ? {} : { name }),
        ...(key === undefined ? {} : { key }),
        ...(value === undefined ? {} : { value: value as string }),
      },
      {},
    )) as StateAnswer;
    writeAll(1, formatAnswer(answer, raw));
    if (answer.found || action === 'set') return FOUND;
    printMessage(
      `the shared state "${oneLine(name ?? '')}" ${key === undefined ? 'is not there' : `has no key "${oneLine(key)}"`}`,
    );
    return NOTHING;
  },
};
