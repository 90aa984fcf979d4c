import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processStatus } from '../../src/adapters/process-group.ts';
import type { Lua, LuaRequest } from '../../src/core/ports.ts';
import { type Ran, realLua, runScript } from '../support/lua-worker.ts';

// One suite of scripts that every interpreter passes: the one inside the program, and those of the system.

let lua: Lua;
let folder: string;
beforeAll(async () => {
  lua = await realLua();
  folder = mkdtempSync(join(tmpdir(), 'whenever-lua-test-'));
});
afterAll(async () => {
  await lua.close();
  rmSync(folder, { recursive: true });
});

const running =
  (interpreter: string | undefined) =>
  (script: string, more: Partial<LuaRequest> = {}): Promise<Ran> =>
    runScript(lua, script, { ...(interpreter ? { interpreter } : {}), ...more });

describe.each([undefined, 'lua5.4', 'luajit'])('the interpreter %s', (interpreter) => {
  const run = running(interpreter);
  /** The output of a script that ended without error. */
  const said = async (script: string, more: Partial<LuaRequest> = {}): Promise<string[]> => {
    const ran = await run(script, more);
    expect(ran.end).toMatchObject({ how: 'finished' });
    return ran.lines.map((line) => line.replace(/^info /, ''));
  };
  const failure = async (script: string): Promise<string> => {
    const { end } = await run(script);
    return end.how === 'script-error' ? end.message : `ended as ${end.how}`;
  };

  it('logs, and compares globals at the end', async () => {
    const ran = await run('log.warn("one")\nprint("two", nil, true) io.write("th", "ree\\n") result = 6 * 7', {
      expected: { result: 42n, other: 'x' },
    });
    expect(ran.lines).toEqual(['warn one', 'info two\tnil\ttrue', 'info three']);
    expect(ran.sources[0]).toBe('task T:1');
    expect(ran.end).toEqual({
      how: 'finished',
      comparisons: [
        { name: 'result', result: 'equal' },
        { name: 'other', result: 'missing' },
      ],
    });
  });

  it('writes records by the streams of io, too', async () => {
    const script = `io.stdout:write("a", 1, "\\n"):write("b\\n") io.stderr:write("c\\n") io.output():write("d\\n") io.write("e"):write("f\\n")
      io.stdout:flush() io.stdout:setvbuf("no") print(io.type(io.stdout), io.stdout:seek())`;
    expect(await said(script)).toEqual(['a1', 'b', 'c', 'd', 'ef', 'file\tnil\tIllegal seek\t29']);
  });

  it('converts a global to the type of the expectation', async () => {
    const script = 'n = 10 s = "10" hex = " 0x10 " word = "abc" t = {} no = false bad = "\\255"';
    const row = async (expected: LuaRequest['expected']): Promise<string[]> => {
      const { end } = await run(script, { expected });
      return end.how === 'finished' ? end.comparisons.map((c) => c.result) : [end.how];
    };
    expect(await row({ n: '10', s: '10', word: 'abd', t: 'x', none: 'x', bad: 'x' })).toEqual([
      ...['equal', 'equal', 'different', 'missing', 'missing', 'missing'],
    ]);
    expect(await row({ n: 10n, s: 10, hex: 16n, word: 1n, t: 1n, no: 1n })).toEqual([
      ...['equal', 'equal', 'equal', 'missing', 'missing', 'missing'],
    ]);
    expect(await row({ n: true, none: false, no: false, t: false })).toEqual([
      ...['equal', 'equal', 'equal', 'different'],
    ]);
  });

  it('finds names, variables and tables of the run, and modules in the place of variables', async () => {
    const event = { name: 'Inbox', part: 0.5, none: null, list: ['a\n', { b: [] }], 'ü"': true };
    expect(
      await said(
        `print(whenever_condition, whenever_task, a, b, #c, d) print(type(log), type(state), previous)
         print(event.name, event.part, event.none, #event.list, event.list[1], type(event.list[2].b), event['ü"'])`,
        {
          variables: { a: 5n, b: 5.5, c: 'x\0é\n', d: true, log: 1n, previous: 'mine' },
          tables: { event, previous: {} },
        },
      ),
    ).toEqual(['C\tT\t5\t5.5\t5\ttrue', 'table\ttable\tmine', 'Inbox\t0.5\tnil\t2\ta', '\ttable\ttrue']);
  });

  it('begins in a fresh state: nothing another run did to libraries or metatables is left', async () => {
    await run(
      `x = 1 string.format = nil print = nil getmetatable("").__index = nil sync.sleep = nil log = nil _G.pairs = nil
       io.stdout = nil package.loaded.string = nil table.concat = error setmetatable(_G, { __index = error }) math.own = 1
       tostring = nil type = nil error = nil next = nil`,
    );
    await run('io.output(os.tmpname()) io.write("x") io.input():close()');
    expect(
      await said('print(x, ("%d"):format(3), type(sync.sleep), type(log.info), type(pairs), math.own, io.read())'),
    ).toEqual(['nil\t3\tfunction\tfunction\tfunction\tnil\tnil']);
  });

  it('runs the init script first, in the same state; one that fails is named with its line', async () => {
    const [good, bad] = [join(folder, 'good.lua'), join(folder, 'bad.lua')];
    writeFileSync(good, '#!/usr/bin/lua\nbase = 40 function double(n) return 2 * n end');
    writeFileSync(bad, '\nerror("no luck")');
    const ran = await run('print(double(base + 1))', { initScriptPath: good });
    expect(ran).toMatchObject({ initialised: true, lines: ['info 82'], end: { how: 'finished' } });
    const failed = await run('print("ran") state.a = 1', { initScriptPath: bad });
    expect(failed).toMatchObject({ initialised: false, lines: [], state: { how: 'untouched' } });
    expect(failed.end.how === 'init-error' && failed.end.message).toMatch(/:2: no luck$/);
    const none = await run('print("ran")', { initScriptPath: join(folder, 'none.lua') });
    expect(none.end).toMatchObject({ how: 'init-error', cause: 'unreadable' });
  });

  it('names chunk and line of errors, also of modules', async () => {
    expect(await failure('\n\nerror("boom")')).toBe('task T:3: boom');
    expect(await failure('error({})')).toBe('(error object is a table value)');
    expect(await failure('error(setmetatable({}, { __tostring = function() return "shown" end }))')).toBe('shown');
    expect(await failure('x = = 1')).toMatch(/^task T:1: /);
    expect(await failure('\nlog.info()')).toBe("task T:2: bad argument #1 to 'info' (value expected)");
    expect(await failure('\nsync.lock("no name")')).toBe('task T:2: invalid parameter: not the name of a lock');
    expect(await failure('sync.sleep({})')).toBe("task T:1: bad argument #1 to 'sleep' (number expected, got table)");
    expect(await failure('sync.sleep(0/0)')).toBe('task T:1: invalid parameter: not a number of seconds');
    expect(await failure('events.log("a", print)')).toBe(
      'task T:1: events.log: cannot be stored: the value is a function',
    );
    expect(await failure('events.log("a", { b = { 1, x = 2 } })')).toBe(
      'task T:1: events.log: cannot be stored: the value.b is neither a list from 1 on nor a table with names',
    );
    expect(await failure('local t = {} t.t = t events.log("a", t)')).toMatch(/the value.t is part of itself$/);
    expect(await failure('events.log("a", { b = { "\\255" } })')).toMatch(
      /the value.b\[1\] is a string that is not UTF-8$/,
    );
    expect(await failure('events.log("a", 1, { flet = 1 })')).toMatch(/unknown option "flet" \(known: fleet\)$/);
    expect(await failure('metrics.log({ 1 })')).toMatch(/expected a table with names, got a list$/);
    expect(await failure('sharedstate.save("s", { a = {} })')).toMatch(/invalid value: a is a table: only strings/);
    expect(await failure('sharedstate.load("no name")')).toMatch(/invalid value: not the name of a shared state$/);
    expect(await failure('http.get("x", 1)')).toBe('task T:1: invalid parameter: headers must be a table');
    expect(await failure('http.get("file:///x")')).toMatch(/error within HTTP request: not an http or https URL/);
  });

  it('publishes events and metrics', async () => {
    const { events, metrics } = await run(
      `events.log("t", { list = { 1, "ä", { x = true } }, empty = {}, half = 0.5 }) events.log({ "a", "b" }, "x", { fleet = true })
       metrics.log({ a = { b = 1.5 }, big = 1/0 }, 3) metrics.log({ c = "x" })`,
    );
    expect(events).toEqual([
      [['t'], { list: [1, 'ä', { x: true }], empty: {}, half: 0.5 }],
      [['a', 'b'], 'x', 'fleet'],
    ]);
    expect(metrics).toEqual([
      [{ a: { b: 1.5 }, big: Number.POSITIVE_INFINITY }, 3],
      [{ c: 'x' }, undefined],
    ]);
  });

  it('keeps its state, and shares states', async () => {
    const key = `own ${interpreter}`;
    const first = await run('state.n = 1 state.s = "a\\0\\255" state.b = true state.f = 0.1', { key });
    expect(first.state).toMatchObject({ how: 'stored' });
    expect(await said('print(state.n + 1, #state.s, state.s:byte(3), state.b, state.f == 0.1)', { key })).toEqual([
      '2\t3\t255\ttrue\ttrue',
    ]);
    expect((await run('state[1] = 2', { key })).state).toMatchObject({ how: 'refused', because: 'key' });
    expect((await run('state = 5', { key })).state).toMatchObject({
      how: 'refused',
      reason: 'state is a number, no table',
    });
    // With one of another interpreter.
    await running(undefined)('sharedstate.save("both", { n = 7, [true] = "x" })');
    expect(
      await said(
        'local t = sharedstate.load("both") print(t.n, t["true"]) print(sharedstate.remove("both").n, next(sharedstate.load("both")))',
      ),
    ).toEqual(['7\tx', '7\tnil']);
  });

  it('shares locks with scripts of other interpreters, which outlive it until the end of the run', async () => {
    const condition = `L ${interpreter}`;
    expect(await said('print(sync.lock("shared", 0), sync.lock("shared", 0))', { condition })).toEqual(['true\tfalse']);
    expect((await running(undefined)('print(sync.lock("shared", 0))', { condition: 'other' })).lines).toEqual([
      'info false',
    ]);
    expect(await failure('sync.lock("twice") sync.lock("twice")')).toBe(
      "task T:1: lock 'twice' is held by this script already",
    );
    const waiting = run('print(sync.lock("shared", 20)) sync.release("shared")', { condition: 'waits' });
    const released: string[] = [];
    lua.endRun(condition, (lock) => released.push(lock));
    expect((await waiting).lines).toEqual(['info true']);
    expect(released).toEqual(['shared']);
    lua.endRun('C', () => {});
  });

  it('runs commands; their output becomes records, in order, and their input is empty', async () => {
    const trace = { TRACEPARENT: "it's", TRACESTATE: 'b' } as never;
    expect(
      await said(
        `print("a") os.execute("cat; echo b; echo c >&2; echo $TRACEPARENT") print(os.getenv("TRACESTATE"))
         print(io.popen("echo d"):read("*a")) io.popen("cat", "w"):write("e\\n")`,
        { trace },
      ).then((lines) => lines.filter(Boolean).sort()),
    ).toEqual(['a', 'b', 'b', 'c', 'd', 'e', "it's"]);
  });

  it('does not limit the memory of commands', async () => {
    expect(await said('os.execute("ulimit -v") print(io.popen("ulimit -v"):read("*l"))')).toEqual(
      (await running(undefined)('os.execute("ulimit -v") os.execute("ulimit -v")')).lines.map((line) => line.slice(5)),
    );
  });

  it('ends with os.exit: with status 0 as at the end of the script, which no pcall catches', async () => {
    const file = join(folder, 'exit.txt');
    const ran = await run(`x = 1 io.open("${file}", "w"):write("kept") pcall(os.exit) x = 2`, { expected: { x: 1n } });
    expect(ran.end).toEqual({ how: 'finished', comparisons: [{ name: 'x', result: 'equal' }] });
    expect(readFileSync(file, 'utf8')).toBe('kept');
    expect(await failure('os.exit(3)')).toBe('task T: os.exit: status 3');
  });

  it('writes out files that are left open, and waits for commands', async () => {
    const [file, mark] = [join(folder, `open ${interpreter}`), join(folder, `mark ${interpreter}`)];
    await run(`io.open("${file}", "w"):write("kept") io.popen("cat > '${mark}'", "w"):write("x")`);
    expect([file, mark].map((path) => readFileSync(path, 'utf8'))).toEqual(['kept', 'x']);
  });

  it.each([
    ['a loop', 'while true do end'],
    ['a sleep', 'sync.sleep(60)'],
    ['a command', 'os.execute("sleep 60")'],
    ['a command left behind', 'io.popen("sleep 60; :")'],
  ])('ends %s at its time limit', async (_, script) => {
    const { end, ms } = await run(`state.x = 1 ${script}`, { timeoutSeconds: 0.3 });
    expect(end).toEqual({ how: 'timeout' });
    expect(ms).toBeLessThan(15_000);
  });

  it('ends by its signal', async () => {
    const ending = new AbortController();
    const ran = await runScript(
      lua,
      'print("begun") while true do end',
      { signal: ending.signal, ...(interpreter ? { interpreter } : {}) },
      () => ending.abort({ code: 'cancelled' }),
    );
    expect(ran).toMatchObject({ end: { how: 'cancelled' }, state: { how: 'untouched' } });
  });
});

