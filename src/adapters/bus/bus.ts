import type {
  Bus,
  BusCall,
  BusListener,
  BusMessage,
  BusName,
  BusReply,
  BusRule,
  BusValue,
  PortSubscription,
} from '../../core/ports.ts';
import { messageOf } from '../../error-message.ts';
import { type Backoff, backoffMs } from '../backoff.ts';
import { type BusAddress, BusConnection, busAddressList, parseAddresses } from './bus-connection.ts';

/** The owner of each name, as far as it is known. */
type Owners = ReadonlyMap<string, string | undefined>;

const underPath = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);

const text = (value: BusValue | undefined, types: string): string | undefined =>
  value && 'value' in value && types.includes(value.type) && typeof value.value === 'string' ? value.value : undefined;

/** The paths are equal, or one of them ends in a slash and begins the other. */
const related = (a: string | undefined, b: string): boolean =>
  a !== undefined && (a === b || (b.endsWith('/') && a.startsWith(b)) || (a.endsWith('/') && b.startsWith(a)));

const fits = (key: string, wanted: string, message: BusMessage, owners: Owners): boolean => {
  const { body } = message;
  switch (key) {
    case 'type':
    case 'interface':
    case 'member':
    case 'path':
    case 'destination':
      return message[key] === wanted;
    case 'sender':
      return message.sender === wanted || (owners.has(wanted) && owners.get(wanted) === message.sender);
    case 'eavesdrop':
      return true;
    case 'path_namespace':
      return underPath(message.path, wanted);
    case 'arg0namespace': {
      const name = text(body[0], 's');
      return name === wanted || name?.startsWith(`${wanted}.`) === true;
    }
    default: {
      const [, index, path] = /^arg(\d+)(path)?$/.exec(key) ?? [];
      const value = body[Number(index)];
      return path ? related(text(value, 'so'), wanted) : text(value, 's') === wanted;
    }
  }
};

/** Returns whether a message matches the rule: a connection receives the messages of all its rules. */
export const matches = ({ keys }: BusRule, message: BusMessage, owners: Owners): boolean =>
  [...keys].every(([key, wanted]) => fits(key, wanted, message, owners));

/** How long the bus itself may take to answer, in ms. */
const BUS_MS = 10_000;
const BUS = 'org.freedesktop.DBus';

interface Sub {
  readonly rule: BusRule;
  readonly listener: BusListener;
  /** The listener knows that it does not work. */
  lost: boolean;
  tried(): void;
}

/** The one connection to a bus: opened when it is first needed, opened again when it is lost, with what was subscribed to. */
export class ReconnectingBus {
  readonly #places: () => readonly BusAddress[];
  readonly #backoff: Backoff;
  readonly #subs = new Set<Sub>();
  readonly #owners = new Map<string, string | undefined>();
  #connection: BusConnection | undefined;
  #opening: Promise<BusConnection> | undefined;
  #failures = 0;
  #reason = '';
  #retryAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param places where the bus may be; throws when that is not known. */
  constructor(places: () => readonly BusAddress[], backoff: Backoff) {
    this.#places = places;
    this.#backoff = backoff;
  }

  async call(call: BusCall): Promise<BusReply> {
    let connection: BusConnection;
    try {
      connection = this.#connection ?? (await this.#open());
    } catch (error) {
      return { how: 'disconnected', reason: (error as Error).message };
    }
    return connection.call(call);
  }

  subscribe(rule: BusRule, listener: BusListener): PortSubscription {
    let tried = () => {};
    const ready = new Promise<void>((resolve) => {
      tried = resolve;
    });
    const sub: Sub = { rule, listener, lost: false, tried };
    this.#subs.add(sub);
    if (this.#connection) void this.#install(this.#connection, sub);
    else
      void this.#open().catch(() => {
        // Another attempt is planned: only the loss is reported here.
        this.#lose([sub], this.#reason);
      });
    return { ready, close: () => this.#drop(sub) };
  }

