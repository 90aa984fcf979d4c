import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import type { Fact, MetricFact } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

let lua: Lua;
beforeAll(async () => {
  lua = await realLua();
});
afterAll(() => lua.close());

const logged = async (script: string) => (await runScript(lua, script)).metrics;
/** The message of the error of a call, after which the script continues. */
const refused = async (call: string) => {
  const { lines, metrics } = await runScript(
    lua,
    `local ok, e = pcall(${call}) log.info(tostring(ok) .. ' ' .. tostring(e))`,
  );
  expect(metrics).toEqual([]);
  return lines[0];
};

describe('metrics.log', () => {
  it('records a table with names', async () => {
    expect(
      await logged('metrics.log{rows = 12, disk = {free = 0.25, name = "sda"}, ok = true, list = {1, 2}}'),
    ).toEqual([[{ rows: 12, disk: { free: 0.25, name: 'sda' }, ok: true, list: [1, 2] }, undefined]]);
  });

  it('a step may follow, 0 too', async () => {
    expect(await logged('metrics.log({a = 1}, 0) metrics.log({a = 2}, 7) metrics.log({a = 3}, nil)')).toEqual([
      [{ a: 1 }, 0],
      [{ a: 2 }, 7],
      [{ a: 3 }, undefined],
    ]);
  });

  it('NaN and infinity are recorded as they are', async () => {
    expect(await logged('metrics.log{nan = 0/0, up = 1/0, down = -1/0}')).toEqual([
      [{ nan: Number.NaN, up: Number.POSITIVE_INFINITY, down: Number.NEGATIVE_INFINITY }, undefined],
    ]);
  });

  it('an empty table is an empty record', async () => {
    expect(await logged('metrics.log{}')).toEqual([[{}, undefined]]);
  });

  it.each([
    ['a function within', 'metrics.log, {f = print}', 'false metrics.log: cannot be stored: the table.f is a function'],
    ['a coroutine within', 'metrics.log, {f = {coroutine.create(print)}}', 'the table.f[1] is a thread'],
    ['a list', 'metrics.log, {1, 2}', 'expected a table with names, got a list'],
    ['a text', "metrics.log, 'seconds'", 'bad argument #1'],
    ['nothing', 'metrics.log', 'bad argument #1'],
    ['a step that is no number', "metrics.log, {}, 'first'", 'bad argument #2'],
    ['a step with a fraction', 'metrics.log, {}, 1.5', 'the step has to be a whole number, it is 1.5'],
    ['a table as a key', 'metrics.log, {[{}] = 1}', 'a key of the table is a table'],
    ['too long a text', "metrics.log, {t = string.rep('x', 70000)}", 'larger than'],
    ['text that is not UTF-8', "metrics.log, {t = '\\xff'}", 'not UTF-8'],
  ])('%s is a Lua error that the script can catch', async (_, call, words) => {
    expect(await refused(call)).toContain(words);
  });

  it('a table that contains itself is a Lua error', async () => {
    expect(await refused('function() local t = {} t.me = t metrics.log(t) end')).toContain(
      'the table.me is part of itself',
    );
  });

  it('an error that is not caught ends the script and names the line', async () => {
    const { end } = await runScript(lua, '\nmetrics.log{f = print}');
    expect(end).toEqual({
      how: 'script-error',
      message: 'task T:2: metrics.log: cannot be stored: the table.f is a function',
    });
  });
});

describe('a metric record of the journal', () => {
  const clock = { wall: () => 1000, mono: () => 2000 };

  it('belongs to an item, a run and a cause, and holds NaN and infinity', () => {
    const journal = new Journal(clock);
    const facts: Fact[] = [];
    journal.subscribe((fact) => facts.push(fact));
    journal.spans.metric(() => ({ a: Number.NaN, b: { c: 1 } }), {
      ...{ step: 0, item: 'task/T', origin: { cause: 'tick-1', run: 'run-1' } },
    });
    const [fact] = facts as MetricFact[];
    expect(fact).toMatchObject({ kind: 'metric', step: 0, item: 'task/T', cause: 'tick-1', run: 'run-1' });
    expect(fact?.message).toEqual({ a: Number.NaN, b: { c: 1 } });
  });

  it('is not made when nothing subscribes to it', () => {
    new Journal(clock).spans.metric(() => {
      throw new Error('it was made');
    });
  });
});
