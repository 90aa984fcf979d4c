import type { IncludePattern } from '../core/spec.ts';
import type { ConfigFiles, HostFs } from '../items/kind.ts';
import { isTable, type Table } from './field.ts';
import { type Home, IncludedFiles, type SourceFile } from './included-files.ts';
import type { Problem, ProblemList } from './problem.ts';
import { globalFields } from './read-fields.ts';
import { type SectionName, sectionText } from './section.ts';
import { suggest } from './suggest.ts';

/** Files that one configuration includes at the most. */
const MOST_FILES = 1000;

/** What an included file can have. */
const SECTIONS: readonly SectionName[] = ['task', 'condition', 'event'];

const WILD = /[*?[]/;

/** Whether a name stands for others. */
export const isPattern = (name: string): boolean => WILD.test(name);

/** A class of characters, in which a bracket that comes first is one of them; else one character. */
const TOKEN = /\[[!^]?\]?[^\]]*\]|[\s\S]/gu;

/** A part of a pattern as an expression. */
const expressionOf = (token: string): string => {
  if (token === '*') return '.*';
  if (token === '?') return '.';
  if (token.length < 3 || token[0] !== '[') return token.replace(/[.+^${}()|\\/[\]]/g, '\\$&');
  const negated = /^\[[!^]/.test(token);
  return `[${negated ? '^' : ''}${token.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&')}]`;
};

/**
 * Whether a pattern fits the name of a file: `*` is any characters, `?` one, `[a-c]` one of a class, `[!a-c]` one of no class. Names that begin
 * with a dot need a pattern that does.
 */
export const matchesName = (pattern: string, name: string): boolean => {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  try {
    return new RegExp(`^${pattern.replace(TOKEN, expressionOf)}$`, 'su').test(name);
  } catch {
    // A range that is out of order fits nothing.
    return false;
  }
};

/** Where the last part of a path begins. */
const lastPart = (path: string, platform: string): number =>
  Math.max(path.lastIndexOf('/'), platform === 'win32' ? path.lastIndexOf('\\') : -1) + 1;

/** An entry of `include`, and what it stands for. */
interface Entry {
  readonly index: number;
  readonly written: string;
  readonly pattern: IncludePattern;
}

const wrongEntry = (written: string, platform: string): string | undefined => {
  if (written === '') return 'expected the name of a file or a pattern, found an empty string';
  const at = lastPart(written, platform);
  if (at === written.length) return `expected the name of a file or a pattern such as "${written}*.toml"`;
  if (WILD.test(written.slice(0, at))) return 'expected wildcards in the last part of the path only';
  if (/^~(?:\/|$)/.test(written)) return 'a path that begins with "~" is not replaced here: write the whole path';
  return undefined;
};

/** The text of a file, or what is wrong with it. */
type Text = { readonly text: string } | { readonly reason: string };

const add = (found: ProblemList, index: number | undefined, text: string, more: Partial<Problem> = {}): void =>
  found.add({
    path: index === undefined ? ['include'] : ['include', index],
    at: 'value',
    text: `include: ${text}`,
    ...more,
  });

/** The entries of `include`. What is not an array of texts is reported where the key is read. */
const entriesOf = (file: string, list: unknown, machine: HostFs, files: ConfigFiles, found: ProblemList): Entry[] => {
  if (!Array.isArray(list)) return [];
  return list.flatMap((written: unknown, index): Entry[] => {
    if (typeof written !== 'string') return [];
    const wrong = wrongEntry(written, machine.platform);
    if (wrong !== undefined) {
      add(found, index, wrong);
      return [];
    }
    const at = lastPart(written, machine.platform);
    const directory = files.beside(file, written.slice(0, at).replace(/(?<=.)[/\\]$/, '') || '.');
    return [{ index, written, pattern: { directory, name: written.slice(at) } }];
  });
};

/** The paths that an entry stands for, sorted. */
const pathsOf = async (
  { index, written, pattern }: Entry,
  files: ConfigFiles,
  found: ProblemList,
): Promise<string[]> => {
  const { directory, name } = pattern;
  if (!WILD.test(name)) return [files.join(directory, name)];
  try {
    const names = (await files.list(directory)).filter((one) => matchesName(name, one));
    return names.sort().map((one) => files.join(directory, one));
  } catch (error) {
    add(found, index, `"${written}": ${(error as Error).message}`, { id: 'unreadable' });
    return [];
  }
};

const readText = async (path: string, files: ConfigFiles): Promise<Text> => {
  try {
    return { text: await files.read(path) };
  } catch (error) {
    return { reason: (error as Error).message };
  }
};

/** The files that `include` stands for, each once. */
const readFiles = async (
  main: SourceFile,
  entries: readonly Entry[],
  files: ConfigFiles,
  empty: Set<number>,
  found: ProblemList,
): Promise<readonly SourceFile[]> => {
  const wanted: { readonly path: string; readonly index: number }[] = [];
  for (const entry of entries) {
    const paths = await pathsOf(entry, files, found);
    if (paths.length === 0) empty.add(entry.index);
    for (const path of paths) wanted.push({ path, index: entry.index });
  }
  if (wanted.length > MOST_FILES) {
    add(found, undefined, `expected at most ${MOST_FILES} files, these are ${wanted.length}`);
    return [];
  }
  const identities = await Promise.all(
    [main.file, ...wanted.map(({ path }) => path)].map((path) => files.identity(path)),
  );
  const [own, ...others] = identities;
  const seen = new Set<string>();
  const once = wanted.filter(({ path, index }, i) => {
    const identity = others[i]!;
    if (identity === own) add(found, index, `"${path}" is the file itself`, { id: 'include-twice' });
    else if (seen.has(identity)) add(found, index, `"${path}" is included already`, { id: 'include-twice' });
    const isNew = identity !== own && !seen.has(identity);
    seen.add(identity);
    return isNew;
  });
  const texts = await Promise.all(once.map(({ path }) => readText(path, files)));
  return once.flatMap(({ path, index }, i): SourceFile[] => {
    const result = texts[i]!;
    if ('text' in result) return [{ file: path, text: result.text }];
    add(found, index, result.reason, { id: 'unreadable' });
    return [];
  });
};

/** What is at the top of an included file and must not be. */
const checkKeys = ({ file }: SourceFile, table: Table, found: ProblemList): void => {
  const others = [...Object.keys(globalFields), 'logging', 'history', 'fleet', 'defaults'];
  for (const key of Object.keys(table)) {
    if ((SECTIONS as readonly string[]).includes(key)) continue;
    const known = others.includes(key);
    const text = known
      ? `${key}: expected it in the main file: an included file has tasks, conditions and events only`
      : `unknown key "${key}"${suggest(key, SECTIONS)}`;
    found.add({ file, path: [key], at: 'key', text, id: known ? 'include-key' : 'unknown-key' });
  }
};

const isTables = (list: unknown): list is readonly Table[] => Array.isArray(list) && list.every(isTable);

/** Adds the items of the included files to those of the main file. */
const merge = (
  main: SourceFile,
  root: Table,
  included: readonly (readonly [SourceFile, Table])[],
  { patterns, empty }: Pick<IncludedFiles, 'patterns' | 'empty'>,
  found: ProblemList,
): { readonly root: Table; readonly included: IncludedFiles } => {
  const merged: Table = { ...root };
  const homes: Record<SectionName, Home[]> = { task: [], condition: [], event: [] };
  for (const section of SECTIONS) {
    const own = root[section] ?? [];
    // What is wrong with it is reported where the section is read.
    if (!isTables(own)) continue;
    const all = [...own];
    homes[section] = own.map((_, index) => ({ source: main, index }));
    for (const [source, table] of included) {
      const list = table[section] ?? [];
      if (!isTables(list)) {
        found.add({ file: source.file, path: [section], at: 'key', text: sectionText(section, list) });
        continue;
      }
      for (const [index, item] of list.entries()) {
        all.push(item);
        homes[section].push({ source, index });
      }
    }
    if (all.length > 0) merged[section] = all;
  }
  const files = included.map(([source]) => source);
  return { root: merged, included: new IncludedFiles(main, files, patterns, homes, empty) };
};

/** Parses a text as TOML: its tables, or what is wrong with it. */
export type Parse = (text: string) => Promise<Table | readonly Problem[]>;

/** What a file and those that it includes say together. `broken`: one of them is not TOML, so the whole is not known. */
export interface Whole {
  readonly root: Table;
  readonly included: IncludedFiles;
  readonly broken: boolean;
}

/** Reads the files that a file includes. What is wrong with them is added to the problems. */
export const readIncluded = async (
  main: SourceFile,
  root: Table,
  parse: Parse,
  machine: HostFs,
  found: ProblemList,
): Promise<Whole> => {
  const { files } = machine;
  if (files === undefined) {
    add(found, undefined, 'other files cannot be included here');
    return { ...merge(main, root, [], { patterns: [], empty: new Set() }, found), broken: true };
  }
  const entries = entriesOf(main.file, root.include, machine, files, found);
  const parsed: [SourceFile, Table][] = [];
  const before = found.problems.length;
  const empty = new Set<number>();
  for (const source of await readFiles(main, entries, files, empty, found)) {
    const table = await parse(source.text);
    if (Array.isArray(table))
      for (const problem of table as readonly Problem[]) found.add({ ...problem, file: source.file });
    parsed.push([source, Array.isArray(table) ? {} : (table as Table)]);
  }
  // What a file that cannot be read would have had is missing elsewhere: only that is reported.
  const broken = found.problems.length > before;
  for (const [source, table] of parsed) checkKeys(source, table, found);
  const patterns = entries.map(({ pattern }) => pattern);
  return { ...merge(main, root, parsed, { patterns, empty }, found), broken };
};
