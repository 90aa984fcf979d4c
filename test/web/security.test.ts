import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { always, onDemand, Place, shellTask, TICK } from '../support/program.ts';
import { WebClient } from './support/web-client.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const ITEMS = `${TICK}${shellTask('T', 'exit 0')}${onDemand('Asked', ['T'])}`;
const running = async () => {
  const program = place.start(['-J', '-L', 'info'], { toml: ITEMS });
  await program.record(/^MAIN starting/);
  return program;
};

describe('who is let in', () => {
  test('the printed address lets one browser in, once, by a cookie, and leads to an address without the token', async () => {
    const web = await WebClient.start(place, [], false);
    const first = web.token;
    const answer = await web.enter();
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(String(answer.headers['set-cookie'])).toMatch(
      new RegExp(`^whenever-${web.port}-[\\w-]{16}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect((await web.send('/', { headers: { cookie: web.cookie } })).status).toBe(200);
    const again = await web.send(`/?token=${first}`);
    expect(again.status).toBe(403);
    expect(again.text).toContain('each is valid once');
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(web.token).not.toBe(first);
    // Cookies of servers before, of the same port, are removed.
    const [old, other] = [`whenever-${web.port}-${'a'.repeat(16)}`, `whenever-${web.port + 1}-${'a'.repeat(16)}`];
    const second = await web.send(`/?token=${web.token}`, {
      headers: { cookie: `${old}=1; ${other}=2; ${web.cookie}` },
    });
    expect(second.headers['set-cookie']?.slice(1)).toEqual([`${old}=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/`]);
    // The browser that is known already goes on with an old address.
    expect((await web.send(`/?token=${first}`, { headers: { cookie: web.cookie } })).status).toBe(303);
  });

  test('without a cookie, or with another one, every path gives the same page, which says what to do', async () => {
    const web = await WebClient.start(place);
    const [name] = web.cookie.split('=');
    const texts = new Set<string>();
    for (const path of ['/', '/main.js', '/nothing'])
      for (const cookie of ['', `${name}=x`, `${name}=`, 'other=1']) {
        const { status, text } = await web.send(path, { headers: { cookie } });
        expect(status).toBe(401);
        texts.add(text);
      }
    expect(texts.size).toBe(1);
    expect([...texts][0]).toContain('Open the address that <code>whenever web</code> has printed last');
    const data = new Set<string>();
    for (const path of ['/api/overview', '/api/run', '/api/nothing']) {
      const { status, text } = await web.send(path);
      expect(status).toBe(401);
      data.add(text);
    }
    expect(data.size).toBe(1);
    await expect(web.live({ cookie: '' })).rejects.toThrow('status 401');
  });

  test('a name that leads here, and another port, are refused before the token is looked at', async () => {
    const web = await WebClient.start(place);
    const { cookie } = web;
    for (const host of [
      'evil.example',
      `evil.example:${web.port}`,
      '127.0.0.1:1',
      '127.0.0.1',
      `localhost.:${web.port}`,
    ]) {
      expect((await web.send('/', { headers: { cookie, host } })).status).toBe(403);
      expect((await web.send(`/?token=${web.token}`, { headers: { host } })).status).toBe(403);
      expect((await web.action('pause', {}, { host, origin: `http://${host}` })).status).toBe(403);
      await expect(web.live({ host, origin: `http://${host}` })).rejects.toThrow('status 403');
    }
    expect((await web.send('/', { headers: { cookie, host: `localhost:${web.port}` } })).status).toBe(200);
  });

  test('a page of another site, or of another port, gets nothing', async () => {
    const web = await WebClient.start(place);
    for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'null', `https://${web.host}`]) {
      expect((await web.action('pause', {}, { origin })).status).toBe(403);
      await expect(web.live({ origin })).rejects.toThrow('status 403');
    }
    for (const site of ['cross-site', 'same-site']) {
      const headers = { cookie: web.cookie, 'sec-fetch-site': site };
      expect((await web.action('pause', {}, headers)).status).toBe(403);
      expect((await web.send('/api/overview', { headers })).status).toBe(403);
      expect((await web.send('/main.js', { headers })).status).toBe(403);
      await expect(web.live(headers)).rejects.toThrow('status 403');
    }
    const noOrigin = await web.send('/api/pause', { method: 'POST', headers: { cookie: web.cookie }, body: '{}' });
    expect(noOrigin.status).toBe(403);
  });

  test('every answer has a policy without inline scripts, and is not stored', async () => {
    const web = await WebClient.start(place);
    for (const path of ['/', '/main.js', '/style.css', '/api/overview', '/nothing', '//']) {
      const { headers } = await web.send(path, { headers: { cookie: web.cookie } });
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cache-control']).toBe('no-store');
    }
    const { text } = await web.send('/', { headers: { cookie: web.cookie } });
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style=/);
  });
});

