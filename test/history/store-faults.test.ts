import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ownFiles } from '../../src/adapters/files/own-files.ts';
import type { HistoryStore } from '../../src/adapters/history/store.ts';
import { claimLine, HistoryFolder, record, runLine, startLine, THEN } from '../support/history-lines.ts';

/** How writes fail: after so many bytes, with a code. */
const disk = vi.hoisted(() => ({
  room: Number.POSITIVE_INFINITY,
  code: 'ENOSPC',
  uid: undefined as number | undefined,
}));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const failed = () => Object.assign(new Error(`${disk.code}: it does not work, write`), { code: disk.code });
  return {
    ...real,
    writeSync: (fd: number, bytes: Buffer, offset = 0) => {
      const room = Math.min(bytes.length - offset, disk.room);
      if (room <= 0) throw failed();
      disk.room -= room;
      return real.writeSync(fd, bytes, offset, room);
    },
    lstatSync: (path: string, options: object) => {
      const stat = real.lstatSync(path, options);
      return disk.uid === undefined ? stat : Object.assign(stat, { uid: disk.uid });
    },
  };
});

let folder: HistoryFolder;
beforeEach(() => {
  folder = new HistoryFolder();
  Object.assign(disk, { room: Number.POSITIVE_INFINITY, code: 'ENOSPC', uid: undefined });
});
afterEach(() => {
  disk.uid = undefined;
  folder.remove();
});

/** Leaves a history with one run, as a program does that ends. */
const earlier = (): HistoryStore => {
  const store = folder.open();
  record(store, startLine(), runLine('A', 'r1'));
  store.close();
  return store;
};
const SEGMENT = '2026-11-001.jsonl';
const runsOfA = (): number | undefined => folder.open().state.runsOf('condition/A')?.runs;

describe('a line that is torn', () => {
  test.each([
    ['in its middle', '{"kind":"run","time":"2026-11'],
    ['before its line end', JSON.stringify(runLine('A', 'r2'))],
  ])('%s is followed by one that begins on a line of its own', (_, torn) => {
    earlier();
    appendFileSync(folder.path(SEGMENT), torn);
    const store = folder.open();
    record(store, runLine('A', 'r3'));
    expect(folder.text(SEGMENT).split('\n').at(-2)).toBe(JSON.stringify(runLine('A', 'r3')));
    expect(runsOfA()).toBe(torn.endsWith('}') ? 3 : 2);
    expect(folder.warnings).toEqual([]);
  });
});

