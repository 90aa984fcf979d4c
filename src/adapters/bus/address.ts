import type { NetConnectOpts } from 'node:net';
import type { BusName } from '../../core/ports.ts';

/** Where a bus listens: something the system can connect to, or an address only the library understands. */
export type BusAddress = { readonly connect: NetConnectOpts } | { readonly address: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** The addresses of a bus, best first, as one text; undefined: nobody has told. */
export const busAddressList = (bus: BusName, environment: Environment): string | undefined => {
  if (bus === 'system')
    return (
      environment.DBUS_SYSTEM_BUS_ADDRESS ||
      'unix:path=/run/dbus/system_bus_socket;unix:path=/var/run/dbus/system_bus_socket'
    );
  if (environment.DBUS_SESSION_BUS_ADDRESS) return environment.DBUS_SESSION_BUS_ADDRESS;
  if (environment.XDG_RUNTIME_DIR) return `unix:path=${encodeURIComponent(`${environment.XDG_RUNTIME_DIR}/bus`)}`;
  return process.platform === 'darwin' ? 'launchd:env=DBUS_LAUNCHD_SESSION_BUS_SOCKET' : undefined;
};

/** The places of a list of addresses, in their order. */
export const parseAddresses = (addresses: string, environment: Environment): BusAddress[] =>
  addresses
    .split(';')
    .filter((address) => address !== '')
    .map((address): BusAddress => {
      const colon = address.indexOf(':');
      const keys = new Map(
        address
          .slice(colon + 1)
          .split(',')
          .map((pair): [string, string] => {
            const equals = pair.indexOf('=');
            return [pair.slice(0, equals), decodeURIComponent(pair.slice(equals + 1))];
          }),
      );
      const family = address.slice(0, colon);
      if (family === 'unix') {
        if (keys.has('path')) return { connect: { path: keys.get('path')! } };
        if (keys.has('abstract')) return { connect: { path: `\0${keys.get('abstract')}` } };
        if (keys.get('runtime') === 'yes') return { connect: { path: `${environment.XDG_RUNTIME_DIR}/bus` } };
      }
      if (family === 'tcp' && keys.has('port'))
        return { connect: { host: keys.get('host') ?? 'localhost', port: Number(keys.get('port')) } };
      return { address };
    });
