import { NAME } from '../../config/field.ts';

/** Characters that may follow a backslash within double quotes as themselves. */
const ESCAPABLE = '"\\`$';

/** Reads one value, from its first character on. */
class ValueReader {
  readonly #text: string;
  at: number;
  value = '';
  /** How much of the value is certain: blanks after it are left out at the end of the line. */
  #certain = 0;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  /** Reads up to the end of the line, or of the last line that belongs to it. */
  read(): string {
    this.#quotedParts();
    while (this.at < this.#text.length && this.#text[this.at] !== '\n') this.#plain();
    return this.value.slice(0, this.#certain);
  }

  /** Parts in quotes come first; blanks around them are left out. */
  #quotedParts(): void {
    for (;;) {
      while (/[ \t\r]/.test(this.#text[this.at] ?? '')) this.at += 1;
      const quote = this.#text[this.at];
      if (quote !== '"' && quote !== "'") return;
      this.at += 1;
      while (this.at < this.#text.length && this.#text[this.at] !== quote) this.#quoted(quote);
      this.at += 1;
      this.#certain = this.value.length;
    }
  }

  #quoted(quote: string): void {
    const one = this.#text[this.at]!;
    const next = this.#text[this.at + 1] ?? '';
    if (quote === '"' && one === '\\' && (next === '\n' || (next !== '' && ESCAPABLE.includes(next)))) {
      if (next !== '\n') this.value += next;
      this.at += 2;
    } else {
      this.value += one;
      this.at += 1;
    }
  }

  #plain(): void {
    const one = this.#text[this.at]!;
    if (one === '\\') {
      const next = this.#text[this.at + 1] ?? '';
      if (next !== '\n') this.value += next;
      this.at += 2;
      this.#certain = this.value.length;
      return;
    }
    this.value += one;
    this.at += 1;
    if (!/[ \t\r]/.test(one)) this.#certain = this.value.length;
  }
}

/** The variables of a file in the syntax of EnvironmentFile= of systemd. Lines that are not assignments are left out, as there. */
export const parseEnvironmentFile = (text: string): Readonly<Record<string, string>> => {
  const variables: [string, string][] = [];
  for (let at = 0; at < text.length; ) {
    const line = /^[ \t\r]*(?:([#;])|([^=\n#;][^=\n]*?)[ \t]*=)?/.exec(text.slice(at, at + 10_000))!;
    const [whole, , name] = line;
    if (name === undefined) {
      const end = text.indexOf('\n', at);
      at = end === -1 ? text.length : end + 1;
      continue;
    }
    const reader = new ValueReader(text, at + whole.length);
    const value = reader.read();
    if (NAME.test(name) && !value.includes('\0')) variables.push([name, value]);
    at = reader.at + 1;
  }
  return Object.fromEntries(variables);
};