describe('what is damaged is set aside, and the start goes on from what can be read', () => {
  test.each([
    '',
    'nonsense',
    '{"format":1}',
    '{"format":1,"segment":"x","offset":1,"state":{}}',
    'null',
    '{"format":1,"segm',
  ])('a snapshot that is %j', (text) => {
    earlier();
    folder.write('state.json', text);
    const store = folder.open();
    expect(store.state.runsOf('condition/A')?.runs).toBe(1);
    expect(folder.text('state.json.damaged')).toBe(text);
    expect(folder.warnings).toEqual([
      expect.stringMatching(/is damaged, and goes on: state\.json \(.+\) is now state\.json\.damaged$/),
    ]);
    record(store, runLine('A', 'r2'));
    store.close();
    expect(runsOfA()).toBe(2);
    expect(folder.warnings).toHaveLength(1);
  });

  test('a segment that was cut off', () => {
    earlier();
    truncateSync(folder.path(SEGMENT), 250);
    const store = folder.open();
    // The snapshot knows more than the file.
    expect(store.state.runsOf('condition/A')?.runs).toBe(1);
    expect(folder.warnings).toEqual([expect.stringContaining(`${SEGMENT} (it was cut off) is now ${SEGMENT}.damaged`)]);
    record(store, runLine('A', 'r2'));
    expect(folder.files).toEqual([SEGMENT, `${SEGMENT}.damaged`, '2026-11-002.jsonl', 'state.json']);
    expect(runsOfA()).toBe(2);
    expect(folder.warnings).toHaveLength(1);
  });

  test('a segment with other bytes in it, as a power failure leaves them', () => {
    earlier();
    rmSync(folder.path('state.json'));
    appendFileSync(folder.path(SEGMENT), `${'\0'.repeat(512)}\n${JSON.stringify(runLine('A', 'r2'))}\n`);
    expect(runsOfA()).toBe(2);
    expect(folder.warnings).toEqual([
      expect.stringContaining(`${SEGMENT} (lines are not those of a history) is now ${SEGMENT}.damaged`),
    ]);
    expect(folder.text(SEGMENT).split('\n')).toHaveLength(4);
  });

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 200)],
    [
      'changed',
      (bytes: Buffer) =>
        Buffer.concat([
          bytes.subarray(0, bytes.length >> 1),
          Buffer.alloc(300),
          bytes.subarray((bytes.length >> 1) + 300),
        ]),
    ],
  ])('a compressed segment that was %s', (_, change) => {
    mkdirSync(folder.directory, { recursive: true, mode: 0o700 });
    const lines = Array.from(
      { length: 2000 },
      (_, i) => `${JSON.stringify(runLine('A', `r${(i * 7919) % 104729}`, THEN + i))}\n`,
    );
    folder.write(`${SEGMENT}.gz`, change(gzipSync(lines.join(''))));
    const runs = runsOfA()!;
    expect(runs).toBeGreaterThan(500);
    expect(runs).toBeLessThan(2000);
    expect(folder.warnings).toEqual([
      expect.stringContaining(`${SEGMENT}.gz (it cannot be decompressed) is now ${SEGMENT}.gz.damaged`),
    ]);
    // Lines whose text has changed may be JSON all the same.
    expect(folder.runs.length).toBeGreaterThanOrEqual(runs);
  });

  test('a compressed segment that is found to be damaged in the background', async () => {
    earlier();
    const lines = Array.from(
      { length: 2000 },
      (_, i) => `${JSON.stringify(runLine('A', `r${(i * 7919) % 104729}`, THEN + i))}\n`,
    );
    folder.write('2026-10-001.jsonl.gz', gzipSync(lines.join('')).subarray(0, -300));
    const store = folder.open();
    await store.keepHouse();
    expect(folder.warnings).toEqual([
      expect.stringContaining('is damaged: 2026-10-001.jsonl.gz (it cannot be decompressed) is now'),
    ]);
    await store.keepHouse();
    expect(folder.files).toEqual([
      '2026-10-001.jsonl.gz',
      '2026-10-001.jsonl.gz.damaged',
      '2026-10-001.stats.json',
      SEGMENT,
      'state.json',
    ]);
    expect(folder.runs.length).toBeGreaterThan(1000);
    expect(folder.warnings).toHaveLength(1);
  });

  test('statistics that are missing are made again', async () => {
    earlier();
    folder.write('2026-10-001.jsonl.gz', gzipSync(`${JSON.stringify(runLine('A', 'r0'))}\n`));
    await folder.open().keepHouse();
    expect(JSON.parse(folder.text('2026-10-001.stats.json')).items['condition/A'].runs).toBe(1);
  });
});

describe('what a later version wrote is left alone', () => {
  test.each([
    ['a snapshot', () => folder.write('state.json', '{"format":2}')],
    ['a segment', () => appendFileSync(folder.path(SEGMENT), `${JSON.stringify({ ...startLine(), format: 2 })}\n`)],
  ])('%s: nothing is written, and it works in memory', (_, change) => {
    earlier();
    change();
    const before = folder.files.map((name) => folder.text(name));
    const store = folder.open();
    record(store, startLine(), runLine('A', 'r2'));
    store.close();
    expect(folder.files.map((name) => folder.text(name))).toEqual(before);
    expect(folder.warnings).toEqual([
      expect.stringMatching(
        /was written by a later version of whenever \(format 2, this one knows 1\); it is left as it is$/,
      ),
    ]);
    expect(store.state.runsOf('condition/A')?.runs).toBe(1);
  });

  test('names and lines that are not known are ignored, and stay', async () => {
    earlier();
    for (const name of ['2026-10-001.jsonl.zst', 'notes.txt', '2026-10.jsonl', '2026-10-1.jsonl'])
      folder.write(name, 'x');
    appendFileSync(folder.path(SEGMENT), '{"kind":"later","time":"2026-11-10T12:00:00Z","session":"s1"}\n');
    const store = folder.open({ days: 1, now: () => THEN + 1e11 });
    await store.keepHouse();
    expect(folder.files).toHaveLength(6);
    expect(folder.warnings).toEqual([]);
  });
});

