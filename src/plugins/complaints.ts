/** What is wrong with one thing is reported so often at the most, in ms. */
const EVERY_MS = 60_000;

interface Row {
  readonly at: number;
  /** How often it happened since then, and what came last. */
  more: number;
  last: string;
}

/** Reports what is wrong: each kind of thing at once, and then once a minute with how often it happened. */
export class Complaints {
  readonly #mono: () => number;
  readonly #report: (text: string) => void;
  readonly #rows = new Map<string, Row>();

  /** @param mono monotonic ms */
  constructor(mono: () => number, report: (text: string) => void) {
    this.#mono = mono;
    this.#report = report;
  }

  /** Something has happened; `kind`: what is counted together. */
  add(kind: string, text: string): void {
    const now = this.#mono();
    const row = this.#rows.get(kind);
    if (row !== undefined && now - row.at < EVERY_MS) {
      row.more += 1;
      row.last = text;
      return;
    }
    this.#rows.set(kind, { at: now, more: 0, last: text });
    this.#report(row !== undefined && row.more > 0 ? `${text} (${row.more + 1} times since the last record)` : text);
  }

  /** Reports what has only been counted so far. */
  flush(): void {
    for (const { more, last } of this.#rows.values())
      if (more > 0) this.#report(`${last} (${more} times since the last record)`);
    this.#rows.clear();
  }
}
