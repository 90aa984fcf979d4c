import { describe, expect, test } from 'vitest';
import { SafeCaller } from '../../src/call-safely.ts';
import { TraceIds } from '../../src/core/trace-ids.ts';
import type { Fact, TopicEvent } from '../../src/journal/fact.ts';
import { OWN_TRANSITIONS_BYTES } from '../../src/journal/item-transitions.ts';
import { Journal, type JournalOptions } from '../../src/journal/journal.ts';
import { EventError } from '../../src/journal/json.ts';
import { FULL_TOPICS } from '../../src/journal/memory.ts';
import { KEPT_BYTES } from '../../src/journal/ring.ts';
import type { Dropped } from '../../src/journal/subscribers.ts';

const at = (options: JournalOptions = {}) => {
  const now = { wall: 1_000_000, mono: 500 };
  const journal = new Journal({ wall: () => now.wall, mono: () => now.mono }, options);
  const pass = (ms: number) => {
    now.wall += ms;
    now.mono += ms;
  };
  return { journal, now, pass };
};
/** What a handler was given, without the rest of the event. */
const told = (event: TopicEvent | Dropped): unknown => ('dropped' in event ? event : event.message);
/** So many turns of the event loop. */
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};
const values = (events: readonly TopicEvent[]) => events.map(({ message }) => message);

