import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { readText } from './adapters/host-fs.ts';
import type { LogOutputs } from './adapters/log-outputs.ts';
import { describeError } from './call-safely.ts';
import type { Options } from './command-line.ts';
import { ConfigError } from './config/problem.ts';
import type { Config } from './core/spec.ts';
import { isForPrograms } from './log/format-choice.ts';
import { printed } from './log/one-line.ts';
import type { Logger } from './log/record.ts';

/** What the first configuration of a daemon is loaded with. */
interface ConfigurationStart {
  readonly options: Options;
  readonly file: string;
  /** @throws Error of reading it */
  readonly text: () => string;
  readonly outputs: LogOutputs;
  readonly starting: Logger;
}

/** Characters of a start-up text: fewer than a pipe holds, because it may not be read. */
const LONGEST_TEXT = 32_000;

/** Writes to a standard stream at once. A stream that is closed or full gets nothing. */
export const print = (fd: 1 | 2, text: string): void => {
  try {
    writeSync(fd, printed(text));
  } catch {
    // There is no other place for it.
  }
};

/** The start cannot go on: prints one text to standard error, unless the user asked for silence. Returns status 2. */
export const refuse = ({ quiet }: { readonly quiet: boolean }, text: string): 2 => {
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}\n… (the log has the rest)` : text;
  if (!quiet) print(2, `whenever: ${shown.trimEnd()}\n`);
  return 2;
};

/** On one terminal the text of standard error says what the record would say again. A program reads JSON. */
const isSeenTwice = ({ log, quiet, format }: Options): boolean =>
  log === undefined && !quiet && !isForPrograms(format) && isatty(1) && isatty(2);

/** Returns what reads the text of a file, or throws the error of reading it. It is read once: a pipe has it no second time. */
export const readOnce = (file: string): (() => string) => {
  try {
    const text = readText(file);
    return () => text;
  } catch (error) {
    return () => {
      throw error;
    };
  }
};

/** Whether the file may decide where the first record goes. What is wrong with the file is reported when it is loaded. */
export const mentionsLogging = (text: () => string): boolean => {
  try {
    return /\blogging\b/.test(text());
  } catch {
    return false;
  }
};

/** Loads the configuration and opens its log outputs. Returns undefined when the start was refused. */
export const configure = async ({
  options,
  file,
  text,
  outputs,
  starting,
}: ConfigurationStart): Promise<Config | undefined> => {
  let config: Config;
  try {
    const { loadConfigText } = await import('./load-configuration.ts');
    config = await loadConfigText(file, text());
  } catch (error) {
    if (isSeenTwice(options)) outputs.mute();
    const lines = (error as { lines?: readonly string[] }).lines ?? [describeError(error, true)];
    for (const line of lines) starting.error('START/ERR', `configuration refused: ${line}`);
    const problems =
      error instanceof ConfigError ? `invalid configuration: ${error.message}` : `configuration ${lines.join('\n')}`;
    refuse(options, problems);
    return undefined;
  }
  try {
    const { logging } = config.settings;
    if (logging) outputs.configure(logging);
    else outputs.release();
    return config;
  } catch (error) {
    const problem = `cannot open the log output ${describeError(error, true)}`;
    if (isSeenTwice(options)) outputs.mute();
    starting.error('START/ERR', problem);
    refuse(options, problem);
    return undefined;
  }
};
