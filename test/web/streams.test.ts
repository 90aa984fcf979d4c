import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { callInstance } from '../../src/adapters/control-client.ts';
import type { Request } from '../../src/control/request.ts';
import type { LiveMessage, PageMessage } from '../../src/web/api.ts';
import { wantOf } from '../../src/web/live-pages.ts';
import { Streams } from '../../src/web/streams.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const outputOf = (item: string): PageMessage => ({ type: 'output', on: true, item });
const wantsOf = (...messages: readonly PageMessage[]) => new Map(messages.map((one) => [wantOf(one), one]));

/** Streams of an instance whose runs end when the test says so. */
const streamsOf = () => {
  const asked: string[] = [];
  const sent: LiveMessage[] = [];
  let end: ((answer: unknown) => void) | undefined;
  let runs = false;
  const call = ((_: string, { item }: Request & { item: string }, __: unknown, signal: AbortSignal) => {
    asked.push(item);
    if (!runs) return Promise.resolve({ followed: false });
    return new Promise((resolve) => {
      end = resolve;
      signal.addEventListener('abort', () => resolve(undefined));
    });
  }) as typeof callInstance;
  const streams = new Streams('', (message) => sent.push(message), call);
  const run = async (item: string) => {
    runs = true;
    streams.begun(item);
    await vi.advanceTimersByTimeAsync(0);
    runs = false;
    end?.({ followed: true });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { streams, asked, sent, run };
};

test('output that has ended is asked for again when the item runs again, and hardly ever without that', async () => {
  const { streams, asked, sent, run } = streamsOf();
  streams.want(wantsOf(outputOf('task/T')));
  await vi.advanceTimersByTimeAsync(9000);
  expect(asked.length).toBe(1);
  await run('task/Other');
  expect(asked.length).toBe(1);
  await run('task/T');
  await run('task/T');
  expect(asked.length).toBe(3);
  expect(sent.map(({ type }) => type)).toEqual(['output-end', 'output-end']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBeLessThanOrEqual(9);
  streams.close();
  const { length } = asked;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(length);
});

test('pages that want ten thousand things leave the instance connections for others', async () => {
  const { streams, asked } = streamsOf();
  streams.want(wantsOf(...Array.from({ length: 10_000 }, (_, i) => outputOf(`task/T${i}`))));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.length).toBe(64);
  streams.want(wantsOf(outputOf('task/T64')));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.at(-1)).toBe('task/T64');
  streams.close();
});

test('records, measures and output are passed on, with what is left out', async () => {
  const parts: Readonly<Record<string, readonly object[]>> = {
    output: [{ text: 'line', stream: 'stdout' }, { leftOut: 7 }],
    logs: [{ seq: 1 }, { dropped: 4 }, { seq: 2 }],
  };
  const sent: LiveMessage[] = [];
  const asked: Request[] = [];
  let vitals: unknown = { time: 5, rss: 6 };
  const call = ((_: string, request: Request, onPart: (part: unknown) => void) => {
    asked.push(request);
    for (const part of parts[request.request] ?? []) onPart(part);
    if (request.request !== 'vitals') return Promise.resolve({ followed: false });
    const answer = vitals;
    vitals = undefined;
    return Promise.resolve(answer);
  }) as typeof callInstance;
  const streams = new Streams('', (message) => sent.push(message), call);
  const logs = { type: 'logs', on: true, item: 'task/T', level: 'debug' } as const;
  streams.want(wantsOf(logs, { type: 'vitals', on: true }, outputOf('task/T')));
  await vi.advanceTimersByTimeAsync(2500);
  expect(sent).toEqual(
    expect.arrayContaining([
      { type: 'output', item: 'task/T', text: 'line', stream: 'stdout' },
      { type: 'output', item: 'task/T', text: '\n(7 bytes are left out here)\n', stream: 'stderr' },
      { type: 'dropped', count: 4 },
      { type: 'logs', records: [{ seq: 1 }, { seq: 2 }] },
      { type: 'vitals', sample: expect.objectContaining({ time: 5, rss: 6 }) },
    ]),
  );
  expect(streams.samples).toHaveLength(1);
  expect(asked).toContainEqual({ request: 'logs', follow: true, later: true, item: 'task/T', level: 'debug' });
  // What is still wanted goes on.
  streams.want(wantsOf(outputOf('task/T')));
  const outputs = () => asked.filter(({ request }) => request === 'output').length;
  const before = outputs();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(outputs()).toBeGreaterThan(before);
  streams.close();
});
