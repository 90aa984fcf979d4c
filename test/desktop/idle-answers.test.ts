import { describe, expect, test } from 'vitest';
import { logindSource, mutterSource, screenSaverSource } from '../../src/adapters/idle/sources.ts';
import type { BusReply, BusValue } from '../../src/core/ports.ts';
import { FakeBus } from '../support/fake-bus.ts';

const reply = (...body: BusValue[]): BusReply => ({ how: 'reply', body });
const TEXT: BusValue = { type: 's', value: 'soon' };
const held = (value: BusValue): BusValue => ({ type: 'v', value });
const properties = (...entries: [name: string, value: BusValue][]): BusReply =>
  reply({
    type: 'dict',
    element: '{sv}',
    entries: entries.map(([value, found]) => [{ type: 's', value }, held(found)]),
  });

const answering = (answer: BusReply): FakeBus => {
  const bus = new FakeBus();
  bus.service = () => answer;
  return bus;
};

describe('a source of the idle time on the bus says why it does not know', () => {
  test.each<[BusReply, string]>([
    [{ how: 'timeout' }, 'no answer'],
    [{ how: 'disconnected', reason: 'the bus is away' }, 'the bus is away'],
    [{ how: 'error', name: 'org.example.Denied', message: 'not for you' }, 'not for you'],
    [{ how: 'error', name: 'org.example.Denied', message: '' }, 'org.example.Denied'],
    [reply(), 'the answer is empty'],
    [reply(TEXT), 'the answer is not an integer'],
    [reply({ type: 'array', element: 's', items: [] }), 'the answer is not an integer'],
  ])('%o', async (answer, reason) => {
    await expect(screenSaverSource(answering(answer), () => 0).read()).rejects.toThrow(reason);
  });

  test.each<[string, BusReply]>([
    ['names nothing', reply({ type: 'array', element: 's', items: [] })],
    ['names other services', reply({ type: 'array', element: 's', items: [TEXT] })],
    ['does not answer with names', reply(TEXT)],
  ])('a bus that %s', async (_, answer) => {
    await expect(mutterSource(answering(answer)).read()).rejects.toThrow('no such service');
  });
});

describe('logind', () => {
  const clocks = { wall: () => 5000, monotonicMicroseconds: () => 3_000_000 };
  const IDLE: [string, BusValue] = ['IdleHint', { type: 'b', value: true }];
  const since = (name: string, value: bigint): [string, BusValue] => [name, { type: 't', value }];

  test.each<[string, BusReply, string]>([
    ['no dictionary', reply(TEXT), 'it has no IdleHint'],
    ['a hint that is a text', properties(['IdleHint', TEXT]), 'it has no IdleHint'],
    ['no instant', properties(IDLE), 'it has no IdleSinceHint'],
    ['an instant that is a text', properties(IDLE, ['IdleSinceHint', TEXT]), 'it has no IdleSinceHint'],
  ])('answers with %s', async (_, answer, reason) => {
    await expect(logindSource(answering(answer), {}, clocks).read()).rejects.toThrow(reason);
  });

  test.each<[string, BusReply, number]>([
    ['the monotonic clock', properties(IDLE, since('IdleSinceHintMonotonic', 1_000_000n)), 2000],
    ['the wall clock', properties(IDLE, since('IdleSinceHintMonotonic', 0n), since('IdleSinceHint', 4_000_000n)), 1000],
    ['an instant to come', properties(IDLE, since('IdleSinceHint', 9_000_000n)), 0],
  ])('answers by %s', async (_, answer, ms) => {
    expect(await logindSource(answering(answer), {}, clocks).read()).toBe(ms);
  });

  test('names a session that is not an object', async () => {
    const source = logindSource(answering(reply(TEXT)), { XDG_SESSION_ID: '7' }, clocks);
    await expect(source.read()).rejects.toThrow('the answer is not an object path');
  });
});