describe('logEvent and getEvents', () => {
  test('A topic keeps its last 1,000 events and counts all of them.', () => {
    const { journal } = at();
    for (let i = 0; i < 1001; i++) journal.logEvent('t', i);
    expect(values(journal.getEvents('t'))).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
    expect(journal.countOf('t')).toBe(1001);
  });

  test('The number of events kept is configurable: of four the last three, and a count of four.', () => {
    const { journal } = at({ topicLength: 3 });
    for (const n of [1, 2, 3, 4]) journal.logEvent('t', n);
    expect(values(journal.getEvents('t'))).toEqual([2, 3, 4]);
    expect(journal.countOf('t')).toBe(4);
  });

  test('One call with several topics is one event with one timestamp, under each of them once.', () => {
    const { journal } = at();
    journal.logEvent(['a', 'b', 'a'], { n: 1 });
    const [a, b] = [journal.getEvents('a'), journal.getEvents('b')];
    expect(a).toHaveLength(1);
    expect(a).toEqual(b);
    expect(a[0]).toMatchObject({ time: 1_000_000, mono: 500, topics: ['a', 'b'], message: { n: 1 } });
  });

  test('Events are kept when nobody listens, and all of them under "all".', () => {
    const { journal } = at();
    journal.logEvent('a', 1);
    journal.logEvent('b', 2);
    expect(values(journal.getEvents('all'))).toEqual([1, 2]);
  });

  test('An unknown topic is empty, and reading it creates nothing.', () => {
    const { journal } = at();
    journal.logEvent('known', 1);
    expect(journal.getEvents('unknown')).toEqual([]);
    expect(journal.countOf('unknown')).toBe(0);
    expect([...journal.getEvents().keys()].sort()).toEqual(['all', 'known']);
  });

  test('All topics are those that have had events, not those that were read or listened to.', () => {
    const { journal } = at();
    journal.subscribeTopic('heard', () => {});
    journal.getEvents('read');
    expect([...journal.getEvents().keys()]).toEqual([]);
    journal.logEvent('mine', 1);
    expect([...journal.getEvents().keys()]).toEqual(['mine', 'all']);
  });

  test('Somebody who listens to everything gets an event once, with all its topics.', () => {
    const { journal } = at();
    const facts: Fact[] = [];
    journal.subscribe((fact) => facts.push(fact));
    journal.logEvent(['a', 'b'], 1);
    expect(facts).toMatchObject([{ kind: 'event', topics: ['a', 'b'], message: 1 }]);
  });

  test('Reading takes nothing away.', () => {
    const { journal } = at();
    journal.logEvent('t', 1);
    expect(journal.getEvents('t')).toEqual(journal.getEvents('t'));
    expect(journal.getEvents('t')).toHaveLength(1);
  });

  test.each([
    ['a function', () => {}, 'the value is a function'],
    ['an undefined value', undefined, 'the value is undefined'],
    ['a big integer', { n: 1n }, 'the value.n is a bigint'],
    ['NaN', [1, Number.NaN], 'the value[1] is the number NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'the value is the number Infinity'],
    ['a value of a class', { at: new Date(0) }, 'the value.at is a value of a class'],
    ['too large a value', 'x'.repeat(70_000), 'larger than'],
  ])('%s cannot be stored: a typed error that names the place, and nothing is kept', (_, value, words) => {
    const { journal } = at();
    expect(() => journal.logEvent('t', value)).toThrow(EventError);
    expect(() => journal.logEvent('t', value)).toThrow(words);
    expect(journal.getEvents('t')).toEqual([]);
  });

  test('A value that contains itself cannot be stored, nor can one that is nested without end.', () => {
    const { journal } = at();
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => journal.logEvent('t', cycle)).toThrow('the value[0] is part of itself');
    let deep: unknown = 1;
    for (let i = 0; i < 100; i++) deep = [deep];
    expect(() => journal.logEvent('t', deep)).toThrow('nested deeper than 64');
  });

  test('The same value twice in one event is no cycle.', () => {
    const { journal } = at();
    const part = { n: 1 };
    journal.logEvent('t', [part, part]);
    expect(values(journal.getEvents('t'))).toEqual([[{ n: 1 }, { n: 1 }]]);
  });

  test('An event is as its value was when it was told.', () => {
    const { journal } = at();
    const value = { list: [1] };
    journal.logEvent('t', value);
    value.list.push(2);
    expect(values(journal.getEvents('t'))).toEqual([{ list: [1] }]);
  });

  test.each([[''], ['two\nlines'], ['x'.repeat(201)], [[]]])('%j is no topic', (topic) => {
    expect(() => at().journal.logEvent(topic, 1)).toThrow(EventError);
  });

  test('An event tells its item, run and cause, whatever its value is.', () => {
    const { journal } = at();
    const origin = new TraceIds().run('tick-7');
    journal.logEvent('t', 3, { item: 'task/T', origin });
    expect(journal.getEvents('t')).toMatchObject([{ message: 3, item: 'task/T', run: 'run-1', cause: 'tick-7' }]);
  });

  test('Topics that scripts make up are bounded: the one that was quiet longest goes.', () => {
    const { journal } = at();
    for (let i = 0; i < 1000; i++) journal.logEvent(`t${i}`, i);
    journal.logEvent('t0', 'again');
    journal.logEvent('one-more', 1);
    expect(journal.getEvents('t1')).toEqual([]);
    expect(values(journal.getEvents('t0'))).toEqual([0, 'again']);
    expect(journal.getEvents().size).toBe(1001);
  });
});

