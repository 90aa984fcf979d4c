/** A part of a word: in quotes, escaped, or neither. */
const PART = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\\(.)|([^\s"'\\]+)/g;

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');

/** The words of a command line of a unit, by the rules of systemd.service(5): quotes, escapes, `%%`; with `:` a `$` has no meaning. */
export const systemdWords = (line: string): string[] => {
  const words = [...line.matchAll(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\.|[^\s"'\\])+/g)].map(([word]) =>
    word.replace(PART, (_, double?: string, single?: string, one?: string, plain?: string) =>
      one === undefined ? (plain ?? unescaped(double ?? single ?? '')) : one,
    ),
  );
  const [first = '', ...rest] = words;
  const literal = first.startsWith(':');
  if (!literal && words.some((one) => one.includes('$'))) throw new Error(`a variable would be replaced: ${line}`);
  return [literal ? first.slice(1) : first, ...rest].map((one) => one.replaceAll('%%', '%'));
};
