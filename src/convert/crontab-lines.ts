import { CRON_NICKNAMES } from '../items/common/cron-pattern.ts';
import { type CronFields, FieldError, readCronFields } from './cron-fields.ts';
import { type SourceProblem, UnreadableSource } from './host.ts';

/** When a job runs: by its fields, so many seconds after the end of its last run as in FreeBSD, or when cron starts. */
type CronWhen = CronFields | { readonly seconds: number } | 'reboot';

/** One job of a crontab. */
export interface CronJob {
  readonly kind: 'job';
  readonly line: number;
  /** The line as it stands there. */
  readonly text: string;
  readonly when: CronWhen;
  /** The user field of the system form. */
  readonly user?: string;
  readonly command: string;
  /** What stands after the first `%`: its standard input. */
  readonly input?: string;
  /** Flags before the command, as in OpenBSD and FreeBSD. */
  readonly flags: readonly string[];
  /** A `-` before the fields, as in SUSE. */
  readonly unlogged: boolean;
  /** It stands behind a `#`. */
  readonly disabled: boolean;
}

/** A line that sets a variable for those below it. */
interface CronVariable {
  readonly kind: 'variable';
  readonly line: number;
  readonly name: string;
  readonly value: string;
}

interface CronComment {
  readonly kind: 'comment';
  readonly text: string;
}

export type CronLine = CronJob | CronVariable | CronComment | { readonly kind: 'blank' };

const NICKNAMES = Object.keys(CRON_NICKNAMES).map((name) => name.slice(1));
/** Those of FreeBSD. */
const MORE_NICKNAMES: Readonly<Record<string, string>> = { every_minute: '* * * * *' };

const VARIABLE = /^\s*(?:"(?<a>[A-Za-z_]\w*)"|'(?<b>[A-Za-z_]\w*)'|(?<c>[A-Za-z_]\w*))\s*=\s*(?<value>.*?)\s*$/;
/** `* * * * * command to be executed`: the heads of crontabs say so. */
const EXPLANATION = /\bcommand to (?:be )?execute/i;

class LineError extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;

/** What stands before the command. */
interface Head {
  readonly when: CronWhen;
  /** Where the rest begins. */
  readonly end: number;
}

const nickname = (word: string, offset: number): CronWhen => {
  const name = word.slice(1).toLowerCase();
  if (name === 'reboot') return 'reboot';
  if (/^[1-9]\d{0,8}$/.test(name)) return { seconds: Number(name) };
  const pattern = NICKNAMES.includes(name) ? `@${name}` : MORE_NICKNAMES[name];
  if (pattern !== undefined) return { pattern, notes: [], differs: [] };
  const known = [...NICKNAMES, ...Object.keys(MORE_NICKNAMES), 'reboot'].map((known) => `@${known}`).join(', ');
  throw new LineError(offset, `expected one of ${known}, found "${word}"`);
};

const readHead = (line: string, start: number): Head => {
  const words = [...line.slice(start).matchAll(/\S+/g)].slice(0, 5);
  const at = (i: number) => start + words[i]!.index;
  const [first] = words;
  if (first?.[0].startsWith('@')) return { when: nickname(first[0], at(0)), end: at(0) + first[0].length };
  if (words.length < 5)
    throw new LineError(
      line.length,
      `expected five fields (minute, hour, day of month, month, day of week) and a command, a name such as @daily and a command, or NAME=value; found ${words.length === 0 ? 'nothing' : `"${line.slice(start)}"`}`,
    );
  try {
    return { when: readCronFields(words.map(([word]) => word)), end: at(4) + words[4]![0].length };
  } catch (error) {
    if (error instanceof FieldError) throw new LineError(at(error.field) + error.offset, error.message);
    throw error;
  }
};

/** The command up to the first `%`, and what follows as lines. `\%` is a percent sign. */
const splitInput = (text: string): { command: string; input?: string } => {
  const [command = '', ...lines] = text.split(/(?<!\\)%/).map((part) => part.replaceAll('\\%', '%'));
  return lines.length === 0 ? { command } : { command: command.trimEnd(), input: lines.join('\n').replace(/\n$/, '') };
};

