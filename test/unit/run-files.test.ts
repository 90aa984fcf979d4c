import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRunFiles } from '../../src/adapters/run-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('files of runs', () => {
  test('are for this user only, in a directory of this process, and go when they are removed', async () => {
    const root = join(folder, 'runs');
    const files = createRunFiles(root);
    expect(existsSync(root)).toBe(false);
    const text = await files.write('paths', 'a\0b\0');
    const bytes = await files.write('output', Buffer.from([0xff, 0]));
    expect(readFileSync(text.path, 'utf8')).toBe('a\0b\0');
    expect([...readFileSync(bytes.path)]).toEqual([0xff, 0]);
    expect([mode(text.path), mode(dirname(text.path)), mode(root)]).toEqual(['600', '700', '700']);
    expect(dirname(text.path)).toContain(`${process.pid}-`);
    text.remove();
    text.remove();
    expect(readdirSync(dirname(bytes.path))).toEqual(['2-output']);
    files.close();
    expect(readdirSync(root)).toEqual([]);
  });

  test('are made again in a directory that a program has cleared away', async () => {
    const files = createRunFiles(join(folder, 'runs'));
    await files.write('a', '1');
    rmSync(join(folder, 'runs'), { recursive: true });
    expect(readFileSync((await files.write('b', '2')).path, 'utf8')).toBe('2');
    files.close();
  });

  test('of two daemons in one process do not meet', async () => {
    const [one, two] = [createRunFiles(join(folder, 'runs')), createRunFiles(join(folder, 'runs'))];
    const [a, b] = [await one.write('x', '1'), await two.write('x', '2')];
    one.close();
    expect([existsSync(a.path), readFileSync(b.path, 'utf8')]).toEqual([false, '2']);
    two.close();
  });

  test('are not written where others could read or replace them', async () => {
    mkdirSync(join(folder, 'runs'), { mode: 0o777 });
    spawnSync('chmod', ['777', join(folder, 'runs')]);
    await expect(createRunFiles(join(folder, 'runs')).write('x', '1')).rejects.toThrow('others may write to');
  });

  test('leave nothing when they cannot be written whole', async () => {
    const files = createRunFiles(join(folder, 'runs'));
    const first = await files.write('a', '1');
    // The name of the next one is taken.
    mkdirSync(join(dirname(first.path), '2-b'));
    await expect(files.write('b', '2')).rejects.toThrow('EEXIST');
    files.close();
  });

  test.skipIf(process.platform !== 'linux')(
    'of killed instances are removed at the start, those of living ones stay',
    async () => {
      const root = join(folder, 'runs');
      const living = createRunFiles(root);
      const kept = await living.write('x', '1');
      const [, start, numbering] = dirname(kept.path).split('/').at(-1)!.split('-');
      const { pid } = spawnSync('true');
      const names = [`${pid}-1-${numbering}-1`, `${process.pid}-${Number(start) + 1}-${numbering}-1`];
      const others = [`${pid}-1-99-1`, 'something else'];
      for (const name of [...names, ...others]) {
        mkdirSync(join(root, name));
        writeFileSync(join(root, name, '1-output'), 'secret');
      }
      const next = createRunFiles(root);
      await next.write('y', '2');
      expect(readdirSync(root).filter((name) => names.includes(name))).toEqual([]);
      expect(readdirSync(root)).toEqual(expect.arrayContaining(others));
      expect(existsSync(kept.path)).toBe(true);
      living.close();
      next.close();
    },
  );
});
