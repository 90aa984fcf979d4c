import { mkdtempSync, rmdirSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { historyDirectory } from '../../src/adapters/history/directory.ts';
import { socketPath, unsafeSocketDirectory } from '../../src/adapters/socket-path.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('the place of the one instance of a user', () => {
  test('is in the runtime directory', () => {
    const runtime = mkdtempSync(join(tmpdir(), 'run-'));
    expect(socketPath({ XDG_RUNTIME_DIR: runtime })).toBe(join(runtime, 'whenever.sock'));
    rmdirSync(runtime);
  });

  test('is in a directory of our own when the runtime directory is missing', () => {
    expect(socketPath({ XDG_RUNTIME_DIR: '/there/is/no/such/directory' })).toMatch(
      /whenever-\d+\/whenever-[0-9a-f]{16}\.sock$/,
    );
  });

  test('is in a directory of our own when there is none, the same each time', () => {
    const path = socketPath({});
    expect(path).toMatch(/whenever-\d+\/whenever\.sock$/);
    expect(socketPath({ XDG_RUNTIME_DIR: '' })).toBe(path);
  });

  test('is never longer than a socket may be, and different for different runtime directories', () => {
    const long = (name: string) => ({ XDG_RUNTIME_DIR: `/run/${'long/'.repeat(40)}${name}` });
    const [a, b] = [socketPath(long('a')), socketPath(long('b'))];
    expect(a.length).toBeLessThanOrEqual(100);
    expect(a).not.toBe(b);
    expect(dirname(a)).toBe(dirname(b));
    expect(socketPath(long('a'))).toBe(a);
  });

  test('is in /tmp when the directory for temporary files has too long a path', () => {
    vi.stubEnv('TMPDIR', `/var/${'long/'.repeat(40)}`);
    expect(socketPath({})).toMatch(/^\/tmp\/whenever-\d+\/whenever\.sock$/);
  });

  test('is a pipe on Windows, which no directory holds, and the history is with the data of programs', () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    const path = socketPath({ XDG_RUNTIME_DIR: '/run/user/1' });
    expect(path).toBe(`\\\\.\\pipe\\whenever-${userInfo().username}`);
    expect(unsafeSocketDirectory(path)).toBeUndefined();
    expect(dirname(historyDirectory('C:\\my.toml', { LOCALAPPDATA: '/local' }))).toBe('/local/whenever');
    const usual = join(homedir(), 'AppData', 'Local', 'whenever');
    expect(dirname(historyDirectory('C:\\my.toml', { LOCALAPPDATA: '' }))).toBe(usual);
  });
});
