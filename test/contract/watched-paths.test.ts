import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DirectoryEvent, WatchDirectory } from '../../src/adapters/watch/directory-watches.ts';
import { createWatcher } from '../../src/adapters/watch/watcher.ts';
import type { PortSubscription } from '../../src/core/ports.ts';
import { eventually } from '../desktop/support/eventually.ts';

type Notify = (event: DirectoryEvent, name: string | null) => void;

let root: string;
let watched: PortSubscription | undefined;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-paths-')));
});
afterEach(() => {
  watched?.close();
  watched = undefined;
  rmSync(root, { recursive: true, force: true });
});

/** A system that reports what a test says, and refuses some directories with an error. */
const system = () => {
  const listeners = new Map<string, Notify>();
  const refused = new Map<string, string>();
  const watchDirectory: WatchDirectory = (path, listener) => {
    const code = refused.get(path);
    if (code !== undefined) throw Object.assign(new Error(`${code}: watch '${path}'`), { code, syscall: 'watch' });
    listeners.set(path, listener);
    const close = () => listeners.get(path) === listener && listeners.delete(path);
    const handle = { close, on: () => handle };
    return handle as unknown as ReturnType<WatchDirectory>;
  };
  return {
    watchDirectory,
    refused,
    notify: (path: string, ...event: Parameters<Notify>) => listeners.get(path)?.(...event),
  };
};

/** Watches a path below the root. Returns what the listener gets, with paths below the root. */
const listen = async (path: string, recursive = false, { watchDirectory } = system()): Promise<string[]> => {
  const heard: string[] = [];
  const say = (...words: (string | undefined)[]): void => {
    heard.push(
      words
        .filter((word) => word !== undefined)
        .join(' ')
        .replaceAll(root, ''),
    );
  };
  watched = createWatcher({ watchDirectory, lookMs: 60_000, pollSeconds: 60, mounts: async () => '' }).watch(
    { path: join(root, path), recursive, pollSeconds: 0 },
    {
      established: () => say('established'),
      missing: (obstacle) => say('missing', obstacle),
      trouble: (reason) => say('trouble', reason),
      partly: (reason) => say('partly', reason),
      changed: say,
    },
  );
  await watched.ready;
  return heard;
};

describe('the way to a watched path', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'a/file'), '');
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('a/b/../file', join(root, 'relative'));
    symlinkSync(join(root, 'a'), join(root, 'absolute'));
  });

  test.each([
    ['a/file', 'established'],
    ['a/b', 'established'],
    ['relative', 'established'],
    ['absolute/file', 'established'],
    ['a/none', 'missing'],
    ['loop', 'missing too many links at /loop'],
    ['relative/x', 'missing /a/file is not a directory'],
    [`a/${'x'.repeat(300)}`, `missing ENAMETOOLONG: name too long, lstat '/a/${'x'.repeat(300)}'`],
  ])('%s: %s', async (path, heard) => {
    expect(await listen(path)).toEqual([heard]);
  });
});

describe('what the system reports of a watched path', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'a/file'), '');
  });

  test.each<[what: string, watched: string, notified: [string, DirectoryEvent, string | null], heard: string[]]>([
    ['a change of the file', 'a/file', ['a', 'change', 'file'], ['MODIFY /a/file']],
    ['a change without a name', 'a/file', ['a', 'change', null], ['MODIFY /a/file']],
    ['a change of its neighbour', 'a/file', ['a', 'change', 'other'], []],
    ['a change on the way', 'a/file', ['', 'change', 'a'], []],
    ['a change of the directory itself', 'a', ['', 'change', 'a'], []],
    ['a change in the directory', 'a', ['a', 'change', 'file'], ['MODIFY /a/file']],
    ['a file that is gone from the directory', 'a', ['a', 'rename', 'gone'], ['REMOVE /a/gone']],
  ])('%s', async (_, path, [directory, event, name], expected) => {
    const reports = system();
    const heard = await listen(path, false, reports);
    reports.notify(join(root, directory), event, name);
    expect(heard).toEqual(['established', ...expected]);
  });

  test('a file that is removed and written again', async () => {
    const reports = system();
    const heard = await listen('a/file', false, reports);
    const file = join(root, 'a/file');
    for (const change of [() => rmSync(file), () => writeFileSync(file, '')]) {
      const before = heard.length;
      change();
      reports.notify(join(root, 'a'), 'rename', 'file');
      await eventually(async () => heard.length >= before + 2, 'the change is reported');
    }
    expect(heard).toEqual(['established', 'missing', 'REMOVE /a/file', 'established', 'CREATE /a/file']);
  });
});

describe('a directory that the system does not watch', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'a/file'), '');
  });

  test.each<[what: string, path: string, recursive: boolean, refused: string, code: string, heard: RegExp[]]>([
    ['on the way, without permission: the others do', 'a/b', false, '', 'EACCES', [/^established$/]],
    [
      'that holds the file, without permission',
      'a/file',
      false,
      'a',
      'EACCES',
      [/^trouble EACCES: .*; looking every 60 s instead$/, /^established$/],
    ],
    [
      'on the way, at a limit',
      'a/b',
      false,
      '',
      'ENOSPC',
      [/^trouble the .*max_user_watches.*ENOSPC|^trouble the limit fs.inotify.max_user_watches/, /^established$/],
    ],
    [
      'that is the path, at a limit',
      'a',
      false,
      'a',
      'EMFILE',
      [/^trouble the limit fs.inotify.max_user_instances/, /^established$/],
    ],
    ['that holds the file, gone meanwhile', 'a/file', false, 'a', 'ENOENT', [/^established$/]],
    ['that is the path, gone meanwhile', 'a', false, 'a', 'ENOENT', [/^established$/]],
    [
      'below the path, at a limit',
      'a',
      true,
      'a/b',
      'ENOSPC',
      [/^trouble the limit fs.inotify.max_user_watches/, /^established$/],
    ],
    ['below the path, without permission', 'a', true, 'a/b', 'EACCES', [/^partly \/a\/b: EACCES: /, /^established$/]],
  ])('%s', async (_, path, recursive, refused, code, expected) => {
    const reports = system();
    reports.refused.set(join(root, refused), code);
    const heard = await listen(path, recursive, reports);
    expect(heard).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(heard[i]).toMatch(pattern);
  });
});
