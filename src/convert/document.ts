import { counted } from '../plural.ts';
import { wrap } from '../terminal/wrap.ts';
import { type TomlValue, tomlLines } from './toml.ts';

/** A table of the file that is made. */
export interface ConvertedItem {
  readonly section: 'task' | 'condition' | 'event';
  readonly keys: Readonly<Record<string, TomlValue>>;
}

/** What stands at one place of the source, and what it has become. */
export interface Block {
  /** Comments that are kept, without `#`. */
  readonly kept: readonly string[];
  /** Where it is from, as in `line 7: 0 5 * * 1 backup`. */
  readonly from?: string;
  /** What is good to know about it, and no difference. */
  readonly notes: readonly string[];
  /** What is not the same as before. */
  readonly differs: readonly string[];
  /** What is not in the items: it has no equivalent. */
  readonly lost: readonly string[];
  readonly items: readonly ConvertedItem[];
}

/** A whole file. */
export interface Converted {
  /** What it is made from, as in `the crontab jobs`. */
  readonly from: string;
  /** What holds for all of it, one sentence or two each. */
  readonly general: readonly string[];
  /** Keys at the top. */
  readonly settings: Readonly<Record<string, TomlValue>>;
  /** The table `[defaults]`. */
  readonly defaults: Readonly<Record<string, TomlValue>>;
  readonly blocks: readonly Block[];
}

/** Marks of comments. A person searches for them. */
export const DIFFERS = 'DIFFERS';
export const NOT_CONVERTED = 'NOT CONVERTED';

const WIDTH = 110;

/** Lines of a comment, broken between words; those that follow are indented. */
const comment = (text: string, indent = ''): string =>
  // Control characters cannot stand in a comment of TOML.
  text
    .split(/\r?\n/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those that are replaced
    .map((line) => line.replace(/[\x00-\x08\x0b-\x1f\x7f\p{Surrogate}]/gu, '\ufffd'))
    .flatMap((line) => (line === '' ? [''] : wrap(line, WIDTH - indent.length)))
    .map((line, i) => `# ${i === 0 ? '' : indent}${line}`.trimEnd())
    .join('\n')
    .concat('\n');

/** A line of the source as it is: a line that is broken could not be compared. */
const verbatim = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that are replaced
  `#${text === '' || /^[#!]/.test(text) ? '' : ' '}${text.replace(/[\x00-\x08\x0b-\x1f\x7f\p{Surrogate}]/gu, '\ufffd')}`.trimEnd();

const blockText = ({ kept, from, notes, differs, lost, items }: Block): string => {
  const comments = [
    ...kept.map((line) => `${verbatim(line)}\n`),
    ...(from === undefined ? [] : [`${verbatim(from)}\n`]),
    ...notes.map((text) => comment(text)),
    ...differs.map((text) => comment(`${DIFFERS}: ${text}`, '  ')),
    ...lost.map((text) => comment(`${NOT_CONVERTED}: ${text}`, '  ')),
  ].join('');
  return comments + items.map(({ section, keys }) => `[[${section}]]\n${tomlLines(keys)}`).join('\n');
};

/** How much of a source has been converted. */
export interface Tally {
  readonly items: number;
  readonly differs: number;
  readonly lost: number;
}

export const tallyOf = ({ blocks }: Converted): Tally => ({
  items: blocks.reduce((n, { items }) => n + items.length, 0),
  differs: blocks.reduce((n, { differs }) => n + differs.length, 0),
  lost: blocks.reduce((n, { lost }) => n + lost.length, 0),
});

/** The tally as a sentence. */
export const describeTally = ({ items, differs, lost }: Tally): string => {
  const marks = [
    differs > 0 ? `${counted(differs, 'comment')} "${DIFFERS}"` : '',
    lost > 0 ? `${counted(lost, 'comment')} "${NOT_CONVERTED}"` : '',
  ].filter((text) => text !== '');
  return `${counted(items, 'item')}, ${marks.length === 0 ? 'nothing differs' : marks.join(', ')}`;
};

/** The file as TOML. */
export const documentText = (converted: Converted): string => {
  const { from, general, settings, defaults, blocks } = converted;
  const head = [
    comment(`Converted from ${from}: ${describeTally(tallyOf(converted))}.`),
    comment(`${DIFFERS} marks what is not the same as before, ${NOT_CONVERTED} what is not in this file.`),
    ...general.map((text) => comment(`- ${text}`, '  ')),
  ].join('');
  const top = [
    Object.keys(settings).length > 0 ? `\n${tomlLines(settings)}` : '',
    Object.keys(defaults).length > 0 ? `\n[defaults]\n${tomlLines(defaults)}` : '',
  ].join('');
  return `${head}${top}${blocks.map((block) => `\n${blockText(block)}`).join('')}`;
};
