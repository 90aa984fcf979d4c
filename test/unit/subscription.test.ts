import { expect, test } from 'vitest';
import { abortReason, type CancelSignal, onAbort, unlessAborted, unsubscriber } from '../../src/subscription.ts';

test('What a signal has ended already does not begin.', () => {
  const ended: string[] = [];
  onAbort(AbortSignal.abort(), () => ended.push('at once'));
  const leave = unsubscriber(() => ended.push('subscription'), AbortSignal.abort());
  leave();
  expect(ended).toEqual(['at once', 'subscription']);
});

test('A subscription ends once, and the signal does not end it again.', () => {
  const stop = new AbortController();
  let ended = 0;
  const leave = unsubscriber(() => (ended += 1), stop.signal);
  leave();
  leave[Symbol.dispose]();
  stop.abort();
  expect(ended).toBe(1);
});

test('A promise is waited for until the signal says why not.', async () => {
  const stop = new AbortController();
  const waiting = unlessAborted(new Promise(() => {}), stop.signal);
  stop.abort('enough');
  await expect(waiting).rejects.toBe('enough');
  await expect(unlessAborted(Promise.resolve(3), undefined)).resolves.toBe(3);
  await expect(unlessAborted(Promise.resolve(4), new AbortController().signal)).resolves.toBe(4);
});

test('A signal without a reason has one for what it ends.', () => {
  const signal: CancelSignal = { aborted: true, addEventListener: () => {}, removeEventListener: () => {} };
  expect(abortReason(signal)).toMatchObject({ name: 'AbortError', message: 'it was aborted' });
});
