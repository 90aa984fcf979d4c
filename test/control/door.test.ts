import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { callInstance } from '../../src/adapters/control-client.ts';
import {
  ConnectionLostError,
  NoAnswerError,
  NotRunningError,
  RequestRefusedError,
} from '../../src/adapters/control-errors.ts';
import { type AnswerRequest, ControlServer } from '../../src/adapters/control-server.ts';
import type { ResponseStream } from '../../src/control/request.ts';

let folder: string;
let path: string;
let server: Server | undefined;
let door: ControlServer | undefined;
const sockets = new Set<Socket>();
let opened = 0;
/** Connections that the door has ended. */
let ended = 0;

/** A door at `path` where everything is answered so. */
const openDoor = async (answer: AnswerRequest, mostUnread?: number): Promise<void> => {
  opened = 0;
  ended = 0;
  let visit: (socket: Socket) => void = () => {};
  server = createServer({ allowHalfOpen: true }, (socket) => visit(socket));
  door = new ControlServer(
    {
      receive: (visitor) => {
        visit = visitor;
      },
    },
    async () => {
      opened += 1;
      return answer;
    },
    mostUnread,
  );
  server.on('connection', (socket: Socket) =>
    socket.once('close', () => {
      ended += 1;
    }),
  );
  server.listen(path);
  await once(server, 'listening');
};

/** Answers with the condition that is asked for, or whatever is meant to happen. */
const echo: AnswerRequest = async (request, visitor) => {
  if (request.request === 'explain') return { said: request.condition };
  if (request.request === 'dump') throw new Error('it is not to be had');
  if (request.request === 'events') {
    for (let i = 0; i < 3; i++) visitor.send(i);
    return null;
  }
  return { big: 'x'.repeat(1 << 20) };
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-door-'));
  path = join(folder, 'socket');
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await door?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A connection without manners: what it is told is kept in `heard`. */
const client = async () => {
  const socket = connect(path);
  sockets.add(socket);
  const heard = { text: '', closed: false };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    heard.text += String(chunk);
  });
  const closed = new Promise<void>((resolve) =>
    socket.once('close', () => {
      heard.closed = true;
      resolve();
    }),
  );
  await once(socket, 'connect');
  return { socket, heard, closed };
};

const until = async (happened: () => boolean): Promise<void> => {
  const end = performance.now() + 10_000;
  while (!happened()) {
    if (performance.now() > end) throw new Error('time is up');
    await new Promise((wake) => setImmediate(wake));
  }
};

const explain = (condition: string) => callInstance(path, { request: 'explain', condition });

