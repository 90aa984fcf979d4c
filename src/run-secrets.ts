/** Replaces a secret, as in what is redacted. */
export const MASK = '•••';

/** Shorter values are not secrets: they are parts of too much else. */
const SHORTEST = 4;
/** A line of a value of several lines is masked by itself from this length on. */
const SHORTEST_LINE = 8;
/** Values that are known at the most; of more, those that were not read for longest are forgotten. */
const MOST_VALUES = 1000;

const encoded = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
};

/** How a value can be written: as it is, within JSON, within an address; its lines one by one. */
const formsOf = (value: string): readonly string[] => {
  const lines = value.includes('\n') ? value.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST_LINE) : [];
  return [value, ...lines].flatMap((one) => [one, JSON.stringify(one).slice(1, -1), encoded(one)]);
};

/** Finds any of these texts, of which the longer ones come first; undefined: there are none. */
export const patternOf = (texts: readonly string[]): RegExp | undefined =>
  texts.length === 0
    ? undefined
    : new RegExp(texts.map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|'), 'g');

/**
 * The secrets that this process has read from files for runs. Whatever the program logs, records, keeps or shows has been masked with them. Until one is
 * read, that costs one comparison.
 */
class RunSecrets {
  /** By value, those that were read last at the end. */
  readonly #values = new Set<string>();
  #forms: readonly string[] = [];
  #pattern: RegExp | undefined;

  /** A value that was read from a file. */
  add(value: string): void {
    if (value.trim().length < SHORTEST) return;
    const known = this.#values.delete(value);
    this.#values.add(value);
    if (known) return;
    if (this.#values.size > MOST_VALUES) for (const oldest of this.#values) return void this.#forget(oldest);
    this.#compile();
  }

  /** How the secrets can be written, the longer ones first; another list when there are others. */
  get forms(): readonly string[] {
    return this.#forms;
  }

  /** A text without the secrets. */
  mask(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, MASK);
  }

  /** Anything that JSON can hold, without the secrets in its texts. Keys are left as they are. */
  maskIn<T>(value: T): T {
    return this.#pattern === undefined ? value : (this.#walk(value) as T);
  }

  #walk(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map((one) => this.#walk(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#walk(one)]));
  }

  #forget(value: string): void {
    this.#values.delete(value);
    this.#compile();
  }

  #compile(): void {
    this.#forms = [...new Set([...this.#values].flatMap(formsOf))].sort((a, b) => b.length - a.length);
    this.#pattern = patternOf(this.#forms);
  }

  /** Forgets all, for tests. */
  clear(): void {
    this.#values.clear();
    this.#compile();
  }
}

/** Those of this process. */
export const runSecrets = new RunSecrets();
