import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { LiveMessage, Overview } from '../../src/web/api.ts';
import { LivePages } from '../../src/web/live-pages.ts';

/** The socket of a page that reads when the test says so. */
class FakeSocket extends EventEmitter {
  bufferedAmount = 0;
  readonly sent: LiveMessage[] = [];
  ended = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as LiveMessage);
    this.bufferedAmount += text.length;
  }
  readonly refusals: number[] = [];
  close(code: number): void {
    this.refusals.push(code);
  }
  ping(): void {}
  terminate(): void {
    this.ended = true;
    this.emit('close');
  }
}

const OVERVIEW: LiveMessage = { type: 'overview', overview: { version: 'now' } as Overview };
const record = (text: string): LiveMessage => ({ type: 'output', item: 'task/T', text, stream: 'stdout' });

const opened: boolean[] = [];
let wanted = 0;
const pagesOf = () =>
  new LivePages({
    ready: () => Promise.resolve(),
    state: () => [OVERVIEW],
    opened: (any) => opened.push(any),
    wanted: () => {
      wanted += 1;
    },
  });
const page = async (pages: LivePages): Promise<FakeSocket> => {
  const socket = new FakeSocket();
  pages.open(socket as unknown as WebSocket);
  await Promise.resolve();
  return socket;
};
const say = (socket: FakeSocket, message: object) =>
  socket.emit('message', Buffer.from(JSON.stringify(message)), false);

beforeEach(() => {
  vi.useFakeTimers();
  opened.length = 0;
  wanted = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

test('a page that does not read misses messages, which are counted, and then gets the whole state; others miss nothing', async () => {
  const pages = pagesOf();
  const [slow, quick] = [await page(pages), await page(pages)];
  for (const socket of [slow, quick]) say(socket, { type: 'output', on: true, item: 'task/T' });
  const text = 'x'.repeat(100_000);
  for (let i = 0; i < 50; i++) {
    pages.send(record(text), 'output task/T');
    quick.bufferedAmount = 0;
  }
  expect(slow.bufferedAmount).toBeLessThan(1_300_000);
  const before = slow.sent.length;
  expect(quick.sent.length).toBe(51);
  vi.advanceTimersByTime(1000);
  expect(slow.sent.length).toBe(before);
  slow.bufferedAmount = 0;
  vi.advanceTimersByTime(1000);
  expect(slow.sent.slice(before)).toEqual([{ type: 'dropped', count: 51 - before }, OVERVIEW]);
  pages.send(record('more'), 'output task/T');
  expect(slow.sent.at(-1)).toEqual(record('more'));
  pages.close();
});

test('a page that does not answer is ended', async () => {
  const pages = pagesOf();
  const [gone, there] = [await page(pages), await page(pages)];
  vi.advanceTimersByTime(30_000);
  there.emit('pong');
  vi.advanceTimersByTime(30_000);
  expect([gone.ended, there.ended]).toEqual([true, false]);
  pages.close();
});

test('a thing that several pages want is wanted once, until the last of them is closed', async () => {
  const pages = pagesOf();
  const [a, b] = [await page(pages), await page(pages)];
  for (const socket of [a, b]) say(socket, { type: 'logs', on: true, level: 'warn' });
  say(b, { type: 'vitals', on: true });
  expect([...pages.wants.keys()]).toEqual(['logs warn ', 'vitals']);
  a.terminate();
  expect([...pages.wants.keys()]).toEqual(['logs warn ', 'vitals']);
  say(b, { type: 'vitals', on: false });
  expect([...pages.wants.keys()]).toEqual(['logs warn ']);
  b.terminate();
  expect(pages.wants.size).toBe(0);
  expect(opened).toEqual([true, true, false]);
  expect(wanted).toBeGreaterThan(0);
  pages.close();
});

test('one page can want so many things, not more', async () => {
  const pages = pagesOf();
  const socket = await page(pages);
  for (let i = 0; i < 40; i++) say(socket, { type: 'output', on: true, item: `task/T${i}` });
  expect(pages.wants.size).toBe(16);
  pages.close();
});

test('many changes of what is wanted are looked at together', async () => {
  const pages = pagesOf();
  const socket = await page(pages);
  for (let i = 0; i < 1000; i++) say(socket, { type: 'output', on: i % 2 === 0, item: `task/T${i % 7}` });
  expect(wanted).toBe(0);
  vi.advanceTimersByTime(50);
  expect(wanted).toBe(1);
  pages.close();
});

test('a client that asks whether the server is there, and does not read the answers, is ended', async () => {
  const pages = pagesOf();
  const socket = await page(pages);
  socket.emit('ping');
  expect(socket.ended).toBe(false);
  socket.bufferedAmount = 2_000_000;
  socket.emit('ping');
  expect(socket.ended).toBe(true);
  pages.close();
});

test('what is no message of a page is not heard', async () => {
  const pages = pagesOf();
  const socket = await page(pages);
  for (const text of ['{', 'null', '5', '{"type":"vitals"}', '{"type":"logs","on":true,"level":"loud"}'])
    socket.emit('message', Buffer.from(text), false);
  socket.emit('message', Buffer.from('{"type":"vitals","on":true}'), true);
  for (const item of [undefined, 'x'.repeat(301)]) say(socket, { type: 'output', on: true, item });
  expect(socket.refusals).toEqual(Array.from({ length: 8 }, () => 1008));
  expect([...pages.wants]).toEqual([]);
  say(socket, { type: 'logs', on: true, level: 'debug' });
  expect([...pages.wants.keys()]).toHaveLength(1);
  // What another page wants is not sent to it.
  const { length } = socket.sent;
  pages.send(record('for others'), 'output task/T');
  expect(socket.sent).toHaveLength(length);
  pages.close();
});
