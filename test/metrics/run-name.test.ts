import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLACEHOLDERS, resolveRunName, safeFileName } from '../../src/metrics/run-name.ts';
import { settings } from '../support/property.ts';

const at = new Date(2026, 2, 31, 11, 38, 45, 986);
const facts = { time: at.getTime(), pid: 4711, host: 'nas.home', environment: { RANK: '2', LOCAL_RANK: '1' } };

describe('placeholders of a run name', () => {
  test.each([
    ['{time}', '2026-03-31T11-38-45.986'],
    ['{utc_time}', at.toISOString().replaceAll(':', '-')],
    ['{rank}-{local_rank}', '2-1'],
    ['{pid}@{host}', '4711@nas.home'],
    ['plain', 'plain'],
    ['{unknown} {rank', '{unknown} {rank'],
    ['{rank}{rank}', '22'],
  ])('%s', (template, name) => {
    expect(resolveRunName(template, facts)).toBe(name);
  });

  test('what is longer than a name of a file may be is cut off between characters', () => {
    expect(safeFileName('x'.repeat(300))).toBe('x'.repeat(180));
    expect(safeFileName('é'.repeat(100))).toBe('é'.repeat(90));
    expect(safeFileName(`x${'é'.repeat(100)}`)).toBe(`x${'é'.repeat(89)}`);
  });

  test('ranks are 0 where the environment says nothing', () => {
    expect(resolveRunName('{rank}{local_rank}', { ...facts, environment: { RANK: '' } })).toBe('00');
  });

  test('each has a line of doc', () => {
    for (const { doc } of PLACEHOLDERS) expect(doc).toMatch(/\w/);
    expect(PLACEHOLDERS.map(({ name }) => name)).toEqual(['time', 'utc_time', 'rank', 'local_rank', 'pid', 'host']);
  });
});

describe('names are safe for files on every system', () => {
  test.each([
    ['a:b', 'a-b'],
    ['a/b\\c', 'a_b_c'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['..', '__'],
    ['', '_'],
    ['a<b>c"d|e?f*g', 'a_b_c_d_e_f_g'],
    ['line\nbreak\u0000', 'line_break_'],
    ['ends with dots..', 'ends with dots__'],
    ['CON', 'CON_'],
    ['nul.txt', 'nul_.txt'],
    ['console', 'console'],
    ['ünïcode 名', 'ünïcode 名'],
  ])('%j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  test('whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const safe = safeFileName(name);
        expect(safe).toMatch(/^[^<>:"/\\|?*\p{Cc}]+$/u);
        expect(safe).not.toMatch(/[. ]$/);
        expect(safe).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255);
        expect(safeFileName(safe)).toBe(safe);
      }),
      settings(300),
    );
  });
});
