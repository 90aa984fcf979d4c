import { marked, type Token, type Tokens } from 'marked';

/** An entry of a table of the program: a word and what it means, shown as they are, without marks of Markdown. */
export interface Entry {
  readonly term: string;
  readonly text: string;
}

/** What fills a slot of the Markdown. `tight`: no blank lines between entries, which begin beside their words. */
export type Filling = readonly (
  | { readonly markdown: string }
  | { readonly entries: readonly Entry[]; readonly tight?: boolean }
)[];

/** A page, apart from its text. */
interface PageOptions {
  /** Stands at the foot, such as the version. */
  readonly footer: string;
  /** Returns what stands in the place of `<!-- table: SLOT -->`. */
  readonly fill: (slot: string) => Filling;
}

const SECTIONS: Readonly<Record<string, string>> = {
  1: 'User Commands',
  5: 'File Formats',
  7: 'Miscellaneous Information',
};

/** Characters that have a name in roff; everything else beyond ASCII is written by its number. */
const NAMED: Readonly<Record<string, string>> = { '…': '...', '–': '\\[en]', '—': '\\[em]', '−': '\\-', '→': '\\[->]' };

/** Text as roff shows it literally. */
const escapeRoff = (text: string): string =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    // Words with an underscore are never broken: people copy them.
    .replace(/\S*_\S*/g, '\\%$&')
    .replace(/\P{ASCII}/gu, (c) => NAMED[c] ?? `\\[u${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(/^([.'])/gm, '\\&$1');

const FONTS: Readonly<Record<string, string>> = { codespan: 'B', strong: 'B', em: 'I' };

/** The tokens that one has in it. */
const partsOf = (token: Token): readonly Token[] => ('tokens' in token && token.tokens) || [];

/** The words of running text, without marks. */
const plain = (tokens: readonly Token[]): string =>
  tokens.map((token) => ('tokens' in token ? plain(partsOf(token)) : (token as Tokens.Text).text)).join('');

/** Running text on one line: `literal` words in bold, *placeholders* in italics. */
const inline = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => {
      const text = escapeRoff(plain([token]).replace(/\s*\n\s*/g, ' '));
      const font = FONTS[token.type];
      return font ? `\\f${font}${text}\\fR` : text;
    })
    .join('')
    .replace(/^([.'])/, '\\&$1');

const code = (text: string): string[] => ['.RS 4', '.EX', escapeRoff(text.replace(/^\n|\s+$/g, '')), '.EE', '.RE'];

/** One entry of a list of definitions, in roff. */
interface Definition {
  readonly term: string;
  /** How wide the term is on a terminal. */
  readonly width: number;
  readonly body: readonly string[];
}

const WIDEST_TERM = 24;

/** A list of words and what they mean. In a tight one the meaning begins beside the word, where there is room for it. */
const definitions = (list: readonly Definition[], tight: boolean): string[] => {
  const indent = Math.min(WIDEST_TERM, Math.max(...list.map(({ width }) => width)) + 2);
  return list.flatMap(({ term, body }, i) => [
    ...(tight && i === 1 ? ['.PD 0'] : []),
    ...[tight ? `.TP ${indent}` : '.TP', term, ...body],
    ...(tight && i > 0 && i === list.length - 1 ? ['.PD'] : []),
  ]);
};

/** `**WORD**: meaning` as a definition; undefined for any other item. */
const definitionOf = ({ tokens }: Tokens.ListItem): Definition | undefined => {
  const [words, rest] = [tokens.slice(0, 1).flatMap(partsOf), tokens.slice(1)];
  const colon = words.findIndex(({ type, raw }) => type === 'text' && /^: /.test(raw));
  if (words[0]?.type !== 'strong' || colon < 0) return undefined;
  const [mark, ...meaning] = words.slice(colon);
  const text = `${escapeRoff((mark as Tokens.Text).text.slice(2).replace(/\s*\n\s*/g, ' '))}${inline(meaning)}`;
  return {
    term: inline(words.slice(0, colon)),
    width: plain(words.slice(0, colon)).length,
    body: [text, ...rest.flatMap((token) => (token.type === 'code' ? code(token.text) : paragraph(token, '.IP')))],
  };
};

const definitionOfEntry = ({ term, text }: Entry): Definition => ({
  term: `\\fB${escapeRoff(term)}\\fR`,
  width: term.replaceAll('…', '...').length,
  body: [escapeRoff(text)],
});

const paragraph = (token: Token, macro: string): string[] =>
  token.type === 'space' ? [] : [macro, inline(partsOf(token))];

const listOf = ({ items, loose, ordered }: Tokens.List): string[] => {
  const defined = items.map(definitionOf);
  if (defined.every((definition) => definition !== undefined)) return definitions(defined, !loose);
  const mark = (i: number): string => (ordered ? `.IP ${i + 1}. 3` : '.IP \\(bu 2');
  return items.flatMap(({ tokens }, i) => [
    ...(i === 1 ? ['.PD 0'] : []),
    ...tokens.flatMap((token, j) => paragraph(token, j === 0 ? mark(i) : '.IP')),
    ...(i > 0 && i === items.length - 1 ? ['.PD'] : []),
  ]);
};

const title = (text: string): string => escapeRoff(text).replace(/"/g, '\\[dq]');

/** `# NAME(SECTION) -- what it is`: the head of the page, and the section that apropos(1) reads. */
const head = (text: string, footer: string): string[] => {
  const [, name, section, what] = /^([\w.-]+)\((\d)\) -- (.+)$/.exec(text) ?? [];
  if (name === undefined || section === undefined || what === undefined)
    throw new Error(`a manual page begins with "# NAME(SECTION) -- WHAT", found "${text}"`);
  return [
    `.TH ${name.toUpperCase()} ${section} "" "${footer}" "${SECTIONS[section]}"`,
    ...['.nr HY 0', '.ad l', '.SH NAME', `${escapeRoff(name)} \\- ${escapeRoff(what)}`],
  ];
};

/** A block of Markdown in roff. @throws Error for what manual pages here do not use. */
const block = (token: Token, options: PageOptions): string[] => {
  switch (token.type) {
    case 'space':
      return [];
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading;
      if (depth === 1) return head(plain(tokens), options.footer);
      return [depth === 2 ? `.SH ${title(plain(tokens).toUpperCase())}` : `.SS ${title(plain(tokens))}`];
    }
    case 'paragraph':
      return paragraph(token, '.PP');
    case 'code':
      return ['.PP', ...code(token.text)];
    case 'list':
      return listOf(token as Tokens.List);
    case 'html': {
      const slot = /^<!-- table: (.+) -->/.exec(token.raw)?.[1];
      if (slot === undefined) return [];
      return options
        .fill(slot)
        .flatMap((part) =>
          'markdown' in part
            ? blocks(part.markdown, options)
            : definitions(part.entries.map(definitionOfEntry), part.tight === true),
        );
    }
    default:
      throw new Error(`a manual page cannot have a ${token.type}: ${token.raw}`);
  }
};

const blocks = (markdown: string, options: PageOptions): string[] =>
  marked.lexer(markdown).flatMap((token) => block(token, options));

/** A manual page of the man macros, made from Markdown. @throws Error for Markdown that it does not know. */
export const toRoff = (markdown: string, options: PageOptions): string =>
  `${['.\\" Generated by "npm run man" from docs/man and the tables of the program. Do not edit.', ...blocks(markdown, options)].join('\n')}\n`;
