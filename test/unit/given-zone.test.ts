import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ruleOfZoneFile } from '../../src/adapters/local-zone.ts';

const DATABASE = '/usr/share/zoneinfo';
const winterHour = (): number => new Date(Date.UTC(2026, 0, 15)).getHours();

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'given-zone-'));
  path = join(directory, 'localtime');
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

/** The first part of a file of the zone database, as it was before there were rules at its end. */
const oldFile = (zone: string): Buffer => {
  const bytes = Buffer.from(readFileSync(`${DATABASE}/${zone}`));
  const second = bytes.indexOf('TZif', 4, 'latin1');
  const first = bytes.subarray(0, second);
  first[4] = 0;
  return first;
};

describe('TZ in the environment', () => {
  const begin = async (tz: string) => {
    vi.stubEnv('TZ', tz);
    const { adoptZone, withGivenZone } = await import('../../src/adapters/local-zone.ts');
    return { problem: adoptZone(path), children: withGivenZone({ ...process.env, A: 'b' }) };
  };

  test.each([
    ['', 0],
    [':', 0],
    [':Europe/Rome', 1],
    ['posix/Asia/Tokyo', 9],
    [`${DATABASE}/Asia/Tokyo`, 9],
    [`:${DATABASE}/Asia/Tokyo`, 9],
    ['JST-9', 9],
    ['Asia/Tokyo', 9],
  ])('%j is local time, and children get it as it was', async (tz, hour) => {
    const { problem, children } = await begin(tz);
    expect(problem).toBeUndefined();
    expect(winterHour()).toBe(hour);
    expect(children).toMatchObject({ TZ: tz, A: 'b' });
  });

  test.each([
    ['Europe/Rom', /^TZ="Europe\/Rom" is not a time zone that is known.*did you mean "?Europe\/Rome"?/],
    [
      '99999999999',
      /is not a time zone that is known, nor a rule that one has: local time is UTC \(expected a name such as/,
    ],
    ['/no/such/file', /^TZ="\/no\/such\/file" cannot be used: ENOENT.*: local time is UTC$/],
  ])('%j is not understood: the text says why, and local time is UTC', async (tz, text) => {
    const { problem, children } = await begin(tz);
    expect(problem).toMatch(text);
    expect(winterHour()).toBe(0);
    expect(children.TZ).toBe(tz);
  });

  test('a file without a rule is not understood', async () => {
    writeFileSync(path, oldFile('Asia/Tokyo'));
    expect((await begin(path)).problem).toBe(
      `TZ="${path}" is not a time zone that is known, nor a rule that one has: local time is UTC (expected a name such as Europe/Rome)`,
    );
  });

  test('a change of the machine does not matter', async () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const { localZone } = await import('../../src/adapters/local-zone.ts');
    const zone = localZone(path);
    copyFileSync(`${DATABASE}/Europe/Rome`, path);
    expect(zone.look()).toBeUndefined();
    expect(winterHour()).toBe(9);
  });
});

describe('without TZ', () => {
  beforeEach(() => void vi.stubEnv('TZ', undefined));

  test('a link into the zone database is what this runtime uses as well', async () => {
    symlinkSync(`${DATABASE}/Asia/Tokyo`, path);
    const { adoptZone, withGivenZone } = await import('../../src/adapters/local-zone.ts');
    expect(adoptZone(path)).toBeUndefined();
    expect(withGivenZone({ A: 'b' })).toEqual({ A: 'b' });
    expect(process.env.TZ).toBeUndefined();
  });

  test('a copy of a zone is adopted, children do not get it, and the same zone again is not a change', async () => {
    copyFileSync(`${DATABASE}/Asia/Tokyo`, path);
    const { adoptZone, localZone, withGivenZone } = await import('../../src/adapters/local-zone.ts');
    expect(adoptZone(path)).toBeUndefined();
    expect(winterHour()).toBe(9);
    expect(withGivenZone({ TZ: process.env.TZ, A: 'b' })).toEqual({ A: 'b' });
    const zone = localZone(path);
    expect(zone.look()).toBeUndefined();
    rmSync(path);
    copyFileSync(`${DATABASE}/Asia/Tokyo`, path);
    expect(zone.look()).toBeUndefined();
    rmSync(path);
    symlinkSync(`${DATABASE}/Europe/Rome`, path);
    expect(zone.look()).toMatchObject({ to: 'Europe/Rome' });
    expect(winterHour()).toBe(1);
  });

  test('a machine whose file is removed goes on with what this runtime takes for its zone', async () => {
    copyFileSync(`${DATABASE}/Asia/Tokyo`, path);
    const { adoptZone, localZone } = await import('../../src/adapters/local-zone.ts');
    adoptZone(path);
    const zone = localZone(path);
    rmSync(path);
    expect(zone.look()).toMatchObject({ from: expect.any(String), to: expect.any(String) });
    expect(process.env.TZ).toBeUndefined();
  });
});

test('A file of before there were rules has none, and one that is cut off is refused.', () => {
  const bytes = oldFile('Europe/Rome');
  expect(ruleOfZoneFile(bytes, 'f')).toBeUndefined();
  expect(() => ruleOfZoneFile(bytes.subarray(0, bytes.length - 1), 'f')).toThrow('f is cut off');
});
