import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processStatus } from '../../src/adapters/process-group.ts';
import type { Lua, LuaRequest } from '../../src/core/ports.ts';
import { type Ran, runScript } from '../support/lua-worker.ts';

/** The contract of the Lua port. `makePort` makes a new one. */
export const luaContract = (name: string, makePort: () => Promise<Lua>): void => {
  describe(name, () => {
    let lua: Lua;
    let folder: string;
    beforeAll(async () => {
      lua = await makePort();
      folder = mkdtempSync(join(tmpdir(), 'whenever-lua-test-'));
    });
    afterAll(async () => {
      await lua.close();
      rmSync(folder, { recursive: true });
    });
    const run = (script: string, more: Partial<LuaRequest> = {}): Promise<Ran> => runScript(lua, script, more);
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

    describe('a script that is ended by its signal', () => {
      /** Ends a script when it has begun, and `ready` says so. */
      const cancelled = (script: string, ready: () => Promise<unknown> = async () => {}): Promise<Ran> => {
        const ending = new AbortController();
        return runScript(lua, `print("begun") ${script}`, { signal: ending.signal }, () => {
          void ready().then(() => ending.abort({ code: 'cancelled' }));
        });
      };
      it('ends alone, whatever it does: the others go on, and its state stays what it was', async () => {
        const other = run('sync.sleep(0.6) print("the other")');
        for (const script of [
          'while true do end',
          'sync.sleep(60)',
          'state.x = 1 sync.sleep(60)',
          'os.execute("sleep 60")',
        ]) {
          const ran = await cancelled(script);
          expect(ran.end).toEqual({ how: 'cancelled' });
          expect(ran.state).toEqual({ how: 'untouched' });
        }
        expect(await other).toMatchObject({ end: { how: 'finished' }, lines: ['info the other'] });
      });
      it('ends with the processes that it has started', async () => {
        const [pid, pipe] = [join(folder, 'pid'), join(folder, 'pipe')];
        const written = (file: string) => () =>
          expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toMatch(/\n/);
        await cancelled(`os.execute("echo $$ > ${pid}; exec sleep 61")`, written(pid));
        await cancelled(`io.popen("echo $$ > ${pipe}; exec sleep 61"):read("a")`, written(pipe));
        for (const file of [pid, pipe]) {
          const number = Number(readFileSync(file, 'utf8'));
          await expect
            .poll(() => processStatus(number))
            .toSatisfy((s) => s === 'gone' || (typeof s === 'object' && s.zombie));
        }
      });
      it('does not begin when the signal is aborted already', async () => {
        const signal = AbortSignal.abort({ code: 'cancelled' });
        expect(await run('print("begun")', { signal })).toMatchObject({ end: { how: 'cancelled' }, lines: [] });
      });
    });

    describe('the start of a script', () => {
      it('sees the names of its condition and its task', async () => {
        expect(await said('print(whenever_condition, whenever_task)')).toEqual(['C\tT']);
      });
      it('sees no task when it is a condition', async () => {
        const more = { section: 'condition', chunk: 'condition C', task: undefined } as unknown as LuaRequest;
        expect(await said('print(whenever_condition, whenever_task)', more)).toEqual(['C\tnil']);
      });
      it('sees configured variables: an integer stays one, beyond 32 bits it is an exact float', async () => {
        const variables = { a: 5n, b: 5.5, c: 'x\0é', d: true, e: 5_000_000_000n, f: 2n ** 53n - 1n, g: -2147483648n };
        expect(
          await said('print(a, b, #c, d, e, string.format("%d", f), math.type(a), math.type(e), g)', { variables }),
        ).toEqual(['5\t5.5\t4\ttrue\t5000000000.0\t9007199254740991\tinteger\tfloat\t-2147483648']);
      });
      it('sees tables of what JSON can hold, nested; a variable of the same name replaces one', async () => {
        const event = {
          name: 'Inbox',
          count: 5,
          part: 0.5,
          big: 5_000_000_000,
          on: true,
          none: null,
          list: ['a', { b: [] }],
        };
        const script = `print(event.name, event.count, event.part, event.big, event.on, event.none, #event.list)
          print(event.list[1], type(event.list[2].b), #event.list[2].b, math.type(event.count), math.type(event.big))
          print(previous, trigger)`;
        expect(await said(script, { tables: { event, previous: {} }, variables: { previous: 'mine' } })).toEqual([
          'Inbox\t5\t0.5\t5000000000.0\ttrue\tnil\t2',
          'a\ttable\t0\tinteger\tfloat',
          'mine\tnil',
        ]);
      });
      it('finds the modules in place of variables of the same name', async () => {
        expect(await said('print(type(log), type(http))', { variables: { log: 1n, http: 'x' } })).toEqual([
          'table\ttable',
        ]);
      });
      it('begins in a fresh state: nothing another run did to libraries or metatables is left', async () => {
        await run(
          `x = 1 string.format = nil print = nil getmetatable("").__index = nil sync.sleep = nil log = nil _G.pairs = nil
           io.stdout = nil package.loaded.string = nil table.concat = error`,
        );
        expect(await said('print(x, ("%d"):format(3), type(sync.sleep), type(log.info), type(pairs))')).toEqual([
          'nil\t3\tfunction\tfunction\tfunction',
        ]);
      });
      it('runs the init script first, in the same state', async () => {
        const path = join(folder, 'init.lua');
        writeFileSync(path, '#!/usr/bin/lua\nlocal t = state; base = 40; function double(n) return 2 * n end');
        const ran = await run('print(double(base + 1))', { initScriptPath: path });
        expect(ran).toMatchObject({ initialised: true, lines: ['info 82'], end: { how: 'finished' } });
      });
      it.each([
        ['missing', 'no-such-file.lua', 'unreadable'],
        ['a directory', '.', 'not-a-file'],
      ])('is not made when the init script is %s', async (_, file, cause) => {
        const ran = await run('print("ran") state.a = 1', { initScriptPath: join(folder, file) });
        expect(ran).toMatchObject({
          initialised: false,
          lines: [],
          end: { how: 'init-error', cause },
          state: { how: 'untouched' },
        });
      });
      it('is not made when the init script fails, and the message names its line', async () => {
        const path = join(folder, 'bad.lua');
        writeFileSync(path, '\nerror("no luck")');
        const ran = await run('print("ran")', { initScriptPath: path });
        expect(ran.end).toMatchObject({ how: 'init-error', cause: 'failed' });
        expect(ran.end.how === 'init-error' && ran.end.message).toMatch(/:2: no luck$/);
      });
    });

    describe('the end of a script', () => {
      it('compares globals, each converted to the type of the expectation', async () => {
        const script = `n10 = 10 f10 = 10.0 s10 = "10" hex = " 0x10 " word = "abc" t = {} yes = 0 no = false
                        big = 5000000000.0 bad = "\\xff"`;
        const row = async (expected: LuaRequest['expected']): Promise<string[]> => {
          const { end } = await run(script, { expected });
          return end.how === 'finished' ? end.comparisons.map((c) => c.result) : [end.how];
        };
        // Texts: numbers are converted as Lua does.
        expect(await row({ n10: '10', f10: '10.0', s10: '10', word: 'abd', t: 'x', none: 'x', bad: 'x' })).toEqual([
          'equal',
          'equal',
          'equal',
          'different',
          'missing',
          'missing',
          'missing',
        ]);
        // Numbers: texts are converted as Lua does; integers of the file compare as floats.
        expect(
          await row({ n10: 10n, f10: 10n, s10: 10, hex: 16n, word: 1n, t: 1n, none: 1n, big: 5000000000n }),
        ).toEqual(['equal', 'equal', 'equal', 'equal', 'missing', 'missing', 'missing', 'equal']);
        expect(await row({ n10: 11n, s10: 10.5 })).toEqual(['different', 'different']);
        // Booleans: every value is converted, nil and false to false.
        expect(await row({ yes: true, t: true, none: false, no: false })).toEqual(['equal', 'equal', 'equal', 'equal']);
        expect(await row({ word: false, absent: true })).toEqual(['different', 'different']);
      });
      it('has nothing to compare without expectations', async () => {
        expect((await run('x = 1')).end).toEqual({ how: 'finished', comparisons: [] });
      });
      it('is an error with chunk and line for a runtime error, also after matching globals', async () => {
        const { end } = await run('a = 1\nerror("boom")', { expected: { a: 1n } });
        expect(end).toEqual({ how: 'script-error', message: 'task T:2: boom' });
      });
      it('is an error with chunk and line for a syntax error', async () => {
        expect(await failure('x = 1\ny = = 2')).toMatch(/^task T:2: /);
      });
      it('names the chunk after a condition for a condition', async () => {
        const { end } = await run('local x = nil + 1', { section: 'condition', chunk: 'condition C' });
        expect(end).toMatchObject({ how: 'script-error' });
        expect(end.how === 'script-error' && end.message).toMatch(/^condition C:1: attempt to perform arithmetic/);
      });
      it('shows error values that are not strings', async () => {
        expect(await failure('error(setmetatable({}, { __tostring = function() return "shown" end }))')).toBe('shown');
        expect(await failure('error({})')).toBe('(error object is a table value)');
        expect(await failure('error()')).toBe('(error object is a nil value)');
        expect(await failure('error("plain", 0)')).toBe('plain');
        expect(await failure('error(42)')).toBe('42');
      });
      it('comes with os.exit, which no pcall can hold back; status 0 is as if the script had come to its end', async () => {
        const expected = { x: 1n };
        const met = { how: 'finished', comparisons: [{ name: 'x', result: 'equal' }] };
        expect((await run('x = 1 pcall(os.exit) x = 2', { expected })).end).toEqual(met);
        expect((await run('x = 1 os.exit(true)', { expected })).end).toEqual(met);
        expect((await run('x = 1 coroutine.wrap(function() os.exit(0) end)() x = 2', { expected })).end).toEqual(met);
        expect(await failure('os.exit(3)')).toContain('os.exit: status 3');
        expect(await failure('while true do pcall(os.exit, false) end')).toContain('os.exit: status 1');
        // Where the script cannot be suspended, an error that is raised again with every instruction ends it.
        const inside = 'setmetatable({}, { __tostring = function() pcall(os.exit, 4) while true do end end })';
        expect(await failure(`tostring(${inside})`)).toContain('os.exit: status 4');
      });
    });

    describe('output', () => {
      it('becomes one record a line, what is left at the end as well', async () => {
        expect(
          await said('print("a", 1, 2.5, nil, true) io.write("b", 1, "\\nc") print("d\\ne\\n") io.write("left")'),
        ).toEqual(['a\t1\t2.5\tnil\ttrue', 'b1', 'cd', 'e', '', 'left']);
      });
      it('is shown when the script fails', async () => {
        expect((await run('io.write("half") error("x")')).lines).toEqual(['info half']);
      });
      it('is kept in order with log lines, and nothing is lost when there is much', async () => {
        const lines = await said('for i = 1, 5000 do print(i) end log.info("end")');
        expect(lines).toHaveLength(5001);
        expect(lines[4321]).toBe('4322');
        expect(lines.at(-1)).toBe('end');
      });
      it('has bytes that are not UTF-8 replaced', async () => {
        expect(await said('print("a\\xffb")')).toEqual(['a\ufffdb']);
      });
    });

    describe('log', () => {
      it('has one function a level, which take any value', async () => {
        const script = `log.trace("t") log.debug("d") log.info(5) log.warn(true) log.error(nil)
                        log.info(setmetatable({}, { __tostring = function() return "shown" end })) log.info("two\\nlines")`;
        expect((await run(script)).lines).toEqual([
          'trace t',
          'debug d',
          'info 5',
          'warn true',
          'error nil',
          'info shown',
          'info two\nlines',
        ]);
      });
      it('wants a value', async () => {
        expect(await failure('log.info()')).toContain('value expected');
      });
    });

    describe('sync', () => {
      it('sleeps fractions of seconds; negative is no time', async () => {
        const { ms } = await run('sync.sleep(0.2) sync.sleep(-1)');
        expect(ms).toBeGreaterThan(195);
      });
      it('refuses a sleep that is not a number', async () => {
        expect(await failure('sync.sleep("x")')).toContain('number expected');
      });
      /** Ends the run of a condition. Resolves to the locks that were still held. */
      const endRun = async (condition = 'C'): Promise<string[]> => {
        const released: string[] = [];
        lua.endRun(condition, (lock) => released.push(lock));
        await run('', { condition: 'after' });
        return released;
      };
      it('locks, waits for a lock that it holds itself only with a limit, and releases', async () => {
        expect(
          await said(`print(sync.lock("L")) print(pcall(sync.lock, "L")) print(sync.lock("L", 0), sync.lock("L", 0.02))
            print(sync.release("L"), sync.release("L"))`),
        ).toEqual(['true', "false\tlock 'L' is held by this script already", 'false\tfalse', 'true\tfalse']);
      });
      it('hands a lock over: taken in one task, released in another one of any condition, with a record', async () => {
        await run('sync.lock("H")', { chunk: 'task Take', condition: 'One' });
        expect((await run('print(sync.lock("H", 0.02))', { condition: 'Two' })).lines).toEqual(['info false']);
        // The run would wait for itself.
        expect((await run('sync.lock("H")', { condition: 'One' })).end).toMatchObject({
          message: expect.stringContaining("lock 'H' is held by this run already, since task Take"),
        });
        const waiting = run('print(sync.lock("H", 10))', { condition: 'Three' });
        expect((await run('print(sync.release("H"))', { condition: 'Two' })).lines).toEqual([
          'info the lock "H" is released, which task Take took for condition One',
          'info true',
        ]);
        expect((await waiting).lines).toEqual(['info true']);
        expect(await endRun('One')).toEqual([]);
        expect(await endRun('Three')).toEqual(['H']);
      });
      it('passes the lock of a script that ends to one of the same run that waits for it', async () => {
        const owner = run('sync.lock("P") sync.sleep(0.1)');
        const waiting = run('sync.sleep(0.02) sync.lock("P") print("got") sync.release("P")');
        await owner;
        expect((await waiting).lines).toEqual(['info got']);
      });
      it.each([
        ['sync.lock("1x")', 'invalid parameter'],
        ['sync.lock("")', 'invalid parameter'],
        ['sync.lock("a b", 1)', 'invalid parameter'],
        ['sync.lock("a", -1)', 'invalid parameter'],
        ['sync.lock()', 'string expected'],
      ])('%s is an error', async (script, words) => {
        expect(await failure(script)).toContain(words);
      });
      it('passes a lock on when the run of its condition has ended', async () => {
        await run('sync.lock("M")', { condition: 'Owner' });
        const waiting = run('print(sync.lock("M"))', { condition: 'Waiting' });
        expect(await endRun('Owner')).toEqual(['M']);
        expect((await waiting).lines).toEqual(['info true']);
        expect(await endRun('Waiting')).toEqual(['M']);
      });
      it('keeps the locks of a hook until its run has ended, whatever its condition does meanwhile', async () => {
        await run('sync.lock("K")', { condition: 'Owner', lockOwner: 'run-7' });
        await run('x = 1', { condition: 'Owner' });
        expect(await endRun('Owner')).toEqual([]);
        expect(await said('print(sync.lock("K", 0))', { condition: 'Owner' })).toEqual(['false']);
        expect(await endRun('run-7')).toEqual(['K']);
        await endRun('Owner');
      });
      it('wakes waiters in the order they came', async () => {
        const first = run('sync.lock("Q") sync.sleep(0.2) sync.release("Q")');
        const order: string[] = [];
        const waiters: Promise<unknown>[] = [];
        for (const name of ['a', 'b', 'c', 'd'])
          waiters.push(run('sync.sleep(0.02) sync.lock("Q") sync.release("Q")').then(() => order.push(name)));
        await Promise.all([first, ...waiters]);
        expect(order).toEqual(['a', 'b', 'c', 'd']);
      });
      it('keeps the locks of a script that fails until the run of its condition has ended', async () => {
        await run('sync.lock("F1") sync.lock("F2") error("x")');
        expect(await said('print(sync.lock("F1", 0))', { condition: 'D' })).toEqual(['false']);
        expect(await endRun()).toEqual(['F1', 'F2']);
        expect(
          await said('print(sync.lock("F1", 0), sync.lock("F2", 0)) sync.release("F1") sync.release("F2")'),
        ).toEqual(['true\ttrue']);
      });
      it('loses nothing when two scripts contend for a lock 10 000 times', { timeout: 20_000 }, async () => {
        const script = `for i = 1, 5000 do
            sync.lock("count")
            local t = sharedstate.load("count")
            t.n = (t.n or 0) + 1
            if i % 50 == 0 then sync.sleep(0) end
            sharedstate.save("count", t)
            sync.release("count")
          end`;
        await Promise.all([run(script), run(script)]);
        expect(await said('print(sharedstate.remove("count").n)')).toEqual(['10000']);
      });
    });

    describe('state', () => {
      let keys = 0;
      const fresh = (): Partial<LuaRequest> => ({ key: `state ${++keys}` });
      it('is empty at first and holds what the run before left; integers stay integers', async () => {
        const more = fresh();
        expect(await said('print(next(state)) state.n = 1 state.f = 1.0 state.s = "é" state.b = false', more)).toEqual([
          'nil',
        ]);
        expect(await said('print(state.n, state.f, state.s, state.b)', more)).toEqual(['1\t1.0\té\tfalse']);
      });
      it('belongs to one item', async () => {
        await run('state.n = 1', fresh());
        expect(await said('print(state.n)', fresh())).toEqual(['nil']);
      });
      it('reports what was stored', async () => {
        const { state } = await run('state.a = 1 state.b = "x"', fresh());
        expect(state).toEqual({
          how: 'stored',
          entries: [
            ['a', '1'],
            ['b', '"x"'],
          ],
        });
      });
      it('is stored after a script error, not after a timeout', async () => {
        const more = fresh();
        await run('state.n = 1 error("x")', more);
        expect(await said('print(state.n)', more)).toEqual(['1']);
        await run('state.n = 2 while true do end', { ...more, timeoutSeconds: 0.05 });
        expect(await said('print(state.n)', more)).toEqual(['1']);
      });
      it('is emptied by an empty table', async () => {
        const more = fresh();
        await run('state.n = 1', more);
        await run('state = {}', more);
        expect(await said('print(next(state))', more)).toEqual(['nil']);
      });
      it.each([
        ['state[1] = "x"', 'key', 'identifier'],
        ['state[true] = "x"', 'key', 'identifier'],
        ['state["a b"] = 1', 'key', '"a b"'],
        ['state.t = {}', 'value', 't is a table'],
        ['state.f = print', 'value', 'f is a function'],
        ['state = 5', 'value', 'state is a number'],
        ['state = nil', 'value', 'state is a nil'],
      ])('keeps the old one when %s', async (script, because, words) => {
        const more = fresh();
        await run('state.old = 1', more);
        const { state } = await run(`state.fresh = 1 ${script}`, more);
        expect(state).toMatchObject({ how: 'refused', because });
        expect(state.how === 'refused' && state.reason).toContain(words);
        expect(await said('print(state.old, state.fresh)', more)).toEqual(['1\tnil']);
      });
      it('is dropped with its item', async () => {
        const more = fresh();
        await run('state.n = 1', more);
        lua.forget(more.key!);
        expect(await said('print(state.n)', more)).toEqual(['nil']);
      });
    });

    describe('sharedstate', () => {
      it('saves a whole table, loads a copy, and removes', async () => {
        await run('sharedstate.save("S", { a = 1, b = "x", c = 2.5, [true] = false })');
        expect(
          await said(`local t = sharedstate.load("S") t.a = 9 t = sharedstate.load("S") print(t.a, t.b, t.c, t["true"])
                      t = sharedstate.remove("S") print(t.a, next(sharedstate.load("S")), next(sharedstate.remove("S")))`),
        ).toEqual(['1\tx\t2.5\tfalse', '1\tnil\tnil']);
      });
      it.each([
        ['sharedstate.save("1", {})', 'invalid parameter'],
        ['sharedstate.save("a", { [1] = 2 })', 'invalid value'],
        ['sharedstate.save("a", { x = {} })', 'invalid value'],
        ['sharedstate.save("a", { x = print })', 'invalid value'],
        ['sharedstate.save("a", 1)', 'table expected'],
        ['sharedstate.load("a-b")', 'invalid value'],
        ['sharedstate.remove("")', 'invalid value'],
      ])('%s is an error and stores nothing', async (script, words) => {
        await run('sharedstate.save("a", { old = 1 })');
        expect(await failure(script)).toContain(words);
        expect(await said('print(sharedstate.load("a").old)')).toEqual(['1']);
      });
    });

    describe('the standard library', () => {
      it.each([
        ['print(("x"):rep(3, "-"), #("ab"):rep(100000), ("x"):rep(0), ("x"):rep(-1))', 'x-x-x\t200000\t\t'],
        ['print(("hello world"):gsub("o", function(c) return c:upper() end))', 'hellO wOrld\t2'],
        ['print(("abc"):gsub("(a)(b)", { a = "x" }))', 'xc\t1'],
        ['print(("abc"):gsub("", function() return "-" end))', '-a-b-c-\t4'],
        ['print(("aaa"):gsub("^a", function() return "b" end))', 'baa\t1'],
        [
          'print(("a b c"):gsub("(%w) ?", function(w) if w == "b" then return false end return w .. w end, 2))',
          'aab c\t2',
        ],
        ['print(("k=v"):gsub("(%w)=(%w)", function(k, v) return v .. "=" .. k end))', 'v=k\t1'],
        ['print(("x"):gsub("()", function(p) return p end))', '1x2\t2'],
        [
          'local t = { 5, 3, 1, 4 } table.sort(t, function(a, b) return a > b end) print(table.concat(t, ","))',
          '5,4,3,1',
        ],
        [
          'local t = {} for i = 1, 500 do t[i] = (i * 7919) % 503 end table.sort(t, function(a, b) return a < b end) for i = 2, 500 do assert(t[i - 1] <= t[i]) end print(#t)',
          '500',
        ],
        ['local t = { "b", "a" } table.sort(t) print(t[1])', 'a'],
        ['print(load("return 1 + 1")(), load(function() return nil end))', /^2\tfunction/],
        ['local n = 0 print(load(function() n = n + 1 return ({ "return ", "4", "2" })[n] end)())', '42'],
        ['print(load("x ="))', /^nil\t\[string "x ="\]:1:/],
        ['print(pcall(load, "return 1", "c", "b"))', /^true\tnil\t.*text chunk/],
        ['print(load(string.dump(function() end)))', /^nil\t.*binary chunk/],
        [
          'print(select("#", table.unpack({ 1, 2, nil, 4 }, 1, 4)), math.type(3 // 2), 7 // 2.0, 2 ^ 10)',
          '4\tinteger\t3.0\t1024.0',
        ],
        ['print(utf8.len("häß"), #utf8.char(228, 8364))', '3\t5'],
        ['goto done print("not reached") ::done:: print("end")', 'end'],
        ['print(math.type(os.time()), os.time() * 1000 > 1e12)', 'float\ttrue'],
        ['print(os.date("!%Y-%m-%d %H:%M:%S %a %j %p", 86399))', '1970-01-01 23:59:59 Thu 001 PM'],
        ['print(os.date("!%G-W%V-%u", 1104537600), os.date("!%c", 0))', '2004-W53-6\tThu Jan  1 00:00:00 1970'],
        [
          'local d = os.date("!*t", 951782400) print(d.year, d.month, d.day, d.wday, d.yday, d.isdst)',
          '2000\t2\t29\t3\t60\tfalse',
        ],
        ['print(os.time({ year = 2040, month = 1, day = 1, hour = 0 }) > 2 ^ 31)', 'true'],
        ['print(pcall(os.time, { year = 2000 }))', /missing in date table/],
        ['print(pcall(os.date, "%Q"))', /invalid conversion specifier '%Q'/],
        [
          'print(os.difftime(5, 3), os.clock() > 0, os.getenv("NO_SUCH_VARIABLE"), os.setlocale())',
          '2.0\ttrue\tnil\tC',
        ],
        ['print(type(collectgarbage("count")), collectgarbage(), collectgarbage("step"))', 'number\t0\ttrue'],
        [
          'print(string.format("%d %5.1f %s %q %x %i", 3.0, 2.26, "a", "b", 255, 5000000000))',
          '3   2.3 a "b" ff 5000000000',
        ],
        [
          'print(string.format("%05d|%+d|%-5d|%#x|%o|%.3d|%5s|%.2s|%3c", 42, 42, 42, 255, 8, 5, "\\xc3\\xa4", "abc", 65))',
          '00042|+42|42   |0xff|10|005|   ä|ab|  A',
        ],
        [
          'print(string.format("%e|%g|%g|%.0f|%G|%5.1f", 12345.678, 1e20, 1e-5, 2.5, 1e-10, 1 / 0))',
          '1.234568e+04|1e+20|1e-05|2|1E-10|  inf',
        ],
        ['print(1e15, 1 / 0, -1 / 0, -0.0, 2 ^ 53, 1e14 .. "")', '1e+15\tinf\t-inf\t-0.0\t9.007199254741e+15\t1e+14'],
        ['print(pcall(string.char, 256))', "false\tbad argument #1 to 'string.char' (value out of range)"],
        ['print(pcall(string.format, "%y", 1))', "false\tinvalid option '%y' to 'format'"],
        ['print(pcall(string.format, "%5s", "a\\0b"))', /string contains zeros/],
        [
          'local t = {} t["\\1\\17"] = 1 t["\\17\\1"] = 2 print(t["\\1\\17"], t["\\17\\1"], "\\2" < "\\16")',
          '1\t2\ttrue',
        ],
        ['print(debug, js, package.loadlib("x", "y"))', /^nil\tnil\tnil\tdynamic libraries not enabled/],
        ['warn("@on") print(_VERSION)', 'Lua 5.3'],
      ])('%s', async (script, words) => {
        const lines = await said(script);
        if (typeof words === 'string') expect(lines.at(-1)).toBe(words);
        else expect(lines.at(-1)).toMatch(words);
      });
      it('has no way to JavaScript: require finds Lua files on package.path and nothing else', async () => {
        writeFileSync(join(folder, 'evil.js'), 'module.exports = () => { throw new Error("ran") }');
        writeFileSync(
          join(folder, 'good.lua'),
          'sync.sleep(0.01) local name, file = ... return { name = name, file = file }',
        );
        const path = `package.path = "${folder}/?.lua;${folder}/?.js.lua"`;
        expect(await said(`${path} local m = require("good") print(m.name, m.file, require("good") == m)`)).toEqual([
          `good\t${folder}/good.lua\ttrue`,
        ]);
        const lines = await said(`${path} package.cpath = "${folder}/?.js" package.jspath = package.cpath
                                  print(pcall(require, "evil")) print(pcall(require, "fs")) print(pcall(require, "fengari"))`);
        expect(lines.join('\n')).toContain("module 'evil' not found");
        expect(lines.join('\n')).toContain("module 'fs' not found");
        expect(lines.join('\n')).toContain("module 'fengari' not found");
      });
      it('takes modules from package.preload and says where it looked', async () => {
        expect(
          await said('package.preload.m = function(n) return n .. "!" end print(require("m"), package.loaded.m)'),
        ).toEqual(['m!\tm!']);
        expect(await failure('package.path = "./?.none" require("a.b")')).toContain("no file './a/b.none'");
      });
      it('runs coroutines whose functions wait, and passes their yields and errors on', async () => {
        expect(
          await said(`local co = coroutine.wrap(function(a)
              sync.sleep(0.01) local b = coroutine.yield(a + 1) sync.sleep(0.01) error("inside " .. b, 0) end)
            print(co(1)) print(pcall(co, "x")) print(pcall(co))
            print(coroutine.isyieldable(), select(2, coroutine.running()), pcall(coroutine.yield))
            local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c)
            print(coroutine.status(c), coroutine.close(c), coroutine.status(c))`),
        ).toEqual([
          '2',
          'false\tinside x',
          'false\tcannot resume dead coroutine',
          'false\ttrue\tfalse\tattempt to yield from outside a coroutine',
          'suspended\ttrue\tdead',
        ]);
      });
      it('says so where it cannot wait, and goes on there when its slice is over', async () => {
        const inside = (body: string): string =>
          `local m = setmetatable({}, { __lt = function() return coroutine.wrap(function() ${body} return false end)() end })
           print(pcall(table.sort, { m, m }))`;
        expect(await said(inside('sync.sleep(0.01)'))).toEqual([expect.stringContaining('cannot wait here')]);
        expect(await said(inside('for i = 1, 2000000 do end'))).toEqual(['true']);
      });
      it('waits inside callbacks of sort and gsub, metamethods, iterators, pcall and xpcall', async () => {
        expect(
          await said(`local t = { 3, 1, 2 } table.sort(t, function(a, b) sync.sleep(0.001) return a < b end) print(t[1], t[3])
            print((("ab"):gsub(".", function(c) sync.sleep(0.001) return c .. c end)))
            local m = setmetatable({}, { __index = function(_, k) sync.sleep(0.001) return k end }) print(m.x)
            for i in function(_, i) sync.sleep(0.001) i = (i or 0) + 1 if i < 3 then return i end end do io.write(i, " ") end print()
            print(pcall(function() sync.sleep(0.001) error("e", 0) end))
            print(xpcall(function() sync.sleep(0.001) error("e", 0) end, function(m) return m .. "!" end))`),
        ).toEqual(['1\t3', 'aabb', 'x', '1 2 ', 'false\te', 'false\te!']);
      });
    });

    describe('files', () => {
      const path = (): string => join(folder, 'data.txt');
      it('are written and read with all formats', async () => {
        const lines = await said(`local f = assert(io.open("${path()}", "w"))
          print(io.type(f), f:write("one\\n", 2, "\\n\\n12 0x1F -3.5e1 nope\\nrest\\nend"))
          print(f:seek("cur"), f:seek("set", 1), f:seek("end"), f:close(), io.type(f))
          f = io.open("${path()}") print(f:read(), f:read("n"), f:read("L"), f:read("l"), f:read("n", "n", "n", "n"))
          print(f:read("l")) print(f:read(2), f:read(0), f:read("a")) print(f:read("a"), f:read("l"), f:read(0)) f:close()
          for a, b in io.lines("${path()}", 1, "l") do io.write("[", a, "|", tostring(b), "]") end print()
          print(pcall(f.read, f)) print(io.open("${folder}/none/x")) print(tostring(f))`);
        expect(readFileSync(path(), 'utf8')).toBe('one\n2\n\n12 0x1F -3.5e1 nope\nrest\nend');
        expect(lines[0]).toBe('file\tfile (open)');
        expect(lines.join('\n')).toContain('12\t31\t-35.0\tnil');
        expect(lines).toContain('false\tattempt to use a closed file');
        expect(lines).toContain(`nil\t${folder}/none/x: No such file or directory\t2`);
        expect(lines.at(-1)).toBe('file (closed)');
      });
      it('are read and written by turns, appended to, and buffered as wanted', async () => {
        const file = join(folder, 'turns.txt');
        expect(
          await said(`local f = io.open("${file}", "w+") f:write("abcdef") f:seek("set", 2) print(f:read(2)) f:write("XY")
            f:seek("set") print(f:read("a")) f:close() f = io.open("${file}", "a") f:setvbuf("no") f:write("!") f:close()
            print(io.open("${file}"):read("a")) print(pcall(io.open, "${file}", "q"))
            print(io.open("${file}", "r"):write("x"))
            io.output("${file}") io.write("default") io.close() io.input("${file}") print(io.read("a"))`),
        ).toEqual([
          'cd',
          'abcdXY',
          'abcdXY!',
          expect.stringContaining('invalid mode'),
          'nil\tBad file descriptor\t9',
          'default',
        ]);
      });
      it('that are still open at the end are written out', async () => {
        const file = join(folder, 'open.txt');
        await run(`io.open("${file}", "w"):write("kept")`);
        expect(readFileSync(file, 'utf8')).toBe('kept');
      });
      it('are renamed and removed; problems are answers, not errors', async () => {
        expect(
          await said(`local a, b = os.tmpname(), os.tmpname() io.open(a, "w"):close() print(os.rename(a, b)) print(io.open(a))
            print(os.remove(b)) print(os.remove(b)) print(io.tmpfile():write("x"))`),
        ).toEqual([
          'true',
          expect.stringMatching(/^nil\t.*No such file or directory\t2$/),
          'true',
          expect.stringMatching(/^nil\t.*No such file or directory\t2$/),
          'file (open)',
        ]);
      });
      it('of standard input are empty', async () => {
        expect(
          await said(
            'print(io.read(), io.read("a"), io.stdin:read(1), io.read("n")) for l in io.lines() do print(l) end',
          ),
        ).toEqual(['nil\t\tnil\tnil']);
      });
      it('beyond 2 GiB have positions that are exact floats', async () => {
        expect(
          await said(
            `local f = io.open("${join(folder, 'sparse')}", "w") print(f:seek("set", 5000000000.0), f:seek("set", 5))`,
          ),
        ).toEqual(['5000000000.0\t5']);
      });
    });

    describe('commands', () => {
      it('are run without holding up other scripts; their output becomes records', async () => {
        const go = join(folder, 'go');
        const slow = run(
          `print(os.execute("until [ -e ${go} ]; do sleep 0.02; done; echo out; echo err >&2; exit 3"))`,
        );
        // If it were blocked, it would never end.
        await run('x = 1');
        writeFileSync(go, '');
        const { lines } = await slow;
        expect(lines.slice(0, 2).sort()).toEqual(['info err', 'info out']);
        expect(lines[2]).toBe('info nil\texit\t3');
      });
      it('answer true for success, the signal that ended them, and whether there is a shell', async () => {
        expect(await said('print(os.execute("true")) print(os.execute("kill -9 $$")) print(os.execute())')).toEqual([
          'true\texit\t0',
          'nil\tsignal\t9',
          'true',
        ]);
      });
      it('are read from and written to with popen', async () => {
        expect(
          await said(`local p = io.popen("printf 'a\\\\nb'; exit 2") print(p:read("a")) print(p:close())
            local w = io.popen("cat", "w") w:write("to cat\\n") print(w:close())
            for l in io.popen("seq 3"):lines() do io.write(l, ";") end print() print(pcall(io.popen, "x", "rw"))`),
        ).toEqual([
          'a',
          'b',
          'nil\texit\t2',
          'to cat',
          'true\texit\t0',
          '1;2;3;',
          expect.stringContaining('invalid mode'),
        ]);
      });
      it('that were not closed are waited for at the end', async () => {
        const { ms } = await run('io.popen("cat > /dev/null; sleep 0.2", "w"):write("x")');
        expect(ms).toBeGreaterThan(195);
      });
      it('end with a script that is ended', async () => {
        const mark = join(folder, 'mark');
        const { end } = await run(`os.execute("sleep 1; touch ${mark}")`, { timeoutSeconds: 0.2 });
        expect(end).toEqual({ how: 'timeout' });
        expect(await said('print(os.execute("sleep 1.1"))')).toEqual(['true\texit\t0']);
        expect(() => readFileSync(mark)).toThrow();
      });
      it('see an empty standard input', async () => {
        expect(await said('print(os.execute("cat"))')).toEqual(['true\texit\t0']);
      });
    });

    describe('limits', () => {
      it.each([
        ['a loop', 'while true do end'],
        ['a loop of pcall', 'while true do pcall(function() while true do end end) end'],
        ['a loop of caught errors in a coroutine', 'coroutine.wrap(function() while true do pcall(error) end end)()'],
        ['a comparison inside sort', 'table.sort({ 3, 2, 1 }, function() while true do pcall(error) end end)'],
        ['a replacement inside gsub', '("x"):gsub(".", function() while true do pcall(error) end end)'],
        [
          'a metamethod inside sort',
          'local m = setmetatable({}, { __lt = function() while true do pcall(error) end end }) table.sort({ m, m })',
        ],
        [
          'a metamethod inside sort that catches every error',
          `local function loop() while true do end end
           local m = setmetatable({}, { __lt = function() while true do pcall(loop) end end }) table.sort({ m, m })`,
        ],
        ['an error handler', 'xpcall(error, function() while true do end end)'],
        [
          'an error whose __tostring never ends',
          'error(setmetatable({}, { __tostring = function() while true do end end }))',
        ],
        ['a sleep', 'sync.sleep(60)'],
        ['a wait for a lock', 'sync.lock("held_elsewhere") sync.lock("held_elsewhere2") sync.sleep(60)'],
        ['a command', 'os.execute("sleep 60")'],
        ['a command that is read from', 'io.popen("sleep 60"):read("a")'],
        ['a command left behind', 'io.popen("sleep 60; :")'],
        ['a large string again and again', 'while true do string.rep("x", 20000000) end'],
      ])('end %s in time', async (_, script) => {
        const beside = run('sync.sleep(0.5)');
        const { end, ms } = await run(script, { timeoutSeconds: 0.3 });
        expect(end).toEqual({ how: 'timeout' });
        // The shortest of the others is 60 s.
        expect(ms).toBeLessThan(15_000);
        // Only this script ends: the host and other scripts continue.
        expect((await beside).end).toMatchObject({ how: 'finished' });
      });
      it('make a string that is too large an error', async () => {
        expect(await failure('("x"):rep(1000000000)')).toContain('resulting string too large');
        expect(await failure('local s = "x" while true do s = s .. s end')).toContain('not enough memory');
      });
      it('make endless recursion an error', async () => {
        expect(await failure('local function f() return 1 + f() end f()')).toContain('stack overflow');
        expect(
          await failure(
            'local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k] end return t.x',
          ),
        ).toContain('overflow');
      });
      it('let two busy scripts share the host fairly, and a third in between', async () => {
        const busy = (until: string): string =>
          `local n = 0 repeat n = n + 1 until sharedstate.load("${until}").done result = n print(n)`;
        const both = Promise.all([run(busy('fair')), run(busy('fair'))]);
        const third = await run('for i = 1, 10 do sync.sleep(0.02) end sharedstate.save("fair", { done = true })');
        const [a, b] = (await both).map((ran) => Number(ran.lines[0]!.slice(5)));
        expect(third.ms).toBeLessThan(15_000);
        expect(Math.min(a!, b!) / Math.max(a!, b!)).toBeGreaterThan(0.4);
      });
    });
  });
};
