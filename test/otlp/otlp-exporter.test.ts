import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import root from 'otlp-protobuf/build/src/generated/root';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../src/journal/journal.ts';
import { LogHub } from '../../src/log/log.ts';
import { readOtlpSettings } from '../../src/otlp/environment.ts';
import { startOtlp } from '../../src/otlp/otlp-exporter.ts';
import { transportOf } from '../../src/otlp/wire.ts';
import { TraceIdentity } from '../../src/tracing/trace-identity.ts';

const { collector } = root.opentelemetry.proto;
/** The messages as their published definitions have them, read by another encoder than the one of the program. */
const REQUESTS = {
  '/v1/traces': collector.trace.v1.ExportTraceServiceRequest,
  '/v1/logs': collector.logs.v1.ExportLogsServiceRequest,
  '/v1/metrics': collector.metrics.v1.ExportMetricsServiceRequest,
} as const;
type Path = keyof typeof REQUESTS;

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A receiver that answers as it is told: https://opentelemetry.io/docs/specs/otlp/#otlphttp. */
class Receiver {
  readonly received: Received[] = [];
  answer: (response: ServerResponse, request: Received) => void = (response) => response.end();
  readonly #server: Server;
  #come: () => void = () => {};

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
        const one = { path: request.url ?? '', headers: request.headers, body };
        this.received.push(one);
        this.answer(response, one);
        this.#come();
      });
    });
  }
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  /** Resolves when so many requests have come to a path. */
  async until(count: number, path: Path): Promise<readonly Received[]> {
    for (;;) {
      const found = this.received.filter((one) => one.path === path);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => {
        this.#come = resolve;
      });
    }
  }
  /** What came to a path, decoded. */
  decoded(path: Path) {
    return this.received
      .filter((one) => one.path === path)
      .map(({ body, headers }) =>
        headers['content-type'] === 'application/json'
          ? JSON.parse(body.toString('utf8'))
          : REQUESTS[path].toObject(REQUESTS[path].decode(body), { longs: Number, bytes: String, enums: String }),
      );
  }
}

const receiver: { now: Receiver } = { now: new Receiver() };
let endpoint = '';
const given: string[] = [];
/** Sets variables of the environment, which the packages read themselves. */
const setEnvironment = (variables: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(variables)) {
    process.env[name] = value;
    given.push(name);
  }
};
beforeEach(async () => {
  receiver.now = new Receiver();
  endpoint = await receiver.now.start();
  setEnvironment({
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_BLRP_SCHEDULE_DELAY: '20' },
  });
});
afterEach(async () => {
  for (const name of given.splice(0)) delete process.env[name];
  await receiver.now.close();
});

const identity = new TraceIdentity('1000-7-abcd');
const RUN = { cause: 'tick-1', run: 'run-1' };

/** A journal and a log that are sent. */
const start = () => {
  const clock = { wall: () => 1_700_000_000_123, mono: () => 5000.5 };
  const journal = new Journal(clock);
  const log = new LogHub(clock.wall);
  const warnings: string[] = [];
  log.attach({ level: 'warn', write: ({ message }) => warnings.push(message) });
  const otlp = startOtlp({ identity, version: '9.8.7', journal, log, level: 'info', paused: false, env: process.env });
  const run = (): void => {
    const span = journal.spans.start(
      'run',
      'condition/Backup',
      RUN,
      () => ({ condition: 'Backup', tasks: ['Copy'] }),
      4000,
      'run-1',
    );
    span?.finish({ outcome: 'failure', executed: 1, of: 1 });
  };
  return { journal, log, otlp, warnings, run };
};

/** Attributes as a mapping. */
const attributesOf = (list: readonly { key: string; value: Record<string, unknown> }[]) =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

