import { resolve } from 'node:path';
import { call } from '../adapters/caller.ts';
import { instancePath } from '../adapters/instance-place.ts';
import { tildeProblem } from '../check-arguments.ts';
import { suggest } from '../config/suggest.ts';
import type { CtlAnswer } from '../control/office.ts';
import type { Request } from '../control/request.ts';
import { COMMANDS } from '../core/commands.ts';
import { printed } from '../log/one-line.ts';
import { CANNOT, FOUND, type Given, json, NOTHING, unknownName } from './inquiry.ts';
import { writeNote, writeOut } from './shared.ts';

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
const optionsOf = (words: readonly string[], given: Given): readonly [words: readonly string[], given: Given] =>
  words.length > 1 && words.at(-1) === '--json' ? [words.slice(0, -1), { ...given, json: true }] : [words, given];

/** What a mistaken word may have been meant for; undefined: nothing is mistaken. */
const mistake = async (line: string, { kind, said }: CtlAnswer): Promise<string | undefined> => {
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
export const ctl = async (all: readonly string[], options: Given): Promise<number> => {
  const [words, given] = optionsOf(all, options);
  const line = commandLine(words);
  const request: Request = { request: 'ctl', line };
  const part = (found: unknown): void => {
    if (given.json !== true) writeOut(1, printed(`${(found as CtlAnswer).said}\n`));
  };
  const answer = (await call(instancePath(), request, part)) as CtlAnswer;
  const { kind, said, idle } = answer;
  if (given.json === true) writeOut(1, json({ kind, said, idle }));
  else if (kind === 'done') writeOut(1, printed(`${said}\n`));
  else writeNote((await mistake(line, answer)) ?? `${said}\n`);
  if (kind === 'refused') return CANNOT;
  return kind === 'done' && !idle ? FOUND : NOTHING;
};
