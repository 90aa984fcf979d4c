import { describe, expect, test } from 'vitest';
import { startMetrics } from '../../src/adapters/metrics/daemon-metrics.ts';
import * as library from '../../src/library.ts';
import { parseBackends } from '../../src/metrics/backends.ts';
import { familiesOf } from '../../src/metrics/families.ts';
import { DaemonMeter } from '../../src/metrics/meter.ts';
import { Counts, Totals } from '../../src/metrics/totals.ts';
import { LastSpans } from '../../src/renderings/last-n.ts';
import { SpanBuilder } from '../../src/renderings/span-builder.ts';
import { Statistics } from '../../src/renderings/statistics.ts';

/** What the library is made of, and does not give. */
const INTERNAL = {
  startMetrics,
  parseBackends,
  familiesOf,
  DaemonMeter,
  Counts,
  Totals,
  LastSpans,
  SpanBuilder,
  Statistics,
};

/** As a program in plain JavaScript calls it, which no compiler checks. */
type Loose = Readonly<Record<string, (...given: unknown[]) => unknown>> &
  Readonly<Record<string, new (...given: unknown[]) => Readonly<Record<string, (...given: unknown[]) => unknown>>>>;
const plain = { ...library, ...INTERNAL } as unknown as Loose;
const make = (name: string, ...given: unknown[]) => new plain[name]!(...given);
const call = (name: string, ...given: unknown[]) => plain[name]!(...given);

const quiet = { write: () => {}, format: () => '' };
const line = (options: unknown) => make('LineHandler', quiet.write, quiet.format, options);
const showing = (options: unknown) => call('showLogs', [], 'summary', options);

const AROUND = { now: 1, version: '2', node: 'v20', started: 1, ending: false };

