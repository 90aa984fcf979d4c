import { afterEach, describe, expect, test } from 'vitest';
import type { LockAnswer, LockPart } from '../../src/control/locks.ts';
import { MOST_LOCKS } from '../../src/control/locks.ts';
import type { Request } from '../../src/control/request.ts';
import type { StateAnswer } from '../../src/core/ports.ts';
import { runSecrets } from '../../src/run-secrets.ts';
import { task } from '../support/items.ts';
import { requestHandler, responseStream, settle } from '../support/request-handler.ts';

afterEach(() => runSecrets.clear());

describe('state', () => {
  const asked = async () => {
    const { ask } = await requestHandler(task('T'));
    return (request: Omit<Extract<Request, { request: 'state' }>, 'request'>) =>
      ask<StateAnswer>({ request: 'state', ...request });
  };

  test('keeps texts, booleans and numbers by name and key, and says whether they were there', async () => {
    const state = await asked();
    expect(await state({ action: 'get', name: 'disk' })).toEqual({ found: false });
    expect(await state({ action: 'set', name: 'disk', key: 'limit', value: 90 })).toEqual({ found: false });
    expect(await state({ action: 'set', name: 'disk', key: 'limit', value: 80.5 })).toEqual({ found: true });
    await state({ action: 'set', name: 'disk', key: 'full', value: false });
    await state({ action: 'set', name: 'disk', key: 'note', value: 'zwölf' });
    expect(await state({ action: 'get', name: 'disk' })).toEqual({
      ...{ found: true, value: { limit: 80.5, full: false, note: 'zwölf' } },
    });
    expect(await state({ action: 'get', name: 'disk', key: 'note' })).toEqual({ found: true, value: 'zwölf' });
    expect(await state({ action: 'list', name: 'disk' })).toEqual({ found: true, names: ['full', 'limit', 'note'] });
    expect(await state({ action: 'remove', name: 'disk', key: 'full' })).toEqual({ found: true });
    expect(await state({ action: 'remove', name: 'disk', key: 'full' })).toEqual({ found: false });
    await state({ action: 'set', name: 'other', value: { a: 1 } });
    expect(await state({ action: 'list' })).toEqual({ found: true, names: ['disk', 'other'] });
    await state({ action: 'set', name: 'other', value: { b: 2 } });
    expect(await state({ action: 'get', name: 'other' })).toEqual({ found: true, value: { b: 2 } });
    expect(await state({ action: 'remove', name: 'other' })).toEqual({ found: true });
    expect(await state({ action: 'list' })).toEqual({ found: true, names: ['disk'] });
    expect(await state({ action: 'list', name: 'other' })).toEqual({ found: false, names: [] });
  });

  test('what get answers can be set again: numbers without JSON, texts that are not UTF-8, and __proto__', async () => {
    const state = await asked();
    const value = { inf: { float: 'Infinity' }, raw: { bytes: '/w==' }, minus: -0.5, ['__proto__']: 1 };
    await state({ action: 'set', name: 'a', value: JSON.parse(JSON.stringify(value)) });
    const found = await state({ action: 'get', name: 'a' });
    expect(JSON.stringify(found.value)).toBe(JSON.stringify(value));
  });

  test.each<[request: Parameters<Awaited<ReturnType<typeof asked>>>[0], reason: RegExp]>([
    [{ action: 'get' }, /^the name of a shared state is missing$/],
    [{ action: 'get', name: 'a b' }, /^"a b" is not the name of a shared state: expected letters, digits and _$/],
    [{ action: 'set', name: 'a', key: '1x', value: 1 }, /^"1x" is not the name of a key/],
    [{ action: 'set', name: 'a', key: 'b' }, /^the value is missing$/],
    [{ action: 'set', name: 'a', key: 'b', value: null }, /^the value of b is null: only texts, booleans and numbers/],
    [{ action: 'set', name: 'a', key: 'b', value: [1] }, /^the value of b is a list: only texts/],
    [{ action: 'set', name: 'a', value: { b: { c: 1 } } }, /^the value of b is an object: only texts/],
    [{ action: 'set', name: 'a', value: 1 }, /^without a key the value has to be an object/],
    [{ action: 'set', name: 'a', value: { 'b c': 1 } }, /^"b c" is not the name of a key/],
  ])('%j is refused with the reason, and changes nothing', async (request, reason) => {
    const state = await asked();
    await expect(state(request)).rejects.toThrow(reason);
    expect(await state({ action: 'list' })).toEqual({ found: true, names: [] });
  });

  test('programs cannot fill the memory with states', async () => {
    const state = await asked();
    const value = 'x'.repeat(1 << 20);
    for (let i = 0; i < 15; i++) await state({ action: 'set', name: 'a', key: `k${i}`, value });
    await expect(state({ action: 'set', name: 'b', key: 'k', value })).rejects.toThrow(
      /^the shared states have at most 16 MiB together$/,
    );
    await state({ action: 'remove', name: 'a', key: 'k0' });
    expect(await state({ action: 'set', name: 'b', key: 'k', value })).toEqual({ found: false });
  });

  test('secrets that were read for runs are masked in answers', async () => {
    runSecrets.add('hunter2hunter2');
    const state = await asked();
    await state({ action: 'set', name: 'a', key: 'b', value: 'hunter2hunter2' });
    expect(JSON.stringify(await state({ action: 'get', name: 'a' }))).not.toContain('hunter2');
  });
});

