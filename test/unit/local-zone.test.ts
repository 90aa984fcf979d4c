import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ruleOfZoneFile } from '../../src/adapters/local-zone.ts';

describe('the file of the time zone of the machine', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'zone-'));
    path = join(directory, 'localtime');
    vi.stubEnv('TZ', undefined);
    vi.resetModules();
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  const put = (zone: string) => {
    rmSync(path, { recursive: true, force: true });
    copyFileSync(`/usr/share/zoneinfo/${zone}`, path);
  };

  const tokyoCut = () => readFileSync('/usr/share/zoneinfo/Asia/Tokyo').subarray(0, 60);

  test.each([
    ['cannot be read', 'EISDIR', () => mkdirSync(path)],
    ['is cut off', 'is cut off', () => writeFileSync(path, 'TZif2')],
    ['is cut off after its header', 'is cut off', () => writeFileSync(path, tokyoCut())],
    ['is another file', 'is not a file of the time zone database', () => writeFileSync(path, 'Asia/Tokyo')],
  ])(
    'A new zone of the machine that %s is said once, leaves local time as it was, and is looked at again.',
    async (_, problem, spoil) => {
      const { localZone } = await import('../../src/adapters/local-zone.ts');
      const zone = localZone(path);
      put('Asia/Tokyo');
      expect(zone.look()).toBeDefined();
      const tokyo = new Date(Date.UTC(2026, 0, 15)).getHours();
      rmSync(path);
      spoil();
      expect(zone.look()).toEqual({
        problem: expect.stringMatching(`cannot be used: .*${problem}.*: local time is that of Etc/GMT-9`),
      });
      expect(zone.look()).toBeUndefined();
      expect([tokyo, new Date(Date.UTC(2026, 0, 15)).getHours()]).toEqual([9, 9]);
      put('Europe/Rome');
      expect(zone.look()).toBeDefined();
      expect(new Date(Date.UTC(2026, 0, 15)).getHours()).toBe(1);
    },
  );

  test('Each daemon of a process learns of a change that another one has followed.', async () => {
    const { localZone } = await import('../../src/adapters/local-zone.ts');
    const zones = [localZone(path), localZone(path)];
    put('Asia/Tokyo');
    const [first, second] = zones.map((zone) => zone.look());
    expect(first).toMatchObject({ from: expect.any(String), to: 'Etc/GMT-9' });
    expect(second).toEqual(first);
    expect(zones.map((zone) => zone.look())).toEqual([undefined, undefined]);
    expect(localZone(path).look()).toBeUndefined();
  });

  test('A zone file of the machine that is cut off is said when the program starts.', async () => {
    const { adoptZone } = await import('../../src/adapters/local-zone.ts');
    expect(adoptZone(path)).toBeUndefined();
    writeFileSync(path, tokyoCut());
    expect(adoptZone(path)).toContain(`the time zone of the machine cannot be used: ${path} is cut off: local time is`);
    put('Asia/Tokyo');
    expect(adoptZone(path)).toBeUndefined();
    expect(new Date(Date.UTC(2026, 0, 15)).getHours()).toBe(9);
    expect(adoptZone(join(path, 'below'))).toMatch(/cannot be used: ENOTDIR.*: local time is that of Etc\/GMT-9$/);
  });

  test.each([
    ['Europe/Rome', 'Europe/Rome'],
    ['posix/Asia/Tokyo', 'Asia/Tokyo'],
    ['Etc/UTC', 'UTC'],
  ])('The name of local time is read off the link %s, without the data of this runtime.', async (target, zone) => {
    const { zoneName } = await import('../../src/adapters/local-zone.ts');
    const place = join(directory, 'zoneinfo', target);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, '');
    symlinkSync(place, path);
    const asked = vi.spyOn(Intl, 'DateTimeFormat');
    expect(zoneName(path)).toBe(zone);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  test('The name of local time is that of TZ, or of this runtime, where the machine has no link.', async () => {
    const { zoneName } = await import('../../src/adapters/local-zone.ts');
    put('Asia/Tokyo');
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect([zoneName(path), zoneName(join(directory, 'none'))]).toEqual([own, own]);
    vi.stubEnv('TZ', 'Asia/Tokyo');
    expect(zoneName('/etc/localtime')).toBe('Asia/Tokyo');
  });

  test.each([
    ['asia/tokyo', 'did you mean "Asia/Tokyo"?'],
    ['EUROPE/ROME', 'did you mean "Europe/Rome"?'],
    ['posix/europe/rome', 'did you mean "Europe/Rome"?'],
    ['Us/pacific', 'did you mean "America/Los_Angeles"?'],
    ['japan', 'did you mean "Japan"?'],
    ['etc/gmt+5', 'did you mean "Etc/GMT+5"?'],
    ['Asia/Tokio', 'did you mean "Asia/Tokyo"?'],
    ['/usr/share/zoneinfo/europe/rome', 'ENOENT'],
  ])('TZ=%s is UTC, and the WARN says what may have been meant.', async (tz, hint) => {
    vi.stubEnv('TZ', tz);
    const { adoptZone } = await import('../../src/adapters/local-zone.ts');
    const said = adoptZone();
    expect(said).toContain(`TZ=${JSON.stringify(tz)}`);
    expect(said).toContain('local time is UTC');
    expect(said).toContain(hint);
    expect(new Date(Date.UTC(2026, 6, 15)).getTimezoneOffset()).toBe(0);
  });

  test('A zone file is known to be cut off wherever that is.', () => {
    const whole = readFileSync('/usr/share/zoneinfo/Europe/Rome');
    expect(ruleOfZoneFile(whole, path)).toBe('CET-1CEST,M3.5.0,M10.5.0/3');
    // One that ends with the last time in its table has no rule.
    const bare = Buffer.concat([whole.subarray(0, whole.lastIndexOf('\n', whole.length - 2)), Buffer.from('\n\n')]);
    expect(ruleOfZoneFile(bare, path)).toBeUndefined();
    for (let length = 0; length < whole.length; length++)
      expect(() => ruleOfZoneFile(whole.subarray(0, length), path)).toThrow(`${path} is cut off`);
  });
});
