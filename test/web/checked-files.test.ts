import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { CheckedFiles, changedAfter } from '../../src/web/checked-files.ts';

test.skipIf(process.platform === 'win32').each([
  ['a link that leads nowhere', 'ELOOP', (path: string) => symlinkSync(path, path)],
  ['a directory', 'it is a directory', (path: string) => mkdirSync(path)],
  ['nothing', 'no such file', () => {}],
] as const)(
  'a file in whose place there is %s is a problem that is named, and is read again when it is back',
  async (_, problem, replace) => {
    const directory = mkdtempSync(join(tmpdir(), 'whenever-files-'));
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const path = join(directory, 'my.toml');
      replace(path);
      const files = new CheckedFiles(path);
      expect((await files.load()).answer.problem).toContain(problem);
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, 'scheduler_tick_seconds = 1\n');
      vi.advanceTimersByTime(1001);
      expect((await files.load()).answer.problem).toBeUndefined();
    } finally {
      vi.useRealTimers();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);

test('a file that is gone was not changed, one that was written later was', () => {
  const directory = mkdtempSync(join(tmpdir(), 'whenever-files-'));
  try {
    const path = join(directory, 'a.toml');
    writeFileSync(path, '');
    expect(changedAfter([path], Date.now() + 60_000)).toBe(false);
    expect(changedAfter([join(directory, 'none')], 0)).toBe(false);
    expect(changedAfter([join(directory, 'none'), path], 0)).toBe(true);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
