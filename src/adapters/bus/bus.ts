import type { Bus, BusName } from '../../core/ports.ts';
import { busAddressList, parseAddresses } from './address.ts';
import { type BackOff, ReconnectingBus } from './reconnecting-bus.ts';

const BACK_OFF: BackOff = { firstMs: 250, mostMs: 10_000 };

/** The message buses, which can be closed: what is asked later is answered as when there is none. */
export interface ClosableBus extends Bus {
  close(): void;
}

/** The message buses that the environment names. The environment is read at each attempt to connect. */
export const createBus = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  backOff = BACK_OFF,
): ClosableBus => {
  const line = (bus: BusName): ReconnectingBus =>
    new ReconnectingBus(() => {
      const address = busAddressList(bus, environment);
      if (address === undefined)
        throw new Error(
          'neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set: where the session bus is is not known',
        );
      return parseAddresses(address, environment);
    }, backOff);
  const lines: Readonly<Record<BusName, ReconnectingBus>> = { session: line('session'), system: line('system') };
  return {
    call: (call) => lines[call.bus].call(call),
    subscribe: (bus, rule, listener) => lines[bus].subscribe(rule, listener),
    close: () => {
      for (const one of Object.values(lines)) one.close();
    },
  };
};
