/** Programs that run another one: the name comes from that. */
const WRAPPERS = new Set(
  'sudo nice ionice nohup env exec time command chronic setsid stdbuf caffeinate systemd-inhibit unbuffer doas cronic run-one'.split(
    ' ',
  ),
);
/** Wrappers whose first plain word is theirs: a time, a lock file, a number. */
const WRAPPERS_WITH_WORD = new Set('timeout flock lckdo setlock'.split(' '));
/** Programs that run the script that follows. */
const INTERPRETERS = /^(?:(?:ba|da|z|k|fi|a)?sh|python[\d.]*|perl|ruby|php[\d.]*|node|lua|Rscript|java)$/;

const SEPARATORS = /\s*(?:&&|\|\||;|\||\n|[{}()])\s*/;

const baseName = (word: string): string =>
  word.replace(/^.*\//, '').replace(/\.(?:sh|bash|py|pl|rb|php|js|mjs|lua)$/, '');

const isPlain = (word: string): boolean => /^[A-Za-z][A-Za-z0-9-]*$/.test(word);

/** The words of the part of a command that says most: not `cd` and not a test. */
const mainWords = (command: string): string[] => {
  const parts = command.split(SEPARATORS).map((part) => part.split(/\s+/).filter((word) => word !== ''));
  const dull = /^(?:cd|test|\[|\[\[|!|source|\.|export|set|umask|ulimit|sleep|if|then|else|fi|for|do|done|while)$/;
  return (
    parts.find(([first]) => first !== undefined && !dull.test(first)) ?? parts.find((part) => part.length > 0) ?? []
  );
};

/** How many words a wrapper or an interpreter at the beginning takes; 0: it is none, or runs what is no script. */
const wrapperWords = (words: readonly string[]): number => {
  const base = baseName(words[0]!);
  const last = words.length - 1;
  if (INTERPRETERS.test(base)) {
    // An expression such as `-c "…"` gives no name.
    const script = words.findIndex((word, i) => i > 0 && !/^-/.test(word));
    return script < 1 || words.slice(1, script).some((word) => /^-\w*[ce]$/.test(word)) ? 0 : script;
  }
  const takesWord = WRAPPERS_WITH_WORD.has(base);
  if (!takesWord && !WRAPPERS.has(base)) return 0;
  const own = words.findIndex((word, i) => i > 0 && !/^[-+\d]/.test(word));
  if (own < 1) return 0;
  return takesWord && !words.slice(1, own).some((word) => /^\d/.test(word)) && own < last ? own + 1 : own;
};

/** Skips assignments, wrappers and their options. */
const withoutWrappers = (words: readonly string[]): readonly string[] => {
  let rest = words;
  while (rest.length > 1) {
    const skip = /^\w+=/.test(rest[0]!) ? 1 : wrapperWords(rest);
    if (skip === 0) break;
    rest = rest.slice(skip);
  }
  return rest;
};

/** A valid name from a text: letters, digits and underscores, not beginning with a digit. */
export const validName = (text: string): string => {
  const name = text
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  if (name === '') return 'job';
  return /^\d/.test(name) ? `job_${name}` : name;
};

/** A name for what a command does: its program, and the word after it where that says what it does. */
export const commandName = (command: string): string => {
  // What is in quotes with blanks is an argument, which gives no name.
  const plain = command
    .replace(/"[^"]*\s[^"]*"|'[^']*\s[^']*'/g, '""')
    .replace(/["'\\]/g, (c) => (c === '\\' ? ' ' : ''));
  const [first, second] = withoutWrappers(mainWords(plain));
  if (first === undefined) return 'job';
  const base = baseName(first);
  return validName(
    second !== undefined && isPlain(second) && isPlain(base) && first !== second ? `${base} ${second}` : base,
  );
};

/** Gives each name once: `backup`, `backup_2`, … */
export class UniqueNames {
  readonly #taken = new Set<string>();
  /** The number with which the next item of a name is tried. */
  readonly #next = new Map<string, number>();

  take(wanted: string): string {
    let name = wanted;
    let n = this.#next.get(wanted) ?? 2;
    for (; this.#taken.has(name); n++) name = `${wanted}_${n}`;
    this.#next.set(wanted, n);
    this.#taken.add(name);
    return name;
  }
}
