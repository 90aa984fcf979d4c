import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

let lua: Lua;
beforeAll(async () => {
  lua = await realLua();
});
afterAll(() => lua.close());

const logged = async (script: string) => (await runScript(lua, script)).events;
/** The message of the error of a call, after which the script continues. */
const refused = async (call: string) => {
  const { lines, events } = await runScript(
    lua,
    `local ok, e = pcall(${call}) log.info(tostring(ok) .. ' ' .. tostring(e))`,
  );
  expect(events).toEqual([]);
  return lines[0];
};

describe('a line of the log', () => {
  it('has its chunk and the line in it, in functions and coroutines, too; what is printed has none', async () => {
    const { lines, sources } = await runScript(
      lua,
      `log.info('a')
local function f() log.warn('b') return 1 end
f()
coroutine.wrap(function()

  log.error('c') end)()
pcall(log.info, 'd')
print('e')`,
    );
    expect(lines).toEqual(['info a', 'warn b', 'error c', 'info d', 'info e']);
    expect(sources).toEqual(['task T:1', 'task T:2', 'task T:6', undefined, undefined]);
  });
});

describe('events.log', () => {
  it.each<[string, unknown]>([
    ['"text"', 'text'],
    ['12', 12],
    ['0.5', 0.5],
    ['true', true],
    ['nil', null],
    ['{}', {}],
    ['{1, 2, 3}', [1, 2, 3]],
    ['{start = 1, list = {"a", {b = false}}}', { start: 1, list: ['a', { b: false }] }],
    ['"ä€"', 'ä€'],
  ])('publishes the value %s', async (value, json) => {
    expect(await logged(`events.log('t', ${value})`)).toEqual([[['t'], json]]);
  });

  it('takes a list of topics, each once', async () => {
    expect(await logged("events.log({'a', 'b', 'a'}, 1)")).toEqual([[['a', 'b'], 1]]);
  });

  it.each([
    ['{ fleet = true }', [['t'], 1, 'fleet']],
    ['{ fleet = false }', [['t'], 1]],
    ['{}', [['t'], 1]],
    ['nil', [['t'], 1]],
  ])('with the options %s', async (options, event) => {
    expect(await logged(`events.log('t', 1, ${options})`)).toEqual([event]);
  });

  it('publishes several values in order, before the script ends', async () => {
    expect(await logged("for i = 1, 3 do events.log('t', i) end error('and then it failed')")).toEqual([
      [['t'], 1],
      [['t'], 2],
      [['t'], 3],
    ]);
  });

  it('publishes a table as it is at that moment', async () => {
    expect(await logged("local t = {1} events.log('t', t) t[1] = 2")).toEqual([[['t'], [1]]]);
  });

  it('the same table twice is not a cycle', async () => {
    expect(await logged("local p = {n = 1} events.log('t', {p, p})")).toEqual([[['t'], [{ n: 1 }, { n: 1 }]]]);
  });

  it.each([
    ['a function', "events.log, 't', print", 'false events.log: cannot be stored: the value is a function'],
    [
      'a function within',
      "events.log, 't', {f = print}",
      'false events.log: cannot be stored: the value.f is a function',
    ],
    ['a coroutine', "events.log, 't', coroutine.create(print)", 'the value is a thread'],
    ['not a number', "events.log, 't', 0/0", 'the value is the number NaN'],
    ['infinity', "events.log, 't', {1/0}", 'the value[1] is the number Infinity'],
    [
      'a list with a hole',
      "events.log, 't', {1, nil, 3}",
      'the value is neither a list from 1 on nor a table with names',
    ],
    ['a list that is a table with names too', "events.log, 't', {1, a = 2}", 'neither a list'],
    ['a table as a key', "events.log, 't', {[{}] = 1}", 'a key of the value is a table'],
    ['text that is not UTF-8', "events.log, 't', '\\xff'", 'not UTF-8'],
    ['too long a text', "events.log, 't', string.rep('x', 70000)", 'larger than'],
    ['no topic', "events.log, '', 1", 'a topic is a text of 1 to 200 characters on one line'],
    ['a number as topic', 'events.log, 1, 1', 'an event needs a topic'],
    ['no topics', 'events.log, {}, 1', 'an event needs a topic'],
    ['an option that is not known', "events.log, 't', 1, {flet = true}", 'unknown option "flet" (known: fleet)'],
    [
      'an option of another type',
      "events.log, 't', 1, {fleet = 1}",
      'the option fleet has to be true or false, it is 1',
    ],
    [
      'options that are no table',
      "events.log, 't', 1, true",
      'a table of options such as { fleet = true }, got a boolean',
    ],
    ['a list of options', "events.log, 't', 1, {'fleet'}", 'a table of options such as { fleet = true }, got a list'],
    ['no value', "events.log, 't'", 'bad argument #2'],
  ])('%s is a Lua error that the script can catch', async (_, call, words) => {
    expect(await refused(call)).toContain(words);
  });

  it('a table that contains itself is a Lua error', async () => {
    expect(await refused("function() local t = {} t.me = t events.log('t', t) end")).toContain(
      'the value.me is part of itself',
    );
  });

  it('a table nested without end is a Lua error, not the end of the host', async () => {
    const call = "function() local t = {} for i = 1, 1000 do t = {t} end events.log('t', t) end";
    expect(await refused(call)).toContain('nested deeper than 64');
  });

  it('a value that is not caught ends the script with an error that names the line', async () => {
    const { end } = await runScript(lua, "\nevents.log('t', print)");
    expect(end).toEqual({
      how: 'script-error',
      message: 'task T:2: events.log: cannot be stored: the value is a function',
    });
  });
});
