import { afterEach, describe, expect, test } from 'vitest';
import { createProcessFigures } from '../../src/adapters/process-figures.ts';
import type { HelloAnswer } from '../../src/control/hello.ts';
import { PROTOCOL, REQUESTS } from '../../src/control/request.ts';
import type { CtlResult } from '../../src/control/request-handler.ts';
import type { VitalsAnswer } from '../../src/control/vitals.ts';
import type { TopicEvent } from '../../src/journal/fact.ts';
import { TickLateness } from '../../src/projections/tick-lateness.ts';
import { runSecrets } from '../../src/run-secrets.ts';
import { VERSION } from '../../src/version.ts';
import { bucket, interval, TICK, task } from '../support/items.ts';
import { requestHandler } from '../support/request-handler.ts';

afterEach(() => runSecrets.clear());

test('hello has the versions, the process, the file with its whole path, and the requests', async () => {
  const { daemon, ask } = await requestHandler(task('T'));
  const started = daemon.clock.wall();
  await daemon.advance(60);
  expect(await ask<HelloAnswer>({ request: 'hello' })).toEqual({
    ...{ protocol: PROTOCOL, version: VERSION, pid: 17, config: '/at/test.toml', started },
    requests: Object.keys(REQUESTS),
  });
});

describe('log_event', () => {
  test('publishes any JSON under its topics, with a command as the cause', async () => {
    const { daemon, ask } = await requestHandler(task('T'));
    const value = { free: [12, null, { unit: 'GB' }] };
    expect(await ask<CtlResult>({ request: 'log_event', topics: ['disk', 'night'], value })).toEqual({
      ...{ kind: 'done', said: 'published under disk, night', idle: false },
    });
    const [event] = daemon.journal.getEvents('disk');
    expect(event).toMatchObject({ topics: ['disk', 'night'], message: value, cause: 'command-1', item: null });
    expect(daemon.journal.getEvents('night')).toEqual([event]);
    expect(daemon.journal.getEvents('all')).toContainEqual(event);
    await ask({ request: 'log_event', topics: 'disk', value: 7 });
    expect(daemon.journal.getEvents('disk').map(({ message, cause }) => [message, cause])).toEqual([
      [value, 'command-1'],
      [7, 'command-2'],
    ]);
  });

  test('as an input command does the same, for standard input, ctl and internal tasks', async () => {
    const internal = `[[task]]\nname = "Tell"\ntype = "internal"\ncommand = 'log_event disk {"free": 1}'\n`;
    const { daemon, ask } = await requestHandler(`${TICK}${internal}${interval('A', 5, '', '["Tell"]')}`);
    expect(await ask<CtlResult>({ request: 'ctl', line: 'log_event disk "full"' })).toMatchObject({
      ...{ kind: 'done', said: 'published under disk' },
    });
    await daemon.submit('log_event disk false');
    await daemon.advance(6);
    expect(daemon.journal.getEvents('disk').map(({ message, cause }) => [message, cause])).toEqual([
      ['full', 'command-1'],
      [false, 'command-2'],
      [{ free: 1 }, expect.stringMatching(/^tick-/)],
    ]);
  });

  test.each<[topics: string | string[], value: TopicEvent['message'], reason: RegExp]>([
    ['', 1, /^log_event: a topic is a text of 1 to 200 characters on one line$/],
    [['a', 'b\nc'], 1, /^log_event: a topic is a text of/],
    [[], 1, /^log_event: an event needs a topic$/],
    ['a', 'x'.repeat(64 * 1024), /^log_event: cannot be stored: larger than 65536 characters$/],
  ])('%j is refused with the reason', async (topics, value, reason) => {
    const { daemon, ask } = await requestHandler(task('T'));
    expect(await ask<CtlResult>({ request: 'log_event', topics, value })).toEqual({
      ...{ kind: 'refused', said: expect.stringMatching(reason), idle: false },
    });
    expect(daemon.journal.getEvents('a')).toEqual([]);
  });

  test('secrets that were read for runs are masked', async () => {
    runSecrets.add('hunter2hunter2');
    const { daemon, ask } = await requestHandler(task('T'));
    await ask({ request: 'log_event', topics: 'a', value: { note: 'it is hunter2hunter2' } });
    expect(JSON.stringify(daemon.journal.getEvents('all'))).not.toContain('hunter2');
    expect(daemon.journal.getEvents('a')).toHaveLength(1);
  });
});

describe('vitals', () => {
  test('have memory, the event loop, how late the last ticks were, and how many tasks run', async () => {
    const { daemon, ask } = await requestHandler(`${TICK}${task('T')}${interval('A', 5)}${bucket('B')}`, {
      lateness: () => 4,
      processes: { T: [{ seconds: 30 }] },
    });
    expect(await ask<VitalsAnswer>({ request: 'vitals' })).toMatchObject({ late: 0, lateness: [], running: 0 });
    await daemon.advance(21);
    const vitals = await ask<VitalsAnswer>({ request: 'vitals' });
    expect(vitals).toMatchObject({
      rss: 90_000_000,
      heapUsed: 12_000_000,
      loopDelay: 0.5,
      utilization: 0.01,
      running: 1,
    });
    expect(vitals.time).toBe(daemon.clock.wall());
    expect(vitals.uptime).toBe(21_000);
    expect(vitals).toMatchObject({ late: 4, lateness: [4] });
  });

  test('keep the lateness of 16 ticks, the oldest first', () => {
    const ticks = new TickLateness();
    const seen = (): number[] => ticks.last;
    const trace = { cause: 'tick-1', run: null };
    for (let i = 1; i <= 40; i++) {
      ticks.handlers['tick.started']?.({ busy: 0, paused: false, mono: 0, lateMs: i }, trace);
      expect(seen()).toEqual(Array.from({ length: Math.min(i, 16) }, (_, at) => Math.max(1, i - 15) + at));
    }
  });
});

test('the figures of the process are those of this one', () => {
  const measure = createProcessFigures();
  const first = measure();
  expect(first.loopDelay).toBe(0);
  for (const { rss, heapUsed, loopDelay, utilization } of [first, measure()]) {
    expect(rss).toBeGreaterThan(heapUsed);
    expect(heapUsed).toBeGreaterThan(0);
    expect(loopDelay).toBeGreaterThanOrEqual(0);
    expect(utilization).toBeGreaterThanOrEqual(0);
    expect(utilization).toBeLessThanOrEqual(1);
  }
});