describe('lock', () => {
  const locker = async () => {
    const { daemon, ask } = await requestHandler(task('T'));
    const lock = (request: Partial<Extract<Request, { request: 'lock' }>> = {}) => {
      const stream = responseStream();
      let answer: LockAnswer | undefined;
      const over = ask<LockAnswer>({ request: 'lock', name: 'disk', ...request }, stream.one).then((found) => {
        answer = found;
      });
      return { ...stream, parts: stream.parts as LockPart[], over, answer: () => answer };
    };
    return { daemon, lock };
  };

  test('goes to one after the other in the order in which they came, and back when the connection is closed', async () => {
    const { lock } = await locker();
    const first = lock({ by: 'rsync (process 1)' });
    const second = lock({ by: 'borg (process 2)' });
    const third = lock();
    await settle();
    const waiting = (holder: string) => ({ name: 'disk', state: 'waiting', holder });
    const granted = { name: 'disk', state: 'granted' };
    expect(first.parts).toEqual([granted]);
    expect([second.parts, third.parts]).toEqual([[waiting('rsync (process 1)')], [waiting('rsync (process 1)')]]);
    first.leave();
    await settle();
    expect(first.answer()).toEqual({ name: 'disk', granted: true, holder: null });
    expect(second.parts).toEqual([waiting('rsync (process 1)'), granted]);
    expect(third.parts).toHaveLength(1);
    second.leave();
    await settle();
    expect(third.parts.at(-1)).toEqual(granted);
  });

  test('one that leaves while it waits does not get it', async () => {
    const { lock } = await locker();
    const [first, second, third] = [lock(), lock(), lock()];
    await settle();
    second.leave();
    await settle();
    expect(second.answer()).toMatchObject({ granted: false });
    first.leave();
    await settle();
    expect(second.parts.map(({ state }) => state)).toEqual(['waiting']);
    expect(third.parts.map(({ state }) => state)).toEqual(['waiting', 'granted']);
  });

  test('is not granted when the time is over, and at once with wait 0', async () => {
    const { daemon, lock } = await locker();
    const first = lock({ by: 'rsync' });
    const [patient, brief, none] = [lock(), lock({ wait: 10_000 }), lock({ wait: 0 })];
    await settle();
    expect(none.answer()).toEqual({ name: 'disk', granted: false, holder: 'rsync' });
    expect(brief.answer()).toBeUndefined();
    await daemon.advance(11);
    expect(brief.answer()).toEqual({ name: 'disk', granted: false, holder: 'rsync' });
    await daemon.advance(100_000);
    expect(patient.answer()).toBeUndefined();
    first.leave();
    await settle();
    expect(patient.parts.at(-1)).toMatchObject({ state: 'granted' });
  });

  test('another lock is free, and a name that is not one is refused', async () => {
    const { lock } = await locker();
    const [first, other] = [lock({ wait: 0 }), lock({ name: 'tape', wait: 0 })];
    await settle();
    expect([first.parts.at(-1)!.state, other.parts.at(-1)!.state]).toEqual(['granted', 'granted']);
    await expect(lock({ name: 'a b' }).over).rejects.toThrow(/^"a b" is not the name of a lock/);
  });

  test('is refused where too many wait, until one has left', async () => {
    const { lock } = await locker();
    const all = Array.from({ length: MOST_LOCKS }, () => lock());
    await settle();
    await expect(lock().over).rejects.toThrow(/^programs have or wait for 128 locks already: try again$/);
    all[5]!.leave();
    await settle();
    const next = lock();
    await settle();
    expect(next.parts.map(({ state }) => state)).toEqual(['waiting']);
  });

  test('what others are told of a holder is short and has no secrets', async () => {
    runSecrets.add('hunter2hunter2');
    const { lock } = await locker();
    lock({ by: `hunter2hunter2 ${'x'.repeat(1000)}` });
    const second = lock();
    await settle();
    const [{ holder = '' } = {}] = second.parts;
    expect(holder).not.toContain('hunter2');
    expect(holder.length).toBeLessThanOrEqual(200);
  });
});