describe('requests that are not of the page', () => {
  test('tricks with paths lead nowhere', async () => {
    const web = await WebClient.start(place);
    const tricks = [
      '//',
      '/../etc/passwd',
      '/api/../main.js',
      '/%2e%2e/x',
      '/api%2foverview',
      '/main.js%00',
      '/a\\b',
      '/./',
    ];
    for (const path of [...tricks, '/api//overview', '/api/overview/', `http://${web.host}/`, '*'])
      expect([path, (await web.send(path, { headers: { cookie: web.cookie } })).status]).toEqual([path, 400]);
    for (const path of ['/api', '/api/nothing', '/api/toString', '/api/__proto__', '/etc/passwd', '/live', '/main.ts'])
      expect([path, (await web.send(path, { headers: { cookie: web.cookie } })).status]).toEqual([path, 404]);
    await expect(web.live({}, '/other')).rejects.toThrow('status 404');
  });

  test('methods, parameters and bodies are those of the tables', async () => {
    await running();
    const web = await WebClient.start(place);
    const headers = { cookie: web.cookie, origin: web.origin };
    expect((await web.send('/api/overview', { method: 'POST', headers })).status).toBe(405);
    expect((await web.send('/api/run', { headers })).status).toBe(405);
    expect((await web.send('/', { method: 'DELETE', headers })).status).toBe(405);
    const wrong = [
      'runs?count=0',
      'runs?count=1001',
      'runs?since=x',
      'runs?other=1',
      'runs?failed=1',
      'runs?count=1&count=2',
      'item',
      'item?key=x',
      'columns?since=1',
      'logs?level=loud',
      'logs?since=-1',
      'overview?x=1',
    ];
    for (const query of wrong) {
      const { status, text } = await web.send(`/api/${query}`, { headers });
      expect([query, status]).toEqual([query, 400]);
      expect(Object.keys(JSON.parse(text) as object)).toEqual(['error']);
    }
    for (const body of ['x', '[]', '1', '{"name":1}', '{"name":"Asked","and":"more"}', '{"name":"Asked"} '.repeat(2)])
      expect([body, (await web.action('run', body)).status]).toEqual([body, 400]);
    expect((await web.action('run', { name: 'Asked' }, { 'content-type': 'text/plain' })).status).toBe(415);
    for (const length of [70_000, 10_000_000])
      for (const more of [{}, { 'transfer-encoding': 'chunked' }] as const)
        expect((await web.action('run', `{"name":"${'A'.repeat(length)}"}`, more)).status).toBe(413);
  });

  test('a name is one word of one command: nothing of a body begins another one', async () => {
    const program = await running();
    const web = await WebClient.start(place);
    for (const name of ['', 'Asked\nkill', 'Asked\rkill', 'Asked kill', '--queue', '\u2028kill', 'A\0', 'A\u001b[0m'])
      expect([name, (await web.action('run', { name })).status]).toEqual([name, 400]);
    expect((await web.action('trigger', { name: 'Go_Asked', more: '1\nkill' })).status).toBe(400);
    expect((await web.action('run', { name: 'Asked', more: '--queue' })).status).toBe(400);
    expect((await web.action('pause', { name: 'Asked' })).status).toBe(400);
    const done = await web.action('trigger', { name: 'Go_Asked', more: '{"a": "b c"}' });
    expect(JSON.parse(done.text)).toMatchObject({ kind: 'done' });
    expect(program.end).toBeUndefined();
  });

  test('--read-only refuses every action and says so', async () => {
    const program = await running();
    const web = await WebClient.start(place, ['--read-only']);
    for (const action of ['run', 'pause', 'reload', 'trigger'] as const) {
      const { status, text } = await web.action(action, action === 'run' ? { name: 'Asked' } : {});
      expect(status).toBe(403);
      expect(text).toContain('--read-only');
    }
    expect(program.told.filter((text) => /PAUSE|pause/.test(text))).toEqual([]);
    expect(await web.question('overview')).toMatchObject({ readOnly: true });
  });
});

