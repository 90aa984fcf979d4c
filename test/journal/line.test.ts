import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TraceIds } from '../../src/core/trace-ids.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';
import { Lines } from '../../src/journal/line.ts';
import { type Recording, readRecording } from '../../src/journal/recording.ts';
import { SAYINGS_KEPT } from '../../src/journal/sayings.ts';
import { LogHub } from '../../src/log/log.ts';
import type { Logger, TraceContext } from '../../src/log/record.ts';
import { settings } from '../support/property.ts';

const ids = new TraceIds();

const HEAD = { journal: 1, version: '2', session: 's', part: 1, started: 0, pid: 1 };

/** A log that is recorded, with a clock that is set by hand. */
const recorded = () => {
  let now = 1000;
  const lines = new Lines();
  const facts: Fact[] = [];
  let text = `${JSON.stringify(HEAD)}\n`;
  const journal = new Journal({ wall: () => now, mono: () => now });
  journal.subscribe((fact) => facts.push(fact));
  journal.subscribe(
    (fact) => lines.fact(fact),
    (record, mono) => lines.record(record, mono),
  );
  const hub = new LogHub(() => now);
  hub.stampWith((record) => journal.record(record));
  hub.attach({ level: 'trace', write: () => {} });
  const take = () => {
    const taken = lines.take();
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
    /** Another file begins; or something was lost, and the file goes on. */
    begin: (file: boolean) => {
      take();
      lines.begin();
      if (file) text += `${JSON.stringify(HEAD)}\n`;
    },
    /** The whole text so far. */
    text: () => {
      take();
      return text;
    },
  };
};

/** Conditions that say at each tick what conditions say that are not due. */
const ticking = (count: number) => {
  const one = recorded();
  const tick = one.hub.for('MAIN', 'scheduler_tick');
  const conditions = Array.from({ length: count }, (_, i) => ({
    name: `C${i}`,
    taken: one.hub.for('CONDITION_REGISTRY', 'tick', `C${i}`, i),
    active: one.hub.for('CONDITION', 'active', `C${i}`, i),
  }));
  let ticks = 0;
  const run = (waits: (i: number) => string) => {
    const origin: TraceContext = ids.cause('tick');
    tick.trace('BUSY/NO', 'no condition is busy', origin);
    for (const [i, { name, taken, active }] of conditions.entries()) {
      taken.trace('START/MSG', 'condition taken for checking', origin);
      active.trace('PROC/OK', 'check begins', origin);
      active.debug('PROC/MSG', waits(i), origin);
      active.debug('END/OK', 'check ended negative', origin);
      tick.trace('PROC/MSG', `condition ${name}: tasks not executed`, origin);
    }
    ticks += 1;
    one.pass(1000);
    return one.take();
  };
  return { ...one, run, ticks: () => ticks };
};
const recordsOf = (line: string): unknown => (JSON.parse(line) as { records: unknown }).records;
const plain = (facts: readonly Fact[]): unknown => JSON.parse(JSON.stringify(facts));

