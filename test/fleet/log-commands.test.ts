import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { NatsLog } from '../../src/adapters/fleet/nats-log.ts';
import { fleetCommand } from '../../src/commands/fleet.ts';
import { runSubcommand } from '../../src/commands/run-subcommand.ts';
import type { LogKind } from '../../src/fleet/shared-log.ts';
import type { HistoryLine } from '../../src/history/history-line.ts';
import { claimLine, runLine, startLine } from '../support/history-lines.ts';
import { NatsServer } from '../support/nats-server.ts';

const io = vi.hoisted(() => ({ out: '', err: '' }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const writeSync = (fd: number, bytes: Uint8Array, ...rest: number[]): number => {
    if (fd !== 1 && fd !== 2) return real.writeSync(fd, bytes, ...rest);
    const text = Buffer.from(bytes).toString();
    if (fd === 1) io.out += text;
    else io.err += text;
    return bytes.length;
  };
  return { ...real, writeSync, default: { ...real, writeSync } };
});

const server = new NatsServer();
const directory = mkdtempSync(join(tmpdir(), 'whenever-fleet-log-'));
const file = join(directory, 'my.toml');

/** Adds entries of one machine to the log. */
const add = async (node: string, first: number, entries: readonly (readonly [LogKind, unknown])[]): Promise<void> => {
  const log = new NatsLog(await server.connect());
  const text = entries.map(([kind, value], i) => `${JSON.stringify({ n: first + i, kind, value })}\n`).join('');
  await log.add({ node, session: `${node}1` }, first, text, new Set(entries.map(([kind]) => kind)));
};

const record = (time: string, level: string, item: string | null, message: string) =>
  [
    'record',
    {
      time: Date.parse(time),
      ...{ level, mark: 'PROC/MSG', message },
      context: {
        emitter: item === null ? 'MAIN' : 'CONDITION',
        action: 'active',
        item,
        itemId: item === null ? null : 1,
      },
    },
  ] as const;
const history = (...lines: readonly HistoryLine[]) => lines.map((line) => ['history', line] as const);

beforeAll(async () => {
  await server.start();
  writeFileSync(file, `[fleet]\nservers = ["${server.url}"]\n`);
  await add('office', 1, [
    ...history(
      startLine(Date.parse('2026-03-02T10:00:00.000Z')),
      claimLine('Hourly', 'run-1', Date.parse('2026-03-02T10:01:00.000Z')),
      runLine('Hourly', 'run-1', Date.parse('2026-03-02T10:01:01.000Z'), 'failure'),
    ),
    record('2026-03-02T10:01:01Z', 'warn', 'Hourly', 'the disk is full'),
    ['event', { time: Date.parse('2026-03-02T10:01:02Z'), topics: ['disk'], item: null, message: { free: 0 } }],
  ]);
  await add('laptop', 1, [
    ...history(
      claimLine('Other', 'run-1', Date.parse('2026-03-02T10:00:30.000Z')),
      runLine('Other', 'run-1', Date.parse('2026-03-02T10:00:31.000Z')),
      claimLine('Hourly', 'run-2', Date.parse('2026-03-02T10:02:00.000Z')),
      runLine('Hourly', 'run-2', Date.parse('2026-03-02T10:02:01.000Z')),
    ),
    record('2026-03-02T10:02:01Z', 'info', 'Hourly', 'all is well'),
  ]);
  // Entries 6 to 8 were dropped by the machine.
  await add('laptop', 9, [record('2026-03-02T10:03:00Z', 'info', null, 'later')]);
});
afterAll(async () => {
  await server.remove();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  io.out = '';
  io.err = '';
});

/** Runs `whenever fleet …`. */
const run = async (action: string, options: Record<string, unknown> = {}) => {
  const status = await runSubcommand(fleetCommand as never, { args: [action, file], options, now: Date.now() });
  return { status, out: io.out, err: io.err };
};

it('fleet history shows the runs of all machines, the newest first, and what is missing.', async () => {
  const { status, out, err } = await run('history');
  expect(status).toBe(0);
  expect(
    out
      .split('\n')
      .slice(1, -1)
      .map((line) =>
        line
          .replace(/^.*?(office|laptop)/, '$1')
          .split(/ +/)
          .slice(0, 2),
      ),
  ).toEqual([
    ['laptop', 'Hourly'],
    ['office', 'Hourly'],
    ['laptop', 'Other'],
  ]);
  expect(err).toBe('whenever: laptop: 3 entries of its log are missing (6 to 8)\n');
});

it.each([
  [{ machine: 'office' }, ['office Hourly failure']],
  [{ failed: true }, ['office Hourly failure']],
  [{ item: 'Hourly' }, ['laptop Hourly success', 'office Hourly failure']],
  [{ item: 'Hourly', count: 1 }, ['laptop Hourly success']],
  [{ machine: 'laptop', since: () => Date.parse('2026-03-02T10:01:00Z') }, ['laptop Hourly success']],
])('fleet history with %j has %j.', async (options, expected) => {
  const { out } = await run('history', { json: true, ...options });
  const { runs } = JSON.parse(out) as { runs: { machine: string; condition: string; outcome: string }[] };
  expect(runs.map(({ machine, condition, outcome }) => `${machine} ${condition} ${outcome}`)).toEqual(expected);
});

it.each([
  [{}, ['office the disk is full', 'laptop all is well', 'laptop later']],
  [{ level: 'warn' }, ['office the disk is full']],
  [{ item: 'condition/Hourly', count: 1 }, ['laptop all is well']],
])('fleet logs with %j has %j.', async (options, expected) => {
  const { status, out } = await run('logs', options);
  const lines = out.split('\n').slice(0, -1);
  expect(lines.map((line) => line.replace(/ +\[20.*\] /, ' '))).toEqual(expected);
  expect(status).toBe(0);
});

it('fleet events shows what was published to all machines.', async () => {
  expect((await run('events', { topic: 'disk' })).out).toMatch(/ office +disk +\{"free":0\}$/m);
  io.out = '';
  const { status, err } = await run('events', { topic: 'network' });
  expect([status, err]).toEqual([1, expect.stringContaining('no shared events of topic "network"')]);
});

it('A machine or an item that the log does not have is named, with those that it has.', async () => {
  const unknown = await run('history', { machine: 'offic' });
  expect([unknown.status, unknown.err]).toEqual([2, expect.stringContaining('there are laptop, office')]);
  io.err = '';
  const item = await run('history', { item: 'Hourli' });
  expect([item.status, item.err]).toEqual([1, expect.stringContaining('did you mean "Hourly"?')]);
});
