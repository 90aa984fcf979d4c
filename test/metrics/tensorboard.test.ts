import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from '../../src/adapters/metrics/event-record.ts';
import { TensorBoardHandler } from '../../src/adapters/metrics/tensorboard.ts';
import type { MetricRecord } from '../../src/metrics/record.ts';
import { castagnoli, frames, masked, readEventFile } from '../support/event-file.ts';
import { settings } from '../support/property.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-events-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const NOW = Date.UTC(2026, 2, 31, 9, 38, 45, 500);

const record = (message: unknown, more: Partial<MetricRecord> = {}): MetricRecord => ({
  ...{ name: 'whenever.metrics', level: 20, time: NOW, message },
  ...more,
});

/** Writes records with a handler of its own; answers the file, and what was complained of. */
const written = async (records: readonly MetricRecord[]) => {
  const directory = join(folder, String(++made), 'run');
  const problems: string[] = [];
  const handler = new TensorBoardHandler({ directory, onError: (problem) => problems.push(problem), now: () => NOW });
  for (const one of records) handler.handle(one);
  await handler.close();
  const events = existsSync(handler.path) ? readEventFile(readFileSync(handler.path)) : [];
  return { directory, path: handler.path, problems, head: events[0], events: events.slice(1) };
};
const valuesOf = async (message: unknown) =>
  (await written([record(message, { step: 0 })])).events.flatMap(({ values }) => values);

/** The examples of RFC 3720, B.4, and the one that catalogues of checksums give. */
const VECTORS: readonly (readonly [string, Uint8Array, number])[] = [
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(), 0],
];

describe('the checksum', () => {
  test.each(VECTORS)('of %s is that of the literature', (_, bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
    expect(castagnoli(bytes)).toBe(crc);
  });

  test('of the length 24, masked, is what every event file of TensorFlow begins with', () => {
    const length = Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0);
    expect(maskedCrc32c(length)).toBe(0x224b7fa3);
    expect(masked(length)).toBe(0x224b7fa3);
  });
});

describe('an event file', () => {
  test('has whole steps, whatever a program gives', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const steps = [3, 1.7, -2.5, Number.NaN, most, 2 ** 64, Number.POSITIVE_INFINITY];
    const { events } = await written(steps.map((step) => record({ a: 1 }, { step })));
    expect(events.map(({ step }) => Number(step))).toEqual([3, 1, -2, 0, most, most, most]);
    expect((await written([record({}, { step: 1 })])).events).toEqual([]);
  });

  test('is called by time, machine, process and number, in the directory of the run', async () => {
    const [{ path, directory }, other] = [await written([record({ a: 1 })]), await written([record({ a: 1 })])];
    expect(readdirSync(directory)).toEqual([basename(path)]);
    const pattern = new RegExp(`^events\\.out\\.tfevents\\.1774949925\\.${hostname()}\\.${process.pid}\\.(\\d+)$`);
    const numbers = [path, other.path].map((name) => Number(pattern.exec(basename(name))?.[1]));
    expect(numbers[1]).toBe(numbers[0]! + 1);
  });

  test('begins with the version of the format', async () => {
    const { head } = await written([record({ a: 1 })]);
    expect(head).toEqual({ wallTime: NOW / 1000, step: 0, fileVersion: 'brain.Event:2', values: [] });
  });

  test('has frames whose checksums are right, and a reader sees when one is not', async () => {
    const { path } = await written([record({ a: 1, b: 'text' }, { step: 3 }), record({ a: 2 }, { step: 4 })]);
    const file = readFileSync(path);
    expect(frames(file)).toHaveLength(3);
    for (const at of [0, 8, 12, file.length - 1]) {
      const damaged = Uint8Array.from(file);
      damaged[at]! ^= 1;
      expect(() => frames(damaged)).toThrow(/checksum|cut off/);
    }
  });

  test('is not made for messages that are no mappings, or say nothing', async () => {
    const { directory, problems } = await written([record('text'), record({}), record({ list: [1] })]);
    expect(existsSync(directory)).toBe(false);
    expect(problems).toEqual([
      'TensorBoardHandler: record left out: expected a mapping, got a value of type string',
      'TensorBoardHandler: list is left out: expected a number or a text, got a list',
    ]);
  });
});

