import fc from 'fast-check';
import { expect, test } from 'vitest';
import { locator } from '../../src/config/locate.ts';

/** A part of a string: what it is in the file, and what it is read as. */
interface Part {
  readonly source: string;
  readonly text: string;
}

const plain = fc
  .constantFrom('a', 'B', '9', ' ', '\t', '#', 'é', '漢', '😀', '=', '[')
  .map((c): Part => ({ source: c, text: c }));
const newline = fc.constantFrom('\n', '\r\n').map((c): Part => ({ source: c, text: c }));
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
const escaped = fc.oneof(
  fc
    .constantFrom<[string, string]>(
      ['b', '\b'],
      ['t', '\t'],
      ['n', '\n'],
      ['f', '\f'],
      ['r', '\r'],
      ['e', '\u001b'],
      ['"', '"'],
      ['\\', '\\'],
    )
    .map(([c, text]): Part => ({ source: `\\${c}`, text })),
  fc
    .integer({ min: 1, max: 0xff })
    .map((code): Part => ({ source: `\\x${hex(code, 2)}`, text: String.fromCodePoint(code) })),
  fc
    .integer({ min: 1, max: 0xd7ff })
    .map((code): Part => ({ source: `\\u${hex(code, 4).toUpperCase()}`, text: String.fromCodePoint(code) })),
  fc
    .integer({ min: 0x10000, max: 0x10ffff })
    .map((code): Part => ({ source: `\\U${hex(code, 8)}`, text: String.fromCodePoint(code) })),
);
const continued = fc
  .tuple(fc.constantFrom('', ' ', '\t '), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '  ', '\n\t', ' \r\n  '))
  .map((parts): Part => ({ source: `\\${parts.join('')}`, text: '' }));
const quote = (c: string) => fc.constant<Part>({ source: c, text: c });

/** The four kinds: the opening, the parts, the closing. */
const literals = fc.oneof(
  fc.record({
    open: fc.constant("'"),
    parts: fc.array(fc.oneof(plain, quote('"'), quote('\\'))),
    close: fc.constant("'"),
  }),
  fc.record({ open: fc.constant('"'), parts: fc.array(fc.oneof(plain, escaped, quote("'"))), close: fc.constant('"') }),
  fc.record({
    open: fc.constantFrom("'''", "'''\n", "'''\r\n"),
    parts: fc.array(fc.oneof(plain, newline, quote('"'), quote('\\'))),
    close: fc.constantFrom("'''"),
  }),
  fc.record({
    open: fc.constantFrom('"""', '"""\n', '"""\r\n'),
    parts: fc.array(fc.oneof(plain, newline, escaped, continued, quote("'"))),
    close: fc.constantFrom('"""'),
  }),
);

/** What a continuation takes away is not there, and a line end at the beginning is not, either. */
const wellFormed = ({ open, parts }: { readonly open: string; readonly parts: readonly Part[] }): boolean =>
  !(open.length === 3 && /^\r?\n/.test(parts[0]?.source ?? '')) &&
  parts.every(({ source }, i) => !/^\\\s/.test(source) || !/^[ \t\r\n]/.test(parts[i + 1]?.source ?? ''));

test('the place in the file is that of the character of the line and the column', async () => {
  await fc.assert(
    fc.asyncProperty(
      literals.filter(wellFormed),
      fc.nat(),
      fc.constantFrom('\n', '\r\n'),
      async ({ open, parts, close }, some, end) => {
        const source = open + parts.map((part) => part.source).join('') + close;
        const file = `# 😀${end}[[task]]${end}x = { z = "😀", y = ${source} }${end}`;
        const begin = file.indexOf(source, file.indexOf(', ')) + open.length;
        const part = parts[some % parts.length];
        if (part === undefined || part.text === '') return;
        const index = parts.indexOf(part);
        const textOf = (key: 'source' | 'text') =>
          parts
            .slice(0, index)
            .map((one) => one[key])
            .join('');
        const lines = textOf('text').split('\n');
        const before = file.slice(0, begin + textOf('source').length);
        const found = (await locator(file))(['task', 0, 'x', 'y'], 'value');
        const place = found?.within?.({ line: lines.length, column: lines.at(-1)!.length + 1 });
        expect(place).toEqual({ line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') });
      },
    ),
  );
});
