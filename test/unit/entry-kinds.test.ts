import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EntryKinds } from '../../src/adapters/watch/entry-kinds.ts';
import type { FileChange, WatchRequest } from '../../src/core/ports.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const put = (name: string): void => writeFileSync(at(name), name);
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-kinds-'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** What is found of a folder, as `HOW NAME` or `HOW NAME < BEFORE`. `say`: what a system or polling reports. */
const watched = async (request: Partial<WatchRequest> = {}) => {
  const found: string[] = [];
  const name = (path: string) => path.slice(folder.length + 1) || '.';
  const kinds = new EntryKinds(
    { path: folder, recursive: true, pollSeconds: 0, renames: true, ...request },
    {
      established: () => {},
      missing: () => {},
      changed: (how, path, from) => found.push(`${how} ${name(path)}${from === undefined ? '' : ` < ${name(from)}`}`),
      trouble: (reason) => found.push(`trouble: ${reason}`),
    },
  );
  await kinds.begin();
  const say = (how: FileChange, path: string) => kinds.listener.changed(how, path === '.' ? folder : at(path));
  /** Resolves when so much has been found, and no name is waited for any more; 0: when it had time to find something. */
  const settled = async (count = 1): Promise<string[]> => {
    for (let i = 0; i < 30 || found.length < count; i++) {
      await turn();
      vi.advanceTimersByTime(10);
    }
    return found.splice(0);
  };
  return { say, settled, close: () => kinds.close() };
};

test('what comes, changes and goes is so called, and what is said twice counts once', async () => {
  put('old');
  const { say, settled } = await watched();
  say('CREATE', 'old');
  say('MODIFY', 'old');
  put('new');
  say('CREATE', 'new');
  put('written');
  say('MODIFY', 'written');
  say('REMOVE', 'never');
  expect(await settled(3)).toEqual(['MODIFY old', 'CREATE new', 'MODIFY written']);
  rmSync(at('new'));
  say('REMOVE', 'new');
  say('REMOVE', 'new');
  expect(await settled()).toEqual(['REMOVE new']);
});

test('a name that has gone and one that comes are a rename, in either order, and a directory takes along what is in it', async () => {
  mkdirSync(at('a'));
  put('a/inside');
  const { say, settled } = await watched();
  renameSync(at('a'), at('b'));
  say('REMOVE', 'a');
  say('CREATE', 'b');
  expect(await settled()).toEqual(['RENAME b < a']);
  rmSync(at('b/inside'));
  say('REMOVE', 'b/inside');
  expect(await settled()).toEqual(['REMOVE b/inside']);
  renameSync(at('b'), at('c'));
  say('CREATE', 'c');
  say('REMOVE', 'b');
  expect(await settled()).toEqual(['RENAME c < b']);
});

test('a file in the place of another one is a change, with the name that it had', async () => {
  put('a');
  put('b');
  const { say, settled } = await watched();
  renameSync(at('b'), at('a'));
  say('REMOVE', 'b');
  say('CREATE', 'a');
  expect(await settled()).toEqual(['MODIFY a < b']);
});

test('a hard link is a new name of what is there: neither name is taken for a rename', async () => {
  put('a');
  const { say, settled } = await watched();
  linkSync(at('a'), at('b'));
  say('CREATE', 'b');
  expect(await settled()).toEqual(['CREATE b']);
  rmSync(at('a'));
  say('REMOVE', 'a');
  expect(await settled()).toEqual(['REMOVE a']);
  // The other name is still known.
  say('MODIFY', 'b');
  expect(await settled()).toEqual(['MODIFY b']);
});

test('a directory that goes takes along what was in it, and is new when it comes again', async () => {
  mkdirSync(at('d'));
  put('d/x');
  linkSync(at('d/x'), at('kept'));
  const { say, settled } = await watched();
  rmSync(at('d'), { recursive: true });
  say('REMOVE', 'd');
  expect(await settled()).toEqual(['REMOVE d']);
  mkdirSync(at('d'));
  say('CREATE', 'd');
  expect(await settled()).toEqual(['CREATE d']);
  // The other name of what was in it is known all the same.
  say('MODIFY', 'kept');
  expect(await settled()).toEqual(['MODIFY kept']);
});

test('a change in a directory is what has come and gone in it, or of the directory itself', async () => {
  put('stays');
  put('goes');
  const { say, settled } = await watched();
  rmSync(at('goes'));
  mkdirSync(at('d'));
  put('new');
  say('OTHER', '.');
  expect((await settled(3)).sort()).toEqual(['CREATE d', 'CREATE new', 'REMOVE goes']);
  say('OTHER', '.');
  expect(await settled()).toEqual(['OTHER .']);
});

test('what is not there at first is new when it comes, also a link that leads nowhere', async () => {
  const { say, settled } = await watched({ path: at('later'), recursive: false });
  symlinkSync(at('none'), at('later'));
  say('CREATE', 'later');
  expect(await settled()).toEqual(['CREATE later']);
});

test('without what is below, only what is in the directory counts', async () => {
  mkdirSync(at('d'));
  put('d/x');
  const { say, settled } = await watched({ recursive: false });
  renameSync(at('d'), at('e'));
  say('REMOVE', 'd');
  say('CREATE', 'e');
  expect(await settled()).toEqual(['RENAME e < d']);
  put('e/y');
  say('OTHER', '.');
  expect(await settled()).toEqual(['OTHER .']);
});

test('a name that is not UTF-8 is only a change of its directory, which is said', async () => {
  const { say, settled } = await watched();
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), '');
  say('OTHER', '.');
  expect(await settled(2)).toEqual([expect.stringMatching(/^trouble: .*UTF-8/), 'OTHER .']);
  const polled = await watched({ pollSeconds: 5 });
  polled.say('OTHER', '.');
  expect(await polled.settled()).toEqual(['OTHER .']);
});

test('after its end nothing is found any more', async () => {
  put('a');
  const { say, settled, close } = await watched();
  rmSync(at('a'));
  say('REMOVE', 'a');
  say('OTHER', '.');
  close();
  put('b');
  say('CREATE', 'b');
  expect(await settled(0)).toEqual([]);
});
