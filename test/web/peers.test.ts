import type { Socket } from 'node:net';
import { endianness } from 'node:os';
import { expect, test, vi } from 'vitest';
import { Peers } from '../../src/web/peers.ts';

const HOME = endianness() === 'LE' ? '0100007F' : '7F000001';
const MAPPED = `0000000000000000${endianness() === 'LE' ? 'FFFF0000' : '0000FFFF'}${HOME}`;
const SERVER = '1F90';
const row = (local: string, remote: string, state: string, uid: number) =>
  `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 595354 1 00000000f5dcac83 100 0 0 10 0`;
const LISTENER = row(`${HOME}:${SERVER}`, '00000000:0000', '0A', 1000);
const ACCEPTED = row(`${HOME}:${SERVER}`, `${HOME}:C350`, '01', 1000);
const peer = (uid: number, state = '01', home = HOME) => row(`${home}:C350`, `${home}:${SERVER}`, state, uid);

const socket = () =>
  ({ remoteAddress: '127.0.0.1', remotePort: 50_000, localAddress: '127.0.0.1', localPort: 8080 }) as Socket;
const refusalOf = async (...rows: readonly string[]) =>
  new Peers(() => Promise.resolve(['  sl  local_address', ...rows].join('\n')), 1000).refusal(socket());

test.each([
  ['this user', [LISTENER, ACCEPTED, peer(1000)], undefined],
  ['this user, who sends no more', [LISTENER, ACCEPTED, peer(1000, '05')], undefined],
  ['root', [LISTENER, ACCEPTED, peer(0)], undefined],
  ['another user', [LISTENER, ACCEPTED, peer(1001)], 'comes from the user with the id 1001'],
  ['another user by IPv6', [LISTENER, ACCEPTED, peer(1001, '01', MAPPED)], 'comes from the user with the id 1001'],
  ['this user by IPv6', [LISTENER, ACCEPTED, peer(1000, '01', MAPPED)], undefined],
  ['one that has closed it, whose end counts as that of root', [LISTENER, ACCEPTED, peer(0, '05')], 'closed before'],
  ['one that has reset it', [LISTENER], 'closed before'],
  ['another system behind the same address', [LISTENER, ACCEPTED], undefined],
  ['a table without the server', [peer(1001).replace(SERVER, '1F91')], undefined],
  ['a table that cannot be read', [], undefined],
])('a connection of %s', async (_, rows, refusal) => {
  const found = await refusalOf(...rows);
  if (refusal === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(refusal);
});

test('a thousand connections share a reading that began after them; each is looked up once', async () => {
  const reads: ((text: string) => void)[] = [];
  const peers = new Peers(() => new Promise((resolve) => reads.push(resolve)), 1000);
  const first = socket();
  const begun = peers.refusal(first);
  await vi.waitFor(() => expect(reads.length).toBe(1));
  // The first reading is under way: it may have passed the rows of these.
  const others = Array.from({ length: 1000 }, () => peers.refusal(socket()));
  reads[0]!([LISTENER, ACCEPTED, peer(1000)].join('\n'));
  expect(await begun).toBeUndefined();
  expect(reads.length).toBe(1);
  expect(peers.refusal(first)).toBe(begun);
  await vi.waitFor(() => expect(reads.length).toBe(2));
  reads[1]!([LISTENER, ACCEPTED, peer(1001)].join('\n'));
  for (const refusal of await Promise.all(others)) expect(refusal).toContain('1001');
  expect(reads.length).toBe(2);
});

test('where the system has no such tables each connection is allowed, and one that is closed already is none', async () => {
  const gone = { remotePort: 50_000, localAddress: '127.0.0.1', localPort: 8080 } as Socket;
  expect(await new Peers(() => Promise.resolve(''), 1000).refusal(gone)).toContain('closed before');
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  const read = vi.fn(() => Promise.resolve([LISTENER, ACCEPTED, peer(1001)].join('\n')));
  const peers = new Peers(read);
  platform.mockRestore();
  expect(await peers.refusal(socket())).toBeUndefined();
  expect(read).not.toHaveBeenCalled();
});