describe('those who ask too much', () => {
  test('a thousand connections of others, which come again, do not keep a known browser out', async () => {
    const web = await WebClient.start(place);
    const sockets = new Set<Socket>();
    let [closed, over] = [0, false];
    await new Promise<void>((resolve) => {
      const come = () => {
        if (over) return;
        const socket = connect(web.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n'));
        sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => {
          sockets.delete(socket);
          closed += 1;
          if (closed === 1000 - 512) resolve();
          setTimeout(come, 50);
        });
        socket.resume();
      };
      for (let i = 0; i < 1000; i++) come();
    });
    for (let i = 0; i < 20; i++) expect((await web.send('/', { headers: { cookie: web.cookie } })).status).toBe(200);
    const live = await web.live();
    await live.message('overview');
    over = true;
    for (const socket of sockets) socket.destroy();
    live.socket.terminate();
    expect(web.program.end).toBeUndefined();
  });

  test('a known browser has so many connections, and so many pages', async () => {
    const web = await WebClient.start(place);
    const lives = [];
    for (let i = 0; i < 64; i++) lives.push(await web.live());
    await expect(web.live()).rejects.toThrow('status 503');
    const head = `GET / HTTP/1.1\r\nHost: ${web.host}\r\nCookie: ${web.cookie}\r\n\r\n`;
    const sockets: Socket[] = [];
    let [answered, closed] = [0, 0];
    await new Promise<void>((resolve) => {
      const count = (more: readonly [answered: number, closed: number]) => {
        answered += more[0];
        closed += more[1];
        if (answered + closed === 300) resolve();
      };
      for (let i = 0; i < 300; i++) {
        const socket = connect(web.port, '127.0.0.1', () => socket.write(head)).on('error', () => {});
        socket.once('data', () => count([1, 0]));
        socket.once('close', () => count([0, 1]));
        sockets.push(socket);
      }
    });
    expect([answered, closed]).toEqual([256 - 64, 300 - (256 - 64)]);
    for (const socket of sockets) socket.destroy();
    for (const { socket } of lives) socket.terminate();
  });

  test('a request that comes too slowly, and a connection without one, are ended', async () => {
    const web = await WebClient.start(place);
    const [slow, silent] = await Promise.all([web.raw(`GET / HTTP/1.1\r\nHost: ${web.host}\r\nX-Slow: `), web.raw('')]);
    expect(slow).toMatch(/^HTTP\/1\.1 408 |^HTTP\/1\.1 400 |^$/);
    expect(silent).toBe('');
  });

  test('a head that is too long is refused', async () => {
    const web = await WebClient.start(place);
    const { status } = await web.send('/', { headers: { cookie: web.cookie, 'x-long': 'a'.repeat(20_000) } });
    expect([400, 431]).toContain(status);
    expect((await web.send(`/?${'a'.repeat(9000)}`, { headers: { cookie: web.cookie } })).status).toBe(414);
  });

  test('what a page says has limits: a message that is none ends the connection', async () => {
    const web = await WebClient.start(place);
    for (const text of ['x', '{}', '{"type":"logs"}', '{"type":"output","on":true}', 'a'.repeat(70_000)]) {
      const live = await web.live();
      live.socket.send(text);
      const code = await new Promise((resolve) => live.socket.once('close', resolve));
      expect([text.slice(0, 20), code]).toEqual([text.slice(0, 20), text.length > 65_536 ? 1009 : 1008]);
    }
  });
});