describe('subscribeTopic and unsubscribeTopic', () => {
  test('A subscriber gets the events that come later, in order, and no earlier ones.', () => {
    const { journal } = at();
    const got: unknown[] = [];
    journal.logEvent('t', 'before');
    journal.subscribeTopic('t', (event) => void got.push(told(event)));
    journal.logEvent('t', 1);
    journal.logEvent('other', 2);
    journal.logEvent('t', 3);
    expect(got).toEqual([1, 3]);
  });

  test('Two subscribers of a topic both get its events; the same one again replaces its handler.', () => {
    const { journal } = at();
    const got: string[] = [];
    journal.subscribeTopic('t', () => void got.push('old'), 'me');
    journal.subscribeTopic('t', () => void got.push('new'), 'me');
    journal.subscribeTopic('t', () => void got.push('other'), 'you');
    journal.logEvent('t', 1);
    expect(got.sort()).toEqual(['new', 'other']);
  });

  test('After unsubscribing nothing comes any more, and what happens meanwhile can still be read.', () => {
    const { journal } = at();
    const got: unknown[] = [];
    const leave = journal.subscribeTopic('t', (event) => void got.push(told(event)));
    leave();
    leave();
    journal.logEvent('t', 1);
    expect(got).toEqual([]);
    expect(values(journal.getEvents('t'))).toEqual([1]);
  });

  test('Unsubscribing what nobody has subscribed is an error, the second time too.', () => {
    const { journal } = at();
    const handler = () => {};
    expect(() => journal.unsubscribeTopic('t', handler)).toThrow('topic t does not have this subscriber');
    journal.subscribeTopic('t', handler, handler);
    journal.unsubscribeTopic('t', handler);
    expect(() => journal.unsubscribeTopic('t', handler)).toThrow(EventError);
  });

  test('A handler that throws or rejects is told under "errors" and disturbs nobody.', async () => {
    const { journal } = at();
    const got: unknown[] = [];
    journal.subscribeTopic('t', () => {
      throw new Error('boom');
    });
    journal.subscribeTopic('t', async () => {
      throw new Error('later');
    });
    journal.subscribeTopic('t', (event) => void got.push(told(event)));
    journal.logEvent('t', 1);
    journal.logEvent('t', 2);
    await turns(5);
    expect(got).toEqual([1, 2]);
    const reasons = journal.getEvents('errors').map(({ message }) => (message as { reason: string }).reason);
    expect(reasons.sort()).toEqual(['Error: boom', 'Error: boom', 'Error: later', 'Error: later']);
  });

  test('A subscriber that takes its time gets one event after the other and holds up nobody.', async () => {
    const { journal } = at();
    const got: unknown[] = [];
    let goOn = () => {};
    journal.subscribeTopic('t', async (event) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      got.push(told(event));
    });
    for (const n of [1, 2, 3]) journal.logEvent('t', n);
    expect(got).toEqual([]);
    for (let i = 0; i < 3; i++) {
      goOn();
      await turns(2);
    }
    expect(got).toEqual([1, 2, 3]);
  });
});

