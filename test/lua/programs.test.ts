import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLua } from '../../src/adapters/lua.ts';
import { type Deferred, deferred } from '../support/deferred.ts';
import { LUA_WORKER, runScript } from '../support/lua-worker.ts';

let lua: ReturnType<typeof createLua>;
beforeEach(() => {
  lua = createLua({ workerPath: LUA_WORKER, stallMs: 2000 });
});
afterEach(() => lua.close());

/** A program that wants a lock. */
const program = async (name: string, by = 'a program') => {
  const granted: Deferred<true> = deferred();
  const holders: string[] = [];
  const waits: Deferred<string> = deferred();
  const leave = await lua.lock(name, by, {
    granted: () => granted.resolve(true),
    waiting: (holder) => {
      holders.push(holder);
      waits.resolve(holder);
    },
  });
  return { granted: granted.promise, waits: waits.promise, holders, leave };
};
/** Runs a script that reports with `log.info`; resolves `said(text)` when it has. */
const script = (text: string, more = {}) => {
  const said = new Map<string, Deferred<true>>();
  const of = (line: string): Deferred<true> => {
    const one = said.get(line) ?? deferred<true>();
    said.set(line, one);
    return one;
  };
  const over = runScript(lua, text, more, (line) => of(line).resolve(true));
  return { over, said: (line: string) => of(line).promise };
};

describe('States of scripts and programs', () => {
  test('What a program has set is there for scripts, and what scripts save is there for programs.', async () => {
    await lua.state({ action: 'set', name: 'disk', value: { limit: 90, share: 0.5, note: 'zwölf', on: true } });
    const one = await runScript(
      lua,
      `local s = sharedstate.load("disk")
      log.info(math.type(s.limit) .. s.limit .. math.type(s.share) .. s.share .. s.note .. tostring(s.on))
      s.limit = 91; s.inf = math.huge; s.raw = "\\xff"; sharedstate.save("disk", s); sharedstate.save("gone", {a = 1})
      sharedstate.remove("gone")`,
    );
    expect(one.lines).toEqual(['info integer90float0.5zwölftrue']);
    expect(await lua.state({ action: 'get', name: 'disk' })).toEqual({
      found: true,
      value: {
        ...{ limit: 91, share: 0.5, note: 'zwölf', on: true },
        ...{ inf: { float: 'Infinity' }, raw: { bytes: '/w==' } },
      },
    });
    expect(await lua.state({ action: 'list' })).toEqual({ found: true, names: ['disk'] });
  });

  test('A change comes to a script that runs, and is made on what the script has saved just before.', async () => {
    const one = script(
      `sharedstate.save("n", {a = 1}); log.info("saved")
      while sharedstate.load("n").b == nil do sync.sleep(0.001) end
      log.info("a is " .. sharedstate.load("n").a)`,
    );
    await one.said('saved');
    expect(await lua.state({ action: 'set', name: 'n', key: 'b', value: 2 })).toEqual({ found: false });
    expect((await one.over).lines).toContain('info a is 1');
    expect(await lua.state({ action: 'get', name: 'n' })).toEqual({ found: true, value: { a: 1, b: 2 } });
    expect(await lua.state({ action: 'remove', name: 'n' })).toEqual({ found: true });
    expect((await runScript(lua, 'log.info(tostring(sharedstate.load("n").a))')).lines).toEqual(['info nil']);
  });

  test('A change is not lost when the thread ends before it was carried out.', async () => {
    const hung = script(`log.info("hangs"); string.rep("a", 30):find(string.rep("a*", 30) .. "b")`);
    await hung.said('hangs');
    const changed = lua.state({ action: 'set', name: 'n', key: 'a', value: 1 });
    void lua.killAll(0);
    expect(await changed).toEqual({ found: false });
    expect(await lua.state({ action: 'get', name: 'n' })).toEqual({ found: true, value: { a: 1 } });
    await hung.over;
  });
});

describe('Locks of scripts and programs', () => {
  test('A lock that a program has is not free for scripts, which cannot release it, until the program leaves.', async () => {
    const holder = await program('disk', 'rsync (process 7)');
    await holder.granted;
    const one = await runScript(
      lua,
      'log.info(tostring(sync.lock("disk", 0))); log.info(tostring(sync.release("disk")))',
    );
    expect(one.lines).toEqual([
      'info false',
      'info the lock "disk" is not released: rsync (process 7) has it',
      'info false',
    ]);
    const waits = script('log.info("waits"); sync.lock("disk"); log.info("has it"); sync.release("disk")');
    await waits.said('waits');
    holder.leave();
    expect((await waits.over).lines).toEqual(['info waits', 'info has it']);
    await (await program('disk')).granted;
  });

  test('A lock that a script has goes to the program that waits when the script releases it.', async () => {
    const one = script(
      'sync.lock("disk"); log.info("has it"); while not sharedstate.load("go").on do sync.sleep(0.001) end sync.release("disk")',
    );
    await one.said('has it');
    const waiting = await program('disk');
    expect(await waiting.waits).toBe('task T of condition C');
    await lua.state({ action: 'set', name: 'go', key: 'on', value: true });
    expect(await waiting.granted).toBe(true);
    await one.over;
    waiting.leave();
  });

  test('A lock that the run of a condition still has goes to the program at the end of the run.', async () => {
    await runScript(lua, 'sync.lock("disk")');
    const waiting = await program('disk');
    expect(await waiting.waits).toBe('task T of condition C');
    const released: string[] = [];
    lua.endRun('C', (lock) => released.push(lock));
    expect(await waiting.granted).toBe(true);
    expect(released).toEqual(['disk']);
  });

  test('Programs keep their locks and their order when a thread starts, and when it ends with the locks of its scripts.', async () => {
    const first = await program('disk', 'first');
    const second = await program('disk', 'second');
    await first.granted;
    expect(await second.waits).toBe('first');
    await runScript(lua, 'sync.lock("tape")');
    const tape = await program('tape');
    const third = await program('disk', 'third');
    expect(await third.waits).toBe('first');
    expect(await tape.waits).toBe('task T of condition C');
    await lua.killAll(0);
    expect(await tape.granted).toBe(true);
    first.leave();
    expect(await second.granted).toBe(true);
    expect((await runScript(lua, 'log.info(tostring(sync.lock("disk", 0)))')).lines).toEqual(['info false']);
    second.leave();
    expect(await third.granted).toBe(true);
  });

  test('A script that hangs with a lock does not keep it for ever.', async () => {
    // The start of the thread counts, too, which takes some seconds on a busy machine.
    await runScript(lua, 'x = 1');
    const hung = script(
      `sync.lock("disk"); log.info("has it"); log.info(string.rep("a", 40):find(string.rep("a*", 40) .. "b"))`,
      { timeoutSeconds: 3 },
    );
    const over = hung.over.then(() => 'over');
    expect(await Promise.race([hung.said('has it'), over])).toBe(true);
    const waiting = await program('disk');
    const { end } = await hung.over;
    expect(end.how).not.toBe('finished');
    lua.endRun('C', () => {});
    expect(await waiting.granted).toBe(true);
  });
});
