/** Words that need a shell, or that a shell does in another way than the program of that name. */
const SHELL_WORDS = new Set(
  (
    '. : [ [[ ! { ( alias bg break builtin case cd command continue declare echo eval exec exit export false fc fg for function getopts hash if ' +
    'jobs kill let local printf pwd read readonly return select set shift source test time times trap true type typeset ulimit umask unalias ' +
    'unset until wait while'
  ).split(' '),
);

/** One word: what means itself, and texts in quotes in which the shell replaces nothing. */
const WORD = /(?:[A-Za-z0-9_@%+=:,./-]|'[^']*'|"[^"$`\\!]*")+/y;
const BLANKS = /[ \t]*/y;

/** What a pattern matches at a place, which moves behind it. */
const take = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
};

/**
 * The words of a command that a shell would run as they are: a program and its arguments, perhaps in quotes. Undefined: it has syntax of
 * the shell, or a command of the shell.
 */
export const plainWords = (command: string): string[] | undefined => {
  const words: string[] = [];
  for (let at = take(BLANKS, command, 0).length; at < command.length; at += take(BLANKS, command, at).length) {
    const word = take(WORD, command, at);
    if (word === '') return undefined;
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => (single ?? double)!));
    at += word.length;
  }
  const [first] = words;
  return first === undefined || first === '' || first.includes('=') || SHELL_WORDS.has(first) ? undefined : words;
};

/** A text as one word of the shell. */
export const shellQuote = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
