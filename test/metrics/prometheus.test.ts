import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { PrometheusHandler, type PrometheusOptions } from '../../src/adapters/metrics/prometheus.ts';
import { exposition, type Family } from '../../src/metrics/exposition.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';
import { readExposition } from '../support/exposition.ts';
import { settings } from '../support/property.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-prom-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

const open: PrometheusHandler[] = [];
afterEach(() => Promise.all(open.splice(0).map((handler) => handler.close())));
const handlerWith = (options: PrometheusOptions = {}): PrometheusHandler => {
  const handler = new PrometheusHandler(options);
  open.push(handler);
  return handler;
};
const record = (message: unknown, more: Partial<MetricRecord> = {}): MetricRecord => ({
  ...{ name: 'whenever.metrics', level: 20, time: 0, message },
  ...more,
});
const told = (handler: PrometheusHandler) =>
  Object.fromEntries(readExposition(handler.text()).get('whenever_metric')!.samples);

/** Asks a port of this machine. */
const ask = (port: number, path: string, { method = 'GET', host = '127.0.0.1', headers = {} } = {}) =>
  new Promise<{ status: number; type: string; allow: string | undefined; body: string }>((resolve, reject) => {
    const asking = request({ port, path, method, host, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({
          ...{ status: response.statusCode!, type: response.headers['content-type'] ?? '' },
          ...{ allow: response.headers.allow, body },
        }),
      );
    });
    asking.on('error', reject).end();
  });

describe('the text format', () => {
  const family = (more: Partial<Family> = {}): Family => ({
    name: 'x_total',
    type: 'counter',
    help: 'Help.',
    samples: [],
    ...more,
  });

  test('is lines of HELP and TYPE, then samples', () => {
    const samples = [{ value: 1 }, { labels: { task: 'A', outcome: 'success' }, value: 2.5 }];
    expect(exposition([family({ samples })])).toBe(
      '# HELP x_total Help.\n# TYPE x_total counter\nx_total 1\nx_total{task="A",outcome="success"} 2.5\n',
    );
  });

  test('escapes what has a meaning', () => {
    const text = exposition([family({ help: 'a\\b\nc "d"', samples: [{ labels: { l: 'a\\b\n"c"' }, value: 0 }] })]);
    expect(text).toContain('# HELP x_total a\\\\b\\nc "d"\n');
    expect(text).toContain('x_total{l="a\\\\b\\n\\"c\\""} 0\n');
    expect([...readExposition(text).get('x_total')!.samples.keys()]).toEqual(['{l=a\\b\n"c"}']);
  });

  test('has numbers that are none', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21, 5e-324];
    const samples = values.map((value, i) => ({ labels: { i: String(i) }, value }));
    const text = exposition([family({ name: 'g', type: 'gauge', samples })]);
    expect([...readExposition(text).get('g')!.samples.values()]).toEqual(values);
  });

  test('is within the grammar whatever the labels say', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme' })), (names) => {
        const text = exposition([family({ samples: names.map((task, value) => ({ labels: { task }, value })) })]);
        const read = readExposition(text).get('x_total')!.samples;
        expect([...read]).toEqual(names.map((task, value) => [`{task=${task}}`, value]));
      }),
      settings(100),
    );
  });

  test.each([
    ['a sample of another family', '# HELP a A\n# TYPE a gauge\nb 1\n'],
    ['no TYPE', 'a 1\n'],
    ['a counter without _total', '# HELP a A\n# TYPE a counter\na 1\n'],
    ['the same sample twice', '# HELP a A\n# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n'],
    ['a quote that is not escaped', '# HELP a A\n# TYPE a gauge\na{x="1"2"} 1\n'],
    ['no end of the last line', '# HELP a A\n# TYPE a gauge\na 1'],
    [
      'a histogram that shrinks',
      '# HELP h H\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    ],
  ])('the reader of these tests refuses %s', (_, text) => {
    expect(() => readExposition(text)).toThrow();
  });
});

