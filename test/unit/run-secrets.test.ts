import { afterEach, describe, expect, test } from 'vitest';
import { runSecrets } from '../../src/run-secrets.ts';

afterEach(() => runSecrets.clear());

describe('secrets that are read for runs', () => {
  test('are masked as they are, in JSON and in an address, the longest first', () => {
    for (const value of ['plain', 'plainer', 'a"b\\c', 'x&y z']) runSecrets.add(value);
    expect(runSecrets.mask('plainer plain {"v":"a\\"b\\\\c"} a"b\\c ?q=x%26y%20z explain')).toBe(
      '••• ••• {"v":"•••"} ••• ?q=••• ex•••',
    );
  });

  test('of several lines are masked line by line as well, except short ones', () => {
    runSecrets.add('-----BEGIN\nabcdefgh\nshort\n');
    expect(runSecrets.mask('x abcdefgh y short\n-----BEGIN')).toBe('x ••• y short\n•••');
  });

  test('of less than four characters are none', () => {
    for (const value of ['', 'abc', '  a \n']) runSecrets.add(value);
    expect(runSecrets.mask('abc a')).toBe('abc a');
    const same = { a: ['abc'] };
    expect(runSecrets.maskIn(same)).toBe(same);
  });

  test('are masked in all texts of a value, and in no key', () => {
    runSecrets.add('time');
    expect(runSecrets.maskIn({ time: 'at that time', list: [1, null, true, { x: 'times' }] })).toEqual({
      time: 'at that •••',
      list: [1, null, true, { x: '•••s' }],
    });
  });

  test('are forgotten when there are more than a thousand, those that were not read for longest first', () => {
    for (let i = 0; i < 1000; i++) runSecrets.add(`secret-${i}-`);
    runSecrets.add('secret-0-');
    runSecrets.add('one-more');
    expect(runSecrets.mask('secret-0- secret-1- secret-2- one-more')).toBe('••• secret-1- ••• •••');
  });
});
