import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configFilesAt, readRegularText, readText } from '../../src/adapters/host-fs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('a configuration that is read while the scheduler runs', () => {
  it('is the text of a regular file', async () => {
    expect(await readRegularText(file('a', '\ufefftags = ["é"]\n'))).toBe('tags = ["é"]\n');
    expect(await readRegularText(file('empty', ''))).toBe('');
    // Its size is not known before it is read.
    expect(await readRegularText('/proc/self/status')).toContain('Name:');
  });
  it('is refused when it is not a regular file, without waiting for what never comes', async () => {
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const regular = 'and after the start only regular files are read';
    await expect(readRegularText(pipe)).rejects.toThrow(`${pipe}: it is a named pipe, ${regular}`);
    await expect(readRegularText('/dev/zero')).rejects.toThrow(`/dev/zero: it is a device, ${regular}`);
    await expect(readRegularText(folder)).rejects.toThrow(`${folder}: it is a directory`);
    await expect(readRegularText(join(folder, 'none'))).rejects.toThrow('no such file');
  });
  it('is refused when it is larger than 16 MiB, at the start too', async () => {
    const large = file('large', '');
    truncateSync(large, 16 * 2 ** 20 + 1);
    await expect(readRegularText(large)).rejects.toThrow(`${large}: it is larger than 16 MiB`);
    expect(() => readText(large)).toThrow(`${large}: it is larger than 16 MiB`);
    expect(() => readText('/dev/zero')).toThrow('/dev/zero: it is larger than 16 MiB');
  });
  it('is refused when it does not stay the same while it is read', async () => {
    const path = file('growing', 'tags = []\n');
    const state = { over: false };
    const read = readRegularText(path).finally(() => {
      state.over = true;
    });
    const growing = (async () => {
      while (!state.over) {
        appendFileSync(path, '#\n');
        await turn();
      }
    })();
    await expect(read).rejects.toThrow(`${path}: it changes while it is read`);
    await growing;
  });
});

describe('a file that is not UTF-8', () => {
  const utf16 = Buffer.from('name = "x"\n', 'utf16le');
  it.each([
    [
      'Latin-1',
      Buffer.from('a = 1\nb = "café"\n', 'latin1'),
      ':2:9: it is not valid UTF-8: byte 0xe9, which is "é" in Latin-1',
    ],
    ['Windows-1252', Buffer.from([0x61, 0x0a, 0x0a, 0x80]), ':3:1: it is not valid UTF-8: byte 0x80; save'],
    ['a text cut short', Buffer.from('é = "é', 'utf8').subarray(0, 7), ':1:6: it is not valid UTF-8: byte 0xc3'],
    [
      'Latin-1 behind UTF-8',
      Buffer.from([0xc3, 0xa9, 0x20, 0xf0, 0x9f, 0x98, 0x80, 0xe9]),
      ':1:4: it is not valid UTF-8: byte 0xe9',
    ],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), ': it is UTF-16, expected UTF-8'],
    [
      'UTF-16 of the other order',
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16(),
      ': it is UTF-16, expected UTF-8',
    ],
    ['UTF-16 without a mark', utf16, ': it is UTF-16, expected UTF-8'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), ': it is UTF-32, expected UTF-8'],
  ])('is called so, with the place of the first wrong byte: %s', async (name, bytes, expected) => {
    const path = file(name.replaceAll(' ', '-'), bytes);
    expect(() => readText(path)).toThrow(path + expected);
    await expect(readRegularText(path)).rejects.toThrow(path + expected);
  });
});

describe('the files that a configuration includes', () => {
  it('are beside it, unless their path is absolute or it is no file', () => {
    const { beside } = configFilesAt();
    expect(beside('/etc/my.toml', 'b.toml')).toBe('/etc/b.toml');
    expect(beside('/etc/my.toml', '/b.toml')).toBe('/b.toml');
    expect(beside('/dev/stdin', 'b.toml')).toBe('b.toml');
  });
  it('are those of a directory; where there is none there are none, and other trouble is named', async () => {
    const { list, identity } = configFilesAt(folder);
    file('listed', '');
    expect(await list('.')).toContain('listed');
    expect(await list('none')).toEqual([]);
    expect(await list('listed')).toEqual([]);
    symlinkSync('circle', join(folder, 'circle'));
    await expect(list('circle')).rejects.toThrow('ELOOP');
    expect(await identity('none')).toBe(join(folder, 'none'));
  });
});