describe('handlers of topics that fail or are slow', () => {
  const boom = (): never => {
    throw new Error('boom');
  };

  test.each(['errors', 'all'])('A handler of "%s" that throws is not given its own failure.', async (topic) => {
    const { journal } = at();
    let calls = 0;
    journal.subscribeTopic(topic, () => {
      calls += 1;
      boom();
    });
    journal.logEvent('errors', 'one error');
    await turns(50);
    expect(calls).toBe(1);
    expect(values(journal.getEvents('errors'))).toEqual([
      'one error',
      { action: 'handler-failed', topic, reason: 'Error: boom' },
    ]);
  });

  test('A handler of "errors" that rejects is not given its own failure, and others are.', async () => {
    const { journal } = at();
    const got: unknown[] = [];
    let calls = 0;
    journal.subscribeTopic('errors', async () => {
      calls += 1;
      await turns(1);
      boom();
    });
    journal.subscribeTopic('errors', (event) => void got.push(told(event)));
    journal.logEvent('errors', 'one error');
    await turns(50);
    expect(calls).toBe(1);
    expect(got).toEqual(['one error', { action: 'handler-failed', topic: 'errors', reason: 'Error: boom' }]);
  });

  test('Several handlers that fail do not feed each other in a circle: each gets an error once and the failures of the others once.', async () => {
    const said: string[] = [];
    const { journal } = at({ contained: new SafeCaller((problem) => said.push(problem)) });
    const calls = [0, 0, 0];
    for (const i of calls.keys())
      journal.subscribeTopic(i === 0 ? 'all' : 'errors', async () => {
        calls[i]! += 1;
        if (i === 1) boom();
        await turns(1);
        boom();
      });
    journal.logEvent('errors', 'one error');
    await turns(100);
    expect(calls).toEqual([3, 3, 3]);
    expect(journal.countOf('errors')).toBe(4);
    expect(said.sort()).toEqual([
      'a handler of topic all failed: boom',
      'a handler of topic errors failed: boom',
      'a handler of topic errors failed: boom',
    ]);
  });

  test('The same function on two topics is not given its failure by the other one.', async () => {
    const { journal } = at();
    let calls = 0;
    const failing = async () => {
      calls += 1;
      boom();
    };
    journal.subscribeTopic('errors', failing);
    journal.subscribeTopic('all', failing);
    journal.logEvent('errors', 'one error');
    await turns(50);
    expect(calls).toBe(2);
  });

  test('A handler that tells events itself lets the event loop turn between them, and ends when it leaves.', async () => {
    const { journal } = at();
    let calls = 0;
    const leave = journal.subscribeTopic('t', () => {
      calls += 1;
      journal.logEvent('t', calls);
    });
    journal.logEvent('t', 0);
    await turns(10);
    expect(calls).toBeGreaterThan(2);
    expect(calls).toBeLessThan(20);
    leave();
    const before = calls;
    await turns(10);
    expect(calls).toBe(before);
  });

  test('What a slow handler loses beyond 1,000 events is counted, and handed over in its place.', async () => {
    const { journal } = at();
    const got: unknown[] = [];
    let goOn = () => {};
    const first = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    journal.subscribeTopic('t', async (event) => {
      got.push(told(event));
      await first;
    });
    for (let n = 0; n < 1501; n++) journal.logEvent('t', n);
    goOn();
    await turns(2100);
    expect(got.slice(0, 3)).toEqual([0, { dropped: 500 }, 501]);
    expect(got.at(-1)).toBe(1500);
    expect(got).toHaveLength(1002);
  });

  test('What ended a subscription does not end the one that has replaced it.', () => {
    const { journal } = at();
    const got: string[] = [];
    const leave = journal.subscribeTopic('t', () => void got.push('old'), 'me');
    const leaveLater = journal.subscribeTopic('t', () => void got.push('new'), 'me');
    leave();
    journal.logEvent('t', 1);
    leaveLater();
    journal.logEvent('t', 2);
    expect(got).toEqual(['new']);
  });

  test('The same function twice is two subscriptions.', () => {
    const { journal } = at();
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    const leave = journal.subscribeTopic('t', count);
    journal.subscribeTopic('t', count);
    journal.logEvent('t', 1);
    leave();
    journal.logEvent('t', 2);
    expect(calls).toBe(3);
  });

  test('At the end what waits is handed to handlers that answer at once; what others lose is said, and nothing comes later.', async () => {
    const said: string[] = [];
    const { journal } = at({ contained: new SafeCaller((problem) => said.push(problem)) });
    const got: unknown[] = [];
    let slow = 0;
    journal.subscribeTopic('t', (event) => {
      got.push(told(event));
      if (got.length === 1) for (const n of [1, 2]) journal.logEvent('t', n);
    });
    journal.subscribeTopic('t', () => {
      slow += 1;
      return new Promise<void>(() => {});
    });
    journal.logEvent('t', 0);
    journal.endSubscriptions();
    journal.logEvent('t', 3);
    await turns(5);
    expect(got).toEqual([0, 1, 2]);
    expect(slow).toBe(1);
    expect(said).toEqual(['2 events were not handed to slow handlers of topics before the end']);
  });
});

