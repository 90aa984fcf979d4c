import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LineTransport } from '../../src/mcp/line-transport.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A transport between two streams, with what came of it. */
const started = async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport = new LineTransport({ input, output });
  const taken: JSONRPCMessage[] = [];
  let closed = 0;
  transport.onmessage = (message) => taken.push(message);
  transport.onclose = () => {
    closed += 1;
  };
  await transport.start();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const give = async (...messages: readonly (object | string)[]): Promise<void> => {
    for (const one of messages) input.write(`${typeof one === 'string' ? one : JSON.stringify(one)}\n`);
    await turn();
  };
  const end = async (): Promise<void> => {
    input.end();
    await turn();
  };
  const written = (): unknown[] =>
    String(output.read() ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
  return { transport, output, taken, give, end, written, closed: () => closed };
};

const request = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' }) as const;
const answer = (id: number) => ({ jsonrpc: '2.0', id, result: {} }) as const;

test('blank lines are nothing, and what is no message is answered with an error', async () => {
  const { give, taken, written } = await started();
  await give('', '  ', '{', '{}', request(1));
  expect(taken).toEqual([request(1)]);
  expect(written()).toEqual([
    { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'a message is one JSON object on one line' } },
    { jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'expected a message of JSON-RPC 2.0' } },
  ]);
});

test('at the end of input what was asked is still answered, and then it is closed, once', async () => {
  const { transport, give, end, written, closed } = await started();
  await give(request(1), request(2));
  await end();
  await transport.send(answer(1));
  // A message of the server answers nothing.
  await transport.send({ jsonrpc: '2.0', method: 'notifications/message' });
  expect(closed()).toBe(0);
  await transport.send(answer(2));
  expect(closed()).toBe(1);
  expect(written()).toHaveLength(3);
  await transport.send(answer(2));
  await transport.close();
  expect([closed(), written()]).toEqual([1, []]);
  vi.runAllTimers();
  expect(closed()).toBe(1);
});

test('what was cancelled is not waited for, and an answer that does not come only for a time', async () => {
  const cancelled = await started();
  const cancel = (params?: object) => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    ...(params && { params }),
  });
  await cancelled.give(request(1), cancel({ requestId: 1 }));
  await cancelled.end();
  expect(cancelled.closed()).toBe(1);
  const silent = await started();
  await silent.give(request(1), cancel(), cancel({ requestId: 2 }));
  await silent.end();
  expect(silent.closed()).toBe(0);
  vi.advanceTimersByTime(10_000);
  expect(silent.closed()).toBe(1);
});

test('a client that has gone ends it', async () => {
  const { output, closed } = await started();
  output.destroy(new Error('EPIPE'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed()).toBe(1);
});
