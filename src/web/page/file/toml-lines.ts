/** What a part of a line is; it has the colour of this name. */
export type TokenType = 'comment' | 'header' | 'key' | 'string' | 'number' | 'word' | 'other';

/** A part of a line. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
}

/** The quotes of a string that goes on over lines; undefined: none does. */
type Open = '"""' | "'''" | undefined;

/** Where a string of several lines ends. A backslash counts only in one of the two kinds. */
const ENDS: Readonly<Record<NonNullable<Open>, RegExp>> = { '"""': /(?:\\.|[^\\])*?"{3,5}/y, "'''": /.*?'{3,5}/y };

const HEADER = /\s*\[.*?\](?=\s*(?:#|$))/y;
/** Before the value of a line: bare and quoted keys with dots, up to the equals sign. */
const KEY = /\s*(?:[\w-]+|"(?:\\.|[^"\\])*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"(?:\\.|[^"\\])*"|'[^']*'))*(?=\s*=)/y;

/** The parts of a value, the longest first. */
const PARTS: readonly (readonly [type: TokenType, pattern: RegExp])[] = [
  ['comment', /#.*/y],
  ['string', /"(?!"")(?:\\.|[^"\\])*"?|'(?!'')[^']*'?/y],
  ['number', /[+-]?(?:\d[\w.:+-]*(?: \d\d:\d\d[\w.:+-]*)?|inf\b|nan\b)/y],
  ['word', /(?:true|false)\b/y],
  ['other', /[^#"'\d\w+-]+|\w+|./y],
];

/** Reads lines of TOML one after the other. What is not TOML gets some colour, and is never left out. */
class LineReader {
  #open: Open;
  #tokens: Token[] = [];
  #line = '';
  #at = 0;

  read(line: string): readonly Token[] {
    this.#tokens = [];
    this.#line = line;
    this.#at = 0;
    if (this.#open) this.#close(this.#open);
    else if (!this.#take('header', HEADER)) this.#take('key', KEY);
    while (this.#at < line.length) this.#part();
    return this.#tokens;
  }

  #part(): void {
    const quotes = this.#line.slice(this.#at, this.#at + 3);
    if (quotes === '"""' || quotes === "'''") {
      this.#put('string', quotes);
      this.#open = quotes;
      this.#close(quotes);
      return;
    }
    for (const [type, pattern] of PARTS) if (this.#take(type, pattern)) break;
    // The keys of an inline table.
    const before = this.#tokens.at(-1)?.text.trimEnd().at(-1);
    if (before === '{' || before === ',') this.#take('key', KEY);
  }

  /** Takes what is left of a string of several lines, if it ends here, or else all of the line. */
  #close(quotes: NonNullable<Open>): void {
    if (this.#take('string', ENDS[quotes])) this.#open = undefined;
    else if (this.#at < this.#line.length) this.#put('string', this.#line.slice(this.#at));
  }

  #take(type: TokenType, pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const [text = ''] = pattern.exec(this.#line) ?? [];
    if (text === '') return false;
    this.#put(type, text);
    return true;
  }

  #put(type: TokenType, text: string): void {
    this.#at += text.length;
    this.#tokens.push({ type, text });
  }
}

/** Lines of TOML in their parts. */
export const tokensOf = (lines: readonly string[]): (readonly Token[])[] => {
  const reader = new LineReader();
  return lines.map((line) => reader.read(line));
};

const SECTION = /^\s*\[\[\s*(?<section>condition|task|event)\s*\]\]/;
const NAME = /^\s*(?:name|"name"|'name')\s*$/;

/** An item of the file: `condition/NAME`, and the lines of its header and of its name, from 0. */
export interface ItemPlace {
  readonly key: string;
  readonly header: number;
  readonly line: number;
}

/** The items of a file, by its lines. */
export const itemsIn = (lines: readonly (readonly Token[])[]): ItemPlace[] => {
  const items: ItemPlace[] = [];
  let open: { readonly section: string; readonly header: number } | undefined;
  for (const [line, [first, ...rest]] of lines.entries()) {
    if (first?.type === 'header') {
      const section = SECTION.exec(first.text)?.groups?.section;
      // A table within the item does not end it, but its names are others.
      open = section === undefined ? undefined : { section, header: line };
    } else if (open && first?.type === 'key' && NAME.test(first.text)) {
      const name = rest.find(({ type }) => type === 'string')?.text.slice(1, -1);
      if (name) items.push({ key: `${open.section}/${name}`, header: open.header, line });
      open = undefined;
    }
  }
  return items;
};
