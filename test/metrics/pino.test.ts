import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Handler, LineHandler } from '../../src/metrics/handler.ts';
import { linePattern } from '../../src/metrics/line-pattern.ts';
import { getLogger } from '../../src/metrics/logger.ts';
import { PinoHandler, pinoDestination } from '../../src/metrics/pino.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';
import { awaited, clear, quick, reached } from '../library/support.ts';
import { always, shellTask } from '../support/program.ts';

const attached: (() => void)[] = [];
const attach = (name: string, handler: Handler): void => {
  const logger = getLogger(name);
  const { level } = logger;
  logger.addHandler(handler);
  logger.setLevel('trace');
  attached.push(() => {
    logger.removeHandler(handler);
    logger.setLevel(level);
  });
};
afterEach(async () => {
  await clear();
  for (const leave of attached.splice(0)) leave();
});

/** A pino logger, and what it has written. */
const listening = (level = 'trace') => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level, base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { logger, lines };
};

describe('PinoHandler', () => {
  test('The records of a daemon go to a pino logger, with their level, item, run and cause.', async () => {
    const { logger, lines } = listening('info');
    attach('whenever', new PinoHandler({ logger }));
    const daemon = await quick(shellTask('Hello', 'true') + always('Once', ['Hello'], ''));
    const finished = awaited(daemon, reached('condition/Once', 'finished'));
    void daemon.run();
    await finished;
    await daemon.stop();
    const ended = lines.find(({ msg }) => String(msg).startsWith('task Hello ended'));
    expect(ended).toMatchObject({ level: 30, logger: 'whenever.condition.Once', item: 'condition/Once', run: 'run-1' });
    expect(ended!.cause).toMatch(/^tick-/);
    expect(lines.filter(({ level }) => Number(level) < 30)).toEqual([]);
  });

  test.each([
    ['trace', 10],
    ['debug', 20],
    ['info', 30],
    [25, 30],
    ['warning', 40],
    ['error', 50],
    ['critical', 60],
  ] as const)('The level %s is %i of pino', (level, number) => {
    const { logger, lines } = listening();
    attach('app', new PinoHandler({ logger }));
    getLogger('app').log(level, 'at 100 %s %% {}');
    expect(lines).toMatchObject([{ level: number, logger: 'app', msg: 'at 100 %s %% {}' }]);
  });

  test('Fields of a child and of a call are fields; a mapping is "metric", an error "err" with its stack.', () => {
    const { logger, lines } = listening();
    attach('app', new PinoHandler({ logger }));
    const child = getLogger('app').child({ host: 'db1' });
    child.info('plain', { fields: { port: 5 } });
    child.info({ loss: 0.5 }, { step: 0, hparams: true });
    child.error(new TypeError('no'));
    expect(lines.map(({ time, ...line }) => line)).toEqual([
      { level: 30, host: 'db1', port: 5, logger: 'app', msg: 'plain' },
      { level: 30, host: 'db1', logger: 'app', step: 0, hparams: true, metric: { loss: 0.5 } },
      {
        ...{ level: 50, host: 'db1', logger: 'app', msg: 'no' },
        err: { type: 'TypeError', message: 'no', stack: expect.stringContaining('pino.test.ts') },
      },
    ]);
  });

  test('What is not a pino logger is refused.', () => {
    expect(() => new PinoHandler({ logger: console as never })).toThrow(
      'PinoHandler: logger: expected an object with the method fatal',
    );
  });
});

describe('pinoDestination', () => {
  let records: MetricRecord[];
  beforeEach(() => {
    records = [];
    class Keeper extends Handler {
      emit(record: MetricRecord): void {
        records.push(record);
      }
    }
    attach('app', new Keeper({ level: 'notset' }));
    attach('pino', new Keeper({ level: 'notset' }));
  });

  test('Records of a pino logger go to the logger of its name, with their time, and its keys are fields.', () => {
    const logger = pino({ level: 'trace', name: 'app.web' }, pinoDestination());
    const before = Date.now();
    logger.child({ user: 'me' }).warn({ item: 'task/A', run: 'run-1', cause: 'tick-1', n: 1 }, 'slow: %d ms', 5);
    const [record] = records;
    expect(record).toMatchObject({ name: 'app.web', level: 30, message: 'slow: 5 ms', fields: { user: 'me', n: 1 } });
    expect(record).toMatchObject({ item: 'task/A', run: 'run-1', cause: 'tick-1' });
    expect(record!.fields).toEqual({ user: 'me', n: 1 });
    expect(record!.time).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ['trace', 5],
    ['debug', 10],
    ['info', 20],
    ['warn', 30],
    ['error', 40],
    ['fatal', 50],
  ] as const)('%s of pino has the level %i, also where it writes names of levels', (level, number) => {
    const formatters = { level: (label: string) => ({ level: label }) };
    const destination = pinoDestination();
    for (const logger of [pino({ level: 'trace' }, destination), pino({ level: 'trace', formatters }, destination)])
      logger[level]('x');
    expect(records.map((record) => record.level)).toEqual([number, number]);
  });

  test('A level that is unknown is info, one of words is read, and one below all is the least.', () => {
    const destination = pinoDestination();
    for (const level of ['"Fatal"', '"WARNING"', '"odd"', 'null', '1', '60'])
      destination.write(`{"level":${level},"msg":"x"}\n`);
    expect(records.map((record) => record.level)).toEqual([50, 30, 20, 20, 5, 50]);
  });

  test('Other keys of messages and times as text are read; a line that is not JSON is a message.', () => {
    const destination = pinoDestination({ logger: 'app', messageKey: 'message' });
    const logger = pino({ messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime }, destination);
    logger.info('hello');
    logger.error(new Error('no'));
    destination.write('plain\n{"level":30,"message":"two"}\n');
    expect(records.map(({ message }) => message)).toEqual(['hello', 'no', 'plain', 'two']);
    expect(records[1]!.fields).toMatchObject({ err: { type: 'Error', message: 'no' } });
    expect(linePattern('{exc_info}')(records[1]!)).toMatch(/^Error: no\\n +at /);
    expect(Math.abs(records[0]!.time - Date.now())).toBeLessThan(10_000);
  });

  test('A circle of both ends after one round.', () => {
    const lines: string[] = [];
    const logger = pino({ name: 'app' }, pinoDestination());
    attach('app', new PinoHandler({ logger }));
    attach(
      'app',
      new LineHandler(
        (line) => lines.push(line),
        ({ message }) => String(message),
      ),
    );
    logger.info('once');
    expect(lines).toEqual(['once', 'once']);
  });
});
