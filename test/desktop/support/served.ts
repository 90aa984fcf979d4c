import { afterAll, beforeAll } from 'vitest';
import { createBus } from '../../../src/adapters/bus/bus.ts';
import type { Bus } from '../../../src/core/ports.ts';
import { PrivateBus } from './private-bus.ts';
import { TestService } from './test-service.ts';

/** The keys of a D-Bus condition that calls a method of the test service. */
export const keysOf = (method: string, more: string): string =>
  `bus = ":session"\nservice = "org.example.Test"\nobject_path = "/org/example/Test"\ninterface = "org.example.Test"\nmethod = "${method}"\n${more}`;

/** For the tests of a suite: a bus of its own with the test service on it. Its parts are there once the tests run. */
export const served = (): { readonly service: TestService; readonly bus: Bus } => {
  const daemon = new PrivateBus();
  const parts = {} as { service: TestService; bus: Bus };
  beforeAll(async () => {
    await daemon.start();
    parts.service = await TestService.start(daemon.address);
    parts.bus = createBus({ DBUS_SESSION_BUS_ADDRESS: daemon.address });
  });
  afterAll(() => daemon.close());
  return parts;
};
