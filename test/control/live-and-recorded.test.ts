import { describe, expect, test } from 'vitest';
import { answerQuery, type QuerySource, type StoryAnswer } from '../../src/control/queries.ts';
import { recordingSource } from '../../src/control/recording-source.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';

const HEAD = { journal: 2, version: '2.0.0', session: 's', started: 0, pid: 7, part: 1 } as const;
const STORY = { request: 'story', items: ['C'] } as const;
const TOPICS = { request: 'events' } as const;
const TOPIC = { request: 'events', topic: 'condition/C' } as const;

const withoutOrder = ({ chapters, dropped }: StoryAnswer) => ({
  chapters: chapters.map(({ order: _, ...chapter }) => chapter),
  dropped,
});

/** A journal that is recorded, a condition in it, and both ways to ask. */
const recorded = () => {
  let now = 0;
  const journal = new Journal({ wall: () => 1_000_000 + now, mono: () => now });
  const facts: Fact[] = [];
  journal.subscribe(
    (fact) => void facts.push(fact),
    (record) => void facts.push(journal.factOf(record)),
  );
  const track = journal.track('condition/C', 'waiting');
  let ticks = 0;
  const check = (...steps: readonly (readonly [state: string, why: string])[]) => {
    ticks += 1;
    for (const [state, why] of steps) track.to(state, why, { cause: `tick-${ticks}`, run: `run-${ticks}` });
    now += 5000;
  };
  const live: QuerySource = { journal, status: () => undefined };
  const ask = async (source: QuerySource) => ({
    // In their order, which is what these numbers are for.
    story: withoutOrder((await answerQuery(source, STORY)) as StoryAnswer),
    topics: await answerQuery(source, TOPICS),
    topic: await answerQuery(source, TOPIC),
  });
  const both = async () => {
    // A listener gets its facts in later turns.
    await new Promise((resolve) => setImmediate(resolve));
    return [await ask(live), await ask(recordingSource({ head: HEAD, facts, cut: false, bad: [] }, 'rec'))] as const;
  };
  return { journal, check, both, facts };
};

describe('A running instance and its recording answer alike', () => {
  test.each<readonly [string, number, (turn: number) => readonly (readonly [string, string])[]]>([
    [
      'that fails by way of its own state',
      500,
      () => [
        ['checking', 'scheduled'],
        ['waiting', 'exit code 1'],
      ],
    ],
    ['that stays in its state', 500, () => [['waiting', 'the idle time is unknown']]],
    ['with two outcomes in turn', 500, (turn) => [['waiting', turn % 2 === 0 ? 'one' : 'another']]],
    [
      'with a third outcome now and then',
      500,
      (turn) => [['waiting', turn % 7 === 6 ? 'a third' : turn % 2 === 0 ? 'one' : 'another']],
    ],
  ])('a condition %s', async (_, count, steps) => {
    const { journal, check, both } = recorded();
    for (let turn = 0; turn < count; turn++) check(...steps(turn));
    journal.settle();
    const [live, recording] = await both();
    expect(recording).toEqual(live);
    const checks = live.story.chapters.filter(({ finish }) => finish === 'waiting');
    expect(checks.reduce((sum, one) => sum + one.count, 0)).toBe(count);
  });

  test('while a row goes on, the recording is not more than a minute behind', async () => {
    const { check, both, facts } = recorded();
    for (let turn = 0; turn < 500; turn++) check(['waiting', 'the idle time is unknown']);
    const [live, recording] = await both();
    expect(live.story.chapters).toMatchObject([{ count: 500 }]);
    const { count, lastTime } = recording.story.chapters[0]!;
    expect(count).toBeGreaterThan(500 - 60 / 5);
    expect(lastTime).toBe(1_000_000 + 5000 * (count - 1));
    expect(recording.topics).toEqual(live.topics);
    expect(facts.length).toBeLessThan(50);
  });
});
