import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { historiesDirectory, historyDirectory } from '../../src/adapters/history/directory.ts';
import { historyOfConfig, historyOfInstance, latestHistory } from '../../src/adapters/history/find-history.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'whenever-find-'));
  vi.stubEnv('XDG_STATE_HOME', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true });
});

/** A history with one segment that was written then, in seconds. */
const kept = (config: string, at: number): string => {
  const directory = historyDirectory(config);
  mkdirSync(directory, { recursive: true });
  const segment = join(directory, '2026-11-001.jsonl');
  writeFileSync(segment, '');
  utimesSync(segment, at, at);
  return directory;
};

describe('the history of a running instance', () => {
  const START = 1_800_000_000;

  test('is that of its configuration, where that was written since its start', () => {
    const own = kept('/etc/own.toml', START);
    kept('/etc/other.toml', START + 50);
    expect(historyOfInstance('/etc/own.toml', START * 1000)).toMatchObject({
      config: '/etc/own.toml',
      reader: { directory: own },
    });
  });

  test('is the one that was written last, where it has another configuration than at its start', () => {
    kept('/etc/own.toml', START - 60);
    kept('/etc/third.toml', START + 10);
    const first = kept('/etc/first.toml', START + 50);
    const found = historyOfInstance('/etc/own.toml', START * 1000);
    expect(found.config).toBeUndefined();
    expect(found.reader.directory).toBe(first);
  });

  test('is that of its configuration, where none was written since its start', () => {
    kept('/etc/first.toml', START - 60);
    expect(historyOfInstance('/etc/own.toml', START * 1000).reader.directory).toBe(historyDirectory('/etc/own.toml'));
  });
});

describe('the history that was written last', () => {
  test('is found among those of all configurations; what is not a history is left out', () => {
    expect(latestHistory()).toBeUndefined();
    kept('/etc/a.toml', 1000);
    const latest = kept('/etc/b.toml', 3000);
    kept('/etc/c.toml', 2000);
    writeFileSync(join(historiesDirectory(), 'a file'), '');
    mkdirSync(join(historiesDirectory(), 'nothing'));
    expect(latestHistory()?.reader.directory).toBe(latest);
  });
});

describe('the directory of a history', () => {
  test('is named after the file, and differs for files of the same name', () => {
    const [one, other] = [historyDirectory('/a/my file.toml'), historyDirectory('/b/my file.toml')];
    expect(one).toMatch(/\/whenever\/my_file\.toml-[0-9a-f]{8}$/);
    expect(other).not.toBe(one);
    expect(historyOfConfig('relative.toml').config).toBe(join(process.cwd(), 'relative.toml'));
  });

  test('is in the home directory where XDG_STATE_HOME is not an absolute path', () => {
    expect(historiesDirectory({ XDG_STATE_HOME: '/s' })).toBe('/s/whenever');
    for (const XDG_STATE_HOME of ['relative', '', undefined])
      expect(historiesDirectory({ XDG_STATE_HOME })).toMatch(/^\/.*\/\.local\/state\/whenever$/);
  });

  test('is refused where there is neither', () => {
    vi.stubEnv('HOME', 'relative');
    expect(() => historiesDirectory({})).toThrow('neither XDG_STATE_HOME nor HOME is an absolute path');
  });
});
