import { describe, expect, test } from 'vitest';
import { OutputFollower, type OutputPart } from '../../src/control/output-stream.ts';
import { EventBuffer } from '../../src/host/event-stream.ts';
import { cancelResult, runResult } from '../../src/host/run-results.ts';
import { EventQueue } from '../../src/plugins/event-queue.ts';

describe('events between what makes them and a loop', () => {
  const made = (limit: number) => {
    const stream = new EventBuffer<object>({ limit }, new Set());
    let push: (entry: object) => void = () => {};
    let left = 0;
    stream.open((to) => {
      push = to;
      return () => {
        left += 1;
      };
    });
    return { stream, push: (entry: object) => push(entry), left: () => left };
  };

  test('that nobody has read are dropped, the oldest first, and a gap among them counts as what it says', async () => {
    const { stream, push } = made(2);
    for (const entry of [{ dropped: 5 }, { dropped: 'words' }, { n: 1 }, { n: 2 }]) push(entry);
    expect(await stream.next()).toEqual({ done: false, value: { dropped: 6 } });
    expect(await stream.next()).toEqual({ done: false, value: { n: 1 } });
    expect(await stream.next()).toEqual({ done: false, value: { n: 2 } });
  });

  test('end with what fails, after those that wait; what comes later is nothing', async () => {
    const { stream, push, left } = made(9);
    push({ n: 1 });
    stream.fail(new Error('the first'));
    stream.fail(new Error('the second'));
    push({ n: 2 });
    expect(left()).toBe(1);
    expect(await stream.next()).toEqual({ done: false, value: { n: 1 } });
    await expect(stream.next()).rejects.toThrow('the first');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('fail the loop that waits', async () => {
    const { stream } = made(9);
    const [first, second] = [stream.next(), stream.next()];
    stream.fail(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    expect(await second).toEqual({ done: true, value: undefined });
  });

  test('are not subscribed to any more where the loop has ended meanwhile', () => {
    const stream = new EventBuffer<object>({}, new Set());
    stream.end();
    let left = 0;
    stream.open(() => () => {
      left += 1;
    });
    expect(left).toBe(1);
  });
});

describe('events for a plugin', () => {
  test('that it is too slow for are counted, and after its end none is given', async () => {
    const given: object[] = [];
    const queue = new EventQueue<{ n: number }>(
      Promise.resolve(),
      (event) => given.push(event),
      (dropped) => given.push({ dropped }),
    );
    for (let n = 0; n < 1002; n += 1) queue.push({ n });
    await queue.idle();
    expect(given.slice(0, 2)).toEqual([{ dropped: 2 }, { n: 2 }]);
    expect(given).toHaveLength(1001);
    queue.push({ n: 2000 });
    queue.close();
    queue.push({ n: 2001 });
    await queue.idle();
    expect(given).toHaveLength(1001);
  });
});

describe('what a run writes, for a client', () => {
  const followed = (takes: () => boolean = () => true, now = () => 0) => {
    const parts: OutputPart[] = [];
    const send = (part: OutputPart): boolean => {
      const taken = takes();
      if (taken) parts.push(part);
      return taken;
    };
    const follower = new OutputFollower({ send } as never, (text) => text.replaceAll('secret', '•••'), now);
    const text = () => parts.map((part) => ('text' in part ? part.text : JSON.stringify(part))).join('');
    return { follower, text };
  };

  test('has no line of a private key, however its pieces come', async () => {
    const { follower, text } = followed();
    follower.begin({ stdout: 'a secret\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n' });
    follower.piece('stdout', 'abcd\nefgh\n');
    follower.piece('stderr', 'of the other stream\n');
    follower.piece('stdout', 'ijkl\n-----END RSA PRIVATE KEY-----\nafter\n');
    follower.piece('stdout', '-----BEGIN PRIVATE KEY-----\nmnop\n-----END PRIVATE KEY-----\nlast');
    follower.end();
    await follower.ended;
    expect(text()).not.toMatch(/abcd|efgh|ijkl/);
    expect(text()).toContain('a •••\n');
    expect(text()).toMatch(/of the other stream\n.*after\n[\s\S]*last$/s);
  });

  test('goes on with a whole line after what was left out, and counts what the client does not take', async () => {
    let [full, now] = [false, 0];
    const { follower, text } = followed(
      () => !full,
      () => now,
    );
    follower.piece('stdout', 'x'.repeat(2 ** 18));
    follower.piece('stdout', 'left out');
    now += 1000;
    follower.piece('stdout', ', the same line');
    follower.piece('stdout', ' still\nnext\n');
    full = true;
    follower.piece('stdout', 'lost\n');
    follower.piece('stdout', 'too\n');
    expect(follower.leftOut).toBe(9);
    full = false;
    follower.piece('stdout', 'again\n');
    expect(follower.leftOut).toBe(0);
    expect(text()).toMatch(/^x{262144}\{"leftOut":8\}next\n\{"leftOut":9\}again\n$/);
  });
});

test('a command without an answer of its own is answered all the same', async () => {
  const later = Promise.resolve({ kind: 'done' } as const);
  expect(await runResult({ kind: 'done', later })).toEqual({ kind: 'no-effect', reason: '' });
  expect(await runResult({ kind: 'refused', reason: 'no' })).toEqual({ kind: 'refused', reason: 'no' });
  const run = { id: 'run-1', outcome: 'success' } as const;
  expect(await runResult({ kind: 'done', said: 'it ran', run })).toEqual({ kind: 'done', ...run, said: 'it ran' });
  expect(await cancelResult({ kind: 'done', later })).toEqual({ kind: 'done', said: '' });
});
