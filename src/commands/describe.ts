import { type Description, describeConfig } from '../describe/describe.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { chosenFile } from './chosen-file.ts';
import { loadConfigFile } from './load-config.ts';
import { FOUND } from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

type DescribeOptions = { readonly json?: true };

const INDENT = '  ';

/** Items of one section: each its name, and below it what it means. */
const section = (title: string, items: Description['tasks'], terminal: Terminal): string => {
  if (items.length === 0) return '';
  const parts = items.map(({ name, text }) => {
    const words = paragraph(`${INDENT}${oneLine(text.join(' '))}`, terminal.width, INDENT.length);
    return `${terminal.paint('bold', name)}\n${words}`;
  });
  return `\n${terminal.paint('dim', title)}\n\n${parts.join('\n')}`;
};

/** The description as text that fits the terminal. */
const formatText = (file: string, { text, conditions, tasks, events, unused }: Description): string => {
  const terminal = stdoutTerminal();
  return [
    paragraph(oneLine(`${file}: ${text.join(' ')}`), terminal.width),
    section('CONDITIONS', conditions, terminal),
    section('TASKS', tasks, terminal),
    section('EVENTS', events, terminal),
    ...(unused.length > 0 ? [`\n${paragraph(oneLine(unused.join(' ')), terminal.width)}`] : []),
  ].join('');
};

export const describeCommand: Subcommand<DescribeOptions> = {
  name: 'describe',
  help: 'say in sentences what a file means: when each condition runs what, and what becomes of failures and misses',
  takes: [
    { form: '[FILE]', help: 'the configuration file; default: the one that is read when none is named', path: true },
  ],
  options: [{ flags: '--json', help: 'JSON instead of text' }],
  page: 'setup',
  exitStatus: 'Status 0: it was described; 2: the file would be refused.',
  examples: ['whenever describe my.toml'],
  run: async ({ args: [given], options: { json } }) => {
    const file = chosenFile(given);
    const found = describeConfig(await loadConfigFile(file));
    writeAll(1, json ? `${printedJson(JSON.stringify({ file, ...found }))}\n` : formatText(file, found));
    return FOUND;
  },
};