describe('what cannot be written is counted, and runs go on', () => {
  test.each(['ENOSPC', 'EDQUOT', 'EIO'])(
    '%s: one warning when it begins, and the number of lines when it works again',
    (code) => {
      const store = folder.open();
      record(store, startLine(), runLine('A', 'r1'));
      Object.assign(disk, { room: 100, code });
      for (let i = 2; i <= 5; i++) record(store, runLine('A', `r${i}`));
      expect(folder.warnings).toEqual([
        `cannot write to the history in ${folder.directory}: ${code}: it does not work, write; runs go on without it`,
      ]);
      disk.room = Number.POSITIVE_INFINITY;
      record(store, runLine('A', 'r6'), runLine('A', 'r7'));
      expect(folder.warnings).toHaveLength(2);
      expect(folder.warnings[1]).toContain('is written again: 4 lines could not be written and are lost');
      expect(folder.runs).toEqual(['r1', 'r6', 'r7']);
      const lost = folder
        .text(SEGMENT)
        .split('\n')
        .find((line) => line.includes('"lost"'));
      expect(JSON.parse(lost!)).toMatchObject({
        kind: 'lost',
        lines: 4,
        session: 's1',
        why: expect.stringContaining(code),
      });
      // The state knows of the lost ones.
      expect(store.state.runsOf('condition/A')?.runs).toBe(7);
      store.close();
      expect(runsOfA()).toBe(7);
      expect(folder.warnings).toHaveLength(2);
    },
  );

  test('lines that are lost up to the end are reported then', () => {
    const store = folder.open();
    record(store, startLine());
    disk.room = 0;
    record(store, runLine('A', 'r1'));
    store.close();
    expect(folder.warnings[1]).toMatch(/^1 line could not be written and is lost \(ENOSPC/);
  });

  test('a directory that cannot be written to at all: one warning', () => {
    disk.code = 'EROFS';
    disk.room = 0;
    const store = folder.open();
    record(store, startLine(), runLine('A', 'r1'), runLine('A', 'r2'));
    store.close();
    expect(folder.warnings).toHaveLength(1);
    expect(store.state.runsOf('condition/A')?.runs).toBe(2);
  });

  test('a directory that cannot be made: one warning, and it works in memory', () => {
    writeFileSync(dirname(folder.directory), 'a file');
    const store = folder.open();
    record(store, startLine(), runLine('A', 'r1'));
    store.writer.alive();
    store.close();
    expect(folder.warnings).toEqual([
      `no history is kept in ${folder.directory}: ENOTDIR: ${dirname(folder.directory)} is not a directory`,
    ]);
    expect(store.state.runsOf('condition/A')?.runs).toBe(1);
  });
});

describe('a directory that is not private is refused', () => {
  const refusedWith = (text: string) => {
    const store = folder.open();
    record(store, startLine());
    store.close();
    expect(folder.warnings).toEqual([expect.stringContaining(text)]);
  };

  test('others may write to it', () => {
    earlier();
    chmodSync(folder.directory, 0o770);
    refusedWith(`others may write to ${folder.directory} (mode 770): run 'chmod go-w ${folder.directory}'`);
    expect(folder.text(SEGMENT).split('\n')).toHaveLength(3);
  });

  test('others may replace it', () => {
    mkdirSync(join(folder.root, 'open'), { mode: 0o700 });
    chmodSync(folder.root, 0o777);
    refusedWith(`others could replace ${dirname(folder.directory)}: they may write to ${folder.root} (mode 777)`);
  });

  test('it belongs to another user', () => {
    earlier();
    disk.uid = 4242;
    refusedWith('does not belong to this user');
  });

  test('one that others may only read is closed to them', () => {
    earlier();
    chmodSync(folder.directory, 0o755);
    record(folder.open(), startLine());
    expect(folder.warnings).toEqual([]);
    expect(execFileSync('stat', ['-c', '%a', folder.directory], { encoding: 'utf8' })).toBe('700\n');
  });
});

describe('what is in the place of a segment', () => {
  test.each([
    ['a link', () => symlinkSync(join(folder.root, 'elsewhere'), folder.path(SEGMENT))],
    ['a pipe', () => execFileSync('mkfifo', [folder.path(SEGMENT)])],
    ['a directory', () => mkdirSync(folder.path(SEGMENT))],
  ])('%s is left alone: the next number is written', (_, make) => {
    mkdirSync(folder.directory, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder.root, 'elsewhere'), 'kept');
    make();
    const store = folder.open();
    record(store, startLine(), runLine('A', 'r1'));
    store.close();
    expect(folder.text('2026-11-002.jsonl').split('\n')).toHaveLength(3);
    expect(execFileSync('cat', [join(folder.root, 'elsewhere')], { encoding: 'utf8' })).toBe('kept');
    expect(runsOfA()).toBe(1);
  });
});