describe('lines of records', () => {
  test('What is said again at each tick is counted; other words of the same speaker are told, the same of others once.', () => {
    const one = ticking(3);
    one.run(() => '9 s left');
    one.run(() => '9 s left');
    expect(recordsOf(one.run(() => '9 s left'))).toEqual([expect.any(Array), 16]);
    for (let i = 0; i < 2; i++)
      expect(recordsOf(one.run(() => '8 s left'))).toEqual([expect.any(Array), 3, '8 s left', 4, 0, 4, 0, 2]);
    expect(recordsOf(one.run((i) => `${i} s left`))).toEqual([
      ...[expect.any(Array), 3, '0 s left', 4, '1 s left', 4, '2 s left', 2],
    ]);
    expect(readRecording(one.text())).toMatchObject({ bad: [], cut: false });
    expect(readRecording(one.text()).facts).toEqual(plain(one.facts));
  });

  test('What comes between costs itself, not what follows.', () => {
    const one = ticking(3);
    const between = one.hub.for('EVENT', 'active', 'E', 1);
    for (let i = 0; i < 3; i++) one.run(() => '9 s left');
    const line = one.run((i) => {
      if (i === 1) between.info('PROC/MSG', 'the event has fired');
      return '9 s left';
    });
    expect(line.length).toBeLessThan(700);
    expect(readRecording(one.text()).facts).toEqual(plain(one.facts));
  });

  test('A new file tells everything anew, and is read without those before.', () => {
    const one = ticking(2);
    for (let i = 0; i < 3; i++) one.run(() => '9 s left');
    const before = one.text().length;
    one.begin(true);
    const from = one.facts.length;
    for (let i = 0; i < 3; i++) one.run(() => '9 s left');
    const after = one.text().slice(before);
    expect(readRecording(after).facts).toEqual(plain(one.facts.slice(from)));
    expect(recordsOf(after.split('\n').at(-2)!)).toEqual([expect.any(Array), 11]);
  });

  test('Of more sayings than are kept the oldest are told anew.', () => {
    const one = recorded();
    const log = one.hub.for('MAIN', 'active');
    const say = (n: number) => log.info('PROC/MSG', `saying ${n}`);
    for (let n = 0; n < SAYINGS_KEPT + 10; n++) say(n);
    one.take();
    say(SAYINGS_KEPT + 9);
    say(0);
    const line = one.take();
    expect(recordsOf(line)).toEqual([[SAYINGS_KEPT + 9], 1, [expect.any(Number), 'saying 0']]);
    expect(readRecording(one.text()).facts).toEqual(plain(one.facts));
  });

  test('Long messages are not kept, and are told each time.', () => {
    const one = recorded();
    const log = one.hub.for('MAIN', 'active');
    const long = 'x'.repeat(1000);
    for (let i = 0; i < 4; i++) log.info('PROC/MSG', long);
    expect(one.text().split(long)).toHaveLength(5);
    expect(readRecording(one.text()).facts).toEqual(plain(one.facts));
  });

  /** What a program may say: few speakers and sayings, so that they come again. */
  const act = fc.oneof(
    { weight: 12, arbitrary: fc.record({ who: fc.nat(3), what: fc.constantFrom('a', 'b', 'c', 'd "e"\n') }) },
    { weight: 3, arbitrary: fc.record({ who: fc.nat(3), what: fc.string({ maxLength: 150 }) }) },
    { weight: 2, arbitrary: fc.constantFrom('pass', 'take', 'origin', 'event') },
    { weight: 1, arbitrary: fc.constantFrom('begin', 'go on') },
  );
  type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
  const perform = (acts: readonly Act[]) => {
    const one = recorded();
    const speakers: Logger[] = [0, 1, 2, 3].map((i) => one.hub.for('CONDITION', 'active', `C${i >> 1}`, i));
    let origin: TraceContext | undefined;
    const plainly = {
      pass: () => one.pass(1),
      take: () => one.take(),
      begin: () => one.begin(true),
      'go on': () => one.begin(false),
      origin: () => {
        origin = ids.cause('tick');
      },
      event: () => one.journal.logEvent('scheduler', 1),
    };
    for (const act of acts) {
      if (typeof act === 'string') plainly[act as keyof typeof plainly]();
      else if (act.what === 'a') speakers[act.who]!.trace('PROC/OK', act.what, origin);
      else speakers[act.who]!.info('PROC/MSG', act.what, origin);
    }
    return one;
  };

  test('Whatever is said, it is read as it was.', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        const one = perform(acts);
        const read: Recording = readRecording(one.text());
        expect(read.bad).toEqual([]);
        expect(read.facts).toEqual(plain(one.facts));
      }),
      settings(300),
    );
  });

  test('Whichever line is lost, what is read is true: facts are missing, none is changed.', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), fc.nat(), (acts, which) => {
        const one = perform(acts);
        const lines = one.text().split('\n');
        const lost = 1 + (which % Math.max(1, lines.length - 2));
        if (lines[lost] === '') return;
        const read = readRecording(lines.with(lost, 'damaged').join('\n'));
        expect(read.bad[0]).toBe(lost + 1);
        const right = new Map((plain(one.facts) as Fact[]).map((fact) => [fact.seq, fact]));
        for (const fact of read.facts) expect(fact).toEqual(right.get(fact.seq));
        const gone = one.facts.length - read.facts.length;
        expect(gone > 0).toBe(!lines[lost]!.startsWith(`{"journal"`));
      }),
      settings(300),
    );
  });

  test('What another file has told is not known.', () => {
    const head = JSON.stringify(HEAD);
    const context = { emitter: 'MAIN', action: 'active', item: null, item_id: null };
    const line = (seq: number, records: unknown) =>
      JSON.stringify({ kind: 'log', seq, time: 1, mono: 1, run: null, cause: null, told: 0, records });
    const told = line(1, [[0], [['info', 'PROC/MSG', context, 1], 'hello'], [0], 1]);
    expect(readRecording([head, told, head, line(3, [[0], 1]), ''].join('\n'))).toMatchObject({
      facts: [{ seq: 1 }, { seq: 2, message: 'hello' }],
      ...{ bad: [], unread: [{ seq: 3, at: 2 }] },
    });
  });

  test('Counts and numbers of no sense are no facts.', () => {
    const envelope = { kind: 'log', seq: 7, time: 1, mono: 1, run: null, cause: null, told: 0 };
    for (const records of [[[0], 1e9], [[0], -1], [[0], 1.5], [['x'], 1], [0], ['words']])
      expect(readRecording(`${JSON.stringify({ ...envelope, records })}\n`), JSON.stringify(records)).toMatchObject({
        ...{ facts: [], bad: [1] },
      });
    for (const records of [[[0], 1], [[5, 'words']]])
      expect(readRecording(`${JSON.stringify({ ...envelope, records })}\n`), JSON.stringify(records)).toMatchObject({
        ...{ facts: [], bad: [], unread: [{ seq: 7, at: 0 }] },
      });
  });
});
