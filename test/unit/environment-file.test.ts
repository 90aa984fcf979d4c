import { describe, expect, test } from 'vitest';
import { parseEnvironmentFile } from '../../src/items/common/environment-file.ts';

describe('an environment file is read as systemd does', () => {
  test.each<[string, Record<string, string>]>([
    ['A=1\nB=two words \nC=', { A: '1', B: 'two words', C: '' }],
    ['# A=1\n; B=2\n  # C=3\n\nno assignment\nD=4 # not a comment', { D: '4 # not a comment' }],
    [' A = 1\n', { A: '1' }],
    ['A="two  words "\nB=\'$x "y" \\n\'', { A: 'two  words ', B: '$x "y" \\n' }],
    ['A="a \\"b\\" \\\\ \\$x \\n"', { A: 'a "b" \\ $x \\n' }],
    ['A=one\\\ntwo\nB="x\\\ny"', { A: 'onetwo', B: 'xy' }],
    ['A=\'one\ntwo\'\nB="three\nfour"\nC=5', { A: 'one\ntwo', B: 'three\nfour', C: '5' }],
    ['A=a\\ b\\\\c\\"\nB=x"y"', { A: 'a b\\c"', B: 'x"y"' }],
    ['A="x" \'y\'z', { A: 'xyz' }],
    ['A=1\r\nB="2"\r\n', { A: '1', B: '2' }],
    ['1A=x\nB C=y\nexport D=z\nE=a=b', { E: 'a=b' }],
    ['A=1\nA=2', { A: '2' }],
    ['A="open\nB=2', { A: 'open\nB=2' }],
    ['A=trailing\\ ', { A: 'trailing ' }],
    ['A=\\', { A: '' }],
    ['', {}],
  ])('%j', (text, variables) => expect(parseEnvironmentFile(text)).toEqual(variables));
});
