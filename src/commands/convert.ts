import { existsSync } from 'node:fs';
import { hostFs } from '../adapters/host-fs.ts';
import { codeFrame } from '../config/code-frame.ts';
import { ConfigError } from '../config/problem.ts';
import { suggest } from '../config/suggest.ts';
import { type Converted, describeTally, documentText, tallyOf } from '../convert/document.ts';
import { type ConvertHost, type SourceProblem, UnreadableSource } from '../convert/host.ts';
import { countText } from '../terminal/progress.ts';
import { convertHost, readSource, readUnits, writeNew } from './convert-host.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, showProgress, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

interface ConvertOptions {
  readonly output?: string;
  readonly form?: 'user' | 'system';
  readonly cronEnvironment?: true;
  readonly strict?: true;
}

const SOURCES = ['crontab', 'systemd', 'when'] as const;

/** What each source is read by, imported late. */
const CONVERTERS: Readonly<
  Record<(typeof SOURCES)[number], (path: string, options: ConvertOptions, host: ConvertHost) => Promise<Converted>>
> = {
  crontab: async (path, { form, cronEnvironment }, host) => {
    const { convertCrontab } = await import('../convert/crontab.ts');
    return convertCrontab(path, readSource(path), host, {
      ...(form ? { form } : {}),
      ...(cronEnvironment ? { cronEnvironment } : {}),
    });
  },
  systemd: async (path, { form }, host) => {
    const { convertSystemd } = await import('../convert/systemd.ts');
    return convertSystemd(readUnits(path), host, form ? { form } : {});
  },
  when: async (path, _, host) => {
    const { convertWhen } = await import('../convert/when.ts');
    return convertWhen(path, readSource(path), host);
  },
};

/** Why the program would refuse the file that was made, a line each. */
const refusals = async (name: string, text: string): Promise<readonly string[]> => {
  const [{ loadConfig }, { registry }] = await Promise.all([
    import('../config/load.ts'),
    import('../items/registry.ts'),
  ]);
  try {
    await loadConfig(name, text, registry, hostFs);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
};

const isSource = (word: string): word is (typeof SOURCES)[number] => (SOURCES as readonly string[]).includes(word);

/** A problem with a picture, as lines. */
const shown = ({ file, line, column, text, source }: SourceProblem): string[] => [
  `${file}:${line}:${column}: ${text}`,
  ...codeFrame(source, { line, column })
    .split('\n')
    .map((row) => `    ${row}`),
];

const alreadyThere = (path: string): UsageError =>
  new UsageError(`${path} exists already and is not overwritten: expected a path where there is nothing`);

export const convertCommand: Subcommand<ConvertOptions> = {
  name: 'convert',
  help: 'make a configuration file of a crontab, of timers of systemd, or of the items of When',
  takes: [
    { form: '<KIND>', help: 'one of crontab, systemd, when', words: SOURCES },
    { form: '<PATH>', help: 'a crontab, or - for standard input; a directory of units; a file of items', path: true },
  ],
  options: [
    {
      flags: '-o, --output <FILE>',
      help: 'write this file, which must not exist; default: standard output',
      path: true,
    },
    {
      flags: '--form <FORM>',
      help: 'of the system (a crontab with a user field, units of the system) or of a user; default: by the path and the lines',
      choices: ['user', 'system'],
    },
    {
      flags: '--cron-environment',
      help: 'of a crontab: give jobs the small environment of cron, and not that of the scheduler',
    },
    { flags: '--strict', help: 'status 1 also when something differs' },
  ],
  page: 'setup',
  exitStatus:
    'Status 0: all of it was converted; 1: something has no equivalent, has to be mended first, or, with --strict, differs; 2: the source cannot be read, and nothing is written.',
  examples: [
    'whenever convert systemd ~/.config/systemd/user -o timers.toml',
    'crontab -l | whenever convert crontab - > jobs.toml',
  ],
  run: async ({ args: [kind = '', path = ''], options }) => {
    if (!isSource(kind))
      throw new UsageError(`expected one of ${SOURCES.join(', ')}, found "${kind}"${suggest(kind, SOURCES)}`);
    const { output, strict } = options;
    if (kind !== 'crontab' && options.cronEnvironment) throw new UsageError('--cron-environment goes with crontab');
    if (output !== undefined && existsSync(output)) throw alreadyThere(output);
    const converted = await convert(kind, path, options);
    const text = documentText(converted);
    if (output === undefined) writeAll(1, text);
    else if (!writeNew(output, text)) throw alreadyThere(output);
    const tally = tallyOf(converted);
    printMessage(`${output === undefined ? 'converted' : `${output} written`}: ${describeTally(tally)}`);
    // What the source names may not exist here, such as a time zone.
    const refused = await refusals(output ?? 'the file', text);
    for (const line of refused) printMessage(`to be mended before it is used: ${line}`);
    return refused.length > 0 || tally.lost > 0 || (strict && tally.differs > 0) ? NOTHING : FOUND;
  },
};

const convert = async (kind: (typeof SOURCES)[number], path: string, options: ConvertOptions): Promise<Converted> => {
  const progress = showProgress(`converting ${path}`, countText(kind === 'crontab' ? 'lines' : 'units'), 16);
  const host = convertHost((done, total) => progress.at(done, done / total));
  try {
    return await CONVERTERS[kind](path, options, host);
  } catch (error) {
    if (!(error instanceof UnreadableSource)) throw error;
    throw new UsageError(...error.problems.flatMap(shown));
  } finally {
    progress.clear();
  }
};
