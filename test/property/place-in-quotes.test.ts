import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { placeInQuotes } from '../../src/config/place-in-quotes.ts';
import { settings } from '../support/property.ts';

/** What is looked for: it stands as it is in the file and in the text. */
const MARK = '$';

const plain = ['a', ' ', '=', '\t', 'é', '😀', '#'];
const escapes = ['\\n', '\\t', '\\\\', '\\"', '\\u0041', '\\u000a', '\\U0001F600', '\\U0000000A', '\\r'];
const lines = ['\n', '\r\n', '"', "'", '""', "''"];
const continuations = ['\\\n', '\\ \t\n  ', '\\\r\n\t', '\\\n\n   \n '];

const forms = [
  { quotes: '"', after: [''], pieces: [...plain, ...escapes, "'"] },
  { quotes: "'", after: [''], pieces: [...plain, '\\', '"'] },
  { quotes: '"""', after: ['', '\n', '\r\n'], pieces: [...plain, ...escapes, ...continuations, '\n', '\r\n', "''"] },
  {
    quotes: "'''",
    after: ['', '\n', '\r\n'],
    pieces: [...plain, ...lines.filter((one) => !one.startsWith("'")), '\\'],
  },
];

/** A text in quotes, as a file has it, with one mark. */
const quoted = fc.constantFrom(...forms).chain(({ quotes, after, pieces }) => {
  const some = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join(''));
  return fc
    .tuple(fc.constantFrom(...after), some, some)
    .map(([first, before, behind]) => `${quotes}${first}${before}${MARK}${behind}${quotes}`);
});

/** Line and column of the mark. */
const placeOf = (text: string) => {
  const before = text.slice(0, text.indexOf(MARK)).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
};

describe('a place in a text with quotes', () => {
  test('is where it stands in the file, behind escapes and lines that go on', () => {
    fc.assert(
      fc.property(quoted, fc.constantFrom('', '# é\n\n', '  '), (source, above) => {
        const file = `${above}key = ${source}\n`;
        const start = placeOf(file.replace(source, MARK));
        const { key } = parse(file) as { key: string };
        expect(placeInQuotes(source, start, placeOf(key))).toEqual(placeOf(file));
      }),
      settings(3000),
    );
  });

  test('behind the end of a line is its end, and behind the last line the end of the text', () => {
    const at = (line: number, column: number) => placeInQuotes('"ab\\nc"', { line: 3, column: 5 }, { line, column });
    expect(at(1, 9)).toEqual({ line: 3, column: 8 });
    expect(at(2, 9)).toEqual({ line: 3, column: 11 });
    expect(at(5, 1)).toEqual({ line: 3, column: 11 });
  });
});
