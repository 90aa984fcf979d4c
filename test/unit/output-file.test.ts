import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openOutput } from '../../src/commands/output-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

describe('a file that is written', () => {
  test('has its name only when it is whole, and what was there stays until then', () => {
    writeFileSync(at('page'), 'old');
    const output = openOutput(at('page'), at('input'));
    output.write('new');
    output.write(', all');
    expect(read('page')).toBe('old');
    expect(output.close()).toBe(8);
    expect(read('page')).toBe('new, all');
    expect(readdirSync(folder)).toEqual(['page']);
  });

  test('is not there when it is dropped', () => {
    const before = listeners();
    const output = openOutput(at('page'), at('input'));
    expect(readdirSync(folder)).toEqual([]);
    output.write('new');
    expect(listeners()).toBe(before + 2);
    output.drop();
    output.drop();
    expect(readdirSync(folder)).toEqual([]);
    expect(listeners()).toBe(before);
  });

  test('is empty when there is nothing to write', () => {
    expect(openOutput(at('page'), at('input')).close()).toBe(0);
    expect(read('page')).toBe('');
  });

  test('keeps its mode, and a link leads to it as before', () => {
    writeFileSync(at('page'), 'old');
    chmodSync(at('page'), 0o604);
    symlinkSync('page', at('link'));
    const output = openOutput(at('link'), at('input'));
    output.write('new');
    output.close();
    expect(read('page')).toBe('new');
    expect(statSync(at('page')).mode & 0o777).toBe(0o604);
  });

  test('stays the same file where it has several names', () => {
    writeFileSync(at('page'), 'old');
    linkSync(at('page'), at('other'));
    const output = openOutput(at('page'), at('input'));
    output.write('new');
    output.close();
    expect(read('other')).toBe('new');
  });

  test('must not be what is read, and has to be possible', () => {
    writeFileSync(at('input'), 'kept');
    expect(() => openOutput(at('input'), at('input'))).toThrow('is the recording itself');
    expect(() => openOutput(at('no/such/place'), at('input'))).toThrow('ENOENT');
    expect(() => openOutput(folder, at('input'))).toThrow('EISDIR');
    expect(read('input')).toBe('kept');
  });

  test.skipIf(process.platform === 'win32')('can be a device', () => {
    const output = openOutput('/dev/null', at('input'));
    output.write('gone');
    expect(output.close()).toBe(4);
    expect(statSync('/dev/null').isFile()).toBe(false);
  });
});