  /** For good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }

  #drop(sub: Sub): void {
    this.#subs.delete(sub);
    sub.tried();
    if (this.#subs.size === 0) clearTimeout(this.#timer);
    // The bus counts: what was added twice is removed twice.
    if (!sub.lost) void this.#connection?.callBus('RemoveMatch', sub.rule.text, BUS_MS);
  }

  /** @throws Error when it does not work, or not so soon after the last attempt. */
  #open(): Promise<BusConnection> {
    if (this.#closed) return Promise.reject(new Error('the connection was closed'));
    if (this.#opening) return this.#opening;
    if (performance.now() < this.#retryAt) return Promise.reject(new Error(this.#reason));
    this.#opening = this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<BusConnection> {
    clearTimeout(this.#timer);
    try {
      const connection = await this.#reach();
      if (this.#closed) connection.close();
      if (this.#closed) throw new Error('the connection was closed');
      this.#connection = connection;
      this.#failures = 0;
      this.#retryAt = Number.NEGATIVE_INFINITY;
      for (const sub of this.#subs) void this.#install(connection, sub);
      return connection;
    } catch (error) {
      this.#broken(messageOf(error));
      throw error;
    }
  }

  async #reach(): Promise<BusConnection> {
    const reasons: string[] = [];
    for (const place of this.#places()) {
      try {
        const connection: BusConnection = await BusConnection.open(place, {
          message: (message) => this.#deliver(message),
          closed: (reason) => {
            if (this.#connection !== connection) return;
            this.#connection = undefined;
            this.#broken(reason);
          },
        });
        return connection;
      } catch (error) {
        reasons.push(messageOf(error));
      }
    }
    throw new Error(reasons.join('; '));
  }

  /** Reports the loss to the subscriptions, and tries again after a while when there are any. */
  #broken(reason: string): void {
    const delay = backoffMs(this.#backoff, this.#failures);
    this.#failures += 1;
    this.#reason = reason;
    this.#retryAt = performance.now() + delay;
    this.#owners.clear();
    // First of all the next attempt: it comes whatever a listener does.
    if (this.#subs.size > 0 && !this.#closed) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#retryAt = Number.NEGATIVE_INFINITY;
        void this.#open().catch(() => {});
      }, delay);
    }
    this.#lose([...this.#subs], reason);
  }

  #lose(subs: readonly Sub[], reason: string): void {
    const news = subs.filter((sub) => !sub.lost && this.#subs.has(sub));
    for (const sub of subs) {
      sub.lost = true;
      sub.tried();
    }
    for (const sub of news) sub.listener.lost(reason);
  }

  async #install(connection: BusConnection, sub: Sub): Promise<void> {
    const sender = sub.rule.keys.get('sender');
    if (sender !== undefined && sender !== BUS && !sender.startsWith(':')) await this.#follow(connection, sender);
    const reply = await connection.callBus('AddMatch', sub.rule.text, BUS_MS);
    if (this.#connection !== connection || !this.#subs.has(sub)) return;
    if (reply.how === 'reply') {
      sub.lost = false;
      sub.listener.subscribed();
      sub.tried();
    } else {
      const reason = reply.how === 'error' ? `the bus refuses the rule: ${reply.message}` : 'the bus does not answer';
      this.#lose([sub], reason);
    }
  }

  /** Messages carry the unique name of their sender: keeps track of the owner of the name in a rule. */
  async #follow(connection: BusConnection, name: string): Promise<void> {
    if (this.#owners.has(name)) return;
    this.#owners.set(name, undefined);
    const rule = `type='signal',sender='${BUS}',interface='${BUS}',member='NameOwnerChanged',arg0='${name}'`;
    await connection.callBus('AddMatch', rule, BUS_MS);
    const reply = await connection.callBus('GetNameOwner', name, BUS_MS);
    const owner = reply.how === 'reply' ? reply.body[0] : undefined;
    if (this.#connection === connection && owner?.type === 's') this.#owners.set(name, owner.value);
  }

  #deliver(message: BusMessage): void {
    if (message.sender === BUS && message.member === 'NameOwnerChanged') {
      const [name, , owner] = message.body;
      if (name?.type === 's' && owner?.type === 's' && this.#owners.has(name.value))
        this.#owners.set(name.value, owner.value || undefined);
    }
    for (const sub of [...this.#subs])
      if (!sub.lost && matches(sub.rule, message, this.#owners)) sub.listener.message(message);
  }
}

const BACKOFF: Backoff = { firstMs: 250, mostMs: 10_000 };

/** The message buses. After `close` a call is answered as without a bus. */
interface ClosableBus extends Bus {
  close(): void;
}

/** The message buses that the environment names. The environment is read at each attempt to connect. */
export const createBus = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  backoff = BACKOFF,
): ClosableBus => {
  const line = (bus: BusName): ReconnectingBus =>
    new ReconnectingBus(() => {
      const address = busAddressList(bus, environment);
      if (address === undefined)
        throw new Error(
          'neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set: where the session bus is is not known',
        );
      return parseAddresses(address, environment);
    }, backoff);
  const lines: Readonly<Record<BusName, ReconnectingBus>> = { session: line('session'), system: line('system') };
  return {
    call: (call) => lines[call.bus].call(call),
    subscribe: (bus, rule, listener) => lines[bus].subscribe(rule, listener),
    close: () => {
      for (const one of Object.values(lines)) one.close();
    },
  };
};
