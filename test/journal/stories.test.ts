import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/journal/fact.ts';
import { Journal, type JournalOptions } from '../../src/journal/journal.ts';

const at = (options: JournalOptions = {}) => {
  let now = 0;
  const journal = new Journal({ wall: () => 1_000_000 + now, mono: () => now }, options);
  return { journal, pass: (ms: number) => (now += ms) };
};
const tick = (n: number, run: string | null = null) => ({ cause: `tick-${n}`, run });

describe('a story', () => {
  test('tells each change with key, start, finish, cause, run, why and time.', () => {
    const { journal, pass } = at();
    const track = journal.track('condition/C', 'waiting');
    track.to('running', 'its interval of 5 s has passed', tick(3, 'run-1'));
    pass(2000);
    track.to('waiting', 'its tasks have run without a failure', tick(3, 'run-1'));
    expect(journal.story('C')).toMatchObject([
      {
        ...{ key: 'condition/C', start: 'waiting', finish: 'running', cause: 'tick-3', run: 'run-1' },
        ...{ why: 'its interval of 5 s has passed', time: 1_000_000, count: 1 },
      },
      { start: 'running', finish: 'waiting', time: 1_002_000, lastTime: 1_002_000 },
    ]);
  });

  test('counts equal reasons in a row instead of repeating them.', () => {
    const { journal, pass } = at();
    const track = journal.track('condition/C', 'waiting');
    for (let i = 1; i <= 5; i++) {
      track.to('waiting', 'stdout lacked "ready"', tick(i));
      pass(1000);
    }
    track.to('waiting', 'exit code 1', tick(6));
    expect(journal.story('C').map(({ why, count, cause, lastCause }) => [why, count, cause, lastCause])).toEqual([
      ['stdout lacked "ready"', 5, 'tick-1', 'tick-5'],
      ['exit code 1', 1, 'tick-6', 'tick-6'],
    ]);
    expect(journal.story('C')[0]).toMatchObject({ time: 1_000_000, lastTime: 1_004_000 });
  });

  test('counts checks that alternate with the state between them too.', () => {
    const { journal } = at();
    const track = journal.track('condition/C', 'waiting');
    for (let i = 1; i <= 3; i++) {
      track.to('checking', 'it was its turn', tick(i));
      track.to('waiting', 'exit code 1', tick(i));
    }
    expect(journal.story('C').map(({ finish, count }) => [finish, count])).toEqual([
      ['checking', 3],
      ['waiting', 3],
    ]);
    expect(journal.stories.total).toBe(2);
  });

  test('What a task comes to is counted for the condition that has run it, not for all of them.', () => {
    const { journal } = at();
    const track = journal.track('task/T', 'idle');
    ['C', 'C', 'C', 'D', 'D', 'C'].forEach((condition, i) => {
      track.to('running', `run by condition ${condition}`, tick(i, `run-${i}`));
      track.to('failed', 'exit code 3', tick(i, `run-${i}`));
    });
    const failed = journal.story('T').filter(({ finish }) => finish === 'failed');
    expect(failed.map(({ count, run, lastRun }) => [count, run, lastRun])).toEqual([
      [3, 'run-0', 'run-2'],
      [2, 'run-3', 'run-4'],
      [1, 'run-5', 'run-5'],
    ]);
  });

  test('is found by the run it is about, the first and the last of equal ones.', () => {
    const { journal } = at();
    const track = journal.track('task/T', 'idle');
    for (let i = 0; i < 4; i++) {
      track.to('running', 'run by condition C', tick(i, `run-${i}`));
      track.to('failed', 'exit code 3', tick(i, `run-${i}`));
    }
    const found = (run: string) => journal.story(run).map(({ finish, count }) => [finish, count]);
    expect(found('run-0')).toEqual([
      ['running', 1],
      ['failed', 4],
    ]);
    expect(found('run-3')).toEqual([
      ['failed', 4],
      ['running', 3],
    ]);
    expect(found('run-2')).toEqual([]);
  });

  test('is found by the exact name, not by a part of it.', () => {
    const { journal } = at();
    for (const name of ['Back', 'Backup', 'Backup2'])
      journal.track(`task/${name}`, 'idle').to('running', name, tick(1));
    expect(journal.story('Backup').map(({ why }) => why)).toEqual(['Backup']);
    expect(journal.story('task/Backup').map(({ why }) => why)).toEqual(['Backup']);
    expect(journal.story('condition/Backup')).toEqual([]);
    expect(journal.story('backup')).toEqual([]);
  });

  test('is found by its cause, the first and the last one of a row.', () => {
    const { journal } = at();
    journal.track('condition/C', 'waiting').to('running', 'x', tick(1));
    journal.track('task/T', 'idle').to('running', 'y', tick(1));
    journal.track('task/U', 'idle').to('running', 'z', tick(10));
    expect(journal.story('tick-1').map(({ key }) => key)).toEqual(['condition/C', 'task/T']);
    journal.track('task/U', 'idle').to('running', 'waits', tick(11));
    journal.track('task/U', 'idle').to('running', 'waits', tick(12));
    expect(journal.story('tick-12').map(({ why }) => why)).toEqual(['waits']);
  });

  test('of several items is one, in order, each chapter once.', () => {
    const { journal } = at();
    journal.track('condition/C', 'waiting').to('running', 'x', tick(1));
    journal.track('task/T', 'idle').to('running', 'y', tick(1));
    expect(journal.story('T', 'C', 'tick-1').map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('Times and numbers ascend.', () => {
    const { journal, pass } = at();
    const track = journal.track('task/T', 'idle');
    for (let i = 0; i < 20; i++) {
      track.to(`state ${i}`, 'because', tick(i));
      pass(10);
    }
    const story = journal.story('T');
    expect(story.length).toBe(20);
    for (const [i, chapter] of story.entries())
      if (i > 0) {
        expect(chapter.seq).toBeGreaterThan(story[i - 1]!.seq);
        expect(chapter.time).toBeGreaterThan(story[i - 1]!.time);
      }
  });

  test('The length of the ring is configurable; what is dropped is counted.', () => {
    const { journal } = at({ storyLength: 3 });
    for (let i = 0; i < 5; i++) journal.track(`task/T${i}`, 'idle').to('running', 'x', tick(i));
    expect(journal.stories).toMatchObject({ total: 5, dropped: 2 });
    expect(journal.stories.chapters.map(({ key }) => key)).toEqual(['task/T2', 'task/T3', 'task/T4']);
  });

  test('With a length of 0 everything is kept.', () => {
    const { journal } = at({ storyLength: 0 });
    for (let i = 0; i < 5000; i++) journal.track(`task/T${i}`, 'idle').to('running', 'x', tick(i));
    expect(journal.stories).toMatchObject({ total: 5000, dropped: 0 });
  });

  test('A busy item does not drive out the last chapters of a quiet one.', () => {
    const { journal } = at({ storyLength: 10 });
    journal.track('condition/Nightly', 'waiting').to('suspended', 'suspended by a command', tick(1));
    for (let i = 0; i < 1000; i++) journal.track('task/T', 'idle').to(`state ${i}`, 'x', tick(i));
    expect(journal.story('Nightly').map(({ why }) => why)).toEqual(['suspended by a command']);
  });
});

describe('what a listener gets of it', () => {
  const heard = () => {
    const { journal } = at();
    const facts: Fact[] = [];
    journal.subscribe((fact) => facts.push(fact));
    return { journal, facts };
  };

  test('Each change of state is a fact of its own, repeated or not.', () => {
    const { journal, facts } = heard();
    const track = journal.track('task/T', 'idle');
    for (let i = 0; i < 2; i++) {
      track.to('running', 'run by condition C', tick(i, `run-${i}`));
      track.to('succeeded', 'exit code 0', tick(i, `run-${i}`));
    }
    expect(facts.map((fact) => [fact.kind, fact.seq, fact.cause])).toEqual([
      ['transition', 1, 'tick-0'],
      ['transition', 2, 'tick-0'],
      ['transition', 3, 'tick-1'],
      ['transition', 4, 'tick-1'],
    ]);
  });

  test('Equal looks that change nothing are one fact, and their number another at the end of the row.', () => {
    const { journal, facts } = heard();
    const track = journal.track('condition/C', 'waiting');
    for (let i = 0; i < 4; i++) track.to('waiting', 'no', tick(i));
    track.to('running', 'yes', tick(5));
    expect(facts).toMatchObject([
      { kind: 'transition', seq: 1, why: 'no' },
      { kind: 'repeat', seq: 2, of: 1, count: 4, cause: 'tick-3' },
      { kind: 'transition', seq: 3, why: 'yes' },
    ]);
  });

  test('A journal made of the facts tells the same stories, events and records.', () => {
    const { journal, facts } = heard();
    const track = journal.track('condition/C', 'waiting');
    for (let i = 0; i < 4; i++) track.to('waiting', 'no', tick(i));
    for (let i = 0; i < 3; i++) {
      track.to('checking', 'it was its turn', tick(i));
      track.to('waiting', 'exit code 1', tick(i));
    }
    journal.logEvent(['a', 'b'], { n: 1 });
    const context = { emitter: 'TASK', action: 'active', item: 'T', itemId: 1 };
    journal.record({ time: 5, level: 'warn', context, mark: 'END/FAIL', message: 'no', origin: tick(1, 'run-1') });
    journal.settle();
    const { journal: again } = at({ storyLength: 0, topicLength: 0, recordsLength: 0 });
    for (const fact of facts) again.restore(JSON.parse(JSON.stringify(fact)) as Fact);
    expect(again.story('C')).toEqual(journal.story('C'));
    expect(again.getEvents('b')).toEqual(journal.getEvents('b'));
    expect(again.states).toEqual(journal.states);
    expect(again.records().map(({ message, run }) => [message, run])).toEqual([['no', 'run-1']]);
    expect(again.last).toBe(journal.last);
  });
});
