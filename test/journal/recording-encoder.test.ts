import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TraceIds } from '../../src/core/trace-ids.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';
import { decodeRecording, type Recording } from '../../src/journal/recording-decoder.ts';
import { encodeFact, RecordingEncoder } from '../../src/journal/recording-encoder.ts';
import { LogHub } from '../../src/log/log.ts';
import type { Logger, TraceContext } from '../../src/log/record.ts';
import { settings } from '../support/property.ts';

const ids = new TraceIds();

const HEAD = { journal: 3, version: '2', session: 's', part: 1, started: 0, pid: 1 };

/** A log that is recorded, with a clock that is set by hand. */
const recorded = () => {
  let now = 1000;
  const encoder = new RecordingEncoder();
  const facts: Fact[] = [];
  let text = `${JSON.stringify(HEAD)}\n`;
  const journal = new Journal({ wall: () => now, mono: () => now });
  journal.subscribe((fact) => facts.push(fact));
  journal.subscribe(
    (fact) => encoder.add(fact),
    (record, mono) => encoder.addRecord(record, mono),
  );
  const hub = new LogHub(() => now);
  hub.numberWith(journal);
  hub.attach({ level: 'trace', write: () => {} });
  const take = () => {
    const taken = Buffer.from(encoder.take()).toString();
    text += taken;
    return taken;
  };
  return {
    hub,
    journal,
    facts,
    take,
    pass: (ms: number) => {
      now += ms;
    },
    /** Another file begins. */
    begin: () => {
      take();
      text += `${JSON.stringify(HEAD)}\n`;
    },
    /** The whole text so far. */
    text: () => {
      take();
      return text;
    },
  };
};

/** The numbers of the facts in a line. */
const numbersIn = (line: string): number[] => {
  if (!line.startsWith('{"kind"')) return [];
  const { seq, records = [''] } = JSON.parse(line) as { seq: number; records?: readonly unknown[] };
  return records.map((_, i) => seq + i);
};

const plain = (facts: readonly Fact[]): unknown => JSON.parse(JSON.stringify(facts));

