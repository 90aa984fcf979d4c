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
