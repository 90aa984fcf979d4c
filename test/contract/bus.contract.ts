import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, BusCall, BusMessage, BusReply, PortSubscription } from '../../src/core/ports.ts';
import { parseRule } from '../../src/items/common/match-rule.ts';
import { eventually } from '../desktop/support/eventually.ts';

/** A bus with the service `org.example.Test` on it, and what a test can do to both. */
export interface BusWorld {
  readonly bus: Bus;
  /** Sends a signal of the service, without arguments. */
  emit(member: string): void;
  goDown(): Promise<void>;
  /** The bus is there again, and the service with it. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** What every bus has to do. */
export const busContract = (name: string, makeWorld: () => Promise<BusWorld>): void => {
  describe(name, () => {
    let world: BusWorld;
    let heard: BusMessage[] = [];
    let said: string[] = [];
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world.close());
    beforeEach(() => {
      heard = [];
      said = [];
    });
    const call = (method: string, more: Partial<BusCall> = {}): Promise<BusReply> =>
      world.bus.call({
        bus: 'session',
        service: 'org.example.Test',
        path: '/org/example/Test',
        interface: 'org.example.Test',
        method,
        args: [],
        timeoutMs: 5000,
        ...more,
      });
    const listen = (rule: string): PortSubscription =>
      world.bus.subscribe('session', parseRule(rule), {
        subscribed: () => said.push('subscribed'),
        lost: () => said.push('lost'),
        message: (message) => heard.push(message),
      });
    const RULE = "type='signal',interface='org.example.Test',member='Happened'";

    it('answers a call with the values of the reply', async () => {
      expect(await call('Text')).toEqual({ how: 'reply', body: [{ type: 's', value: 'hello world' }] });
    });
    it('answers an error by its name', async () => {
      expect(await call('Fails')).toMatchObject({ how: 'error', name: 'org.example.Error.AsTold', message: 'as told' });
    });
    it('says that nobody owns a name', async () => {
      const reply = await call('Text', { service: 'org.example.Nobody' });
      expect(reply).toMatchObject({ how: 'error', name: 'org.freedesktop.DBus.Error.ServiceUnknown' });
    });
    it('gives up a call after its time', async () => {
      expect(await call('Slow', { timeoutMs: 100 })).toEqual({ how: 'timeout' });
    });
    it('tells the messages a rule asks for, and no others', async () => {
      const subscription = listen(RULE);
      await subscription.ready;
      world.emit('Other');
      world.emit('Happened');
      await eventually(() => heard.length > 0, 'the signal comes');
      expect(heard.map(({ member }) => member)).toEqual(['Happened']);
      subscription.close();
    });
    it('tells nothing after a subscription was closed', async () => {
      const closed = listen(RULE);
      await closed.ready;
      closed.close();
      const open = listen("type='signal',member='Last'");
      await open.ready;
      world.emit('Happened');
      world.emit('Last');
      await eventually(() => heard.length > 0, 'the last signal comes');
      expect(heard.map(({ member }) => member)).toEqual(['Last']);
      open.close();
    });
    it('says that the bus is gone, and subscribes again when it is back', async () => {
      const subscription = listen(RULE);
      await subscription.ready;
      await world.goDown();
      await eventually(() => said.includes('lost'), 'the loss is told');
      expect(await call('Text')).toMatchObject({ how: 'disconnected' });
      await world.comeBack();
      await eventually(() => said.at(-1) === 'subscribed', 'the subscription is in force again');
      world.emit('Happened');
      await eventually(() => heard.length > 0, 'the signal comes');
      expect(said).toEqual(['subscribed', 'lost', 'subscribed']);
      expect(await call('True')).toEqual({ how: 'reply', body: [{ type: 'b', value: true }] });
      subscription.close();
    });
  });
};