describe('a program that runs scripts', () => {
  const run = running('lua5.4');

  it('has integers of 64 bits, which states and results keep exactly', async () => {
    const most = 2n ** 63n - 1n;
    const script = 'n = math.maxinteger state.n = n sharedstate.save("wide", { n = n }) print(math.type(big), big)';
    const ran = await run(script, { expected: { n: most }, variables: { big: most }, key: 'wide' });
    expect(ran.lines).toEqual(['info integer\t9223372036854775807']);
    expect(ran.end).toEqual({ how: 'finished', comparisons: [{ name: 'n', result: 'equal' }] });
    const second = 'print(state.n == math.maxinteger, sharedstate.load("wide").n == math.maxinteger)';
    expect((await run(second, { key: 'wide' })).lines).toEqual(['info true\ttrue']);
    const near = await run('n = math.maxinteger - 1', { expected: { n: most } });
    expect(near.end).toMatchObject({ comparisons: [{ result: 'different' }] });
  });

  it('is used again for the next run of its item, and not after a time limit', async () => {
    const pid = async () =>
      (await run('print(io.open("/proc/self/stat"):read("n"))', { chunk: 'task P', task: 'P' })).lines[0];
    const first = await pid();
    expect(await pid()).toBe(first);
    await run('while true do end', { timeoutSeconds: 0.2, chunk: 'task P', task: 'P' });
    expect(await pid()).not.toBe(first);
  });

  it('that uses more memory than it may gets an error, and others go on', async () => {
    const small = await realLua({ memoryMiB: 64 });
    const { end } = await runScript(small, 'local t = {} while true do t[#t + 1] = ("x"):rep(2^20) .. #t end', {
      interpreter: 'lua5.4',
    });
    expect(end).toEqual({ how: 'script-error', message: 'not enough memory' });
    await small.close();
  });

  it('that ends by itself, or is not an interpreter of Lua, is reported', async () => {
    expect((await run('os.execute("kill -9 $PPID")')).end).toEqual({
      how: 'script-error',
      message: 'task T: lua5.4 ended with signal SIGKILL',
    });
    expect((await running('no-such-lua')('x = 1')).end).toMatchObject({ how: 'not-started', reason: /no-such-lua/ });
    expect((await running('/bin/false')('x = 1')).end).toEqual({
      how: 'not-started',
      reason: '"/bin/false" is not an interpreter of Lua that works: it ended with exit code 1',
    });
  });

  it('that writes among the messages of its process is ended alone', async () => {
    const raw = String.raw`local out = debug.getregistry()._IO_output out:write("\30[%s\n") out:flush() sync.sleep(5)`;
    const others = run('sync.sleep(1) print("well")', { chunk: 'task O', task: 'O' });
    for (const garbage of ['garbage', '"end","x"]'])
      expect((await run(raw.replace('%s', () => garbage.replaceAll('"', '\\"')))).end).toEqual({
        how: 'script-error',
        message: 'task T: lua5.4 ended with a message that cannot be read',
      });
    expect((await others).lines).toEqual(['info well']);
  });

  it('ends with the host', async () => {
    const own = await realLua();
    let pid = 0;
    const ran = runScript(
      own,
      'print(io.open("/proc/self/stat"):read("n")) while true do end',
      { interpreter: 'lua5.4' },
      (text) => {
        pid = Number(text);
        void own.killAll(2000);
      },
    );
    expect((await ran).end).toEqual({ how: 'killed' });
    await own.close();
    await expect.poll(() => processStatus(pid)).toSatisfy((s) => s === 'gone' || (typeof s === 'object' && s.zombie));
  });
});