const WRONG: readonly (readonly [words: string, act: () => unknown])[] = [
  ['LineHandler: write: expected a function, found 5', () => make('LineHandler', 5, quiet.format)],
  ['LineHandler: format: expected a function, found "x"', () => make('LineHandler', quiet.write, 'x')],
  ['LineHandler: options: expected an object of options, found 5', () => line(5)],
  ['LineHandler: options: expected an object of options, found null', () => line(null)],
  ['LineHandler: level: expected the name of a level or a number, found {}', () => line({ level: {} })],
  ['LineHandler: filters: expected a list, found "x"', () => line({ filters: 'x' })],
  ['LineHandler: filter: expected an object with the method filter, found 5', () => line({ filters: [5] })],
  [
    'AsyncStructuredHandler: path: expected a path that does not begin with "~", which only a shell expands, found undefined',
    () => make('AsyncStructuredHandler', {}),
  ],
  [
    'AsyncStructuredHandler: options: expected an object of options, found undefined',
    () => make('AsyncStructuredHandler'),
  ],
  [
    'AsyncStructuredHandler: rotateBytes: expected a number above 0, found "1k"',
    () => make('AsyncStructuredHandler', { path: 'p', rotateBytes: '1k' }),
  ],
  [
    'TensorBoardHandler: directory: expected a path that does not begin with "~", which only a shell expands, found 5',
    () => make('TensorBoardHandler', { directory: 5 }),
  ],
  [
    'WandbHandler: runName: expected a text that is not empty, found undefined',
    () => make('WandbHandler', { directory: 'd' }),
  ],
  [
    'PrometheusHandler: path: expected a path that does not begin with "~", which only a shell expands, found 5',
    () => make('PrometheusHandler', { path: 5 }),
  ],
  ['PrometheusHandler: collect: expected a function, found {}', () => make('PrometheusHandler', { collect: {} })],
  [
    'PrometheusHandler: everyMs: expected a number above 0, found "15"',
    () => make('PrometheusHandler', { everyMs: '15' }),
  ],
  ...(['AsyncStructuredHandler', 'PrometheusHandler'] as const).map(
    (name) =>
      [
        `${name}: path: expected a path that does not begin with "~", which only a shell expands, found "~/x"`,
        () => make(name, { path: '~/x' }),
      ] as const,
  ),
  [
    'TensorBoardHandler: directory: expected a path that does not begin with "~", which only a shell expands, found "~/x"',
    () => make('TensorBoardHandler', { directory: '~/x' }),
  ],
  ['IsRank0Filter: rankVal: expected a number, found "0"', () => make('IsRank0Filter', { rankVal: '0' })],
  ['IsRank0Filter: localRank: expected true or false, found "yes"', () => make('IsRank0Filter', { localRank: 'yes' })],
  ['setupRootLogger: write: expected a function, found "stderr"', () => call('setupRootLogger', { write: 'stderr' })],
  ['propagatePackageLogs: enabled: expected true or false, found "no"', () => call('propagatePackageLogs', 'no')],
  ['parseBackends: loggers: expected a text or a list of texts, found 5', () => call('parseBackends', 5)],
  ['flatten: mapping: expected a mapping, found [1]', () => call('flatten', [1])],
  ['flatten: mapping: expected a mapping, found null', () => call('flatten', null)],
  ['flatten: separator: expected a text, found 1', () => call('flatten', {}, { separator: 1 })],
  ['flatten: options: expected an object of options, found "."', () => call('flatten', {}, '.')],
  ['safeFileName: name: expected a text, found 5', () => call('safeFileName', 5)],
  ['resolveRunName: template: expected a text, found null', () => call('resolveRunName', null, {})],
  ['resolveRunName: time: expected a number, found undefined', () => call('resolveRunName', '{time}', {})],
  ['exposition: families: expected a list, found {}', () => call('exposition', {})],
  ['openMetrics: families: expected a list, found {}', () => call('openMetrics', {})],
  ['DaemonMeter: record: expected a function, found undefined', () => make('DaemonMeter', {})],
  ['LogWindow: windowLength: expected a number of ns, found "60e9"', () => make('LogWindow', '60e9')],
  ['LogWindow: core: expected a text that is not empty, found 5', () => make('LogWindow', 1, 5)],
  ['TableStorage: core: expected a text that is not empty, found {}', () => make('TableStorage', {})],
  ['add: row: expected an object, found 5', () => make('TableStorage').add!(5)],
  ['between: from: expected a number, found "a"', () => make('TableStorage').between!('a', 1)],
  ['between: to: expected a number, found undefined', () => make('TableStorage').between!(1)],
  ['logsAnnotations: logs: expected an object, found null', () => call('logsAnnotations', null)],
  ['showLogs: format: expected a text, found 5', () => call('showLogs', [], 5)],
  ['showLogs: options: expected an object of options, found "x"', () => showing('x')],
  ['a rendering: width: expected a number above 0, found "80"', () => showing({ width: '80' })],
  ['SpanFilter: items: expected a list of texts, found "Backup"', () => showing({ items: 'Backup' })],
  ['SpanFilter: from: expected a number, found "today"', () => showing({ from: 'today' })],
  ['a rendering: format: expected a text, found undefined', () => call('renderLogs', [])],
  ['renderHtml: data: expected an object, found []', () => call('renderHtml', [])],
  ['registerRendering: make: expected a function, found undefined', () => call('registerRendering', 'mine', {})],
  [
    'registerRendering: name: expected a text that is not empty, found ""',
    () => call('registerRendering', '', { make: quiet.write }),
  ],
  ['beginRendering: out: expected a function, found undefined', () => call('beginRendering', 'summary')],
  ['SpanBuilder: rendering: expected an object with the method end, found {}', () => make('SpanBuilder', {})],
  ['LastSpans: done: expected a function, found undefined', () => make('LastSpans')],
  ['levelName: level: expected a number, found "info"', () => call('levelName', 'info')],
  ['levelName: level: expected a number, found undefined', () => call('levelName')],
  ['annotationOf: event: expected an event of a span, found undefined', () => call('annotationOf')],
  ['annotationOf: event: expected an event of a span, found null', () => call('annotationOf', null)],
  ['timespanOf: start: expected an event of a span, found undefined', () => call('timespanOf')],
  [
    'timespanOf: start: expected an event whose edge is "start", found "finish"',
    () => call('timespanOf', { edge: 'finish' }, {}),
  ],
  [
    'timespanOf: start.timestamp: expected a number, found "1"',
    () => call('timespanOf', { edge: 'start', timestamp: '1' }, {}),
  ],
  [
    'timespanOf: finish: expected an event of a span, found 5',
    () => call('timespanOf', { edge: 'start', timestamp: 1 }, 5),
  ],
  ['Counts: known: expected a list of texts, found "success"', () => make('Counts', 'success')],
  ['add: word: expected a text, found 5', () => make('Counts').add!(5)],
  ['get: word: expected a text, found undefined', () => make('Counts').get!()],
  ['task: name: expected a text, found null', () => make('Totals').task!(null)],
  ['condition: name: expected a text, found 1', () => make('Totals').condition!(1)],
  ['configure: options: expected an object of options, found undefined', () => make('Totals').configure!()],
  [
    'configure: events: expected a list of texts, found undefined',
    () => make('Totals').configure!({ conditions: [], tasks: [] }),
  ],
  ['familiesOf: totals: expected totals as a DaemonMeter has them, found {}', () => call('familiesOf', {}, {})],
  ['familiesOf: options: expected an object of options, found undefined', () => call('familiesOf', make('Totals'))],
  ['familiesOf: now: expected a number, found undefined', () => call('familiesOf', make('Totals'), { vitals: {} })],
  [
    'familiesOf: rssBytes: expected a number, found undefined',
    () => call('familiesOf', make('Totals'), { ...AROUND, vitals: { eventLoopDelayMs: 1 } }),
  ],
  ['Statistics: done: expected a function, found 1', () => make('Statistics', 1)],
  ['Statistics: done: expected a function, found 12', () => make('Statistics', 12n)],
  ['Statistics: done: expected a function, found Symbol(x)', () => make('Statistics', Symbol('x'))],
  ['renderHtml: data: expected an object, found a function', () => call('renderHtml', quiet.write)],
  ['LineHandler: level: expected the name of a level or a number, found null', () => line({ level: Number.NaN })],
  [
    'registerRendering: options: expected a list of texts, found 5',
    () => call('registerRendering', 'mine', { make: quiet.write, options: 5 }),
  ],
  [
    'TimespanContext: sink: expected an object with the method write, found {}',
    () => Object.assign(make('TimespanContext'), { sink: {} }),
  ],
];

