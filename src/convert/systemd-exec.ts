import { shellQuote } from './shell.ts';
import { type Specifiers, splitWords } from './systemd-values.ts';

/** A command line of a service. */
export interface ExecLine {
  readonly words: readonly string[];
  /** Its failure does not count. */
  readonly ignoresFailure: boolean;
  readonly differs: readonly string[];
}

const PRIVILEGES: Readonly<Record<string, string>> = {
  '+': 'with full privileges',
  '!': 'with privileges of its own',
};

/** A word with variables as the shell would write it. Systemd splits `$NAME` at blanks, and puts `${NAME}` in as it is. */
const forShell = (word: string): string => {
  if (/^\$[A-Za-z_]\w*$/.test(word)) return word;
  return (
    word
      .split(/(\$\{\w+\})/)
      .filter((piece) => piece !== '')
      .map((piece) => (/^\$\{\w+\}$/.test(piece) ? `"${piece}"` : shellQuote(piece.replaceAll('$$', '$'))))
      .join('') || "''"
  );
};

const hasVariable = (word: string): boolean => /^\$[A-Za-z_]\w*$/.test(word) || /(?<!\$)\$\{\w+\}/.test(word);

/**
 * Reads one command of a line.
 * @returns undefined when a quote is not closed, or there is no program
 */
const readCommand = (words: readonly string[], specifiers: Specifiers): ExecLine | undefined => {
  const [, prefixes = '', program = ''] = /^([-@:+!|]*)([\s\S]*)$/.exec(words[0]!)!;
  if (program === '') return undefined;
  const differs: string[] = [];
  let rest = words.slice(1);
  if (prefixes.includes('@')) {
    differs.push(`the @ gave the program the name "${rest[0]}"; here it has its own`);
    rest = rest.slice(1);
  }
  for (const [prefix, meaning] of Object.entries(PRIVILEGES))
    if (prefixes.includes(prefix)) differs.push(`the ${prefix} ran it ${meaning}, which the scheduler does not have`);
  const ignoresFailure = prefixes.includes('-');
  if (ignoresFailure) differs.push('the - ignored failures of all kinds; here one by a signal still counts');
  const all = [program, ...rest].map((word) => specifiers.replace(word));
  const literal = prefixes.includes(':') || !all.some(hasVariable);
  if (prefixes.includes('|')) return { words: ['sh', '-c', all.join(' ')], ignoresFailure, differs };
  if (literal)
    return {
      words: all.map((word) => (prefixes.includes(':') ? word : word.replaceAll('$$', '$'))),
      ignoresFailure,
      differs,
    };
  // The shell replaces variables at the same places, and no patterns of files.
  return { words: ['sh', '-c', `set -f; exec ${all.map(forShell).join(' ')}`], ignoresFailure, differs };
};

/**
 * Reads a line of ExecStart= and its like; a `;` that stands alone separates commands.
 * @returns undefined when it is not understood
 */
export const readExec = (value: string, specifiers: Specifiers): ExecLine[] | undefined => {
  const words = splitWords(value);
  if (words === undefined) return undefined;
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === ';') commands.push([]);
    else commands.at(-1)!.push(word);
  }
  const lines = commands.filter((command) => command.length > 0).map((command) => readCommand(command, specifiers));
  return lines.length === 0 || lines.includes(undefined) ? undefined : (lines as ExecLine[]);
};