describe('a metric record', () => {
  test('is a gauge for each number in it, with its last value and the item that told it', () => {
    const handler = handlerWith();
    handler.handle(record({ rows: 1, disk: { free: 0.5 }, on: true }, { item: 'task/T' }));
    handler.handle(record({ rows: 2 }, { item: 'task/T' }));
    handler.handle(record({ rows: 3 }));
    expect(told(handler)).toEqual({
      ...{ '{item=task/T,name=rows}': 2, '{item=task/T,name=disk/free}': 0.5 },
      ...{ '{item=task/T,name=on}': 1, '{item=,name=rows}': 3 },
    });
  });

  test('texts, lists, null and configurations are left out', () => {
    const handler = handlerWith();
    handler.handle(record({ text: '1', list: [1], no: null }));
    handler.handle(record({ tick: 5 }, { hparams: true }));
    handler.handle(record({ seconds: 5 }, { measured: true }));
    expect(told(handler)).toEqual({});
  });

  test('a message that is no mapping is complained of', () => {
    const problems: string[] = [];
    handlerWith({ onError: (problem) => problems.push(problem) }).handle(record('text'));
    expect(problems).toEqual(['PrometheusHandler: record left out: expected a mapping, got a value of type string']);
  });

  test('names that are written alike are one', () => {
    const handler = handlerWith();
    handler.handle(record({ 'a\ud800': 1, 'a\ud801': 2 }));
    expect(
      Buffer.from(handler.text())
        .toString()
        .match(/^whenever_metric\{.*/gm),
    ).toEqual(['whenever_metric{name="a\ufffd",item=""} 2']);
  });

  test('names without end do not fill the memory', () => {
    const problems: string[] = [];
    const handler = handlerWith({ onError: (problem) => problems.push(problem) });
    for (let i = 0; i < 10_005; i++) handler.handle(record({ [`n${i}`]: i }));
    handler.handle(record({ n1: -1 }));
    expect(Object.keys(told(handler))).toHaveLength(10_000);
    expect(told(handler)['{item=,name=n1}']).toBe(-1);
    expect(problems).toEqual(['PrometheusHandler: more than 10000 names; n10000 and later ones are left out']);
  });
});

describe('the file', () => {
  const path = () => join(folder, String(++made), 'whenever.prom');

  test('is there from the start, and written as a whole', async () => {
    const file = path();
    const handler = handlerWith({ path: file });
    await handler.flush();
    expect(readExposition(readFileSync(file, 'utf8')).get('whenever_metric')?.samples.size).toBe(0);
    handler.handle(record({ a: 1 }));
    await handler.flush();
    expect(readFileSync(file, 'utf8')).toBe(handler.text());
    expect(readdirSync(join(file, '..'))).toEqual(['whenever.prom']);
  });

  test('is written again and again', async () => {
    const file = path();
    const handler = handlerWith({ path: file, everyMs: 5 });
    handler.handle(record({ a: 1 }));
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8').includes('name="a"')).toBe(true);
  });

  test('says at the end that it is the end', async () => {
    const file = path();
    const up = (value: number): Family => ({ name: 'up', type: 'gauge', help: 'Up.', samples: [{ value }] });
    const handler = handlerWith({ path: file, collect: (ending) => [up(ending ? 0 : 1)] });
    await handler.flush();
    expect(readFileSync(file, 'utf8')).toContain('\nup 1\n');
    await handler.close();
    expect(readFileSync(file, 'utf8')).toContain('\nup 0\n');
  });

  test('that cannot be written is complained of once', async () => {
    const file = path();
    writeFileSync(join(file, '..'), '');
    const problems: string[] = [];
    const handler = handlerWith({ path: file, onError: (problem) => problems.push(problem) });
    await handler.flush();
    await handler.flush();
    expect(problems).toEqual([expect.stringMatching(/^PrometheusHandler: .*whenever\.prom: (EEXIST|ENOTDIR)/)]);
  });
});

describe('the port', () => {
  const serve = async (options: PrometheusOptions = {}) => {
    const handler = handlerWith(options);
    return { handler, port: await handler.listen(0) };
  };

  test('GET /metrics is the text, and can be scraped twice', async () => {
    let ticks = 0;
    const collect = (): Family[] => [
      { name: 'ticks_total', type: 'counter', help: 'Ticks.', samples: [{ value: ++ticks }] },
    ];
    const { handler, port } = await serve({ collect });
    handler.handle(record({ a: 1 }));
    for (const count of [1, 2]) {
      const { status, type, body } = await ask(port, '/metrics?name=x');
      expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
      expect(readExposition(body).get('ticks_total')?.samples.get('{}')).toBe(count);
      expect(readExposition(body).get('whenever_metric')?.samples.get('{item=,name=a}')).toBe(1);
    }
  });

  test('GET /health answers', async () => {
    const { port } = await serve();
    expect(await ask(port, '/health')).toMatchObject({ status: 200, body: 'ok\n' });
  });

  test.each(['/', '/metrics/', '/other', '/..%2fmetrics'])('%s is not found', async (path) => {
    const { port } = await serve();
    expect((await ask(port, path)).status).toBe(404);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not allowed', async (method) => {
    const { port } = await serve();
    expect(await ask(port, '/metrics', { method })).toMatchObject({ status: 405, allow: 'GET, HEAD' });
  });

  test('HEAD has no body', async () => {
    const { port } = await serve();
    expect(await ask(port, '/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test('a page that asks under another name is refused', async () => {
    const { port } = await serve();
    expect((await ask(port, '/metrics', { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await ask(port, '/metrics', { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });

  test('only this machine is answered', async () => {
    const { port } = await serve();
    const others = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const host of ['127.0.0.2', ...others.map(({ address }) => address)])
      await expect(ask(port, '/health', { host })).rejects.toThrow('ECONNREFUSED');
  });

  test('that is taken is an error that says so', async () => {
    const { port } = await serve();
    await expect(handlerWith().listen(port)).rejects.toThrow(
      `cannot answer on port ${port} of 127.0.0.1: another program listens there`,
    );
  });

  test('is free again after close', async () => {
    const { handler, port } = await serve();
    await handler.close();
    await expect(ask(port, '/health')).rejects.toThrow('ECONNREFUSED');
  });
});
