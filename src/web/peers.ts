import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { endianness, userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** Between two readings of the tables, in ms: many connections cost little, and one is not delayed. */
const BETWEEN_MS = 20;

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;
/** States of these tables. */
const [ESTABLISHED, LISTEN] = ['01', '0A'];

/** One end of a connection, in the tables. */
interface Row {
  readonly state: string;
  readonly uid: number;
}
/** The rows by their local and remote address. */
type Rows = ReadonlyMap<string, readonly Row[]>;

/** Where a connection comes from. `gone`: that end has closed it, so that the tables do not say whose it was. */
type Origin = 'allowed' | 'unknown' | 'gone' | { readonly uid: number };

/** The ends of connections that have `port`, by the text of the tables. */
const rowsOf = (text: string, port: string): Rows => {
  const found = new Map<string, Row[]>();
  for (const line of text.split('\n')) {
    if (!line.includes(`:${port} `)) continue;
    const [, local, remote, state, , , , uid] = line.trim().split(/\s+/);
    const key = `${local} ${remote}`;
    found.set(key, [...(found.get(key) ?? []), { state: state!, uid: Number(uid) }]);
  }
  return found;
};

const hexOf = (number: number, digits: number): string => number.toString(16).toUpperCase().padStart(digits, '0');
/** An IPv4 address and a port as in the tables, which have the bytes of an address in the order of the machine. */
const endOf = (address: string, port: number): string => {
  const bytes = address.split('.').map((byte) => hexOf(Number(byte), 2));
  return `${(endianness() === 'LE' ? bytes.reverse() : bytes).join('')}:${hexOf(port, 4)}`;
};
/** The same address of a socket of IPv6. */
const mapped = (end: string): string => `0000000000000000${endianness() === 'LE' ? 'FFFF0000' : '0000FFFF'}${end}`;

/** Looks up where the connection from `peer` to `server` comes from. */
const originOf = (rows: Rows, peer: string, server: string, me: number): Origin => {
  const found = [`${peer} ${server}`, `${mapped(peer)} ${mapped(server)}`].flatMap((key) => rows.get(key) ?? []);
  for (const { uid, state } of found) {
    // A closed end belongs to root in the tables, whoever had it.
    if (uid === 0 && state !== ESTABLISHED) return 'gone';
    if (uid !== 0 && uid !== me) return { uid };
  }
  if (found.length > 0) return 'allowed';
  const isListed = [...rows.values()].flat().some(({ state }) => state === LISTEN);
  const own = rows.get(`${server} ${peer}`);
  // Without the other end of a connection that stands, as of a browser on the Windows around a WSL, the cookie decides alone.
  return !isListed || own?.some(({ state }) => state === ESTABLISHED) ? 'unknown' : 'gone';
};

const userName = (uid: number): string => {
  try {
    return userInfo().username;
  } catch {
    return `with the id ${uid}`;
  }
};

/** Reads the text of the tables. One that is not there is empty. */
const readTables = async (): Promise<string> =>
  (await Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => '')))).join('\n');

/** Whose the connections to a server are. A browser sends its cookies to each port, so that a server of another user can have one. */
export class Peers {
  readonly #read: () => Promise<string>;
  readonly #me: number | undefined;
  readonly #refusals = new WeakMap<Socket, Promise<string | undefined>>();
  #next: Promise<string> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param me undefined: not on this system */
  constructor(read = readTables, me = process.platform === 'linux' ? process.geteuid?.() : undefined) {
    this.#read = read;
    this.#me = me;
  }
  /** Why requests of a connection are refused; undefined: they are not. It is looked up once. */
  refusal(socket: Socket): Promise<string | undefined> {
    let found = this.#refusals.get(socket);
    if (found === undefined) {
      found = this.#lookUp(socket);
      this.#refusals.set(socket, found);
    }
    return found;
  }
  async #lookUp({ remoteAddress, remotePort, localAddress, localPort }: Socket): Promise<string | undefined> {
    const me = this.#me;
    if (me === undefined) return undefined;
    if (remoteAddress === undefined || localAddress === undefined) return GONE;
    const [peer, server] = [endOf(remoteAddress, remotePort!), endOf(localAddress, localPort!)];
    const look = async () => originOf(rowsOf(await this.#tables(), hexOf(localPort!, 4)), peer, server, me);
    let origin = await look();
    // A row can be missed while others come and go.
    if (origin === 'unknown' || origin === 'gone') origin = await look();
    if (origin === 'gone') return GONE;
    if (typeof origin === 'string') return undefined;
    return `This page is for user ${userName(me)} of this machine, and this request comes from the user with the id ${origin.uid}.`;
  }
  /** Reads the tables. All who ask before the next reading begins share it. */
  #tables(): Promise<string> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      const text = this.#read();
      this.#last = text.then(() => pause(BETWEEN_MS, undefined, { ref: false }));
      return text;
    });
    return this.#next;
  }
}
const GONE = 'This connection was closed before it was clear whose it is.';
