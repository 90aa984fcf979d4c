import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DirectoryEvent, DirectoryWatches } from '../../src/adapters/watch/directory-watches.ts';
import { TreeWatch } from '../../src/adapters/watch/tree-watch.ts';

let folder: string;
const at = (name: string): string => (name === '.' ? folder : join(folder, name));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-tree-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Notify = (event: DirectoryEvent, name: string | null) => void;

/** A tree on a system whose notifications are given by hand, and that watches no directory with a word of `refuses`. */
const watched = async (root = '.') => {
  const said: string[] = [];
  const open = new Map<string, Notify>();
  const world = { refuses: '', code: 'ENOSPC', mounts: 'a' as string | undefined };
  const short = (path: string) => path.slice(folder.length + 1) || '.';
  const watches = new DirectoryWatches(
    (path, notify) => {
      if (world.refuses !== '' && path.includes(world.refuses))
        throw Object.assign(new Error(world.code), { code: world.code });
      open.set(short(path), notify);
      return {
        close: () => {
          if (open.get(short(path)) === notify) open.delete(short(path));
        },
        on: () => undefined as never,
      };
    },
    async () => world.mounts,
  );
  const tree = new TreeWatch(
    at(root),
    {
      notified: (event, directory, name) => said.push(`${event} ${short(directory)} ${name}`),
      other: (directory) => said.push(`other ${short(directory)}`),
      failed: (directory, error) => said.push(`failed ${short(directory)}: ${error.message}`),
      whole: () => said.push('whole'),
    },
    watches,
  );
  await tree.ready;
  const paths = () => [...open.keys()].sort().join(' ');
  /** Resolves when these directories, and no others, are watched. */
  const until = async (wanted: string) => {
    while (paths() !== wanted) await turn();
  };
  /** Resolves when this was said. Returns all that was, and forgets it. */
  const heard = async (what: string) => {
    while (!said.includes(what)) await turn();
    return said.splice(0);
  };
  const notify = (directory: string, event: DirectoryEvent, name: string | null) => open.get(directory)!(event, name);
  return { tree, world, said, paths, until, heard, notify };
};

test('a tree has the directories that links lead to once, and follows what comes, moves and goes', async () => {
  mkdirSync(at('a/b'), { recursive: true });
  symlinkSync(at('a'), at('again'));
  symlinkSync(at('none'), at('nowhere'));
  const { until, notify, tree, paths } = await watched();
  expect(paths()).toBe('. a a/b');
  mkdirSync(at('c'));
  notify('.', 'rename', 'c');
  await until('. a a/b c');
  renameSync(at('c'), at('d'));
  notify('.', 'rename', 'c');
  notify('.', 'rename', 'd');
  await until('. a a/b d');
  rmSync(at('d'), { recursive: true });
  // Without a name it may be any of them.
  notify('.', 'rename', null);
  await until('. a a/b');
  tree.close();
  expect(paths()).toBe('');
});

test('what cannot be watched is said once, and again when all can be', async () => {
  mkdirSync(at('a/secret'), { recursive: true });
  const first = await watched();
  first.world.refuses = 'later';
  mkdirSync(at('later'));
  first.notify('.', 'rename', 'later');
  expect(await first.heard('failed later: ENOSPC')).toEqual(['rename . later', 'failed later: ENOSPC']);
  first.notify('.', 'change', 'later');
  first.notify('.', 'change', 'later');
  await first.tree.look();
  first.world.refuses = '';
  await first.tree.look();
  const said = await first.heard('whole');
  expect(said.filter((one) => one.startsWith('failed'))).toEqual([]);
  expect(first.paths()).toBe('. a a/secret later');
  first.tree.close();
});

test('what cannot be watched and goes is missed no more', async () => {
  mkdirSync(at('a'));
  const { world, notify, heard, tree } = await watched();
  world.refuses = 'later';
  mkdirSync(at('later'));
  notify('.', 'rename', 'later');
  await heard('failed later: ENOSPC');
  rmSync(at('later'), { recursive: true });
  notify('.', 'rename', 'later');
  expect(await heard('whole')).toContain('whole');
  tree.close();
});

test('a directory that has gone before it was watched is no failure', async () => {
  const { world, notify, said, until, tree } = await watched();
  Object.assign(world, { refuses: 'gone', code: 'ENOENT' });
  mkdirSync(at('gone'));
  mkdirSync(at('here'));
  notify('.', 'rename', 'gone');
  notify('.', 'rename', 'here');
  await until('. here');
  expect(said.filter((one) => one.startsWith('failed'))).toEqual([]);
  tree.close();
});

test('a look finds a link with another target, and all of it where something was mounted', async () => {
  mkdirSync(at('a'));
  mkdirSync(at('b/inside'), { recursive: true });
  symlinkSync(at('a'), at('link'));
  const { tree, world, heard, until } = await watched();
  await until('. a b b/inside');
  unlinkSync(at('link'));
  const other = mkdtempSync(join(tmpdir(), 'whenever-other-'));
  symlinkSync(other, at('link'));
  await tree.look();
  expect(await heard('other link')).toEqual(['other link']);
  await until('. a b b/inside link');
  // As a mount on it: another directory has its name, and no notification came.
  const away = mkdtempSync(join(tmpdir(), 'whenever-away-'));
  renameSync(at('b'), join(away, 'b'));
  mkdirSync(at('b'));
  world.mounts = 'another';
  await tree.look();
  expect(await heard('other b')).toContain('other b');
  await until('. a b link');
  world.mounts = undefined;
  await tree.look();
  tree.close();
  for (const one of [other, away]) rmSync(one, { recursive: true });
});

test('what is not there, or is closed at once, is not watched', async () => {
  const none = await watched('none');
  expect(none.paths()).toBe('');
  none.tree.close();
  mkdirSync(at('a'));
  const { tree, notify, paths, said } = await watched();
  writeFileSync(at('file'), '');
  const looking = tree.look();
  notify('.', 'rename', 'a');
  tree.close();
  await looking;
  for (let i = 0; i < 30; i++) await turn();
  expect(paths()).toBe('');
  expect(said).toEqual(['rename . a']);
});
