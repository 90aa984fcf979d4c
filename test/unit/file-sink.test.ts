import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileSink, type FileSinkOptions } from '../../src/adapters/files/file-sink.ts';

let folder: string;
let path: string;
let sink: FileSink;
const troubles: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-sink-'));
  path = join(folder, 'file');
  troubles.length = 0;
});
afterEach(() => {
  sink.end();
  rmSync(folder, { recursive: true, force: true });
});

const open = (options: Partial<FileSinkOptions> = {}): FileSink => {
  sink = new FileSink(path, {
    onTrouble: (problem) => troubles.push(problem),
    onLost: (count, ended) => {
      if (ended) troubles.push(`${count} lost in the end`);
      return `lost ${count}\n`;
    },
    ...options,
  });
  return sink;
};
const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i} of this file`);
const write = (from: number, to: number): void => {
  for (const line of lines(from, to)) sink.write(`${line}\n`);
};
const read = (name = 'file'): string[] => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);

describe('a file that is written', () => {
  test('has all lines in order, whole, however many there are', async () => {
    open();
    for (let i = 0; i < 100; i++) {
      write(i * 1000, (i + 1) * 1000);
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await sink.close(5000);
    expect(read()).toEqual(lines(0, 100_000));
    expect(troubles).toEqual([]);
  });

  test('that ends within a line goes on with a new one', async () => {
    writeFileSync(path, 'whole\ncut o');
    open();
    write(0, 2);
    await sink.close(1000);
    expect(read()).toEqual(['whole', 'cut o', ...lines(0, 2)]);
  });

  test('may be emptied by others: what comes then is at its beginning', async () => {
    open({ truncate: true });
    write(0, 5);
    await sink.flush(1000);
    truncateSync(path);
    write(5, 7);
    await sink.close(1000);
    expect(read()).toEqual(lines(5, 7));
  });

  test('is opened again after a rename', async () => {
    open();
    write(0, 2);
    await sink.flush(1000);
    renameSync(path, `${path}.1`);
    write(2, 4);
    await sink.flush(1000);
    FileSink.reopenAll();
    write(4, 6);
    await sink.close(1000);
    expect(read('file.1')).toEqual(lines(0, 4));
    expect(read()).toEqual(lines(4, 6));
    expect(troubles).toEqual([]);
  });

  test('that cannot be opened again goes on as it was, which is reported', async () => {
    open();
    write(0, 2);
    await sink.flush(1000);
    renameSync(path, join(folder, 'moved'));
    mkdirSync(path);
    FileSink.reopenAll();
    write(2, 4);
    await sink.close(1000);
    expect(read('moved')).toEqual(lines(0, 4));
    expect(troubles).toEqual([expect.stringMatching(/cannot be opened again.*EISDIR/)]);
  });
});

describe('a full disk', () => {
  beforeEach(() => symlinkSync('/dev/full', path));
  /** There is room again. */
  const relieve = (): void => {
    unlinkSync(path);
    FileSink.reopenAll();
  };

  test('loses nothing when it has room again soon, and is reported once', async () => {
    open();
    for (let i = 0; i < 10; i++) {
      write(i, i + 1);
      await sink.flush(1000);
    }
    relieve();
    write(10, 20);
    await sink.close(1000);
    expect(read()).toEqual(lines(0, 20));
    expect(troubles).toEqual([expect.stringMatching(/^\/.*file: ENOSPC/)]);
  });

  test('What is too much to be kept is counted in its place.', async () => {
    open({ limit: 1000 });
    write(0, 500);
    await sink.flush(1000);
    relieve();
    await sink.flush(1000);
    write(500, 510);
    await sink.close(1000);
    const got = read();
    const kept = got.findIndex((line) => line.startsWith('lost'));
    expect(kept).toBeGreaterThan(20);
    expect(got).toEqual([...lines(0, kept), `lost ${500 - kept}`, ...lines(500, 510)]);
  });

  test('What cannot be written in the end is counted.', async () => {
    open();
    write(0, 123);
    await sink.close(1000);
    expect(troubles).toEqual([expect.stringContaining('ENOSPC'), '123 lost in the end']);
  });
});

describe('a FIFO', () => {
  beforeEach(() => {
    execFileSync('mkfifo', [path]);
  });

  test('that is not read takes nothing and holds up nothing; its reader gets everything from the first line on', async () => {
    open();
    write(0, 50_000);
    const begun = performance.now();
    await sink.flush(200);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(sink.waiting).toBeGreaterThan(100_000);
    let text = '';
    const reader = createReadStream(path, 'utf8').on('data', (piece) => {
      text += String(piece);
    });
    const ended = new Promise((resolve) => reader.once('end', () => resolve(undefined)));
    await sink.close(10_000);
    await ended;
    expect(text.split('\n').slice(0, -1)).toEqual(lines(0, 50_000));
    expect(troubles).toEqual([]);
  });

  test('whose reader goes away waits for the next one', async () => {
    open();
    const first = openSync(path, 'r');
    closeSync(first);
    write(0, 3);
    await sink.flush(1000);
    expect(troubles).toEqual([]);
    const second = createReadStream(path, 'utf8');
    const text = new Promise((resolve) => second.once('data', resolve));
    expect(await text).toBe(`${lines(0, 3).join('\n')}\n`);
  });
});

describe('a rotation', () => {
  test('that fails leaves the file before open: nothing is lost, nothing goes elsewhere, and it is tried again', async () => {
    const inside = join(folder, 'in');
    mkdirSync(inside);
    path = join(inside, 'file');
    open({ rotateBytes: 200, keep: 3 });
    write(0, 20);
    await sink.flush(1000);
    renameSync(inside, join(folder, 'away'));
    const others = Array.from({ length: 20 }, (_, i) => join(folder, `other${i}`));
    for (let i = 0; i < 20; i++) {
      write(20 + i, 21 + i);
      await sink.flush(1000);
      closeSync(openSync(others[i]!, 'w'));
    }
    expect(read('away/file')).toEqual(lines(0, 40));
    for (const other of others) expect(readFileSync(other, 'utf8')).toBe('');
    expect(troubles).toEqual([expect.stringMatching(/no new file can be begun, the file before goes on: ENOENT/)]);
    renameSync(join(folder, 'away'), inside);
    for (let i = 40; i < 60; i++) {
      write(i, i + 1);
      await sink.flush(1000);
    }
    await sink.close(1000);
    expect(read('in/file.1').length).toBeGreaterThan(1);
    expect(read('in/file').at(-1)).toBe(lines(59, 60)[0]);
    expect(troubles).toHaveLength(1);
  });

  test('leaves nothing behind when it fails', async () => {
    open({ rotateBytes: 100 });
    mkdirSync(`${path}.new`);
    appendFileSync(join(folder, 'file.new/x'), '');
    write(0, 10);
    await sink.flush(1000);
    write(10, 20);
    await sink.close(1000);
    expect(read()).toEqual(lines(0, 20));
    expect(troubles).toEqual([expect.stringContaining('EISDIR')]);
  });
});
