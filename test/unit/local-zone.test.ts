import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

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

  test.each([
    ['cannot be read', () => mkdirSync(path)],
    ['is cut off', () => writeFileSync(path, 'TZif2')],
  ])('A new zone of the machine that %s leaves local time as it was, and is looked at again.', async (_, spoil) => {
    const { localZone } = await import('../../src/adapters/local-zone.ts');
    const zone = localZone(path);
    put('Asia/Tokyo');
    expect(zone.look()).toBeDefined();
    const tokyo = new Date(Date.UTC(2026, 0, 15)).getHours();
    rmSync(path);
    spoil();
    expect(zone.look()).toBeUndefined();
    expect([tokyo, new Date(Date.UTC(2026, 0, 15)).getHours()]).toEqual([9, 9]);
    put('Europe/Rome');
    expect(zone.look()).toBeDefined();
    expect(new Date(Date.UTC(2026, 0, 15)).getHours()).toBe(1);
  });
});
