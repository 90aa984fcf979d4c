import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { type Ran, realLua, runScript } from '../support/lua-worker.ts';

const text = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('latin1');
};

type Page = (response: ServerResponse, request: IncomingMessage) => unknown;

const PAGES: Readonly<Record<string, Page>> = {
  '/missing': (response) => response.writeHead(404).end('nothing here'),
  '/binary': (response) => response.end(Buffer.from([0, 255, 10, 13, 128])),
  '/headers': (response) => response.writeHead(200, { 'X-One': 'a', 'SET-COOKIE': ['first', 'second'] }).end(),
  '/huge': (response) => {
    response.on('error', () => {});
    const part = Buffer.alloc(1024 * 1024, 120);
    for (let i = 0; i < 9; i++) response.write(part);
    response.end();
  },
  '/full': (response) => response.end(Buffer.alloc(8 * 1024 * 1024, 120)),
  '/reset': (_, request) => request.socket.destroy(),
  '/cut': (response, request) => {
    response.writeHead(200, { 'Content-Length': '100' });
    response.write('part', () => request.socket.destroy());
  },
  '/slow': (response) => setTimeout(() => response.end('slow'), 300),
  '/never': () => {},
  '/see-other': (response) => response.writeHead(303, { Location: '/echo' }).end(),
  '/keep': (response) => response.writeHead(307, { Location: '/echo' }).end(),
  '/away': (response) => response.writeHead(302, { Location: `http://localhost:${port}/echo` }).end(),
  '/elsewhere': (response) => response.writeHead(302, { Location: 'ftp://x/' }).end(),
};

const echo = async (response: ServerResponse, request: IncomingMessage): Promise<void> => {
  const { headers: h, method, url = '/' } = request;
  const body = await text(request);
  response.end(`${method} ${url} ${h['x-a'] ?? '-'} ${h.authorization ?? '-'} ${h['content-length'] ?? '-'} ${body}`);
};

const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const { url = '/' } = request;
  const hop = /^\/hop\/(\d+)$/.exec(url);
  const left = Number(hop?.[1]);
  if (hop) response.writeHead(302, { Location: left > 1 ? `/hop/${left - 1}` : '/echo' }).end('moved');
  else void (PAGES[url] ?? echo)(response, request);
};

let port = 0;

