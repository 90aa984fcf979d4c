import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DiskSpool } from '../../src/adapters/fleet/disk-spool.ts';
import { LogShipper } from '../../src/fleet/log-shipper.ts';
import { LogReader, readBatch } from '../../src/fleet/shared-log.ts';
import { FakeLogServer, FakeSharedLog } from '../support/fake-shared-log.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const MINUTE = 60_000;

const full = vi.hoisted(() => ({ disk: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (...args: Parameters<typeof fs.writeSync>) => {
    if (full.disk) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return fs.writeSync(...args);
  };
  return { ...fs, writeSync };
});

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'whenever-spool-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const clock = () => new VirtualClock(Date.parse('2026-03-02T10:00:00Z'));

/** A program on a machine that adds to the log. */
const machine = (
  server: FakeLogServer,
  session: string,
  more: Partial<ConstructorParameters<typeof DiskSpool>[1]> = {},
  longest?: number,
) => {
  const warnings: string[] = [];
  const problems: string[] = [];
  const now = () => server.clock.wall();
  const spool = new DiskSpool(join(directory, 'spool'), { session, now, warn: (text) => warnings.push(text), ...more });
  let connection: (connected: boolean) => void = () => {};
  const onConnection = (listener: typeof connection) => {
    connection = listener;
    return () => {};
  };
  const shipper = new LogShipper({
    node: 'a',
    log: new FakeSharedLog(server),
    spool,
    clock: server.clock,
    onConnection,
    longest: () => longest,
    onProblem: (text) => problems.push(text),
  });
  shipper.begin();
  const add = (count: number, kind: 'history' | 'record' = 'history') => {
    for (let i = 0; i < count; i++) spool.add(kind, { text: 'x'.repeat(100) }, true);
  };
  return { spool, shipper, add, warnings, problems, reconnect: () => connection(true) };
};

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
const files = (): string[] => readdirSync(join(directory, 'spool')).filter((name) => name.endsWith('.ndjson'));

describe('the log of a fleet', () => {
  it('leaves alone what another program writes that runs with the same name and directory.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const first = machine(server, 'aa');
    server.down = true;
    first.add(3);
    const pid = join(directory, 'spool', 'aa.pid');
    expect(readFileSync(pid, 'utf8')).toBe(`${process.pid}\n`);
    // The program that has started this one runs.
    writeFileSync(pid, `${process.ppid}\n`);
    const second = machine(server, 'bb');
    expect(second.spool.sessions()).toEqual(['bb']);
    first.spool.close();
    expect(existsSync(pid)).toBe(false);
    expect(machine(server, 'cc').spool.sessions()).toContain('aa');
  });

  it('gets each entry once, in order, also when answers are lost and the server is away.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const { add } = machine(server, 'aa');
    add(3);
    await time.advance(10);
    server.deaf = true;
    add(2);
    await time.advance(3000);
    server.deaf = false;
    server.down = true;
    add(4);
    await time.advance(MINUTE);
    server.down = false;
    await time.advance(2000);
    expect(server.numbers('aa')).toEqual(upTo(9));
  });

  it('gets what an earlier instance has left on the disk, and what it was writing when it was killed is left out.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    server.down = true;
    const one = machine(server, 'aa');
    one.add(5);
    await one.shipper.end(0);
    one.spool.close();
    writeFileSync(join(directory, 'spool', 'aa.000000000006.ndjson'), '{"n":6,"kind":"record","value":1}\n{"n":7,"ki');
    server.down = false;
    const two = machine(server, 'bb');
    two.add(2);
    await time.advance(10);
    expect(server.numbers('aa')).toEqual(upTo(6));
    expect(server.numbers('bb')).toEqual([1, 2]);
  });

  it('gets again what a server has lost, from the disk and from the session before.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const one = machine(server, 'aa', { mostKept: 300 });
    one.add(3);
    await time.advance(10);
    one.add(3);
    await time.advance(10);
    expect(server.batches).toHaveLength(2);
    server.lose(2);
    one.reconnect();
    await time.advance(2000);
    expect(server.numbers('aa')).toEqual(upTo(6));
  });

  it('keeps a file until the server has had it for ten minutes.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const one = machine(server, 'aa', { longestFile: 500 });
    one.add(10);
    await time.advance(10);
    expect(files()).toHaveLength(3);
    await time.advance(9 * MINUTE);
    expect(files()).toHaveLength(3);
    await time.advance(12 * MINUTE);
    one.add(1);
    await time.advance(10);
    expect(files()).toEqual(['aa.000000000009.ndjson']);
    expect(server.numbers('aa')).toEqual(upTo(11));
  });

  it('has a gap where entries were dropped, which a reader names; a warning says so once.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    server.down = true;
    const one = machine(server, 'aa', { longestFile: 500, mostWaiting: 1500, mostKept: 300 });
    one.add(4);
    server.down = false;
    await time.advance(2000);
    server.down = true;
    one.add(30);
    await time.advance(2000);
    server.down = false;
    await time.advance(2000);
    const numbers = server.numbers('aa');
    expect(numbers.slice(0, 4)).toEqual(upTo(4));
    expect(numbers.at(-1)).toBe(34);
    expect(numbers[4]).toBeGreaterThan(5);
    expect(one.warnings).toEqual([expect.stringContaining('the oldest of it is dropped')]);
    const reader = new LogReader();
    const read = server.batches.flatMap((batch) => reader.take(batch));
    expect(read.map(({ n }) => n)).toEqual(numbers);
    expect(reader.gaps).toEqual([{ node: 'a', session: 'aa', from: 5, to: numbers[4]! - 1 }]);
    // Where all is read, a source begins at 1.
    const whole = new LogReader(true);
    whole.take({ node: 'a', session: 'bb', text: '{"n":3,"kind":"record","value":1}\n', place: 1 });
    expect(whole.gaps).toEqual([{ node: 'a', session: 'bb', from: 1, to: 2 }]);
    // What comes again is not taken again.
    expect(server.batches.flatMap((batch) => reader.take(batch))).toEqual([]);
  });

  it('goes on from memory when the disk is full, and says so.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const one = machine(server, 'aa');
    one.add(2);
    await time.advance(10);
    one.spool.close();
    rmSync(join(directory, 'spool'), { recursive: true });
    writeFileSync(join(directory, 'spool'), 'in the way');
    one.add(3);
    await time.advance(10);
    expect(server.numbers('aa')).toEqual(upTo(5));
    expect(one.warnings).toEqual([expect.stringContaining('cannot be written')]);
    rmSync(join(directory, 'spool'));
    one.add(1);
    await time.advance(10);
    expect(server.numbers('aa')).toEqual(upTo(6));
    expect(files()).toEqual(['aa.000000000006.ndjson']);
  });

  it('waits for a server that refuses it, and says why, once until it takes something again.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const { add, problems } = machine(server, 'aa');
    const why = expect.stringContaining('does not take them: maximum bytes exceeded');
    server.refusal = 'maximum bytes exceeded';
    add(3);
    await time.advance(MINUTE);
    expect(problems).toEqual([why]);
    server.refusal = undefined;
    await time.advance(2000);
    expect(server.numbers('aa')).toEqual(upTo(3));
    server.refusal = 'maximum bytes exceeded';
    add(1);
    await time.advance(MINUTE);
    expect(problems).toEqual([why, why]);
    // That there is no server is not refused.
    server.refusal = undefined;
    server.down = true;
    await time.advance(MINUTE);
    expect(problems).toHaveLength(2);
  });

  it('gets messages that are as long as the server takes them, and what is longer only as its length.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const one = machine(server, 'aa', {}, 1000);
    one.add(20);
    one.spool.add('record', 'é'.repeat(600), true);
    one.add(1);
    await time.advance(10);
    expect(server.numbers('aa')).toEqual(upTo(22));
    expect(Math.max(...server.batches.map(({ text }) => Buffer.byteLength(text)))).toBeLessThanOrEqual(1000);
    expect(server.batches.flatMap(readBatch).find(({ n }) => n === 21)?.value).toEqual({ dropped: 1236 });
  });

  it('is not disturbed by what else has a name like a file of it.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const spool = join(directory, 'spool');
    mkdirSync(join(spool, 'bb.000000000001.ndjson'), { recursive: true, mode: 0o700 });
    symlinkSync('/nowhere', join(spool, 'cc.000000000001.ndjson'));
    const foreign = 'null\n[]\n{"n":"z","kind":3}\n{"n":-1,"kind":"event"}\n{"n":1,"kind":"event","value":1}\n';
    writeFileSync(join(spool, 'ee.000000000001.ndjson'), foreign);
    const one = machine(server, 'aa');
    one.add(2);
    await time.advance(20 * MINUTE);
    expect(server.numbers('aa')).toEqual(upTo(2));
    expect(server.numbers('ee')).toEqual([1]);
    expect(one.spool.sessions()).toEqual(['ee', 'aa']);
  });

  it('leaves no empty files on a disk that is full, and goes on when there is room.', () => {
    const server = new FakeLogServer(clock());
    const one = machine(server, 'aa');
    full.disk = true;
    try {
      one.add(5);
      expect(files()).toEqual([]);
      expect(one.warnings).toEqual([expect.stringContaining('cannot be written')]);
    } finally {
      full.disk = false;
    }
    one.add(1);
    expect(files()).toEqual(['aa.000000000006.ndjson']);
  });

  it('gets many entries in messages of 256 kB, and an entry that is too long only as its length.', async () => {
    const time = clock();
    const server = new FakeLogServer(time);
    const one = machine(server, 'aa', { mostKept: 10_000_000 });
    for (let i = 0; i < 10; i++) one.spool.add('record', 'x'.repeat(100_000), true);
    one.spool.add('record', 'é'.repeat(300_000), true);
    await time.advance(10);
    expect(server.numbers('aa')).toEqual(upTo(11));
    const sizes = server.batches.map(({ text }) => Buffer.byteLength(text));
    expect(Math.max(...sizes)).toBeLessThan(300_000);
    expect(readBatch(server.batches.at(-1)!).at(-1)!.value).toEqual({ dropped: 600_036 });
  });
});