describe('what listens to facts and causes some', () => {
  const forever = (journal: Journal, calls: { n: number }) => () => {
    calls.n += 1;
    journal.logEvent('again', calls.n);
  };

  test.each([
    ['at once', (act: () => void) => act],
    ['later', (act: () => void) => async () => act()],
  ])(
    'A listener to all facts that logs events itself, %s, lets the event loop turn, and ends with the subscriptions.',
    async (_, way) => {
      const { journal } = at();
      const calls = { n: 0 };
      journal.subscribe(way(forever(journal, calls)));
      journal.logEvent('t', 0);
      expect(calls.n).toBe(1);
      await turns(10);
      expect(calls.n).toBeGreaterThan(2);
      expect(calls.n).toBeLessThan(20);
      journal.endSubscriptions();
      const before = calls.n;
      journal.logEvent('t', 1);
      await turns(10);
      expect(calls.n).toBe(before);
    },
  );

  test('At the end facts that wait for a promise are handed over.', () => {
    const said: string[] = [];
    const { journal } = at({ contained: new SafeCaller((problem) => said.push(problem)) });
    const got: number[] = [];
    journal.subscribe(async ({ seq }) => {
      got.push(seq);
      await new Promise(() => {});
    });
    for (let n = 0; n < 5; n++) journal.logEvent('t', n);
    journal.endSubscriptions();
    expect(got).toEqual([1, 2, 3, 4, 5]);
    expect(said).toEqual([]);
  });

  test('All listeners get facts in the order of their numbers, also those that a listener causes.', async () => {
    const { journal } = at();
    const [first, last]: [number[], number[]] = [[], []];
    journal.subscribe((fact) => {
      first.push(fact.seq);
      if (fact.seq < 3) journal.logEvent('t', 'caused');
    });
    journal.subscribe((fact) => last.push(fact.seq));
    journal.logEvent('t', 'first');
    await turns(10);
    expect([first, last]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('One that causes facts takes none from others, which get them at once.', () => {
    const { journal } = at();
    let calls = 0;
    journal.subscribe(() => {
      calls += 1;
      if (calls === 1) for (let n = 0; n < 5000; n++) journal.logEvent('t', n);
    });
    const others: number[] = [];
    for (let n = 0; n < 2; n++) journal.subscribe(({ seq }) => others.push(seq));
    journal.logEvent('t', 'first');
    expect(calls).toBe(1);
    expect(others).toHaveLength(2 * 5001);
  });

  test('Two that feed each other let the event loop turn.', async () => {
    const { journal } = at();
    const calls = { n: 0 };
    for (let n = 0; n < 2; n++) journal.subscribe(forever(journal, calls));
    journal.logEvent('t', 0);
    expect(calls.n).toBeLessThan(10);
    await turns(5);
    expect(calls.n).toBeLessThan(100);
    journal.endSubscriptions();
  });

  test('One that causes more than it takes is held to 1,000 facts that wait; what is lost is said and counted.', async () => {
    const said: string[] = [];
    const { journal } = at({ contained: new SafeCaller((problem) => said.push(problem)) });
    let calls = 0;
    journal.subscribe(() => {
      calls += 1;
      if (calls === 1) for (let n = 0; n < 1500; n++) journal.logEvent('t', n);
    });
    journal.logEvent('t', 'first');
    await turns(1100);
    expect(calls).toBe(1001);
    journal.endSubscriptions();
    expect(said).toEqual([
      'a listener to facts failed: it takes too long, and the oldest facts that wait for it are dropped',
      '500 facts were not handed to slow listeners',
    ]);
  });
});

describe('what listens to facts and throws', () => {
  test('Listeners to facts, records and timespans that throw or reject disturb no other, are counted, and are said once.', async () => {
    const said: string[] = [];
    const contained = new SafeCaller((problem) => said.push(problem));
    const boom = (): never => {
      throw new Error('EMFILE');
    };
    const sink = { on: true, write: boom, metric: boom };
    const { journal } = at({ contained, spans: sink });
    const [facts, spans]: [Fact[], Fact[]] = [[], []];
    journal.subscribe(boom, boom, 'the recording');
    journal.subscribe(async () => boom());
    journal.subscribeSpans(boom, 'the metrics');
    journal.subscribe((fact) => facts.push(fact));
    journal.subscribeSpans((fact) => spans.push(fact));
    const origin = { cause: 'tick-1', run: null };
    for (let i = 0; i < 3; i++) {
      journal.spans.start('tick', null, origin, () => ({}))?.finish({});
      journal.spans.metric(() => ({ n: 1 }));
      journal.logEvent('t', i);
      journal.track('task/T', 'idle').to(i % 2 ? 'idle' : 'running', 'so', origin);
      const context = { emitter: 'MAIN', action: 'starting', item: null, itemId: null };
      journal.record({ time: 0, level: 'info', context, mark: 'START/MSG', message: 'm' });
    }
    await turns(40);
    expect(facts).toHaveLength(18);
    expect(spans).toHaveLength(9);
    const once = ['a listener to facts', 'the metrics', 'the recording', 'the sink of timespans'];
    expect(said.sort()).toEqual(once.map((who) => `${who} failed: EMFILE`));
    said.length = 0;
    contained.reportCounts();
    expect(said.sort()).toEqual([
      'a listener to facts failed 18 times in all',
      'the metrics failed 9 times in all',
      'the recording failed 18 times in all',
      'the sink of timespans failed 9 times in all',
    ]);
  });

  test('What says failures may fail too.', () => {
    const contained = new SafeCaller(() => {
      throw new Error('full');
    });
    const act = () => {
      throw Object.create(null);
    };
    expect(() => contained.call({}, 'x', act, 1, 2)).not.toThrow();
  });
});

describe('items', () => {
  test('The topic and the story of a removed item stay an hour.', () => {
    const { journal, pass } = at();
    const track = journal.track('condition/C', 'new');
    track.to('waiting', 'it is in the file', { cause: 'start-1', run: null });
    journal.depart('condition/C');
    pass(3_599_999);
    expect(journal.getEvents('condition/C')).toHaveLength(1);
    expect(journal.states.get('condition/C')).toBe('waiting');
    pass(1);
    expect(journal.getEvents('condition/C')).toEqual([]);
    expect(journal.states.has('condition/C')).toBe(false);
  });

  test('An item that comes back within the hour keeps them.', () => {
    const { journal, pass } = at();
    journal.track('condition/C', 'new').to('waiting', 'it is in the file', { cause: 'start-1', run: null });
    journal.depart('condition/C');
    pass(1000);
    journal.track('condition/C', 'new');
    pass(7_200_000);
    expect(journal.getEvents('condition/C')).toHaveLength(1);
  });

  test('A change of state is an event under the topic of its item.', () => {
    const { journal } = at();
    journal.track('task/T', 'idle').to('running', 'run by condition C', { cause: 'tick-1', run: 'run-1' });
    expect(journal.getEvents('task/T')).toMatchObject([
      {
        run: 'run-1',
        cause: 'tick-1',
        message: { action: 'transition', start: 'idle', finish: 'running', why: 'run by condition C' },
      },
    ]);
  });
});

describe('the envelope', () => {
  test('Records, changes of state and events have one sequence without a gap, and both times.', () => {
    const { journal } = at();
    const facts: Fact[] = [];
    journal.subscribe((fact) => facts.push(fact));
    const context = { emitter: 'CONDITION', action: 'active', item: 'C', itemId: 4 };
    const origin = { cause: 'tick-1', run: 'run-1' };
    journal.record({ time: 1_000_000, level: 'info', context, mark: 'PROC/MSG', message: 'hello', origin });
    journal.track('condition/C', 'waiting').to('running', 'it was time', origin);
    journal.logEvent('t', 1, { item: 'condition/C', origin });
    expect(facts.map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, 'log'],
      [2, 'transition'],
      [3, 'event'],
    ]);
    for (const fact of facts)
      expect(fact).toMatchObject({ time: 1_000_000, mono: 500, item: 'condition/C', run: 'run-1', cause: 'tick-1' });
  });

  test('Nothing is handed on after a subscription has ended.', () => {
    const { journal } = at();
    const facts: Fact[] = [];
    const end = journal.subscribe((fact) => facts.push(fact));
    end();
    journal.logEvent('t', 1);
    expect(facts).toEqual([]);
  });

  test.each([
    ['CONDITION', 'condition/X'],
    ['COMMAND_CONDITION', 'condition/X'],
    ['CONDITION_REGISTRY', 'condition/X'],
    ['LUA_TASK', 'task/X'],
    ['TASK_REGISTRY', 'task/X'],
    ['FSCHANGE_EVENT', 'event/X'],
    ['MAIN', null],
  ])('A record of %s about X is about %s.', (emitter, item) => {
    const { journal } = at();
    const context = { emitter, action: 'new', item: 'X', itemId: 1 };
    journal.record({ time: 0, level: 'warn', context, mark: 'PROC/MSG', message: '' });
    expect(journal.records()[0]?.item).toBe(item);
  });

  test('Memory does not grow: after 100,000 facts of all kinds only the last ones are kept.', () => {
    const { journal } = at();
    const context = { emitter: 'MAIN', action: 'x', item: null, itemId: null };
    const track = journal.track('task/T', 'idle');
    const ids = new TraceIds();
    for (let i = 0; i < 33_334; i++) {
      const origin = ids.run(ids.cause('tick').cause);
      journal.record({ time: i, level: 'info', context, mark: 'PROC/MSG', message: String(i), origin });
      track.to(i % 2 === 0 ? 'running' : 'failed', `reason ${i}`, origin);
      journal.logEvent('t', i);
    }
    expect(journal.records()).toHaveLength(1000);
    expect(journal.getEvents('all')).toHaveLength(1000);
    expect(journal.stories).toMatchObject({ total: 33_334, dropped: 32_334 });
    expect(journal.stories.chapters).toHaveLength(1000);
  });
});

describe('What is kept in memory is limited in bytes, too', () => {
  const long = 'x'.repeat(50_000);
  const charactersIn = (value: unknown) => JSON.stringify(value).length;
  const MOST = KEPT_BYTES / 2;

  test('Long records drive out older ones, not the newest.', () => {
    const { journal } = at();
    const context = { emitter: 'MAIN', action: 'x', item: null, itemId: null };
    for (let i = 0; i < 200; i++)
      journal.record({ time: i, level: 'info', context, mark: 'PROC/MSG', message: `${i} ${long}` });
    const kept = journal.records();
    expect(charactersIn(kept)).toBeLessThan(MOST);
    expect(kept.map(({ time }) => time)).toEqual(kept.map((_, i) => 199 - i));
    expect(kept.length).toBeGreaterThan(15);
  });

  test('Long reasons of one item and of many: older transitions go, and are counted.', () => {
    const { journal } = at();
    for (let i = 0; i < 200; i++) {
      journal.track('condition/C', 'waiting').to('waiting', `${i} ${long}`, { cause: `tick-${i}`, run: null });
      journal.track(`condition/D${i % 10}`, 'waiting').to('waiting', `${i} ${long}`, { cause: 'tick-0', run: null });
    }
    const { chapters, total, dropped } = journal.stories;
    expect(charactersIn(chapters)).toBeLessThan(MOST);
    expect(chapters.length).toBeGreaterThan(15);
    expect(total).toBe(400);
    expect(dropped).toBe(400 - chapters.length);
    expect(charactersIn(journal.getEvents('condition/C'))).toBeLessThan(MOST);
    expect(journal.countOf('condition/C')).toBe(200);
    expect(journal.lastOf('condition/C')?.why).toMatch(/^199 /);
  });

  test('The transitions that an item keeps for itself take 64 KiB at most.', () => {
    const { journal } = at({ storyLength: 1 });
    for (let i = 0; i < 16; i++)
      journal
        .track('condition/C', 'waiting')
        .to('waiting', `${i} ${long.slice(0, 8000)}`, { cause: 'tick-1', run: null });
    const own = journal.story('C');
    expect(charactersIn(own)).toBeLessThan(OWN_TRANSITIONS_BYTES / 2);
    expect(own.map(({ why }) => why.slice(0, 3))).toEqual(['13 ', '14 ', '15 ']);
  });

  test('Events of a topic, by the texts in them; their number is that of all.', () => {
    const { journal } = at();
    for (let i = 0; i < 200; i++)
      journal.logEvent('t', { i, list: [{ [long.slice(0, 20_000)]: long.slice(0, 20_000) }] });
    const kept = journal.getEvents('t');
    expect(charactersIn(kept)).toBeLessThan(MOST);
    expect(kept.length).toBeGreaterThan(15);
    expect(kept.at(-1)?.message).toMatchObject({ i: 199 });
    expect(journal.countOf('t')).toBe(200);
  });

  test('Topics that scripts make up, all together: the one that was quiet longest goes.', () => {
    const { journal } = at();
    for (let i = 0; i < 900; i++) journal.logEvent(`t${i}`, long);
    const kept = [...journal.getEvents()].filter(([topic]) => topic !== 'all');
    expect(charactersIn(kept)).toBeLessThan(FULL_TOPICS * MOST);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.at(-1)?.[0]).toBe('t899');
    expect(journal.getEvents('t0')).toEqual([]);
  });

  test('A store of more entries has room for them, and one of all entries has no limit.', () => {
    const reason = long.slice(0, 300);
    for (const [storyLength, count] of [
      [5000, 5000],
      [0, 6000],
    ] as const) {
      const { journal } = at({ storyLength });
      const track = journal.track('condition/C', 'waiting');
      for (let i = 0; i < 6000; i++) track.to('waiting', `${i} ${reason}`, { cause: 'tick-1', run: null });
      expect(journal.stories.chapters).toHaveLength(count);
      expect(journal.stories.chapters.at(-1)?.why).toMatch(/^5999 /);
      expect(journal.stories.chapters[0]?.why).toMatch(new RegExp(`^${6000 - count} `));
    }
  });

  test('After long entries there is room for short ones again.', () => {
    const { journal } = at();
    for (let i = 0; i < 100; i++) journal.logEvent('t', long);
    for (let i = 0; i < 2500; i++) journal.logEvent('t', i);
    expect(values(journal.getEvents('t'))).toEqual(Array.from({ length: 1000 }, (_, i) => 1500 + i));
  });
});

