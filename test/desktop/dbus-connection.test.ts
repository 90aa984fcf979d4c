import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBus } from '../../src/adapters/bus/bus.ts';
import type { Bus, BusCall } from '../../src/core/ports.ts';
import { FakeBus } from '../support/fake-bus.ts';
import { eventually } from './support/eventually.ts';
import { aloneCondition } from './support/item.ts';
import { PrivateBus } from './support/private-bus.ts';
import { have } from './support/programs.ts';
import { TestService } from './support/test-service.ts';

const call = (method: string, more: Partial<BusCall> = {}): BusCall => ({
  bus: 'session',
  service: 'org.example.Test',
  path: '/org/example/Test',
  interface: 'org.example.Test',
  method,
  args: [],
  timeoutMs: 2000,
  ...more,
});
const BUS = { service: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };

describe.skipIf(!have('dbus-daemon'))('the connection to a bus (needs dbus-daemon)', () => {
  let daemon: PrivateBus;
  let bus: Bus;
  beforeEach(async () => {
    daemon = await new PrivateBus().start();
    await TestService.start(daemon.address);
    bus = createBus({ DBUS_SESSION_BUS_ADDRESS: daemon.address }, { firstMs: 20, mostMs: 100 });
  });
  afterEach(() => daemon.close());
  const connections = async (): Promise<number> => {
    const reply = await bus.call(call('ListNames', BUS));
    const names = reply.how === 'reply' && reply.body[0]?.type === 'array' ? reply.body[0].items : [];
    return names.filter((name) => name.type === 's' && name.value.startsWith(':')).length;
  };

  it('is one for all calls, also when they begin at the same time', async () => {
    await Promise.all(Array.from({ length: 50 }, () => bus.call(call('Text'))));
    // The service and we.
    expect(await connections()).toBe(2);
  });
  it('serves other calls while one waits for its answer', async () => {
    const slow = bus.call(call('Slow', { timeoutMs: 2000 }));
    expect(await Promise.race([slow, bus.call(call('True'))])).toMatchObject({ how: 'reply' });
    expect(await slow).toEqual({ how: 'timeout' });
  });
  it('ends a call whose bus is killed, and is opened again by a later one', async () => {
    const slow = bus.call(call('Slow'));
    await bus.call(call('True'));
    await daemon.stop();
    expect(await slow).toMatchObject({ how: 'disconnected' });
    expect(await bus.call(call('True'))).toMatchObject({ how: 'disconnected' });
    await daemon.start();
    await TestService.start(daemon.address);
    await eventually(async () => (await bus.call(call('True'))).how === 'reply', 'a call is answered again');
  });
  it('goes on after a call that cannot be written', async () => {
    const bad = call('Text', { args: [{ type: 'o', value: 'not a path' }] });
    expect(await bus.call(bad)).toMatchObject({ how: 'error' });
    expect(await bus.call(call('Text', { path: 'also/bad' }))).toMatchObject({ how: 'error' });
    expect(await bus.call(call('True'))).toMatchObject({ how: 'reply' });
  });
  it('takes the first address of a list that works, with escaped characters', async () => {
    const path = daemon.path.replaceAll('-', '%2d');
    const listed = createBus({ DBUS_SESSION_BUS_ADDRESS: `unix:path=/nowhere/bus;unix:path=${path},guid=0` });
    expect(await listed.call(call('True'))).toMatchObject({ how: 'reply' });
  });
  it('makes a condition without a bus an error, checked again at the next tick', async () => {
    const away = createBus({ XDG_RUNTIME_DIR: '/nowhere' });
    const keys = `bus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"`;
    const condition = await aloneCondition('dbus', keys, { bus: away });
    expect(await condition.check()).toEqual({
      kind: 'error',
      reason: { code: 'bus-disconnected', bus: 'session', message: 'connect ENOENT /nowhere/bus' },
    });
    expect(condition.body.due()).toBe('any-tick');
  });
});

describe('something that is no bus', () => {
  it('is given up', async () => {
    const folder = new PrivateBus().folder;
    const path = join(folder, 'bus');
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const bus = createBus({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` });
    expect(await bus.call(call('True'))).toMatchObject({ how: 'disconnected' });
    server.close();
    rmSync(folder, { recursive: true });
  });
});

it('a condition gives a service 25 seconds to answer', async () => {
  const bus = new FakeBus();
  bus.service = () => ({ how: 'timeout' });
  const keys = `bus = ":system"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"`;
  const condition = await aloneCondition('dbus', keys, { bus });
  expect(await condition.check()).toMatchObject({ kind: 'failed' });
  expect(bus.calls).toMatchObject([{ bus: 'system', timeoutMs: 25_000 }]);
  expect(condition.lines()).toContain('warn START/FAIL dbus: the call failed: no answer within 25 s');
});

it('after its end a bus is not looked for any more', async () => {
  const bus = createBus({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' });
  bus.close();
  expect(await bus.call(call('True'))).toEqual({ how: 'disconnected', reason: 'the connection was closed' });
  const lost: string[] = [];
  const rule = { text: "type='signal'", keys: new Map([['type', 'signal']]) };
  const subscription = bus.subscribe('session', rule, {
    subscribed: () => lost.push('subscribed'),
    lost: (reason) => lost.push(reason),
    message: () => {},
  });
  await subscription.ready;
  expect(lost).toHaveLength(1);
  expect(lost).not.toContain('subscribed');
  subscription.close();
});
