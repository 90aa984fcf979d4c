import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { configHome } from '../../src/adapters/default-file.ts';
import { missingForStart, startFailure } from '../../src/adapters/executable.ts';
import { ownFiles } from '../../src/adapters/files/own-files.ts';
import { checkedSnapshot, readSnapshot } from '../../src/adapters/history/snapshot.ts';
import { readStatistics } from '../../src/adapters/history/statistics-file.ts';
import { pluginFiles } from '../../src/adapters/plugin-file.ts';
import { makePrivateDirectory } from '../../src/adapters/private-directory.ts';
import { measureUsage } from '../../src/adapters/process-usage.ts';
import { Counts } from '../../src/metrics/totals.ts';
import { concatenate } from '../../src/timespans/columns.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-places-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test('the folder of configurations is that of the system', () => {
  expect(configHome({ XDG_CONFIG_HOME: '/own' }, 'linux')).toBe('/own');
  expect(configHome({ APPDATA: '/roaming' }, 'win32')).toBe('/roaming');
  expect(configHome({}, 'win32')).toBe(join(homedir(), 'AppData', 'Roaming'));
  vi.stubEnv('HOME', 'relative');
  expect(() => configHome({ XDG_CONFIG_HOME: 'relative' }, 'linux')).toThrow('neither XDG_CONFIG_HOME nor HOME');
});

test('a link is not a private directory', () => {
  symlinkSync(tmpdir(), join(folder, 'link'));
  expect(() => makePrivateDirectory(join(folder, 'link'))).toThrow('link is not a directory');
  expect(() => makePrivateDirectory(join(folder, 'own'))).not.toThrow();
});

describe('why a program does not start', () => {
  const why = (code: string | undefined, cwd: string, file?: string) =>
    startFailure({ code, message: 'odd' } as NodeJS.ErrnoException, { command: 'prog', cwd }, file);
  test('is its directory, or what the system says', () => {
    const text = put('text', '');
    expect(why('ENOENT', text)).toBe(`the working directory "${text}" is not a directory`);
    expect(why('ENOENT', join(text, 'below'))).toBe(
      `the working directory "${join(text, 'below')}" is not a directory`,
    );
    expect(why('ENOENT', join(folder, 'none'))).toMatch(/does not exist$/);
    expect(why('ENOENT', folder)).toBe('no such program: "prog"');
    expect(why('ENOENT', folder, 'text')).toContain('not the loader it needs');
    expect(why('EACCES', folder)).toBe('no permission to run "prog"');
    expect(why(undefined, folder)).toBe('the system did not start "prog": odd');
  });

  test('is the interpreter of its script, which is not there, or is no program', () => {
    const missing = (name: string, interpreter: string) => {
      const path = put(name, `#!${interpreter}\n`);
      chmodSync(path, 0o755);
      return missingForStart(path, `"${name}"`);
    };
    const none = join(folder, 'none');
    expect(missing('a', none)).toBe(`the interpreter "${none}" of the script "a" does not exist`);
    const plain = put('plain', 'text');
    expect(missing('b', plain)).toBe(`no permission to run the interpreter "${plain}" of the script "b"`);
    expect(missing('c', process.execPath)).toBeUndefined();
  });

  test.runIf(process.platform === 'linux')('is the loader of a program, as far as its tables are read', () => {
    const head = readFileSync(process.execPath).subarray(0, 4096);
    const interp = () => {
      const table = Number(head.readBigUInt64LE(32));
      for (let at = table; ; at += head.readUInt16LE(54)) if (head.readUInt32LE(at) === 3) return at;
    };
    const program = (name: string, change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(head);
      change(bytes);
      writeFileSync(join(folder, name), bytes);
      return missingForStart(join(folder, name), `"${name}"`);
    };
    const loader = Number(head.readBigUInt64LE(interp() + 8));
    expect(program('good', () => {})).toBeUndefined();
    expect(program('foreign', (bytes) => bytes.write('/none\0', loader))).toBe(
      '"foreign" is there, but not the loader it needs: it is for another system',
    );
    // Of another order of bytes, of another width, and cut off within the name: nothing is known.
    expect(program('big', (bytes) => bytes.writeUInt8(2, 5) + bytes.write('/none\0', loader))).toBeUndefined();
    expect(program('narrow', (bytes) => bytes.writeUInt8(1, 4) + bytes.write('/none\0', loader))).toBeUndefined();
    expect(program('unnamed', (bytes) => bytes.write('\0', loader))).toBeUndefined();
  });
});

