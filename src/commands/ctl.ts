import { resolve } from 'node:path';
import { callInstance } from '../adapters/control-client.ts';
import { NotRunningError, RequestRefusedError } from '../adapters/control-errors.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { tildeProblem } from '../check-arguments.ts';
import { suggest } from '../config/suggest.ts';
import type { Request } from '../control/request.ts';
import type { CtlResult } from '../control/request-handler.ts';
import { COMMANDS, commandHelp } from '../core/commands.ts';
import { printed } from '../log/one-line.ts';
import { answerJson, FOUND, INVALID, JSON_OPTION, NOTHING, unknownName } from './query-common.ts';
import { printMessage, writeAll } from './stdio.ts';
import { type ArgumentRow, type NestedCommand, type Subcommand, UsageError } from './subcommand.ts';

const NAMES = COMMANDS.flatMap(({ names }) => names);
/** The section of the names that a command takes. */
const sectionOf = (word: string): 'event' | 'condition' => (word === 'trigger' ? 'event' : 'condition');

/** What an input command takes, as completion offers it. */
const argumentsOf = ({ names: [word], takes }: (typeof COMMANDS)[number]): readonly ArgumentRow[] => {
  const names = [sectionOf(word) === 'event' ? 'cli-event' : 'condition'] as const;
  if (takes === 'the rest of the line') return [{ form: '<PATH>', help: 'the configuration file', path: true }];
  if (takes === 'a topic and a value')
    return [
      { form: '<TOPIC>', help: 'the topic', names: ['topic'] },
      { form: '<JSON>', help: 'the value' },
    ];
  if (takes === 'any names') return [{ form: '[NAME...]', help: 'conditions', names }];
  return takes.startsWith('one name') ? [{ form: '<NAME>', help: `the name of the ${sectionOf(word)}`, names }] : [];
};

const INPUT_COMMANDS: readonly NestedCommand[] = COMMANDS.map((command) => ({
  ...command,
  takes: argumentsOf(command),
  options: command.option ? [{ flags: command.option, help: 'when it is free, if it is busy' }] : [],
}));
const rowOf = (word: string) => COMMANDS.find(({ names }) => names.includes(word));

/** The line of an input command, from one argument or several. A path is made absolute: the scheduler has another directory. */
const commandLine = (words: readonly string[]): string => {
  const line = words.join(' ').trim();
  const [, word = '', rest = ''] = /^(\S+)\s+(.+)$/su.exec(line) ?? [];
  const isPath = rowOf(word)?.takes === 'the rest of the line' && tildeProblem(rest) === undefined;
  return isPath ? `${word} ${resolve(rest)}` : line;
};

/** The command for a task, where `run` was given its name in place of a condition. */
const runTask = (other: string): string | undefined =>
  other.startsWith('task/') ? `whenever run FILE ${other.slice('task/'.length)}` : undefined;

/** Messages about names of the command that are unknown. */
const unknownNames = async (line: string): Promise<readonly string[]> => {
  const [word = '', ...args] = line.split(/\s+/u);
  const takes = rowOf(word)?.takes;
  const { option } = rowOf(word) ?? {};
  if (takes?.startsWith('one name and')) args.splice(1);
  else if (takes !== 'one name' && takes !== 'any names') return [];
  const kind = sectionOf(word);
  const texts = (
    await Promise.all(
      args
        .filter((one) => one !== option)
        .map((name) => unknownName(name, kind, {}, word === 'run' ? runTask : undefined)),
    )
  ).filter((text) => text !== undefined);
  return texts.length > 0 && texts.length < args.length ? [...texts, 'the other conditions are reset'] : texts;
};

/** Messages about its unknown names; none if the instance has ended meanwhile. */
const unknownNow = async (line: string): Promise<readonly string[]> => {
  try {
    return await unknownNames(line);
  } catch (error) {
    if (error instanceof NotRunningError || error instanceof RequestRefusedError) return [];
    throw error;
  }
};

/** What standard error says about a command that was not carried out. */
const failureMessages = async (line: string, { kind, said }: CtlResult): Promise<readonly string[]> => {
  const [word = ''] = line.split(/\s+/u);
  if (kind === 'refused') return [rowOf(word) ? said : `${said}${suggest(word, NAMES)}`];
  const texts = await unknownNow(line);
  return texts.length > 0 ? texts : [said];
};

/** It had its effect; a run that it began has not failed, and was not ended early. */
const isCarriedOut = ({ kind, idle, run }: CtlResult): boolean =>
  kind === 'done' && !idle && (run === undefined || run.outcome === 'success' || run.outcome === 'none');

export const ctlCommand: Subcommand<{ readonly json?: true }> = {
  name: 'ctl',
  help: 'give an input command to the running instance and print its result',
  takes: [{ form: '<COMMAND...>', help: 'an input command and its arguments' }],
  options: [JSON_OPTION],
  passThrough: true,
  commands: INPUT_COMMANDS,
  exitStatus:
    'Status 0: done, to the end: a busy condition became free, a run did not fail, a file was loaded, the scheduler has ended; 1: it had no effect, or its run failed or was ended early; 2: the command is not understood; 3: no instance is running.',
  examples: ['whenever ctl run Nightly'],
  run: async ({ args, options }) => {
    // Input commands have no options: --json at the end is meant for this subcommand.
    const jsonLast = args.length > 1 && args.at(-1) === '--json';
    const json = jsonLast || options.json === true;
    const line = commandLine(jsonLast ? args.slice(0, -1) : args);
    // The table is that of this program, also where no instance runs.
    if (line === 'help' && !json) {
      writeAll(1, `${commandHelp().join('\n')}\n`);
      return FOUND;
    }
    const { TRACEPARENT: traceparent, BAGGAGE: baggage } = process.env;
    const request: Request = {
      ...{ request: 'ctl', line },
      ...(traceparent ? { traceparent } : {}),
      ...(baggage ? { baggage } : {}),
    };
    const part = (found: unknown): void => {
      if (!json) writeAll(1, printed(`${(found as CtlResult).said}\n`));
    };
    const result = (await callInstance(socketPath(), request, part).catch((error: unknown) => {
      // Without an instance the table of this program says what is wrong.
      const [word = ''] = line.split(/\s+/u);
      if (!(error instanceof NotRunningError) || rowOf(word)) throw error;
      throw new UsageError(`unknown command "${word}" (known: ${NAMES.join(', ')})${suggest(word, NAMES)}`);
    })) as CtlResult;
    const { kind, said } = result;
    if (json) writeAll(1, answerJson(result));
    else if (kind === 'done') writeAll(1, printed(`${said}\n`));
    else for (const text of await failureMessages(line, result)) printMessage(text);
    if (kind === 'refused') return INVALID;
    return isCarriedOut(result) ? FOUND : NOTHING;
  },
};