describe('the control socket', () => {
  test('an answer is parts, then its end', async () => {
    await openDoor(echo);
    const parts: unknown[] = [];
    expect(await callInstance(path, { request: 'events' }, (part) => parts.push(part))).toBeNull();
    expect(parts).toEqual([0, 1, 2]);
  });

  test('what cannot be answered is told, and the connection goes on', async () => {
    await openDoor(echo);
    await expect(callInstance(path, { request: 'dump' })).rejects.toEqual(
      new RequestRefusedError('it is not to be had'),
    );
    const { socket, heard } = await client();
    socket.write('{"request":"dump"}\n{"request":"explain","condition":"A"}\n');
    await until(() => heard.text.split('\n').length === 3);
    expect(heard.text).toBe('{"error":"it is not to be had"}\n{"done":{"said":"A"}}\n');
  });

  test('requests that come together are answered in order, also when they come in pieces', async () => {
    await openDoor(echo);
    const { socket, heard } = await client();
    const text = Array.from({ length: 50 }, (_, i) => `{"request":"explain","condition":"ü${i}"}\n`).join('');
    for (const byte of Buffer.from(text)) socket.write(Buffer.of(byte));
    await until(() => heard.text.split('\n').length === 51);
    expect(heard.text).toBe(Array.from({ length: 50 }, (_, i) => `{"done":{"said":"ü${i}"}}\n`).join(''));
  });

  test('garbage is refused with a reason, and the connection ended', async () => {
    await openDoor(echo);
    const { socket, heard, closed } = await client();
    socket.write('GET / HTTP/1.1\r\n\r\n{"request":"explain","condition":"A"}\n');
    await closed;
    expect(heard.text).toBe('{"error":"a request is one JSON object on one line"}\n');
    expect(await explain('B')).toEqual({ said: 'B' });
  });

  test('what was asked before the garbage is answered first', async () => {
    await openDoor(echo);
    const { socket, heard, closed } = await client();
    socket.write('{"request":"explain","condition":"A"}\ngarbage\n{"request":"explain","condition":"B"}\n');
    await closed;
    expect(heard.text).toBe('{"done":{"said":"A"}}\n{"error":"a request is one JSON object on one line"}\n');
  });

  test('a last question without a line end is answered when the asker has closed its side', async () => {
    await openDoor(echo);
    const { socket, heard, closed } = await client();
    socket.end('{"request":"explain","condition":"A"}\n{"request":"explain","condition":"B"}');
    await closed;
    expect(heard.text).toBe('{"done":{"said":"A"}}\n{"done":{"said":"B"}}\n');
  });

  test('bytes that are no text are refused', async () => {
    await openDoor(echo);
    const { socket, heard, closed } = await client();
    socket.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]));
    await closed;
    expect(JSON.parse(heard.text)).toHaveProperty('error');
  });

  test.each([
    ['with', '\n'],
    ['without', ''],
  ])('a line of 1 MB %s an end is refused without being kept', async (_with, end) => {
    await openDoor(echo);
    const { socket, heard, closed } = await client();
    socket.write(`{"request":"explain","condition":"${'x'.repeat(1 << 20)}"}${end}`);
    await closed;
    expect(heard.text).toBe('{"error":"a request has at most 65536 bytes"}\n');
    expect(await explain('B')).toEqual({ said: 'B' });
  });

  test('a hundred clients at once are answered', async () => {
    await openDoor(echo);
    const names = Array.from({ length: 100 }, (_, i) => `C${i}`);
    const idle = await Promise.all(names.map(() => client()));
    expect(await Promise.all(names.map(explain))).toEqual(names.map((said) => ({ said })));
    expect(idle.some(({ heard }) => heard.closed)).toBe(false);
  });

  test('more than can be served are told to come again, and then can', async () => {
    await openDoor(echo);
    const clients = await Promise.all(Array.from({ length: 256 }, () => client()));
    await expect(explain('A')).rejects.toThrow('256 others are connected: try again');
    clients[0]!.socket.destroy();
    await clients[0]!.closed;
    let answer: unknown;
    const end = performance.now() + 10_000;
    while (answer === undefined && performance.now() < end) answer = await explain('A').catch(() => undefined);
    expect(answer).toEqual({ said: 'A' });
  });

  test('a client that asks and never reads holds up nobody, and its answers do not pile up', async () => {
    let answered = 0;
    await openDoor(async (request, visitor) => {
      answered += 1;
      return echo(request, visitor);
    });
    const socket = connect(path);
    sockets.add(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.pause();
    // 200 MiB of answers are asked for.
    socket.write('{"request":"status"}\n'.repeat(200));
    expect(await explain('A')).toEqual({ said: 'A' });
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 50; i++) expect(await explain(`B${i}`)).toEqual({ said: `B${i}` });
    expect(answered).toBeLessThan(70);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 << 20);
  });

  test('of long answers that are not read the oldest is given up when they are too many, and the last one is there', async () => {
    await openDoor(async () => 'x'.repeat(4 << 20), 6 << 20);
    const open: Socket[] = [];
    for (let i = 0; i < 3; i += 1) {
      const socket = connect(path);
      sockets.add(socket);
      open.push(socket);
      await once(socket, 'connect');
      socket.pause();
      socket.write('{"request":"dump"}\n');
    }
    await until(() => ended === 2);
    let length = 0;
    open.at(-1)!.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    open.at(-1)!.resume().end();
    await once(open.at(-1)!, 'close');
    expect(length).toBe((4 << 20) + '{"done":""}\n'.length);
  });

  test('parts for one who does not read are not sent, and it can be waited for', async () => {
    const seen: boolean[] = [];
    let readAgain = false;
    await openDoor(async (_request, visitor) => {
      while (visitor.send('x'.repeat(1 << 18))) seen.push(true);
      await visitor.drained();
      readAgain = true;
      return null;
    });
    const socket = connect(path);
    sockets.add(socket);
    await once(socket, 'connect');
    socket.pause();
    socket.write('{"request":"events"}\n');
    await until(() => seen.length > 0);
    expect(seen.length).toBeLessThan(20);
    expect(readAgain).toBe(false);
    socket.resume();
    await until(() => readAgain);
  });

  test('one who leaves is noticed', async () => {
    let left = false;
    await openDoor(async (_request, { closed: gone }) => {
      await once(gone, 'abort');
      left = true;
    });
    const { socket } = await client();
    socket.write('{"request":"events"}\n');
    await until(() => opened === 1);
    socket.destroy();
    await until(() => left);
  });

  test('one who closes its side after asking is told everything, and what it follows ends', async () => {
    let left = false;
    await openDoor(async (request, { closed: gone }) => {
      if (request.request !== 'events') {
        await new Promise((wake) => setTimeout(wake, 5));
        return request.request;
      }
      if (!gone.aborted) await once(gone, 'abort');
      left = true;
      return null;
    });
    const socket = connect({ path, allowHalfOpen: true });
    sockets.add(socket);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.end('{"request":"status"}\n{"request":"dump"}\n{"request":"events","follow":true}\n');
    await once(socket, 'end');
    expect(text).toBe('{"done":"status"}\n{"done":"dump"}\n {"done":null}\n');
    expect(left).toBe(true);
  });

  test('connecting alone costs nothing: what answers is made at the first request', async () => {
    await openDoor(echo);
    const { socket } = await client();
    expect(opened).toBe(0);
    socket.write('{"request":"explain","condition":"A"}\n{"request":"explain","condition":"B"}\n');
    await explain('C');
    expect(opened).toBe(1);
  });

  test('at the end everybody is told what they are still to be told', async () => {
    let end = () => {};
    await openDoor(async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return 'over';
    });
    const answer = callInstance(path, { request: 'ctl', line: 'exit' });
    await until(() => opened === 1);
    const closing = door!.close();
    end();
    await closing;
    expect(await answer).toBe('over');
  });

  test('one who does not read does not hold up the end', async () => {
    await openDoor(echo);
    const socket = connect(path);
    sockets.add(socket);
    await once(socket, 'connect');
    socket.pause();
    socket.write('{"request":"status"}\n'.repeat(9));
    await until(() => opened === 1);
    const began = performance.now();
    await door!.close();
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('asking', () => {
  test('where there is no socket, or nobody behind it, no instance is running', async () => {
    await expect(explain('A')).rejects.toBeInstanceOf(NotRunningError);
    await openDoor(echo);
    const other = join(folder, 'left');
    const dead = createServer().listen(other);
    await once(dead, 'listening');
    // As after SIGKILL: the file stays.
    const { linkSync } = await import('node:fs');
    linkSync(other, path.replace('socket', 'stale'));
    dead.close();
    await expect(callInstance(path.replace('socket', 'stale'), { request: 'dump' })).rejects.toBeInstanceOf(
      NotRunningError,
    );
  });

  test.each(['hello', '5', 'null', '{"foo":1}', '{"error":5}'])('an answer %s is none of an instance', async (line) => {
    server = createServer((socket) => socket.once('data', () => socket.end(`${line}\n`))).listen(path);
    await once(server, 'listening');
    await expect(explain('A')).rejects.toEqual(
      new RequestRefusedError(`what answers at ${path} is not an instance of whenever`),
    );
  });

  test('one who follows what is quiet hears at once that it has begun, and goes on waiting', async () => {
    const visitors: ResponseStream[] = [];
    await openDoor(async (_, asker) => {
      visitors.push(asker);
      await once(asker.closed, 'abort');
      return null;
    });
    const { socket, heard } = await client();
    socket.write('{"request":"logs","follow":true}\n');
    await until(() => heard.text === ' ');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const away = new AbortController();
      const parts: unknown[] = [];
      const answer = callInstance(path, { request: 'logs', follow: true }, (part) => parts.push(part), away.signal);
      await until(() => visitors.length === 2);
      // The space is on its way: it is read in one of the next turns.
      for (let turn = 0; turn < 20; turn++) await new Promise((wake) => setImmediate(wake));
      await vi.advanceTimersByTimeAsync(60_000);
      visitors[1]!.send('late');
      await until(() => parts.length > 0);
      expect(parts).toEqual(['late']);
      away.abort();
      expect(await answer).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['says nothing', '', { request: 'status', conditions: [] }],
    ['says nothing to one who follows', '', { request: 'logs', follow: true }],
    ['begins an answer and does not end it', '{"do', { request: 'dump' }],
    ['gives a part of an answer that has one only', '{"part":1}\n', { request: 'dump' }],
  ] as const)('a command does not wait for a socket that %s for more than 10 s', async (_, text, request) => {
    const asked = new Promise<void>((resolve) => {
      server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.once('data', () => (text === '' ? resolve() : socket.write(text, () => resolve())));
      });
    });
    await once(server!.listen(path), 'listening');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const answer = callInstance(path, request).catch((error: unknown) => error);
      await asked;
      await vi.advanceTimersByTimeAsync(5000);
      expect(await answer).toEqual(
        new NoAnswerError(
          `something listens at ${path}, but has not answered for 5 s: the instance is stopped (kill -CONT lets it go on), hangs, or is very busy`,
        ),
      );
    } finally {
      vi.useRealTimers();
    }
  });

  test('an answer is whole where its bytes come one by one', async () => {
    const answer = Buffer.from('{"part":"ä"}\n{"part":"🙂 two"}\n{"done":"écrit"}\n');
    server = createServer((socket) => {
      const send = (at: number): void => {
        if (at < answer.length) socket.write(answer.subarray(at, at + 1), () => setImmediate(send, at + 1));
      };
      socket.once('data', () => send(0));
    }).listen(path);
    await once(server, 'listening');
    const parts: unknown[] = [];
    const done = await callInstance(path, { request: 'explain', condition: 'A' }, (part) => parts.push(part));
    expect([...parts, done]).toEqual(['ä', '🙂 two', 'écrit']);
  });

  test('an instance that is killed while it tells something is gone', async () => {
    server = createServer((socket) => socket.once('data', () => socket.write('{"part":1}\n', () => socket.destroy())));
    await once(server.listen(path), 'listening');
    await expect(explain('A')).rejects.toBeInstanceOf(ConnectionLostError);
  });

  test('an instance that ends before it has answered is told apart from none', async () => {
    server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(path);
    await once(server, 'listening');
    await expect(explain('A')).rejects.toThrow('ended before it had answered');
  });
});
