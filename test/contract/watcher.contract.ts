import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileChange, PortSubscription, Watcher, WatchRequest } from '../../src/core/ports.ts';
import { eventually } from '../desktop/support/eventually.ts';

/** A tree with an empty directory `root`, and what a test can do to it. */
export interface Tree {
  readonly watcher: Watcher;
  readonly root: string;
  /** Writes a file. */
  write(path: string): void;
  /** Makes a directory, whose parent is there. */
  makeDirectory(path: string): void;
  /** Removes a file, or a directory with all that is in it. */
  remove(path: string): void;
  /** Makes a link to `target`, which is relative to where the link is. */
  link(target: string, path: string): void;
  /** Renames a directory. */
  move(from: string, to: string): void;
  /** Puts another, empty directory over one, which no notification tells. */
  mount(path: string): void;
  close(): void;
}

/** What every watcher has to do. `pollSeconds`: for requests. */
export const watcherContract = (name: string, makeTree: () => Tree, pollSeconds = 0): void => {
  describe(name, () => {
    let tree: Tree;
    let open: PortSubscription[] = [];
    let heard: string[] = [];
    let said: string[] = [];
    beforeEach(() => {
      tree = makeTree();
      heard = [];
      said = [];
    });
    afterEach(() => {
      for (const one of open) one.close();
      open = [];
      tree.close();
    });
    const watch = async (path: string, more: Partial<WatchRequest> = {}): Promise<PortSubscription> => {
      const one = tree.watcher.watch(
        { path, recursive: false, pollSeconds, ...more },
        {
          established: () => said.push('established'),
          missing: () => said.push('missing'),
          // What is not known exactly is something in it.
          changed: (how: FileChange, where) => heard.push(how === 'OTHER' ? `${where}/` : where),
          trouble: (reason) => said.push(reason),
        },
      );
      open.push(one);
      await one.ready;
      return one;
    };
    const something = (of: string) => eventually(() => heard.length > 0, `a change: ${of}`);
    const anew = () => {
      heard = [];
    };

    it('tells that a file in a directory comes, changes and goes', async () => {
      await watch(tree.root);
      expect(said).toEqual(['established']);
      for (const act of ['write', 'write', 'remove'] as const) {
        anew();
        tree[act](`${tree.root}/file`);
        await something(`${act} of a file`);
        expect(heard.every((path) => path.startsWith(tree.root))).toBe(true);
      }
    });
    it('tells that a file comes, changes, goes and comes again', async () => {
      const file = `${tree.root}/file`;
      await watch(file);
      expect(said).toEqual(['missing']);
      for (const act of ['write', 'write', 'remove', 'write'] as const) {
        anew();
        tree[act](file);
        await something(`${act} of the file`);
        // A write may be told twice: the second telling is not that of the next act.
        await eventually(() => said.at(-1) === (act === 'remove' ? 'missing' : 'established'), `${act} is seen`);
      }
      expect(said).toEqual(['missing', 'established', 'missing', 'established']);
    });
    it('tells what is below a directory when it is watched with all below it', async () => {
      tree.makeDirectory(`${tree.root}/a`);
      tree.makeDirectory(`${tree.root}/a/b`);
      await watch(tree.root, { recursive: true });
      tree.write(`${tree.root}/a/b/file`);
      await something('a file two levels below');
    });
    it('tells nothing of what is below the directories in a directory', async () => {
      tree.makeDirectory(`${tree.root}/a`);
      tree.write(`${tree.root}/a/file`);
      await watch(tree.root);
      tree.write(`${tree.root}/a/file`);
      tree.write(`${tree.root}/last`);
      await something('a file beside the directory');
      expect(heard.filter((path) => path.startsWith(`${tree.root}/a/`))).toEqual([]);
    });
    it.each([false, true])(
      'goes on when the directory is removed and made again, recursive = %s',
      async (recursive) => {
        const directory = `${tree.root}/d`;
        tree.makeDirectory(directory);
        await watch(directory, { recursive });
        for (let round = 0; round < 2; round++) {
          tree.remove(directory);
          await eventually(() => said.at(-1) === 'missing', 'the directory is missed');
          anew();
          tree.makeDirectory(directory);
          await eventually(() => said.at(-1) === 'established', 'the directory is there again');
          await something('the directory is made');
          anew();
          tree.write(`${directory}/file`);
          await something('a file in the new directory');
        }
      },
    );
    it('waits for a path none of whose directories is there', async () => {
      await watch(`${tree.root}/x/y/file`);
      expect(said).toEqual(['missing']);
      tree.makeDirectory(`${tree.root}/x`);
      tree.makeDirectory(`${tree.root}/x/y`);
      anew();
      tree.write(`${tree.root}/x/y/file`);
      await something('the file comes');
      tree.remove(`${tree.root}/x`);
      await eventually(() => said.at(-1) === 'missing', 'it is missed');
    });
    it('enters each directory once where links lead upward and in circles', async () => {
      tree.makeDirectory(`${tree.root}/a`);
      tree.link('.', `${tree.root}/self`);
      tree.link('.', `${tree.root}/again`);
      tree.link('..', `${tree.root}/a/up`);
      tree.link('../..', `${tree.root}/a/out`);
      tree.link('a', `${tree.root}/b`);
      await watch(tree.root, { recursive: true });
      anew();
      tree.write(`${tree.root}/a/file`);
      await something('a file behind links');
      expect(heard.filter((path) => /(self|again|up|out)\//.test(path.slice(tree.root.length)))).toEqual([]);
    });
    it('goes on when a directory below is removed and made again, or two are swapped', async () => {
      const names = [...Array(20).keys()];
      const each = (letters: string) =>
        names.flatMap((i) => [...letters].map((letter) => `${tree.root}/${letter}${i}`));
      for (const directory of each('dmn')) tree.makeDirectory(directory);
      await watch(tree.root, { recursive: true });
      for (const i of names) {
        const [d, m, n, o] = ['d', 'm', 'n', 'o'].map((of) => `${tree.root}/${of}${i}`) as [
          string,
          string,
          string,
          string,
        ];
        tree.remove(d);
        tree.makeDirectory(d);
        tree.move(m, o);
        tree.move(n, m);
      }
      tree.write(`${tree.root}/last`);
      await eventually(() => heard.includes(`${tree.root}/last`), 'the last change');
      for (const directory of each('dm')) {
        anew();
        tree.write(`${directory}/file`);
        await eventually(() => heard.some((path) => path.startsWith(`${directory}/`)), `a file in ${directory}`);
      }
    });
    it.each([
      ['a file below it is waited for', '/m/file', false],
      ['it is watched', '/m', false],
      ['it is in a tree that is watched', '', true],
    ])('sees what is mounted on a directory when %s', async (_, path, recursive) => {
      const directory = `${tree.root}/m`;
      tree.makeDirectory(directory);
      await watch(`${tree.root}${path}`, { recursive });
      tree.mount(directory);
      if (path !== '/m/file') await something('the mount');
      anew();
      tree.write(`${directory}/file`);
      await something('a file in it');
      await eventually(() => said.at(-1) === 'established', 'it is there');
      anew();
      tree.write(`${directory}/file`);
      await something('the file is written again');
    });
    it('tells nothing after it was closed', async () => {
      const closed = await watch(tree.root);
      closed.close();
      anew();
      await watch(`${tree.root}/other`);
      tree.write(`${tree.root}/other`);
      await something('the other file');
      expect(heard).toEqual(heard.filter((path) => path.endsWith('/other')));
    });
  });
};
