import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { growSlowly } from '../../src/adapters/heap-growth.ts';

const SOURCE = '(() => 1)()';
let made = 0;
/** V8 compiles each name of a file once. */
const script = (cachedData?: Buffer) =>
  new Script(SOURCE, { filename: `file-${++made}`, ...(cachedData ? { cachedData } : {}) });
const isAccepted = (code: Buffer): boolean => script(code).cachedDataRejected === false;

test('Compiled code that was kept is accepted again when a large file is loaded, and what is needed meanwhile is read before.', async () => {
  const code = script().createCachedData();
  let isRead: boolean | undefined;
  const end = await growSlowly(1_000_000, async () => {
    isRead = isAccepted(code);
  });
  expect(isRead).toBe(true);
  expect(isAccepted(code)).toBe(false);
  end();
  expect(isAccepted(code)).toBe(true);
});

test('A small file changes nothing, and reads nothing before.', async () => {
  const code = script().createCachedData();
  const end = await growSlowly(1000, () => Promise.reject(new Error('it was read')));
  expect(isAccepted(code)).toBe(true);
  end();
  expect(isAccepted(code)).toBe(true);
});