describe('numbers are scalars', () => {
  test.each<[string, unknown, number]>([
    ['a number', 0.5, 0.5],
    ['a whole one', 12, 12],
    ['true', true, 1],
    ['false', false, 0],
    ['a large integer', 2n ** 40n, 2 ** 40],
    ['no number', Number.NaN, Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['a number as text', ' 1.5e3 ', 1500],
    ['a number below zero as text', '-.5', -0.5],
    ['"nan"', 'nan', Number.NaN],
    ['"-inf"', '-inf', Number.NEGATIVE_INFINITY],
    ['"Infinity"', 'Infinity', Number.POSITIVE_INFINITY],
  ])('%s', async (_, value, scalar) => {
    expect(await valuesOf({ a: { b: value } })).toEqual([{ tag: 'a/b', scalar }]);
  });

  test('of 32 bits, as the format has them', () =>
    fc.assert(
      fc.asyncProperty(fc.double(), async (value) => {
        expect(await valuesOf({ v: value })).toEqual([{ tag: 'v', scalar: Math.fround(value) }]);
      }),
      settings(50),
    ));

  test('with the time of the record and its step; step 0 counts', async () => {
    const { events } = await written([
      record({ a: 1 }, { step: 0 }),
      record({ a: 2 }, { step: 5, time: NOW + 1500 }),
      record({ a: 3 }, { step: 2 ** 40 }),
      record({ a: 4 }, { step: -1 }),
    ]);
    expect(events).toEqual([
      { wallTime: NOW / 1000, step: 0, values: [{ tag: 'a', scalar: 1 }] },
      { wallTime: (NOW + 1500) / 1000, step: 5, values: [{ tag: 'a', scalar: 2 }] },
      { wallTime: NOW / 1000, step: 2 ** 40, values: [{ tag: 'a', scalar: 3 }] },
      { wallTime: NOW / 1000, step: -1, values: [{ tag: 'a', scalar: 4 }] },
    ]);
  });

  test('without a step, a record is the next one of its tag', async () => {
    const { events } = await written([record({ a: 1, b: 1 }), record({ b: 2 }), record({ a: 2 })]);
    const points = events.flatMap(({ step, values }) => values.map(({ tag }) => `${tag} ${step}`));
    expect(points).toEqual(['a 0', 'b 0', 'b 1', 'a 1']);
  });
});

describe('other values', () => {
  test.each(['success', '', '1 2', '0x10', 'naN1', 'Grüße, 名'])('the text %j is a text', async (text) => {
    expect(await valuesOf({ outcome: text })).toEqual([{ tag: 'outcome', text }]);
  });

  test('what is neither number nor text is left out with one complaint, and the rest is kept', async () => {
    const message = { no: null, list: [1], kept: 1, f: () => 1 };
    const { events, problems } = await written([record(message, { step: 0 }), record(message, { step: 1 })]);
    expect(events.map(({ values }) => values)).toEqual([[{ tag: 'kept', scalar: 1 }], [{ tag: 'kept', scalar: 1 }]]);
    expect(problems).toEqual([
      'TensorBoardHandler: no is left out: expected a number or a text, got null',
      'TensorBoardHandler: list is left out: expected a number or a text, got a list',
      'TensorBoardHandler: f is left out: expected a number or a text, got a value of type function',
    ]);
  });
});

describe('a configuration', () => {
  const configuration = {
    settings: { tick: 5, random: false },
    condition: { C: { type: 'interval', tasks: ['A', 'B'] } },
  };
  const told = () => written([record(configuration, { hparams: true }), record({ a: 1 }, { step: 0 })]);
  const values = {
    'settings/tick': 5,
    'settings/random': false,
    'condition/C/type': 'interval',
    'condition/C/tasks': 'A, B',
  };

  test('goes to the hparams plugin: the parameters with their types, and the values of this session', async () => {
    const { events } = await told();
    const [experiment, start] = events[0]!.values;
    expect(experiment).toEqual({
      tag: '_hparams_/experiment',
      hparams: {
        created: NOW / 1000,
        hparams: {
          ...{ 'settings/tick': 'float64', 'settings/random': 'bool' },
          ...{ 'condition/C/type': 'string', 'condition/C/tasks': 'string' },
        },
      },
    });
    expect(start).toEqual({
      tag: '_hparams_/session_start_info',
      hparams: { hparams: values, group: expect.stringMatching(/^[0-9a-f]{64}$/), started: NOW / 1000 },
    });
  });

  test('equal configurations are one group', async () => {
    const group = async (message: unknown) => {
      const { events } = await written([record(message, { hparams: true })]);
      return JSON.stringify(events[0]!.values[1]).match(/"group":"(\w+)"/)?.[1];
    };
    expect(await group({ a: 1 })).toBe(await group({ a: 1 }));
    expect(await group({ a: 1 })).not.toBe(await group({ a: 2 }));
  });

  test('the session is told to be over at the end', async () => {
    const { events } = await told();
    expect(events.at(-1)?.values).toEqual([
      { tag: '_hparams_/session_end_info', hparams: { status: 1, ended: NOW / 1000 } },
    ]);
  });

  test('is a text too, with later ones as later steps', async () => {
    const { events } = await written([record({ a: 'x|y' }, { hparams: true }), record({ a: 2 }, { hparams: true })]);
    const texts = events
      .filter(({ values: [first] }) => first?.tag === 'hparams')
      .map(({ step, values: [text] }) => [step, text]);
    expect(texts).toEqual([
      [0, { tag: 'hparams', text: '| name | value |\n| --- | --- |\n| a | x\\|y |' }],
      [1, { tag: 'hparams', text: '| name | value |\n| --- | --- |\n| a | 2 |' }],
    ]);
  });
});
