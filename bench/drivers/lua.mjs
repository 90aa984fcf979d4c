// The Lua host through its port. Arguments: the worker's file, rounds. Says its samples as JSON on standard error.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLua } from '../../src/adapters/lua.ts';

const [workerPath, rounds] = [process.argv[2], Number(process.argv[3])];
const lua = createLua({ workerPath });
const listener = { line: () => {}, initialised: () => {} };
const run = async (script, key = 'k', expected = {}, more = {}) => {
  const common = { section: 'task', condition: 'C', task: 'T', chunk: 'task T', variables: {}, timeoutSeconds: 0 };
  const { end } = await lua.run({ ...common, key, script, expected, ...more }, listener);
  if (end.how !== 'finished') throw new Error(JSON.stringify(end));
};
const timed = async (work) => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

const main = async () => {
  const first = await timed(() => run('x = 1'));
  for (let i = 0; i < 300; i++) await run('x = 1');

  const single = [];
  const spawned = [];
  const native = spawnSync('lua5.4', ['-v']).status === 0;
  for (let i = 0; i < rounds * 20; i++) {
    // Not back to back: as a tick would ask.
    await sleep(5);
    single.push(await timed(() => run('x = 1', 'k', { x: 1n })));
    if (native)
      spawned.push(
        await timed(() => new Promise((resolve) => spawn('lua5.4', ['-e', 'x = 1']).once('close', resolve))),
      );
  }

  const hundred = [];
  const late = [];
  for (let i = 0; i < rounds; i++) {
    let greatest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      greatest = Math.max(greatest, now - last - 1);
      last = now;
    }, 1);
    await sleep(20);
    greatest = 0;
    hundred.push(await timed(() => Promise.all(Array.from({ length: 100 }, (_, k) => run('x = 1', `k${k}`)))));
    await sleep(5);
    clearInterval(timer);
    late.push(greatest);
  }

  const before = process.memoryUsage.rss();
  const sleepers = Array.from({ length: 1000 }, (_, k) => run('sync.sleep(2)', `k${k}`));
  await run('sync.sleep(1)');
  const each = (process.memoryUsage.rss() - before) / 1000 / 1024;
  await Promise.all(sleepers);

  const busy = await timed(() => run('local n = 0 for i = 1, 10000000 do n = n + i % 7 end'));
  const calls = 'local t = {} local function f(i) t[i % 100] = i end for i = 1, 1000000 do f(i) end';
  const own = { interpreter: 'lua5.4' };
  const warm = [];
  const called = [];
  const calledThere = [];
  for (let i = 0; i < rounds; i++) {
    called.push(await timed(() => run(calls)));
    if (!native) continue;
    calledThere.push(await timed(() => run(calls, 'k', {}, own)));
    await sleep(5);
    warm.push(await timed(() => run('x = 1', 'k', { x: 1n }, own)));
  }
  await lua.close();
  process.stderr.write(
    JSON.stringify({ first, single, spawned, hundred, late, each, busy, warm, called, calledThere }),
  );
};

void main();
