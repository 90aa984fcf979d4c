import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { createBus } from '../../src/adapters/bus/bus.ts';
import type { BusCall, BusReply } from '../../src/core/ports.ts';
import { PrivateBus } from '../desktop/support/private-bus.ts';
import { have } from '../desktop/support/programs.ts';
import { TestService } from '../desktop/support/test-service.ts';
import { FakeBus } from '../support/fake-bus.ts';
import { busContract } from './bus.contract.ts';

describe.skipIf(!have('dbus-daemon'))('on a bus of its own (needs dbus-daemon)', () => {
  busContract('the bus', async () => {
    const daemon = await new PrivateBus().start();
    let service = await TestService.start(daemon.address);
    const bus = createBus({ DBUS_SESSION_BUS_ADDRESS: daemon.address }, { firstMs: 20, mostMs: 100 });
    return {
      bus,
      emit: (member) => service.emit(member),
      goDown: () => daemon.stop(),
      comeBack: async () => {
        await daemon.start();
        service = await TestService.start(daemon.address);
      },
      close: () => daemon.close(),
    };
  });
});

/** The service of the tests, as far as the contract speaks of it. */
const answer = async ({ service, method, timeoutMs }: BusCall): Promise<BusReply> => {
  if (service !== 'org.example.Test')
    return { how: 'error', name: 'org.freedesktop.DBus.Error.ServiceUnknown', message: 'nobody' };
  if (method === 'Fails') return { how: 'error', name: 'org.example.Error.AsTold', message: 'as told' };
  if (method === 'Slow') {
    await sleep(timeoutMs);
    return { how: 'timeout' };
  }
  if (method === 'True') return { how: 'reply', body: [{ type: 'b', value: true }] };
  return { how: 'reply', body: [{ type: 's', value: 'hello world' }] };
};

busContract('the fake bus', async () => {
  const bus = new FakeBus();
  bus.service = answer;
  return {
    bus,
    emit: (member) => bus.emit({ member }),
    goDown: async () => bus.goDown(),
    comeBack: async () => bus.comeBack(),
    close: async () => {},
  };
});