test('a file that is open twice is known as an own one until the last has been closed for a while', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const path = put('own', '');
    linkSync(path, join(folder, 'other-name'));
    const fd = openSync(path, 'r');
    const [first, second] = [ownFiles.hold(fd), ownFiles.hold(fd)];
    closeSync(fd);
    first();
    vi.advanceTimersByTime(5000);
    expect(ownFiles.owns(join(folder, 'other-name'))).toBe(true);
    second();
    vi.advanceTimersByTime(4999);
    expect(ownFiles.owns(join(folder, 'other-name'))).toBe(true);
    vi.advanceTimersByTime(1);
    expect(ownFiles.owns(join(folder, 'other-name'))).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

describe('the file of a plugin', () => {
  const load = (path: string) => pluginFiles.load(path);
  test('is loaded anew each time, if only its owner can change it', async () => {
    const path = put('good.mjs', 'export default 5;');
    expect(await load(path)).toMatchObject({ default: 5 });
    writeFileSync(path, 'export default 6;');
    expect(await load(path)).toMatchObject({ default: 6 });
    await expect(load(join(folder, 'none.mjs'))).rejects.toThrow('no such file');
    await expect(load(folder)).rejects.toThrow('it is not a regular file');
    chmodSync(path, 0o666);
    await expect(load(path)).rejects.toThrow(`others may write to it (mode 666): run 'chmod go-w ${path}'`);
  });
  test('is not trusted where others could replace its directory', async () => {
    mkdirSync(join(folder, 'inner'));
    const path = put('inner/a.mjs', 'export default 5;');
    chmodSync(folder, 0o777);
    await expect(load(path)).rejects.toThrow('others could replace its directory');
  });
  test('is known by the stack of an error', () => {
    const error = Object.assign(new Error('text'), { stack: 'Error: text\n at /a/plugin.mjs:1:2' });
    expect(pluginFiles.isFrom('/a/plugin.mjs', error)).toBe(true);
    for (const other of ['text', null, Object.assign(new Error('x'), { stack: undefined })]) {
      expect(pluginFiles.isFrom('/a/plugin.mjs', other)).toBe(false);
      expect(pluginFiles.isForeign(other)).toBe(true);
    }
  });
});

test('what is beside a part of the history is checked', () => {
  const state = { runs: [], conditions: [] };
  for (const [found, text] of [
    [{}, 'it does not name a segment'],
    [{ segment: '2026-11-001', offset: 1.5 }, 'it has no offset'],
    [{ segment: '2026-11-001', offset: 1 }, 'it has no state'],
    [{ segment: '2026-11-001', offset: 1, state: { runs: [] } }, 'it has no state'],
  ] as const)
    expect(() => checkedSnapshot(found as never)).toThrow(text);
  expect(checkedSnapshot({ segment: '2026-11-001', offset: 1, state } as never)).toMatchObject({ offset: 1, state });
  const statistics = (text: string) => {
    put('2026-11-001.stats.json', text);
    return readStatistics(folder, { name: '2026-11-001' } as never);
  };
  expect(readStatistics(folder, { name: '2026-11-001' } as never)).toBeUndefined();
  expect(statistics('{"format":1,"items":{"task/T":1}}')).toEqual({ items: { 'task/T': 1 } });
  for (const text of ['{"format":1}', '{"format":999,"items":{}}', '{"format":1,"items":{},"snapshot":{}}', '{'])
    expect(statistics(text)).toBeUndefined();
  mkdirSync(join(folder, 'state.json'));
  expect(() => readSnapshot(folder)).toThrow('it is not a regular file');
});

test('what a process has used is known where the system has it, and for as long as it is there', () => {
  const own = measureUsage(process.pid);
  own?.sample();
  own?.stop();
  expect(own?.usage).toEqual({ cpuMs: expect.any(Number), peakBytes: expect.any(Number) });
  const none = measureUsage(2 ** 30);
  none?.sample();
  none?.stop();
  expect(none?.usage).toBeUndefined();
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  expect(measureUsage(process.pid)).toBeUndefined();
  platform.mockRestore();
});

test('columns of nothing are empty, and a word that was not counted was not there', () => {
  expect(concatenate([{ a: [1] }, {}, { a: [2], b: [3] }])).toEqual({ a: [1, 2], b: [null, 3] });
  expect(new Counts(['a']).get('b')).toBe(0);
});
