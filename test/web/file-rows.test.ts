import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/check/check-text.ts';
import { layOut, linesWith, nextLine } from '../../src/web/page/file/file-rows.ts';
import { itemsIn, tokensOf } from '../../src/web/page/file/toml-lines.ts';
import { settings } from '../support/property.ts';

const shown = (text: string): string[] =>
  tokensOf(text.split('\n')).map((tokens) => tokens.map((token) => `${token.type}:${token.text}`).join('|'));

describe('the colours of a file', () => {
  test.each([
    ['[[condition]] # one', 'header:[[condition]]|other: |comment:# one'],
    ['  [event.data]', 'header:  [event.data]'],
    ['name = "a # b" # c', 'key:name|other: = |string:"a # b"|other: |comment:# c'],
    ["a.'b c' = 'x\\'", "key:a.'b c'|other: = |string:'x\\'"],
    ['"say \\"x\\"" = true', 'key:"say \\"x\\""|other: = |word:true'],
    ['n = [1, -2.5e3, inf]', 'key:n|other: = [|number:1|other:, |number:-2.5e3|other:, |number:inf|other:]'],
    ['at = 2026-03-29 02:30:00Z', 'key:at|other: = |number:2026-03-29 02:30:00Z'],
    [
      't = { a = "x", b = 2 }',
      'key:t|other: = { |key:a|other: = |string:"x"|other:, |key:b|other: = |number:2|other: }',
    ],
    ['x = "never ended', 'key:x|other: = |string:"never ended'],
    ['', ''],
  ])('%s', (line, tokens) => {
    expect(shown(line)).toEqual([tokens]);
  });

  test('a string of several lines is one, whatever is in it', () => {
    expect(shown('a = """x \\"""\n[[task]] # no\n""" # yes\nb = \'\'\'\n"""\n\'\'\'')).toEqual([
      'key:a|other: = |string:"""|string:x \\"""',
      'string:[[task]] # no',
      'string:"""|other: |comment:# yes',
      "key:b|other: = |string:'''",
      'string:"""',
      "string:'''",
    ]);
    expect(shown('a = """one line"""\nb = 1')).toEqual([
      'key:a|other: = |string:"""|string:one line"""',
      'key:b|other: = |number:1',
    ]);
  });

  test('no character is lost, whatever the text is', () => {
    const unit = fc.constantFrom('"', "'", '"""', "'''", '\\', '[', ']', '#', '=', ' ', 'a', '1', '.', '\n', '{', ',');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const lines = text.split('\n');
        expect(tokensOf(lines).map((tokens) => tokens.map((token) => token.text).join(''))).toEqual(lines);
      }),
      settings(500),
    );
  });
});

test('the items of a file are found by their names, not in strings and not in tables within them', () => {
  const text = [
    '[[condition]]',
    'type = "interval"',
    'name = "A"',
    '[[task]]',
    "name = 'B'",
    "script = '''",
    '[[event]]',
    'name = "Not"',
    "'''",
    '[[event]]',
    '[event.more]',
    'name = "Neither"',
    '[[condition]]',
  ];
  expect(itemsIn(tokensOf(text))).toEqual([
    { key: 'condition/A', header: 0, line: 2 },
    { key: 'task/B', header: 3, line: 4 },
  ]);
});

describe('a file with findings', () => {
  const finding = (more: Partial<Finding>): Finding => ({
    ...{ id: 'invalid-value', level: 'error', file: '/f.toml', message: 'wrong' },
    ...more,
  });
  const rows = (text: string, findings: readonly Finding[]) =>
    layOut('/f.toml', text, findings).rows.map((row) =>
      row.type === 'line'
        ? `${row.line + 1}: ${row.tokens.map((token) => token.text).join('')}`
        : `${row.part}: ${row.text}`,
    );

  test('has them below their lines, with a caret at the place', () => {
    const findings = [
      finding({ line: 2, column: 3, help: 'write 2' }),
      finding({ line: 2, column: 1, level: 'warning', message: 'two\nlines' }),
      finding({ line: 1, file: '/other.toml' }),
      finding({}),
    ];
    expect(rows('a = 1\r\n\tb = 2\n', findings)).toEqual([
      '1: a = 1',
      '2: \tb = 2',
      'caret: \t ^',
      'message: wrong',
      'help: write 2',
      'caret: ^',
      'message: two',
      'message: lines',
    ]);
    const { rowOfLine, width } = layOut('/f.toml', 'a\nb\nc', [finding({ line: 1, column: 1 })]);
    expect([rowOfLine, width]).toEqual([[0, 3, 4], 5]);
  });

  test('an empty file has one line', () => {
    expect(rows('', [])).toEqual(['1: ']);
  });
});

test('a search goes around', () => {
  const found = linesWith(['Abc', 'x', 'ABC', 'cab c'], 'abc');
  expect(found).toEqual([0, 2]);
  expect([nextLine(found, -1), nextLine(found, 0), nextLine(found, 2), nextLine(found, 0, true)]).toEqual([0, 2, 0, 2]);
  expect(nextLine([], 3)).toBeUndefined();
  expect(linesWith(['a'], '')).toEqual([]);
});
