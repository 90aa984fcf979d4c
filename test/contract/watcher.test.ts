import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWatcher } from '../../src/adapters/watch/watcher.ts';
import type { Watcher } from '../../src/core/ports.ts';
import { FakeWatcher } from '../support/fake-watcher.ts';
import { type Tree, watcherContract } from './watcher.contract.ts';

let written = 0;

const realTree = (watcher: Watcher) => (): Tree => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-watch-')));
  return {
    watcher,
    root,
    // Another length each time: a look at the file sees that, however coarse its times are.
    write: (path) => {
      written += 1;
      writeFileSync(path, 'x'.repeat(written % 50));
    },
    makeDirectory: (path) => mkdirSync(path),
    remove: (path) => rmSync(path, { recursive: true }),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
};

watcherContract('the watcher, told by the system', realTree(createWatcher()));
watcherContract('the watcher, looking by itself', realTree(createWatcher()), 0.1);
watcherContract('the fake watcher', () => {
  const root = '/tree';
  const watcher = new FakeWatcher([root]);
  const write = (path: string) => watcher.write(path);
  return { watcher, root, write, makeDirectory: write, remove: (path) => watcher.remove(path), close: () => {} };
});