describe('a program that was killed while it compressed', () => {
  const lines = `${JSON.stringify(runLine('A', 'r0'))}\n`;

  test('leaves both files of a segment: its lines count once, and the plain one goes', async () => {
    mkdirSync(folder.directory, { recursive: true, mode: 0o700 });
    folder.write('2026-10-001.jsonl', lines);
    folder.write('2026-10-001.jsonl.gz', gzipSync(lines));
    const store = folder.open();
    expect(store.state.runsOf('condition/A')?.runs).toBe(1);
    await store.keepHouse();
    expect(folder.files).toEqual(['2026-10-001.jsonl.gz', '2026-10-001.stats.json']);
  });

  test('leaves half a file: the segment is compressed again', async () => {
    mkdirSync(folder.directory, { recursive: true, mode: 0o700 });
    folder.write('2026-10-001.jsonl', lines);
    folder.write('2026-10-001.jsonl.gz.tmp', gzipSync(lines).subarray(0, 20));
    folder.write('2026-10-001.stats.json.tmp', '{');
    const store = folder.open({ now: () => THEN + 864e5 });
    record(store, startLine());
    await store.keepHouse();
    store.close();
    expect(folder.files).toEqual(['2026-10-001.jsonl.gz', '2026-10-001.stats.json', SEGMENT, 'state.json']);
    expect(folder.runs).toEqual(['r0']);
    expect(folder.warnings).toEqual([]);
  });
});

describe('files that go while it is written', () => {
  test('the directory is made again, and the state is kept', async () => {
    const store = folder.open();
    record(store, startLine(), runLine('A', 'r1'));
    rmSync(folder.directory, { recursive: true });
    record(store, runLine('A', 'r2'));
    expect(folder.runs).toEqual(['r2']);
    await vi.waitFor(() => expect(folder.files).toContain('state.json'));
    expect(runsOfA()).toBe(2);
    expect(folder.warnings).toEqual([]);
  });

  test('so it is before the first line', () => {
    const store = folder.open();
    rmSync(folder.directory, { recursive: true });
    record(store, runLine('A', 'r1'));
    expect(folder.runs).toEqual(['r1']);
  });

  test('a directory that was renamed is noticed within a minute', () => {
    const store = folder.open();
    record(store, startLine());
    renameSync(folder.directory, `${folder.directory}.old`);
    store.writer.alive();
    record(store, runLine('A', 'r1'));
    expect(folder.runs).toEqual(['r1']);
  });

  test('a newest segment that was removed by hand is not made again: the snapshot has counted its lines', () => {
    earlier();
    rmSync(folder.path(SEGMENT));
    const store = folder.open();
    record(store, runLine('A', 'r2'));
    expect(folder.files).toEqual(['2026-11-002.jsonl', 'state.json']);
    expect(runsOfA()).toBe(2);
  });
});

test('two instants of a clock that was set back keep the order of the file', () => {
  const store = folder.open();
  record(store, runLine('A', 'r1', THEN, 'failure'), runLine('A', 'r2', THEN - 3_600_000));
  expect(folder.open().state.runsOf('condition/A')).toMatchObject({
    last: { run: 'r2' },
    streak: { failed: false, count: 1 },
  });
});

test('its own files are not events', () => {
  earlier();
  expect(ownFiles.owns(folder.path(SEGMENT))).toBe(true);
  expect(ownFiles.owns(folder.path('2026-12-001.jsonl.gz.tmp'))).toBe(true);
  expect(ownFiles.owns(folder.directory)).toBe(true);
  expect(ownFiles.owns(join(folder.root, 'other'))).toBe(false);
});

test('a program that reads while it is written finds whole lines', () => {
  const store = folder.open();
  for (let i = 1; i <= 100; i++) {
    record(store, claimLine('A', `r${i}`), runLine('A', `r${i}`));
    const lines = folder.text(SEGMENT).split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines).toHaveLength(2 * i + 1);
  }
});
