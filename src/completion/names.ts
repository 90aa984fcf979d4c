import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { hostFs, readText } from '../adapters/host-fs.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { loadSubcommands, SUBCOMMAND_NAMES } from '../commands/index.ts';
import { writeAll } from '../commands/stdio.ts';
import type { ArgumentRow, NameOf, OptionRow, Subcommand } from '../commands/subcommand.ts';
import { itemsOf, type NamedItem } from '../config/item-names.ts';
import type { EventsAnswer } from '../control/queries.ts';
import type { Request } from '../control/request.ts';
import type { StatusReport } from '../control/status.ts';
import type { Word } from './model.ts';

/** How long the instance may take to answer, in ms. */
const ANSWER_MS = 300;
/** Files with more bytes are not read: a shell waits. */
const LARGEST = { configuration: 4 << 20, recording: 4 << 20 } as const;

type Source = 'configuration' | 'recording';

/** A file whose items are named on the line. */
interface SourceFile {
  readonly source: Source;
  readonly path: string;
}

/** A name that a shell needs not quote, with what is said beside it. */
interface Found extends Word {
  readonly of: NameOf;
}

const takesValue = ({ flags }: OptionRow): boolean => flags.includes('<');
const flagsOf = ({ flags }: OptionRow): readonly string[] => flags.split(/[ ,]+/);

/** The words of a line as options with their values, and arguments. */
const readWords = ({ options, takes }: Subcommand, words: readonly string[]) => {
  const given: [row: OptionRow | ArgumentRow, value: string][] = [];
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const [flag = '', value] = word.startsWith('--') ? word.split(/=(.*)/s) : [word];
    const row = options.find((one) => flagsOf(one).includes(flag));
    if (row && takesValue(row)) given.push([row, value ?? words[++i] ?? '']);
    else if (!word.startsWith('-')) {
      const taken = takes[Math.min(count++, takes.length - 1)];
      if (taken) given.push([taken, word]);
    }
  }
  return given;
};

/** The file whose items are named on a line, if there is one. */
const sourceOf = (subcommand: Subcommand, words: readonly string[]): SourceFile | undefined => {
  for (const [{ itemsOf: source }, value] of readWords(subcommand, words))
    if (source !== undefined) return { source, path: value.replace(/^~(?=\/)/, homedir()) };
  return undefined;
};

const isReadable = ({ source, path }: SourceFile): boolean => {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size <= LARGEST[source];
};

const foundItems = (items: readonly NamedItem[]): readonly Found[] =>
  items.flatMap(({ section, name, type }): Found[] => {
    const help = `${section}${type === '' ? '' : `, ${type}`}`;
    const cli: readonly Found[] = section === 'event' && type === 'cli' ? [{ of: 'cli-event', name, help }] : [];
    return [{ of: section, name, help }, ...cli];
  });

const ofFile = async (path: string): Promise<readonly Found[]> =>
  foundItems(await itemsOf(path, readText(path), hostFs));

const ofStatus = ({ conditions, tasks }: StatusReport): readonly Found[] => [
  ...conditions.map(
    ({ name, type, group }): Found => ({ of: 'condition', name, help: `condition, ${type}, ${group}` }),
  ),
  ...tasks.map(({ name, type, state }): Found => ({ of: 'task', name, help: `task, ${type}, ${state}` })),
];

const ofTopics = (answer: EventsAnswer): readonly Found[] =>
  'topics' in answer ? answer.topics.map(({ topic }): Found => ({ of: 'topic', name: topic, help: '' })) : [];

/** The items of a dump or a recording. */
const ofRecording = async (path: string): Promise<readonly Found[]> => {
  const { bugReportSource, parseBugReport } = await import('../control/bug-report.ts');
  const { recordingSource } = await import('../control/recording-source.ts');
  const { readRecordingFile } = await import('../adapters/recording-reader.ts');
  const text = readText(path);
  const report = parseBugReport(text.startsWith('{\n') || !text.includes('\n{') ? JSON.parse(text) : undefined);
  const { journal, status } =
    'why' in report ? recordingSource(readRecordingFile(path), path) : bugReportSource(report);
  const known = status([]);
  const topics = [...journal.getEvents().keys()].map((name): Found => ({ of: 'topic', name, help: '' }));
  return [...(known ? ofStatus(known) : []), ...topics];
};

/** What the running instance answers in time. */
const ask = async (request: Request): Promise<unknown> => {
  const { callInstance } = await import('../adapters/control-client.ts');
  return callInstance(socketPath(), request, () => {}, AbortSignal.timeout(ANSWER_MS));
};

const ofInstance = async (wanted: readonly NameOf[]): Promise<readonly Found[]> => {
  if (wanted.includes('topic')) return ofTopics((await ask({ request: 'events' })) as EventsAnswer);
  const status = (await ask({ request: 'status', conditions: [] })) as StatusReport | undefined;
  if (status === undefined) return [];
  const events =
    wanted.some((one) => one.endsWith('event')) && isReadable({ source: 'configuration', path: status.config });
  return [
    ...ofStatus(status),
    ...(events ? (await ofFile(status.config)).filter(({ of }) => of.endsWith('event')) : []),
  ];
};

const namesOf = async (wanted: readonly NameOf[], words: readonly string[]): Promise<readonly Found[]> => {
  const [name = ''] = words;
  const [subcommand] = SUBCOMMAND_NAMES.includes(name) ? await loadSubcommands([name]) : [];
  const file = subcommand && sourceOf(subcommand, words.slice(1, -1));
  if (file === undefined) return ofInstance(wanted);
  if (!isReadable(file)) return [];
  return file.source === 'configuration' ? ofFile(file.path) : ofRecording(file.path);
};

/** The lines for a shell: a name, and after a tab what it is. `current`: the word that is completed. */
const linesFor = (found: readonly Found[], wanted: readonly NameOf[], current: string): readonly string[] => {
  // Several values with commas, and names with their section.
  const [, before = '', section = ''] = /^(.*,)?((?:condition|task|event)\/)?/s.exec(current)!;
  const lines = new Map<string, string>();
  for (const { of, name, help } of found) {
    if (!wanted.includes(of) || !/^[\w./-]+$/.test(name) || (section !== '' && section !== `${of}/`)) continue;
    const word = `${before}${section}${name}`;
    if (!lines.has(word)) lines.set(word, help === '' ? word : `${word}\t${help}`);
  }
  return [...lines.values()];
};

/**
 * Prints the names that a shell offers: those of the file on the line, or else of the running instance. Prints nothing where they are not
 * known, and never waits long. @param args the kinds of names with commas, and the words of the line up to the cursor, from the
 * subcommand on
 */
export const printNames = async ([kinds = '', ...words]: readonly string[]): Promise<number> => {
  const wanted = kinds.split(',') as NameOf[];
  try {
    const lines = linesFor(await namesOf(wanted, words), wanted, words.at(-1) ?? '');
    writeAll(1, lines.map((line) => `${line}\n`).join(''));
  } catch {
    // A message would be in the middle of a line that is being written.
  }
  return 0;
};
