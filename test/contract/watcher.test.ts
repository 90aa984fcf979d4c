import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DirectoryEvent, WatchDirectory } from '../../src/adapters/watch/directory-watches.ts';
import { createWatcher } from '../../src/adapters/watch/watcher.ts';
import { eventually } from '../desktop/support/eventually.ts';
import { FakeWatcher } from '../support/fake-watcher.ts';
import { type Tree, watcherContract } from './watcher.contract.ts';

let written = 0;

/** A tree whose mounts are known to the watcher as those of a system are: by looking, not by a notification. */
const realTree = (): Tree => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-watch-')));
  const silent = new Set<string>();
  const watchDirectory: WatchDirectory = (path, listener) =>
    watch(path, { persistent: false, encoding: 'utf8' }, (told, name) => {
      if (!silent.has(join(path, name ?? '')) && !(silent.has(path) && name === basename(path)))
        listener(told as DirectoryEvent, name);
    });
  return {
    watcher: createWatcher({ watchDirectory, lookMs: 50, mounts: async () => `${silent.size}` }),
    root,
    // Another length each time: a look at the file sees that, however coarse its times are.
    write: (path) => {
      written += 1;
      writeFileSync(path, 'x'.repeat(written % 50));
    },
    makeDirectory: (path) => mkdirSync(path),
    remove: (path) => rmSync(path, { recursive: true }),
    link: symlinkSync,
    move: renameSync,
    mount: (path) => {
      silent.add(`${path}.below`).add(path);
      renameSync(path, `${path}.below`);
      mkdirSync(path);
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
};

watcherContract('the watcher, told by the system', realTree);
watcherContract('the watcher, looking by itself', realTree, 0.1);
watcherContract('the fake watcher', () => {
  const root = '/tree';
  const watcher = new FakeWatcher([root]);
  const write = (path: string) => watcher.write(path);
  const remove = (path: string) => watcher.remove(path);
  return {
    ...{ watcher, root, write, makeDirectory: write, remove, mount: write },
    link: (_, path) => write(path),
    move: (from, to) => {
      remove(from);
      write(to);
    },
    close: () => {},
  };
});

test('A new entry whose name is not UTF-8 is a change of its directory, and is reported where the kind of change matters.', async () => {
  const tree = realTree();
  const said: string[] = [];
  const one = tree.watcher.watch(
    { path: tree.root, recursive: false, pollSeconds: 0, renames: true },
    {
      ...{ established: () => {}, missing: () => {}, partly: () => {}, whole: () => {} },
      changed: (how, path) => said.push(`${how} ${path}`),
      trouble: (reason, known) => said.push(`${known} ${reason}`),
    },
  );
  try {
    await one.ready;
    writeFileSync(Buffer.from(`${tree.root}/new\xe9`, 'latin1'), '');
    await eventually(() => said.length >= 2, 'the change and the reason are reported');
    expect(said.slice(0, 2)).toEqual([
      `false ${tree.root}/new\ufffd: its name is not UTF-8: rename it`,
      `OTHER ${tree.root}`,
    ]);
  } finally {
    one.close();
    tree.close();
  }
});

describe.each([
  ['told by the system', 0],
  ['looking by itself', 0.05],
])('the watcher, %s', (_, pollSeconds) => {
  test('A directory below whose name is not UTF-8 is said once, and when it is gone, all is watched.', async () => {
    const tree = realTree();
    const said: string[] = [];
    const [old, young] = ['old', 'new'].map((name) => Buffer.from(`${tree.root}/${name}\xe9`, 'latin1')) as [
      Buffer,
      Buffer,
    ];
    const shown = (name: string) => `${tree.root}/${name}\ufffd: its name is not UTF-8: rename it`;
    mkdirSync(old);
    const one = tree.watcher.watch(
      { path: tree.root, recursive: true, pollSeconds },
      {
        ...{ established: () => {}, missing: () => {}, changed: () => {}, trouble: (reason) => said.push(reason) },
        ...{ partly: (reason) => said.push(reason), whole: () => said.push('whole') },
      },
    );
    try {
      await one.ready;
      expect(said).toEqual([shown('old')]);
      mkdirSync(young);
      await eventually(() => said.length === 2, 'the new one is said');
      expect(said).toEqual([shown('old'), shown('new')]);
      rmSync(old, { recursive: true });
      rmSync(young, { recursive: true });
      await eventually(() => said.length === 3, 'all is watched');
      expect(said.at(-1)).toBe('whole');
    } finally {
      one.close();
      tree.close();
    }
  });
});