describe('http', () => {
  let lua: Lua;
  let folder: string;
  const servers: (http.Server | https.Server | net.Server)[] = [];
  const listen = async (server: net.Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  let base: string;
  let secure: string;
  let malformed: string;
  beforeAll(async () => {
    lua = await realLua();
    folder = mkdtempSync(join(tmpdir(), 'whenever-http-'));
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...[
        '-addext',
        'subjectAltName=DNS:localhost',
        '-keyout',
        join(folder, 'key.pem'),
        '-out',
        join(folder, 'cert.pem'),
      ],
    ]);
    expect(made.status).toBe(0);
    port = await listen(http.createServer((q, r) => void answer(q, r)));
    base = `http://127.0.0.1:${port}`;
    const keys = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
    secure = `https://localhost:${await listen(https.createServer(keys, (q, r) => void answer(q, r)))}`;
    malformed = `http://127.0.0.1:${await listen(net.createServer((s) => s.on('error', () => {}).end('GARBAGE\r\n\r\n')))}`;
  });
  afterAll(async () => {
    await lua.close();
    for (const server of servers) {
      if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true });
  });
  const run = (script: string, more: object = {}): Promise<Ran> => runScript(lua, script, more);
  const said = async (script: string): Promise<string> => {
    const ran = await run(script);
    expect(ran.end).toMatchObject({ how: 'finished' });
    return ran.lines.map((line) => line.slice(5)).join('\n');
  };

  it('get answers body, status and headers', async () => {
    expect(await said(`print(http.get("${base}/x?y=1", { ["X-A"] = 5 }))`)).toMatch(/^GET \/x\?y=1 5 - - \t200\ttable/);
    expect(await said(`print(math.type(select(2, http.get("${base}/"))))`)).toBe('integer');
  });
  it('post sends a body as it is; other values as text; without one an empty body', async () => {
    expect(await said(`print((http.post("${base}/p", "a\\0b")))`)).toBe('POST /p - - 3 a\0b');
    expect(await said(`print((http.post("${base}/p", 12.5, { ["X-A"] = true })))`)).toBe('POST /p true - 4 12.5');
    expect(await said(`print((http.post("${base}/p")))`)).toBe('POST /p - - 0 ');
  });
  it('a response of 404 is not an error', async () => {
    expect(await said(`local b, s = http.get("${base}/missing") print(b, s)`)).toBe('nothing here\t404');
  });
  it('a body is bytes', async () => {
    expect(await said(`print(http.get("${base}/binary"):byte(1, -1))`)).toBe('0\t255\t10\t13\t128');
  });
  it('names of headers are in lower case, of repeated ones the last counts', async () => {
    const script = `local _, _, h = http.get("${base}/headers") print(h["x-one"], h["set-cookie"], h["X-One"])`;
    expect(await said(script)).toBe('a\tsecond\tnil');
  });
  it('redirects are followed, up to 20', async () => {
    expect(await said(`print((http.get("${base}/hop/20")))`)).toBe('GET /echo - - - ');
    expect(await said(`print(pcall(http.get, "${base}/hop/21"))`)).toContain('more than 20 redirects');
  });
  it('a redirect keeps or changes the method as its status says, and takes no credentials to another host', async () => {
    expect(await said(`print((http.post("${base}/see-other", "x")))`)).toBe('GET /echo - - - ');
    expect(await said(`print((http.post("${base}/keep", "x")))`)).toBe('POST /echo - - 1 x');
    const headers = '{ Authorization = "secret", ["X-A"] = "1" }';
    expect(await said(`print((http.get("${base}/hop/1", ${headers})))`)).toBe('GET /echo 1 secret - ');
    expect(await said(`print((http.get("${base}/away", ${headers})))`)).toBe('GET /echo 1 - - ');
  });
  it('an answer may have 8 MiB and no more', async () => {
    expect(await said(`print(#http.get("${base}/full"))`)).toBe(String(8 * 1024 * 1024));
    expect(await said(`print(pcall(http.get, "${base}/huge"))`)).toContain('larger than 8 MiB');
  });
  it.each([
    ['a connection that is reset', () => `${base}/reset`, /reset|hang up/],
    ['an answer that is cut short', () => `${base}/cut`, /before the answer was complete|aborted/],
    ['a malformed answer', () => malformed, /malformed answer/],
    ['a name that cannot be resolved', () => 'http://no-such-host.invalid/', /cannot resolve no-such-host.invalid/],
    ['a port without a listener', () => 'http://127.0.0.1:1/', /refused/],
    ['a certificate the system does not trust', () => secure, /self.signed certificate/i],
    ['a redirect to something else', () => `${base}/elsewhere`, /not an http or https URL/],
    ['something that is no URL', () => 'example.com', /not a URL/],
    ['a file', () => 'file:///etc/passwd', /not an http or https URL/],
  ])('%s is an error that pcall catches', async (_, url, words) => {
    const message = await said(`print(select(2, pcall(http.get, "${url()}")))`);
    expect(message).toMatch(/^error within HTTP request: /);
    expect(message).toMatch(words);
  });
  it('an error that is not caught ends the script', async () => {
    expect((await run('http.get("http://127.0.0.1:1/")')).end).toMatchObject({ how: 'script-error' });
  });
  it.each([
    ['http.get()', 'string expected'],
    ['http.get("http://x/", 5)', 'invalid parameter'],
    ['http.post("http://x/", "", "h")', 'invalid parameter'],
  ])('%s is an error', async (script, words) => {
    expect((await run(script)).end).toMatchObject({ message: expect.stringContaining(words) });
  });
  it('invalid headers are an error', async () => {
    expect(await said(`print(pcall(http.get, "${base}/", { ["a b"] = "c" }))`)).toContain('error within HTTP request');
    expect(await said(`print(pcall(http.get, "${base}/", { a = "c\\r\\nd: e" }))`)).toContain(
      'error within HTTP request',
    );
  });
  it('TLS is checked by the roots of the system, SSL_CERT_FILE among them', async () => {
    process.env.SSL_CERT_FILE = join(folder, 'cert.pem');
    const trusting = await realLua();
    try {
      const { lines } = await runScript(trusting, `print(http.get("${secure}/tls"))`);
      expect(lines[0]).toContain('GET /tls');
    } finally {
      delete process.env.SSL_CERT_FILE;
      await trusting.close();
    }
  });
  it('a script that waits for an answer ends at its time limit, and others go on', async () => {
    const waiting = run(`http.get("${base}/never")`, { timeoutSeconds: 1 });
    const other = run('x = 1');
    expect((await Promise.race([waiting, other])).end).toMatchObject({ how: 'finished' });
    expect((await waiting).end).toEqual({ how: 'timeout' });
  });
  it('100 scripts wait at the same time', async () => {
    const began = performance.now();
    const all = await Promise.all(Array.from({ length: 100 }, () => run(`print((http.get("${base}/slow")))`)));
    expect(all.every((ran) => ran.lines[0] === 'info slow')).toBe(true);
    // One after the other they would take 30 s.
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});