describe('lines of a recording', () => {
  test('Each log record is an object of its own, with everything that is known of it; what is null is left out.', () => {
    const one = recorded();
    const log = one.hub.for('CONDITION', 'active', 'Backup', 3);
    const run = ids.run('tick-9');
    log.debug('END/OK', 'check "ended"\n', run);
    log.debug('END/OK', 'again', run);
    one.hub.for('MAIN', 'starting').info('START/MSG', 'whenever');
    const context = { emitter: 'CONDITION', action: 'active', itemId: 3 };
    const lines = one.take().split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        ...{ kind: 'log', seq: 1, time: 1000, mono: 1000, item: 'condition/Backup', run: run.run, cause: 'tick-9' },
        ...{ level: 'debug', mark: 'END/OK', context, message: 'check "ended"\n' },
      },
      expect.objectContaining({ seq: 2, run: run.run, context, message: 'again' }),
      {
        ...{ kind: 'log', seq: 3, time: 1000, mono: 1000, level: 'info', mark: 'START/MSG', message: 'whenever' },
        context: { emitter: 'MAIN', action: 'starting' },
      },
    ]);
  });

  test('The records at trace of one check are one line: what they have in common, and a text for each.', () => {
    const one = recorded();
    const condition = one.hub.for('CONDITION', 'active', 'Backup', 3);
    const check = () => {
      one.hub.for('CONDITION_REGISTRY', 'tick', 'Backup', 3).trace('START/MSG', 'taken');
      condition.trace('PROC/MSG', 'it is "due" [1/2]\nnow');
      one.hub.for('MAIN', 'scheduler_tick').trace('PROC/MSG', 'not executed');
    };
    check();
    condition.info('END/OK', 'of another level');
    check();
    one.hub.for('CONDITION', 'active', 'Tidy', 4).trace('PROC/OK', 'of another item');
    one.pass(1);
    condition.trace('PROC/OK', 'of another instant');
    condition.trace('PROC/OK', 'of another cause', ids.cause('tick'));
    const records = [
      'CONDITION_REGISTRY tick [START/MSG] taken',
      'CONDITION active [PROC/MSG] it is "due" [1/2]\nnow',
      'MAIN scheduler_tick - [PROC/MSG] not executed',
    ];
    const text = one.take();
    const lines = text.trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ kind: 'log', seq: 1, time: 1000, mono: 1000, level: 'trace', item: 'condition/Backup', itemId: 3, records },
    });
    expect(lines.map(numbersIn)).toEqual([[1, 2, 3], [4], [5, 6, 7], [8], [9], [10]]);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'info', message: 'of another level' });
    expect(decodeRecording(`${JSON.stringify(HEAD)}\n${text}`).facts).toEqual(plain(one.facts));
  });

  test('What a line leaves out is read as it was; a line that leaves out nothing is read as well.', () => {
    const name = fc.constantFrom(null, 'Backup', 'Tidy');
    const log = fc.record({
      item: fc.constantFrom(null, 'condition/Backup', 'task/Tidy'),
      run: fc.constantFrom(null, 'run-1'),
      cause: fc.constantFrom(null, 'tick-1'),
      context: fc.record({ item: name, itemId: fc.constantFrom(null, 0, 7) }),
    });
    const envelope = { seq: 1, time: 2, mono: 3.5 };
    fc.assert(
      fc.property(log, ({ context, ...rest }) => {
        const told = { level: 'info', mark: 'PROC/OK', message: 'x' } as const;
        const record = { ...envelope, ...rest, ...told, context: { emitter: 'CONDITION', action: 'a', ...context } };
        const facts: readonly Fact[] = [
          { kind: 'log', ...record },
          { kind: 'event', ...envelope, ...rest, topics: ['t'], message: null },
        ];
        const [short, full] = [facts.map(encodeFact), facts.map((fact) => `${JSON.stringify(fact)}\n`)];
        for (const lines of [short, full])
          expect(decodeRecording([`${JSON.stringify(HEAD)}\n`, ...lines].join('')).facts).toEqual(facts);
        expect(short[1]).toContain('"message":null');
        expect(
          short
            .join('')
            .replaceAll('"message":null', '')
            .match(/"(?:item|run|cause)":null/g) ?? [],
        ).toHaveLength(rest.item !== null && context.item === null ? 1 : 0);
      }),
      settings(300),
    );
  });

  /** What a program may log: few loggers and messages, so that they come again. */
  const act = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ logger: fc.nat(4), message: fc.constantFrom('a', 'b', 'c', 'd "e"\n', '\u2028\ud800') }),
    },
    { weight: 3, arbitrary: fc.record({ logger: fc.nat(4), message: fc.string({ maxLength: 150, unit: 'binary' }) }) },
    { weight: 3, arbitrary: fc.constantFrom('pass', 'take', 'cause', 'run', 'event', 'begin') },
  );
  type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
  const perform = (acts: readonly Act[]) => {
    const one = recorded();
    const named = [0, 1, 2, 3].map((i) => one.hub.for('CONDITION', 'active', `C${i >> 1}`, i));
    const loggers: Logger[] = [...named, one.hub.for('MAIN', 'scheduler_tick')];
    let origin: TraceContext | undefined;
    const others = {
      pass: () => one.pass(1),
      take: () => one.take(),
      begin: () => one.begin(),
      cause: () => {
        origin = ids.cause('tick');
      },
      run: () => {
        origin = ids.run('tick-1');
      },
      event: () => one.journal.logEvent('scheduler', { action: 'x "y"', list: [1, null] }),
    };
    for (const act of acts) {
      if (typeof act === 'string') others[act as keyof typeof others]();
      else if (act.message < 'c') loggers[act.logger]!.trace('PROC/OK', act.message, origin);
      else loggers[act.logger]!.info('PROC/MSG', act.message, origin);
    }
    return one;
  };

  test('Whatever is recorded is read as it was, each fact once.', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        const one = perform(acts);
        const read: Recording = decodeRecording(one.text());
        expect(read.bad).toEqual([]);
        expect(read.facts).toEqual(plain(one.facts));
        const lines = one.text().split('\n');
        expect(lines.flatMap(numbersIn)).toEqual(one.facts.map(({ seq }) => seq));
      }),
      settings(300),
    );
  });

  test('A line that is lost or damaged costs only its own facts.', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), fc.nat(), (acts, which) => {
        const one = perform(acts);
        const lines = one.text().split('\n');
        const at = 1 + (which % Math.max(1, lines.length - 2));
        const line = lines[at] ?? '';
        if (line === '') return;
        const lost = numbersIn(line);
        const without = plain(one.facts.filter(({ seq }) => !lost.includes(seq)));
        expect(decodeRecording(lines.with(at, line.slice(0, -1)).join('\n'))).toMatchObject({
          ...{ facts: without, bad: [at + 1], cut: false },
        });
        expect(decodeRecording(lines.toSpliced(at, 1).join('\n'))).toMatchObject({ facts: without, bad: [] });
      }),
      settings(300),
    );
  });

  test('A record without its parts is not a fact.', () => {
    const envelope = '"kind":"log","seq":7,"time":1,"mono":1,"run":null,"cause":null';
    for (const rest of [
      '',
      ',"context":{}',
      ',"message":"x"',
      ',"records":[[1],2]',
      ',"records":["A b [PROC/OK] x"]',
      ',"level":"trace","records":["x"]',
    ])
      expect(decodeRecording(`${JSON.stringify(HEAD)}\n{${envelope}${rest}}\n`), rest).toMatchObject({
        ...{ facts: [], bad: [2] },
      });
  });
});