test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'another user gets nothing, also with a stolen cookie or the token, not even whether an instance runs',
  async () => {
    await running();
    const web = await WebClient.start(place);
    const asked = (path: string, ...more: readonly string[]) =>
      spawnSync(
        'setpriv',
        [
          '--reuid=65534',
          '--regid=65534',
          '--clear-groups',
          'curl',
          '-s',
          '-w',
          '%{http_code}',
          ...more,
          `${web.origin}${path}`,
        ],
        {
          encoding: 'utf8',
        },
      ).stdout;
    expect(asked('/')).toMatch(/This page is for user \S+ .* the id 65534\..*403$/s);
    const stolen = ['-b', web.cookie];
    for (const path of ['/', '/main.js', '/api/overview']) expect(asked(path, ...stolen)).toMatch(/403$/);
    const json = ['-H', 'content-type: application/json', '-d', '{"name":"Asked"}'];
    expect(asked('/api/run', ...stolen, '-H', `origin: ${web.origin}`, ...json)).toMatch(/403$/);
    const socketHeads = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const upgrade = [...socketHeads, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', `origin: ${web.origin}`];
    expect(asked('/live', ...stolen, '-m', '10', ...upgrade.flatMap((head) => ['-H', head]))).toMatch(/403$/);
    const { token } = web;
    expect(asked(`/?token=${token}`)).toMatch(/403$/);
    expect(web.token).toBe(token);
    expect((await web.send(`/?token=${token}`)).status).toBe(303);
    const withInstance = asked('/api/overview');
    expect(withInstance).toMatch(/403$/);
    execFileSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', 'true']);
    const socket = spawnSync(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        '-e',
        `require('node:net').connect(${JSON.stringify(place.file('run/whenever.sock'))}).on('error', (e) => console.log(e.code)).on('connect', () => console.log('connected'))`,
      ],
      { encoding: 'utf8', timeout: 10_000 },
    );
    expect(socket.stdout.trim()).toBe('EACCES');
    expect((await place.run(['ctl', 'kill'])).end.code).toBe(0);
    expect(asked('/api/overview')).toBe(withInstance);
  },
);

test.skipIf(process.platform !== 'linux')(
  'an address that cannot be printed ends it: nothing could enter',
  async () => {
    const full = openSync('/dev/full', 'w');
    const { end, stderr } = await place.run(['web'], { stdio: ['pipe', full, 'pipe'] });
    closeSync(full);
    expect(end.code).toBe(2);
    expect(stderr).toContain('the address of the page could not be printed, so no browser can be let in\n');
  },
);

test('a port that is in use is named, and so is what to do', async () => {
  const web = await WebClient.start(place, [], false);
  const { end, stderr } = await place.run(['web', '--port', String(web.port)]);
  expect(end.code).toBe(2);
  expect(stderr).toBe(
    `whenever: port ${web.port} of 127.0.0.1 is in use: give another one with --port, or leave it out for a free one\n`,
  );
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with status 0, also while pages are open', async (signal) => {
  const web = await WebClient.start(place);
  await web.live();
  web.program.kill(signal);
  expect((await web.program.ended).code).toBe(0);
});

test('--open opens the printed address, and says so when it cannot', async () => {
  const missing = place.start(['web', '--open'], { env: { PATH: place.path } });
  await missing.until(() => missing.stderr.includes('\n'), 'the message');
  expect(missing.stderr).toBe('whenever: cannot open a browser: there is no xdg-open: open the address above\n');
});

test('what it shows begins with the first page: the instance is not asked before', async () => {
  const program = place.start(['-J', '-L', 'trace'], {
    toml: `${TICK}${shellTask('T', 'exit 0')}${always('Often', ['T'])}`,
  });
  await program.record(/^MAIN starting/);
  const web = await WebClient.start(place);
  const live = await web.live();
  const { overview } = await live.message('overview', (message) => message.overview.status !== null);
  expect(overview.instance.state).toBe('running');
  await live.message('run', ({ run }) => run.condition === 'Often' && run.outcome === 'success');
});