describe('arguments of the wrong type', () => {
  test.each(WRONG)('They are refused at the call: %s', (words, act) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(words);
  });

  test.each([
    [
      'setupMetricLogger: loggers: expected names of back ends, found 5',
      () => call('setupMetricLogger', { loggers: 5 }),
    ],
    [
      'setupMetricLogger: port: expected a port from 0 to 65535, found "x"',
      () => call('setupMetricLogger', { prometheus: { port: 'x' } }),
    ],
    [
      'setupMetricLogger: outputDir: expected a path that does not begin with "~", which only a shell expands, found 1',
      () => call('setupMetricLogger', { outputDir: 1 }),
    ],
    ['startMetrics: backends: expected a list of texts, found undefined', () => call('startMetrics', {})],
    ['listen: port: expected a port from 0 to 65535, found 70000', () => make('PrometheusHandler').listen!(70_000)],
    ['createDaemon: options: expected an object of options, found 5', () => call('createDaemon', '', 5)],
    [
      'createDaemon: journal.topicLength: expected a number, at least 0, found "9"',
      () => call('createDaemon', '', { journal: { topicLength: '9' } }),
    ],
    [
      'createDaemon: environment: expected an object of texts, found {"A":1}',
      () => call('createDaemon', '', { environment: { A: 1 } }),
    ],
  ])('So are those of calls that answer later: %s', async (words, act) => {
    const refused = Promise.resolve(act());
    await expect(refused).rejects.toThrow(TypeError);
    await expect(refused).rejects.toThrow(words);
  });

  test('Those of the methods of a daemon are refused too.', async () => {
    const daemon = (await call('createDaemon', '')) as Readonly<Record<string, (...given: unknown[]) => unknown>>;
    expect(() => daemon.records!({ n: 'all' })).toThrow('records: n: expected a number, at least 0, found "all"');
    expect(() => daemon.story!(5)).toThrow('story: queries: expected a list of texts, found [5]');
    expect(() => daemon.getEvents!(5)).toThrow('getEvents: topic: expected a text, found 5');
    for (const topic of [5, null, { a: 1 }])
      expect(() => daemon.logEvent!(topic, 1)).toThrow('a topic is a text of 1 to 200 characters on one line');
    expect(() => daemon.logEvent!('mine', 1, { fleet: 1 })).toThrow('logEvent: fleet: expected true or false, found 1');
    expect(() => daemon.status!('Backup')).toThrow('status: conditions: expected a list of texts, found "Backup"');
    await expect(daemon.stop!('now')).rejects.toThrow('stop: graceSeconds: expected a number, at least 0, found "now"');
    const blanks = 'runNow: condition: expected a name without blanks, found "A --queue"';
    await expect(daemon.runNow!('A --queue')).rejects.toThrow(blanks);
    await expect(daemon.runNow!('A', { queue: 1 })).rejects.toThrow('runNow: queue: expected true or false, found 1');
    await expect(daemon.cancel!('')).rejects.toThrow('cancel: condition: expected a text that is not empty, found ""');
    await daemon.stop!(0);
  });
});
