import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, forgetOld, makeOwn } from '../../src/launch/cache-folder.ts';
import { CodeCache } from '../../src/launch/code-cache.ts';

let home: string;
let folder: string;
let part: string;
const CODE = 'part.cjs.code';

/** A part of the program that gives a value; written before any code that is kept. */
const writePart = (value: string, when = 1000): void => {
  writeFileSync(part, `module.exports = ${JSON.stringify(value)};`);
  utimesSync(part, when, when);
};

/** What the part gives, compiled as at a start; `save`: at its end. */
const start = (save = true): unknown => {
  const cache = new CodeCache(folder);
  const module = { exports: {} };
  cache.compile(part).call(module.exports, module.exports, undefined, module, part, home);
  if (save) cache.save();
  return module.exports;
};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'whenever-code-'));
  folder = join(home, 'whenever', 'version');
  part = join(home, 'part.cjs');
  writePart('first');
});
afterEach(() => {
  chmodSync(home, 0o700);
  rmSync(home, { recursive: true, force: true });
});

describe('compiled code', () => {
  test('is kept for the user alone, and used by the next start, which has nothing to write', () => {
    expect(start()).toBe('first');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, CODE)).mode & 0o777).toBe(0o600);
    const before = statSync(join(folder, CODE)).ino;
    expect(start()).toBe('first');
    expect(statSync(join(folder, CODE)).ino).toBe(before);
    expect(readdirSync(folder)).toEqual([CODE]);
  });

  test('that is broken is ignored, and written again', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, CODE), 'no code');
    expect(start()).toBe('first');
    expect(statSync(join(folder, CODE)).size).toBeGreaterThan(100);
  });

  test('that is older than the part is ignored', () => {
    start();
    // The engine alone would not notice: the text is as long as before.
    writePart('other', Date.now() / 1000 + 60);
    expect(start()).toBe('other');
  });

  test.runIf(process.platform !== 'win32')('that others could have written is not used', () => {
    start();
    const path = join(folder, CODE);
    const { ino } = statSync(path);
    chmodSync(path, 0o622);
    expect(start()).toBe('first');
    expect(statSync(path)).toMatchObject({ mode: 0o100600 });
    expect(statSync(path).ino).not.toBe(ino);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(start()).toBe('first');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not kept where there can be no folder; the start goes on', () => {
    writeFileSync(join(home, 'whenever'), 'a file');
    expect(start()).toBe('first');
    expect(readdirSync(home).sort()).toEqual(['part.cjs', 'whenever']);
  });
});

test('folders of other versions are removed when they were not written to for a long time', () => {
  const [old, recent, own] = ['old', 'recent', 'own'].map((name) => join(home, name)) as [string, string, string];
  for (const path of [old, recent, own]) mkdirSync(path);
  const now = Date.now();
  const days = (count: number) => now / 1000 - count * 86_400;
  utimesSync(old, days(91), days(91));
  utimesSync(recent, days(89), days(89));
  utimesSync(own, days(91), days(91));
  forgetOld(home, 'own', now);
  expect([old, recent, own].map((path) => existsSync(path))).toEqual([false, true, true]);
});

test.runIf(process.platform !== 'win32')(
  'the folder is in that of the user for caches; none where code is not to be kept',
  () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/cache', HOME: '/home/one' })).toBe('/cache/whenever');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/home/one' })).toBe('/home/one/.cache/whenever');
    expect(cacheFolder({ HOME: '/home/one' })).toBe('/home/one/.cache/whenever');
    for (const none of [{}, { HOME: '' }, { HOME: 'here' }]) expect(cacheFolder(none)).toBeUndefined();
    for (const off of ['NODE_DISABLE_COMPILE_CACHE', 'NODE_V8_COVERAGE'])
      expect(cacheFolder({ HOME: '/home/one', [off]: '1' })).toBeUndefined();
  },
);

test('a folder that cannot be made, as one in /proc, is none', () => {
  expect(makeOwn('/proc/nope/whenever')).toBe(false);
});