describe('the last records', () => {
  const filled = () => {
    const { journal } = at();
    const say = (time: number, level: 'info' | 'warn', item: string | null) =>
      journal.record({
        ...{ time, level, mark: 'PROC/MSG', message: String(time) },
        context: { emitter: 'TASK', action: 'active', item, itemId: item === null ? null : 1 },
      });
    for (let i = 1; i <= 4; i++) say(i * 1000, i % 2 === 0 ? 'warn' : 'info', i > 2 ? 'B' : 'A');
    return journal;
  };
  test.each([
    ['newest first', {}, [4000, 3000, 2000, 1000]],
    ['at most n', { n: 2 }, [4000, 3000]],
    ['all with n = 0', { n: 0 }, [4000, 3000, 2000, 1000]],
    ['not older than an instant', { since: 2000 }, [4000, 3000, 2000]],
    ['of a level and more severe', { level: 'warn' as const }, [4000, 2000]],
    ['about an item', { item: 'A' }, [2000, 1000]],
    ['about an item with its section', { item: 'task/B' }, [4000, 3000]],
    ['about nothing that is known', { item: 'condition/B' }, []],
  ])('are answered %s', (_, query, times) => {
    expect(
      filled()
        .records(query)
        .map(({ time }) => time),
    ).toEqual(times);
  });
});
