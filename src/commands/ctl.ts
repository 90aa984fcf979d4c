import { resolve } from 'node:path';
import { sendRequest } from '../adapters/control-client.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { tildeProblem } from '../check-arguments.ts';
import { suggest } from '../config/suggest.ts';
import type { Request } from '../control/request.ts';
import type { CtlResult } from '../control/request-handler.ts';
import { COMMANDS } from '../core/commands.ts';
import { printed } from '../log/one-line.ts';
import { CANNOT, type CliOptions, FOUND, jsonLine, NOTHING, unknownName } from './query.ts';
import { writeAll, writeStderr } from './values.ts';

const NAMES = COMMANDS.flatMap(({ names }) => names);
const rowOf = (word: string) => COMMANDS.find(({ names }) => names.includes(word));

/** A file that is named is meant from here, not from where the scheduler was started. Words may be one argument or several. */
const commandLine = (words: readonly string[]): string => {
  const line = words.join(' ').trim();
  const [, word = '', rest = ''] = /^(\S+)\s+(.+)$/su.exec(line) ?? [];
  const isPath = rowOf(word)?.takes === 'the rest of the line' && tildeProblem(rest) === undefined;
  return isPath ? `${word} ${resolve(rest)}` : line;
};

/** No input command has options: one behind it is meant for this command, as it is with the others. */
const optionsOf = (
  words: readonly string[],
  given: CliOptions,
): readonly [words: readonly string[], given: CliOptions] =>
  words.length > 1 && words.at(-1) === '--json' ? [words.slice(0, -1), { ...given, json: true }] : [words, given];

/** What a mistaken word may have been meant for; undefined: nothing is mistaken. */
const suggestion = async (line: string, { kind, said }: CtlResult): Promise<string | undefined> => {
  const [word = '', ...args] = line.trim().split(/\s+/u);
  const row = rowOf(word);
  if (!row) return kind === 'refused' ? `${said}${suggest(word, NAMES)}\n` : undefined;
  if (kind !== 'no-effect' || !['one name', 'any names'].includes(row.takes)) return undefined;
  const unknown = await Promise.all(
    args.map((name) => unknownName(name, word === 'trigger' ? 'event' : 'condition', {})),
  );
  const texts = unknown.filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  return `${texts.join('')}${texts.length < args.length ? 'The others are reset.\n' : ''}`;
};

/** `whenever ctl`: gives an input command. Status 1: it had no effect; 2: it is none. */
export const ctl = async (all: readonly string[], options: CliOptions): Promise<number> => {
  const [words, given] = optionsOf(all, options);
  const line = commandLine(words);
  const request: Request = { request: 'ctl', line };
  const part = (found: unknown): void => {
    if (given.json !== true) writeAll(1, printed(`${(found as CtlResult).said}\n`));
  };
  const answer = (await sendRequest(socketPath(), request, part)) as CtlResult;
  const { kind, said, idle } = answer;
  if (given.json === true) writeAll(1, jsonLine({ kind, said, idle }));
  else if (kind === 'done') writeAll(1, printed(`${said}\n`));
  else writeStderr((await suggestion(line, answer)) ?? `${said}\n`);
  if (kind === 'refused') return CANNOT;
  return kind === 'done' && !idle ? FOUND : NOTHING;
};