describe.each(['http/protobuf', 'http/json'])('by %s', (protocol) => {
  test('traces, logs and metrics arrive as they are specified', async () => {
    setEnvironment({
      ...{ OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret%20one' },
      ...{ OTEL_SERVICE_NAME: 'laptop', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=home,a%20b=c' },
    });
    const { log, otlp, run, warnings, journal } = start();
    run();
    log.for('TASK', 'active', 'Copy', 3).info('END/OK', 'succeeded', RUN);
    log.for('MAIN', 'starting').debug('INIT/OK', 'too much');
    journal.spans.instant('missed', 'condition/Backup', { cause: 'clock-1', run: null }, () => ({ count: 2 }));
    expect(otlp.note).toBe('sending traces, logs, metrics by OTLP');
    await otlp.close();
    expect(warnings).toEqual([]);
    const { now } = receiver;
    expect(now.received[0]!.headers).toMatchObject({ 'api-key': 'secret one' });

    const [{ resourceSpans }] = now.decoded('/v1/traces');
    expect(attributesOf(resourceSpans[0].resource.attributes)).toMatchObject({
      ...{ 'service.name': 'laptop', 'service.version': '9.8.7', 'service.instance.id': '1000-7-abcd' },
      ...{ 'deployment.environment.name': 'home', 'process.pid': expect.anything() },
    });
    const [span] = resourceSpans[0].scopeSpans[0].spans;
    const hex = (id: string) => (protocol === 'http/json' ? id : Buffer.from(id, 'base64').toString('hex'));
    expect([hex(span.traceId), hex(span.spanId)]).toEqual([identity.trace('run-1'), identity.span('run-1')]);
    expect(span).toMatchObject({ name: 'Backup', status: { message: 'failure' } });
    expect(['SPAN_KIND_SERVER', 2]).toContain(span.kind);
    expect(['STATUS_CODE_ERROR', 2]).toContain(span.status.code);
    // 1000.5 ms before the present.
    expect(Number(span.startTimeUnixNano) / 1e6).toBeCloseTo(1_699_999_999_122.5, 0);
    expect(Number(span.endTimeUnixNano) / 1e6).toBeCloseTo(1_700_000_000_123, 0);
    expect(attributesOf(span.attributes)['cicd.pipeline.name']).toBe('Backup');

    const records = now.decoded('/v1/logs').flatMap(({ resourceLogs }) => resourceLogs[0].scopeLogs[0].logRecords);
    const record = records.find(({ body }) => body?.stringValue === 'succeeded');
    expect(hex(record.traceId)).toBe(identity.trace('run-1'));
    expect(['SEVERITY_NUMBER_INFO', 9]).toContain(record.severityNumber);
    expect(attributesOf(record.attributes)).toMatchObject({ 'whenever.mark': 'END/OK', 'whenever.item': 'Copy' });
    expect(records.map(({ body }) => body?.stringValue)).not.toContain('too much');
    if (protocol === 'http/json') expect(records.map(({ eventName }) => eventName)).toContain('whenever.missed');

    const [{ resourceMetrics }] = now.decoded('/v1/metrics');
    const metrics = resourceMetrics[0].scopeMetrics[0].metrics as { name: string; unit: string; sum?: object }[];
    const runs = metrics.find(({ name }) => name === 'whenever.runs');
    expect(runs).toMatchObject({ sum: { isMonotonic: true } });
    expect(metrics.find(({ name }) => name === 'whenever.tick_late.duration')).toMatchObject({ unit: 's' });
  });
});

describe('a receiver', () => {
  const traces = (count: number) => receiver.now.until(count, '/v1/traces');
  const only = { OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };

  test('that asks for patience gets the same spans again, after what it says', async () => {
    setEnvironment(only);
    let times = 0;
    receiver.now.answer = (response) => {
      times += 1;
      if (times === 1) response.writeHead(429, { 'Retry-After': '0' });
      if (times === 2) response.writeHead(503);
      response.end();
    };
    const { otlp, run, warnings } = start();
    run();
    const [first, second, third] = await traces(3);
    expect(second!.body.equals(first!.body)).toBe(true);
    expect(third!.body.equals(first!.body)).toBe(true);
    await otlp.close();
    expect(warnings).toEqual([]);
  });

  test('that refuses loses them, and the log says why', async () => {
    setEnvironment(only);
    receiver.now.answer = (response) => response.writeHead(400, 'no such tenant').end('{}');
    const { otlp, run, warnings } = start();
    run();
    await traces(1);
    await otlp.close();
    expect(warnings).toEqual(['1 span was not sent by OTLP: the receiver answered 400: no such tenant']);
  });

  test('that takes only some says how many it has refused', async () => {
    setEnvironment(only);
    const { ExportTraceServiceResponse: Response } = collector.trace.v1;
    receiver.now.answer = (response) =>
      response.end(Response.encode({ partialSuccess: { rejectedSpans: 1, errorMessage: 'too old' } }).finish());
    const { otlp, run, warnings } = start();
    run();
    await traces(1);
    await otlp.close();
    expect(warnings).toEqual(['1 span was not sent by OTLP: the receiver has refused them: too old']);
  });

  test.each([
    ['without a reason', { rejectedSpans: 2, errorMessage: '' }, '2 spans were', 'it does not say why'],
    ['of none, with a hint', { rejectedSpans: 0, errorMessage: 'use gzip' }, undefined, ''],
  ])('that answers with a refusal %s is understood', async (_, partialSuccess, lost, why) => {
    setEnvironment(only);
    const { ExportTraceServiceResponse: Response } = collector.trace.v1;
    receiver.now.answer = (response) => response.end(Response.encode({ partialSuccess }).finish());
    const { otlp, run, warnings } = start();
    run();
    await traces(1);
    await otlp.close();
    expect(warnings).toEqual(
      lost === undefined ? [] : [`${lost} not sent by OTLP: the receiver has refused them: ${why}`],
    );
  });

  test('that refuses metrics is complained of once, until it takes them again', async () => {
    setEnvironment({ OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_METRIC_EXPORT_INTERVAL: '20' });
    receiver.now.answer = (response) => response.writeHead(404).end();
    const { otlp, warnings } = start();
    await receiver.now.until(3, '/v1/metrics');
    receiver.now.answer = (response) => response.end();
    const soFar = receiver.now.received.length;
    await receiver.now.until(soFar + 2, '/v1/metrics');
    receiver.now.answer = (response) => response.writeHead(404).end();
    await receiver.now.until(receiver.now.received.length + 2, '/v1/metrics');
    const last = receiver.now.received.length;
    await otlp.close();
    // What fails already gets no last figures.
    expect(receiver.now.received.length - last).toBeLessThanOrEqual(1);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('the receiver answered 404');
  });

  test('gets records in the trace of their run, else of their cause, else in none', async () => {
    setEnvironment({
      ...{ OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    const { otlp, log } = start();
    const own = log.for('MAIN', 'main');
    own.info('PROC/MSG', 'of a run', RUN);
    own.info('PROC/MSG', 'of a tick', { cause: 'tick-1', run: null });
    own.info('PROC/MSG', 'of nothing');
    await otlp.close();
    const requests = receiver.now.decoded('/v1/logs');
    const sent = requests.flatMap(({ resourceLogs }) => resourceLogs[0].scopeLogs[0].logRecords);
    const traceOf = (text: string) => sent.find(({ body }) => body.stringValue === text).traceId;
    expect(['of a run', 'of a tick'].map(traceOf)).toEqual(['run-1', 'tick-1'].map((id) => identity.trace(id)));
    expect(traceOf('of nothing') ?? '').toBe('');
  });

  test.each([
    ['garbage', (response: ServerResponse) => response.end('<html>\xff\x00')],
    ['nothing', (response: ServerResponse) => response.writeHead(204).end()],
  ])('that answers with %s has taken them', async (what, answer) => {
    setEnvironment(only);
    receiver.now.answer = answer;
    const { otlp, run, warnings } = start();
    run();
    await traces(1);
    await otlp.close();
    expect(warnings).toEqual(
      what === 'nothing' ? [] : ['the answer to traces is not OTLP: is there a receiver at the endpoint?'],
    );
  });

  test('whose answer has no end is left, and gets the next spans', async () => {
    setEnvironment({ ...only, OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    const drips: NodeJS.Timeout[] = [];
    receiver.now.answer = (response) => void drips.push(setInterval(() => response.write('x'), 20));
    const { otlp, run } = start();
    run();
    await traces(1);
    run();
    await traces(2);
    await otlp.close();
    for (const drip of drips) clearInterval(drip);
  }, 10_000);

  test('that refuses records gets none about that', async () => {
    setEnvironment({ OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' });
    receiver.now.answer = (response) => response.writeHead(404).end();
    const { otlp, warnings, log } = start();
    const warned = new Promise<void>((resolve) => {
      log.attach({ level: 'warn', write: () => resolve() });
    });
    const own = log.for('MAIN', 'starting');
    own.info('INIT/OK', 'one');
    await warned;
    own.info('INIT/OK', 'two');
    await otlp.close();
    const requests = receiver.now.decoded('/v1/logs');
    const sent = requests.flatMap(({ resourceLogs }) => resourceLogs[0].scopeLogs[0].logRecords);
    expect(sent.map(({ body }) => body.stringValue)).toEqual(['one', 'two']);
    const why = 'not sent by OTLP: the receiver answered 404: Not Found';
    expect(warnings).toEqual([`1 record was ${why}`, `1 record was ${why}`]);
  });

  test('that is busy for longer than a request may take is said to be', async () => {
    receiver.now.answer = (response) => response.writeHead(429, { 'Retry-After': '1000000000' }).end();
    const batch = { resource: { attributes: {} }, scopeMetrics: [] } as unknown as ResourceMetrics;
    expect(await transportOf('metrics', 'json').send(batch)).toEqual({
      ...{ how: 'failed', again: true, why: 'the receiver is busy (429, 502, 503 or 504)' },
    });
  });

  test('gets nothing that cannot be encoded', async () => {
    expect(await transportOf('traces', 'json').send([{ startTime: [Number.NaN, 0] } as never])).toEqual({
      ...{ how: 'failed', again: false, why: expect.stringMatching(/^it cannot be encoded: ./) },
    });
  });

  test('that never answers does not hold up the end', async () => {
    setEnvironment(only);
    receiver.now.answer = () => {};
    const { otlp, run, warnings } = start();
    run();
    await traces(1);
    const begun = performance.now();
    await otlp.close();
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(warnings).toEqual([]);
  });

  test('that is not there is reported once; what waits is lost at the end, and counted', async () => {
    setEnvironment({ ...only, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    await receiver.now.close();
    const { otlp, run, warnings, log } = start();
    const stuck = new Promise<void>((resolve) => {
      log.attach({ level: 'warn', write: () => resolve() });
    });
    run();
    await stuck;
    run();
    await otlp.close();
    receiver.now = new Receiver();
    await receiver.now.start();
    expect(warnings[0]).toMatch(/^traces cannot be sent by OTLP now, and are kept for later: .*ECONNREFUSED/);
    expect(warnings[1]).toMatch(/^2 spans were not sent by OTLP: .*ECONNREFUSED/);
    expect(warnings).toHaveLength(2);
  });
});

test('a variable for all signals that is wrong is one warning', async () => {
  setEnvironment({ OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' });
  const { otlp, warnings } = start();
  await otlp.close();
  expect(warnings).toEqual([expect.stringMatching(/'soon' for OTEL_EXPORTER_OTLP_TIMEOUT/)]);
});

test('attributes that cannot be read are a warning', async () => {
  setEnvironment({ OTEL_RESOURCE_ATTRIBUTES: 'a=b=c' });
  const { otlp, warnings } = start();
  await otlp.close();
  expect(warnings).toEqual([expect.stringMatching(/^Invalid format for OTEL_RESOURCE_ATTRIBUTES: "a=b=c"/)]);
});

const PAIRS = 'expected name=value, with commas between pairs, and other commas as %2C';
test.each([
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'expected one of http/protobuf, http/json, found "grpc"'],
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'collector:4318',
    'expected a URL such as http://localhost:4318, found "collector:4318"',
  ],
  ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'constructor', 'expected one of http/protobuf, http/json, found "constructor"'],
  // These would go to localhost, and to a path in the query.
  [
    'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
    'http://[::1',
    'expected a URL such as http://localhost:4318, found "http://[::1"',
  ],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:secret@a b', 'expected a URL such as http://localhost:4318'],
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'http://a/?b=c',
    'expected a URL without "?" and "#", because v1/traces and others are put behind it, found "http://a/?b=c"',
  ],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=100%', `${PAIRS}; it is not such a pair`],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a=b,api-key=a%0Ab', `${PAIRS}; pair 2 is not`],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'secret', `${PAIRS}; it is not such a pair`],
  ['OTEL_EXPORTER_OTLP_LOGS_HEADERS', 'a b=c', `${PAIRS}; it is not such a pair`],
  ['OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE', '/nowhere/ca.pem', 'cannot read /nowhere/ca.pem: ENOENT'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '1m', 'expected milliseconds, such as 60000, found "1m"'],
])('%s=%s is refused', (name, value, problem) => {
  setEnvironment({ [name]: value });
  expect(start).toThrow(`${name}: ${problem}`);
});

test('intervals that are too long for a timer are the longest', () => {
  expect(readOtlpSettings({ OTEL_METRIC_EXPORT_INTERVAL: '1e12' }).everyMs.metrics).toBe(2 ** 31 - 1);
});
