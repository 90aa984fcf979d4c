import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWatcher } from '../../src/adapters/watch/watcher.ts';
import type { PortSubscription } from '../../src/core/ports.ts';
import { eventually } from '../desktop/support/eventually.ts';

describe.skipIf(process.platform !== 'linux').each([
  ['by notifications', 0],
  ['by polling', 0.05],
])('what has happened to a file, %s', (_, pollSeconds) => {
  let folder: string;
  let outside: string;
  let watch: PortSubscription | undefined;
  let heard: string[];
  const at = (path: string) => join(folder, path);
  const begin = async (more: { readonly recursive?: boolean; readonly path?: string } = {}) => {
    const named = (path: string) => path.replace(`${folder}/`, '');
    watch = createWatcher().watch(
      { path: folder, recursive: false, pollSeconds, renames: true, ...more },
      {
        established: () => {},
        missing: () => {},
        changed: (how, path, from) =>
          heard.push(`${how} ${named(path)}${from === undefined ? '' : ` from ${named(from)}`}`),
        trouble: (reason) => heard.push(reason),
      },
    );
    await watch.ready;
    heard = [];
  };
  /** Waits for it, and returns all that was heard of other things than content. */
  const until = async (one: string) => {
    await eventually(() => heard.includes(one), `${one} of ${heard.join(', ')}`);
    const all = heard;
    heard = [];
    return all.filter((text) => (!/^MODIFY .*(part|tmp|new)$/.test(text) && !/^MODIFY /.test(text)) || text === one);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whenever-test-'));
    outside = mkdtempSync(join(tmpdir(), 'whenever-test-'));
    heard = [];
    writeFileSync(at('old'), 'x');
  });
  afterEach(() => {
    watch?.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(outside, { recursive: true, force: true });
  });

  test('is one of four words: created, modified, renamed, removed', async () => {
    await begin();
    writeFileSync(at('a'), '1');
    expect(await until('CREATE a')).toEqual(['CREATE a']);
    writeFileSync(at('old'), 'more');
    await until('MODIFY old');
    renameSync(at('old'), at('b'));
    expect(await until('RENAME b from old')).toEqual(['RENAME b from old']);
    renameSync(at('a'), at('c'));
    expect(await until('RENAME c from a')).toEqual(['RENAME c from a']);
    rmSync(at('b'));
    expect(await until('REMOVE b')).toEqual(['REMOVE b']);
  });

  test('is a creation when it comes from outside, and a removal when it leaves', async () => {
    await begin();
    writeFileSync(join(outside, 'x'), '1');
    renameSync(join(outside, 'x'), at('x'));
    expect(await until('CREATE x')).toEqual(['CREATE x']);
    renameSync(at('old'), join(outside, 'y'));
    expect(await until('REMOVE old')).toEqual(['REMOVE old']);
  });

  test('is a modification when an editor puts a new file in its place', async () => {
    await begin();
    for (let i = 0; i < 3; i++) {
      writeFileSync(at('old.tmp'), `${i}`.repeat(i + 2));
      renameSync(at('old.tmp'), at('old'));
      await eventually(
        () => heard.some((one) => one.startsWith('MODIFY old') && !one.startsWith('MODIFY old.tmp')),
        'the file is modified',
      );
      expect(heard.filter((one) => /^(CREATE|REMOVE|RENAME) old( |$)|REMOVE|RENAME/.test(one))).toEqual([]);
      heard = [];
    }
  });

  test('is known below a directory: also in one that came from outside or was renamed', async () => {
    mkdirSync(at('d'));
    writeFileSync(at('d/f'), '1');
    await begin({ recursive: true });
    renameSync(at('d/f'), at('f'));
    expect(await until('RENAME f from d/f')).toEqual(['RENAME f from d/f']);
    renameSync(at('f'), at('d/f'));
    await until('RENAME d/f from f');
    renameSync(at('d'), at('e'));
    await until('RENAME e from d');
    mkdirSync(join(outside, 'n'));
    writeFileSync(join(outside, 'n/g'), '1');
    renameSync(join(outside, 'n'), at('n'));
    await until('CREATE n');
    if (pollSeconds === 0) {
      writeFileSync(at('e/last'), '1');
      await until('CREATE e/last');
    }
    rmSync(at('n/g'));
    expect(await until('REMOVE n/g')).not.toContain('CREATE n/g');
  });

  test('is known of a single file that is watched', async () => {
    await begin({ path: at('old') });
    writeFileSync(at('new'), 'longer');
    renameSync(at('new'), at('old'));
    await until('MODIFY old');
    rmSync(at('old'));
    await until('REMOVE old');
    writeFileSync(at('old'), '1');
    await until('CREATE old');
  });
});
