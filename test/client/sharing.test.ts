import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Lock, LockNotGrantedError, RequestRefusedError } from '../../src/library.ts';
import { onDemand, TICK } from '../support/program.ts';
import { ClientPlace } from './support.ts';

const script = (name: string, text: string): string =>
  `[[task]]\nname = "${name}"\ntype = "lua"\nscript = '''${text}'''\nexpected_results = { done = true }\n${onDemand(name, [name])}`;
const CONFIG = [
  TICK,
  script('Hello', 'local s = sharedstate.load("s"); s.n = s.n + 1; sharedstate.save("s", s); done = true'),
  script('Take', 'done = sync.lock("L", 0)'),
].join('');

let place: ClientPlace;
beforeEach(() => {
  place = new ClientPlace();
});
afterEach(() => place.clear());

test('A program and scripts have the same states.', async () => {
  await place.instance(CONFIG);
  const { state, ...client } = await place.client().then((made) => ({
    state: made.state,
    run: (name: string) => made.run(name),
  }));
  expect(await state.get('s')).toBeUndefined();
  expect(await state.list()).toEqual([]);
  await state.set('s', { n: 1, on: true, text: 'a' });
  expect(await client.run('Hello')).toMatchObject({ outcome: 'success' });
  expect(await state.get('s')).toEqual({ n: 2, on: true, text: 'a' });
  await state.set('s', 'n', 7.5);
  expect(await state.get('s', 'n')).toBe(7.5);
  expect([await state.remove('s', 'on'), await state.remove('s', 'on')]).toEqual([true, false]);
  expect(await state.get('s', 'on')).toBeUndefined();
  expect([await state.list(), [...(await state.list('s'))].sort()]).toEqual([['s'], ['n', 'text']]);
  expect([await state.remove('s'), await state.get('s')]).toEqual([true, undefined]);
  await expect(state.set('s', 'n', [] as never)).rejects.toBeInstanceOf(RequestRefusedError);
  await expect(state.set('s', 'n', Number.NaN)).rejects.toThrow('cannot be stored');
  await expect(state.get(5 as never)).rejects.toThrow('state.get: name: expected a text, found 5');
});

describe('locks', () => {
  const isTaken = async (): Promise<boolean> => {
    const client = await place.client();
    const run = await client.run('Take');
    return run.kind === 'done' && run.outcome !== 'success';
  };

  test('A lock is held until it is released, the client is closed, or its process ends.', async () => {
    await place.instance(CONFIG);
    const client = await place.client();
    const lock = await client.lock('L', { by: 'a test' });
    expect(await isTaken()).toBe(true);
    const other = await place.client();
    const refused = other.lock('L', { waitSeconds: 0 });
    await expect(refused).rejects.toBeInstanceOf(LockNotGrantedError);
    await expect(refused).rejects.toMatchObject({
      name: 'LockNotGrantedError',
      holder: expect.stringContaining('a test'),
    });
    const waiting = other.lock('L');
    await lock.release();
    await lock.release();
    expect(lock.lost.aborted).toBe(false);
    const second = await waiting;
    expect(await isTaken()).toBe(true);
    const lost = once(second.lost as AbortSignal, 'abort');
    await other.close();
    await lost;

    const third = await client.lock('L');
    await third[Symbol.asyncDispose]();
    expect(await isTaken()).toBe(false);
    // A process that is killed.
    const file = place.file('hold.cjs');
    const library = join(import.meta.dirname, '..', '..', 'dist', 'library.cjs');
    writeFileSync(
      file,
      `require(${JSON.stringify(library)}).connect({ socket: ${JSON.stringify(place.socket)} }).then((c) => c.lock('L')).then(() => console.log('held'));`,
    );
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(await isTaken()).toBe(true);
    const fourth = client.lock('L');
    child.kill('SIGKILL');
    expect((await fourth).name).toBe('L');
  });

  test('A signal ends the waiting, and a lock is lost with the instance.', async () => {
    const program = await place.instance(CONFIG);
    const client = await place.client();
    const lock: Lock = await client.lock('L');
    const controller = new AbortController();
    const waiting = client.lock('L', { signal: controller.signal });
    const refused = expect(waiting).rejects.toThrow('enough');
    controller.abort(new Error('enough'));
    await refused;
    const lost = once(lock.lost as AbortSignal, 'abort');
    program.kill('SIGKILL');
    await lost;
    await lock.release();
    await expect(client.lock('')).rejects.toThrow('lock: name: expected a text that is not empty, found ""');
    await expect(client.lock('L', { waitSeconds: -1 })).rejects.toThrow(
      'lock: waitSeconds: expected a number, at least 0',
    );
  });
});
