import { createConnection, type NetConnectOpts } from 'node:net';
import { createClient, type Message, type MessageBus, messageType } from 'dbus-native';
import { signatureOf } from '../../core/bus-signature.ts';
import type { BusCall, BusMessage, BusName, BusReply, BusValue } from '../../core/ports.ts';
import { messageOf } from '../../error-message.ts';
import { bodyFromWire, hasSpecialNumber, toWire, withSpecialNumbers } from './wire-values.ts';

/** Where a bus listens: something the system can connect to, or an address only the library understands. */
export type BusAddress = { readonly connect: NetConnectOpts } | { readonly address: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** The addresses of a bus, best first, as one text; undefined when they are not known. */
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

/** The path of the socket that an address of the family `unix` names; undefined when it names none. */
const socketPath = (keys: ReadonlyMap<string, string>, { XDG_RUNTIME_DIR }: Environment): string | undefined => {
  if (keys.has('path')) return keys.get('path');
  if (keys.has('abstract')) return `\0${keys.get('abstract')}`;
  return keys.get('runtime') === 'yes' && XDG_RUNTIME_DIR ? `${XDG_RUNTIME_DIR}/bus` : undefined;
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
      const path = family === 'unix' ? socketPath(keys, environment) : undefined;
      if (path !== undefined) return { connect: { path } };
      if (family === 'tcp' && keys.has('port'))
        return { connect: { host: keys.get('host') ?? 'localhost', port: Number(keys.get('port')) } };
      return { address };
    });

/** How long a bus may take to answer at all, in ms. */
const OPEN_MS = 5000;
const BUS = 'org.freedesktop.DBus';

const TYPES: Readonly<Record<number, BusMessage['type']>> = {
  [messageType.methodCall]: 'method_call',
  [messageType.methodReturn]: 'method_return',
  [messageType.error]: 'error',
  [messageType.signal]: 'signal',
};

/** What happens to a connection once it is open. */
interface BusConnectionListener {
  message(message: BusMessage): void;
  /** Called once, when the connection is lost. */
  closed(reason: string): void;
}

/** One open connection to a bus. */
export class BusConnection {
  readonly #client: MessageBus;

  private constructor(client: MessageBus) {
    this.#client = client;
  }

  /** @throws Error when there is no bus at the address, or it refuses the connection. */
  static async open(place: BusAddress, listener: BusConnectionListener): Promise<BusConnection> {
    const client = createClient({
      ...('connect' in place ? { stream: createConnection(place.connect) } : { busAddress: place.address }),
      authMethods: ['EXTERNAL', 'ANONYMOUS'],
      returnBigInt: true,
      variants: 'wrap',
      ayBuffer: false,
    });
    const { connection } = client;
    let open = false;
    let gone = false;
    await new Promise<void>((resolve, reject) => {
      const end = (reason: string): void => {
        clearTimeout(timer);
        if (gone) return;
        gone = true;
        connection.stream.destroy();
        if (open) listener.closed(reason);
        else reject(new Error(reason));
      };
      const timer = setTimeout(() => end(`no answer within ${OPEN_MS / 1000} s`), OPEN_MS);
      connection.on('error', (error) => end(messageOf(error)));
      connection.on('handlerError', (error) => end(messageOf(error)));
      connection.on('end', () => end('the bus closed the connection'));
      connection.on('close', () => end('the connection was closed'));
      // The library introduces itself first: an answer to this means that the bus has accepted it.
      client.getId((error: unknown) => {
        if (error) return end(messageOf(error));
        clearTimeout(timer);
        if (gone) return;
        open = true;
        resolve();
      });
    });
    connection.on('message', (message: Message) => {
      // Answers to the calls of this connection are not messages for subscribers.
      const type = TYPES[message.type ?? 0];
      const answer = type === 'method_return' || type === 'error';
      if (!type || (answer && message.destination === client.name)) return;
      let body: readonly BusValue[];
      try {
        body = bodyFromWire(message.signature, message.body);
      } catch {
        return;
      }
      listener.message({
        type,
        sender: message.sender ?? '',
        path: message.path ?? '',
        interface: message.interface ?? '',
        member: message.member ?? '',
        destination: message.destination ?? '',
        body,
      });
    });
    return new BusConnection(client);
  }

  /** Calls a method. Never rejects. */
  call({ service, path, interface: iface, method, args, timeoutMs }: Omit<BusCall, 'bus'>): Promise<BusReply> {
    return new Promise((resolve) => {
      const message: Message = { destination: service, path, interface: iface, member: method };
      if (args.length > 0) {
        message.signature = args.map(signatureOf).join('');
        message.body = args.map(toWire);
      }
      const invoke = (): void =>
        this.#client.invoke(message, { timeout: timeoutMs }, function (this: unknown, error: unknown, ...body) {
          if (error) return resolve(failure(error as Error & { code?: string; dbusName?: string }));
          const { signature } = this as { signature?: string };
          resolve({ how: 'reply', body: bodyFromWire(signature, body) });
        });
      try {
        if (args.some(hasSpecialNumber)) withSpecialNumbers(invoke);
        else invoke();
      } catch (error) {
        resolve({ how: 'error', name: 'org.freedesktop.DBus.Error.InvalidArgs', message: messageOf(error) });
      }
    });
  }

  /** Calls a method of the bus itself with one text. */
  callBus(method: string, text: string, timeoutMs: number): Promise<BusReply> {
    const args = [{ type: 's', value: text }] as const;
    return this.call({ service: BUS, path: '/org/freedesktop/DBus', interface: BUS, method, args, timeoutMs });
  }

  close(): void {
    this.#client.connection.end();
    this.#client.connection.stream.destroy();
  }
}

const failure = (error: Error & { code?: string; dbusName?: string }): BusReply => {
  if (error.code === 'ETIMEDOUT') return { how: 'timeout' };
  if (error.code === 'ECONNCLOSED' || !error.dbusName) return { how: 'disconnected', reason: error.message };
  return { how: 'error', name: error.dbusName, message: error.message };
};