/** Flags such as `-n` and `-q`, which stand before the command. */
const takeFlags = (text: string): { flags: string[]; rest: string } => {
  const flags: string[] = [];
  let rest = text;
  for (let m = /^(-[nqs]+)\s+/.exec(rest); m; m = /^(-[nqs]+)\s+/.exec(rest)) {
    flags.push(m[1]!);
    rest = rest.slice(m[0].length);
  }
  return { flags, rest };
};

const readJob = (line: string, number: number, system: boolean, disabled: boolean): CronJob => {
  const begin = disabled ? 1 : line.search(/\S/);
  const unlogged = line[begin] === '-';
  const { when, end } = readHead(line, unlogged ? begin + 1 : begin);
  let rest = line.slice(end).trim();
  let user: string | undefined;
  if (system) {
    const m = /^(\S+)\s+/.exec(rest);
    if (m === null) throw new LineError(end + 1, `expected a user and a command, found "${rest}"`);
    user = m[1]!;
    rest = rest.slice(m[0].length);
  }
  const { flags, rest: text } = takeFlags(rest);
  const { command, input } = splitInput(text);
  if (command === '') throw new LineError(line.length, 'expected a command after the time, found nothing');
  return {
    kind: 'job',
    line: number,
    text: line.trim(),
    when,
    ...(user === undefined ? {} : { user }),
    command,
    ...(input === undefined ? {} : { input }),
    flags,
    unlogged,
    disabled,
  };
};

/** A job behind a `#`, as an editor leaves it; undefined: a comment. */
const disabledJob = (line: string, number: number, system: boolean): CronJob | undefined => {
  if (!/^#[-*\d@]/.test(line) || EXPLANATION.test(line)) return undefined;
  try {
    return readJob(line, number, system, true);
  } catch {
    return undefined;
  }
};

const readLine = (line: string, number: number, system: boolean): CronLine => {
  if (line.trim() === '') return { kind: 'blank' };
  if (line.trimStart().startsWith('#'))
    return disabledJob(line.trim(), number, system) ?? { kind: 'comment', text: line.trim().replace(/^# ?/, '') };
  const variable = VARIABLE.exec(line)?.groups;
  if (variable !== undefined)
    return {
      kind: 'variable',
      line: number,
      name: (variable.a ?? variable.b ?? variable.c)!,
      value: unquoted(variable.value!),
    };
  return readJob(line, number, system, false);
};

/**
 * The lines of a crontab.
 * @throws UnreadableSource for what cron would refuse.
 */
export const readCrontab = (file: string, source: string, system: boolean): CronLine[] => {
  const problems: SourceProblem[] = [];
  const lines: CronLine[] = [];
  for (const [i, line] of source.split(/\r?\n/).entries()) {
    try {
      lines.push(readLine(line, i + 1, system));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      problems.push({ file, line: i + 1, column: error.offset + 1, text: error.message, source });
    }
  }
  if (problems.length > 0) throw new UnreadableSource(problems);
  return lines;
};

/** Whether the lines have a user field, by their sixth words: all are users, and one of them is root or the own one. */
export const looksLikeSystem = (
  file: string,
  source: string,
  user: string,
  isUser: (name: string) => boolean,
): boolean => {
  if (/(?:^|\/)(?:etc\/crontab|cron\.d\/[^/]+)$/.test(file)) return true;
  const sixth = source
    .split(/\r?\n/)
    .filter((line) => !/^\s*(?:#|$)/.test(line) && !VARIABLE.test(line))
    .map((line) => /^\s*(?:@\S+|\S+(?:\s+\S+){4})\s+(\S+)\s+\S/.exec(line)?.[1] ?? '');
  return (
    sixth.length > 0 && sixth.every((word) => isUser(word)) && sixth.some((word) => word === 'root' || word === user)
  );
};
