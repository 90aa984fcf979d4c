import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

const LONG = process.env.WHENEVER_TEST_LONG === '1';

/** Uses all memory. */
const HOG = 'local t = {} for i = 1, 1e9 do t[i] = { i } end';
const UNTIL_GO = 'while not sharedstate.load("go").on do sync.sleep(0.01) end';
/** A script beside the one that ends the host. */
const BESIDE = { key: 'beside', chunk: 'task Beside', condition: 'Beside', timeoutSeconds: 0 };

type Effect = [what: string, script: (folder: string, url: string) => string];

/** What a script cannot do twice: one of each sort. */
const EFFECTS: readonly Effect[] = [
  ['a log record', () => 'log.trace("x")'],
  ['an event', () => 'events.log("x", 1)'],
  ['a metric', () => 'metrics.log({ x = 1 })'],
  ['a command', () => 'os.execute("true")'],
  ['a file', (f) => `io.open("${f}/x", "w"):close()`],
  ['a shared state', () => 'sharedstate.save("x", { n = 1 })'],
  ['a lock', () => 'sync.lock("x")'],
  ['a request', (_, url) => `http.get("${url}")`],
];

/** Others of the same sorts, for the long tests. */
const MORE_EFFECTS: readonly Effect[] = [
  ['a line', () => 'print("x")'],
  ['a pipe', () => 'io.popen("true"):close()'],
  ['a file by io.output', (f) => `io.output("${f}/y"):close()`],
  ['a file by io.lines', () => 'io.lines("/dev/null")'],
  ['a removed file', (f) => `os.remove("${f}/x")`],
  ['a renamed file', (f) => `os.rename("${f}/y", "${f}/z")`],
  ['a temporary file', () => 'io.tmpfile()'],
  ['a name for a temporary file', () => 'os.remove(os.tmpname())'],
];

describe('a script that loses its host because of another script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whenever-again-'));
  const server = createServer((_, response) => response.end('x'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
    server.close();
  });
  let lua: Lua | undefined;
  const make = async (options: Parameters<typeof realLua>[0] = {}): Promise<Lua> => {
    lua = await realLua(options);
    return lua;
  };
  afterEach(() => lua?.close());
  const go = (port: Lua) => runScript(port, 'sharedstate.save("go", { on = true })');
  /** Settles when the scripts handed over before it have run for a while. */
  const settled = (port: Lua) => runScript(port, 'sync.sleep(0.3)', { key: 'settled' });

  it('is restarted silently when it had no effect outside; the script that caused the loss is not', async () => {
    const port = await make({ memoryMiB: 32 });
    await runScript(port, 'state.n = 7', { key: 'beside' });
    const beside = [1, 2, 3].map((n) =>
      runScript(port, `local n = state.n ${UNTIL_GO} print("through", n)`, { ...BESIDE, condition: `Beside ${n}` }),
    );
    await settled(port);
    expect((await runScript(port, HOG)).end).toEqual({ how: 'memory' });
    expect((await runScript(port, HOG)).end).toEqual({ how: 'memory' });
    await go(port);
    for (const ran of await Promise.all(beside)) {
      expect(ran.end).toMatchObject({ how: 'finished' });
      expect(ran.lines).toEqual(['info through\t7']);
    }
  });

  it('is restarted when the other one hangs in a call beyond its time limit', async () => {
    const port = await make();
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const beside = runScript(port, `${UNTIL_GO} print("through")`, BESIDE);
    const reading = runScript(port, `local n = #package.path ${UNTIL_GO} log.info("through")`, BESIDE);
    await settled(port);
    const hangs = `local m = { __lt = function() io.open(${JSON.stringify(fifo)}) end }
      table.sort({ setmetatable({}, m), setmetatable({}, m) })`;
    const { end } = await runScript(port, hangs, { timeoutSeconds: 0.5 });
    // The thread that was ended is still in a system call: lets it end.
    closeSync(openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK));
    expect(end).toEqual({ how: 'timeout' });
    await go(port);
    expect((await beside).lines).toEqual(['info through']);
    expect((await reading).lines).toEqual(['info through']);
  });

  it('reports the end of its init script once', async () => {
    const port = await make({ memoryMiB: 32 });
    let initialised = 0;
    const request = { ...BESIDE, section: 'task', task: 'T', script: UNTIL_GO, variables: {}, expected: {} } as const;
    const listener = { line: () => {}, event: () => {}, metric: () => {}, initialised: () => initialised++ };
    const initScriptPath = join(import.meta.dirname, 'again-init.lua');
    const beside = port.run({ ...request, initScriptPath }, listener);
    await settled(port);
    expect((await runScript(port, HOG)).end).toEqual({ how: 'memory' });
    await go(port);
    expect((await beside).end).toMatchObject({ how: 'finished' });
    expect(initialised).toBe(1);
  });

  it.each([...EFFECTS, ...(LONG ? MORE_EFFECTS : [])])('ends with the error after %s', async (_, effect) => {
    const port = await make({ memoryMiB: 32 });
    if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const beside = runScript(port, `${effect(folder, url)} ${UNTIL_GO}`, BESIDE);
    await settled(port);
    expect((await runScript(port, HOG)).end).toEqual({ how: 'memory' });
    expect((await beside).end).toEqual({ how: 'memory' });
  });

  it('ends with the error when the run of its condition holds a lock, which is lost with the host', async () => {
    const port = await make({ memoryMiB: 32 });
    await runScript(port, 'sync.lock("x")', { ...BESIDE, key: 'first' });
    const second = runScript(port, UNTIL_GO, BESIDE);
    await settled(port);
    expect((await runScript(port, HOG)).end).toEqual({ how: 'memory' });
    expect((await second).end).toEqual({ how: 'memory' });
  });

  it('is restarted when a lock was refused to it, and when it waited for one', async () => {
    const port = await make({ memoryMiB: 32 });
    const holder = runScript(port, 'sync.lock("x") sync.sleep(60)', { key: 'holder', condition: 'Holder' });
    await settled(port);
    const refused = runScript(port, `if sync.lock("x", 0) then sync.release("x") end ${UNTIL_GO}`, BESIDE);
    const waiting = runScript(port, 'print(sync.lock("x"))', { ...BESIDE, condition: 'Waiting' });
    await settled(port);
    expect((await runScript(port, HOG)).end).toEqual({ how: 'memory' });
    expect((await holder).end).toEqual({ how: 'memory' });
    await go(port);
    expect((await waiting).lines).toEqual(['info true']);
    expect((await refused).end).toMatchObject({ how: 'finished' });
  });

  it('ends the script that used the memory, not the one that requested the last of it', async () => {
    const port = await make({ memoryMiB: 256 });
    const script = `local t = {} for i = 1, 9 do t[i] = ("x"):rep(16000000) end ${UNTIL_GO} print(#t)`;
    const hog = runScript(port, script, { key: 'hog', condition: 'Hog', timeoutSeconds: 0 });
    await settled(port);
    const small = 'local t = {} for i = 1, 3 do t[i] = ("y"):rep(60000000) end print(#t)';
    expect((await runScript(port, small, BESIDE)).lines).toEqual(['info 3']);
    expect((await hog).end).toEqual({ how: 'memory' });
  });

  it('ends with the error when it has lost ten hosts', async () => {
    const port = await make({ memoryMiB: 32 });
    const beside = runScript(port, UNTIL_GO, BESIDE);
    const state = { over: false };
    void beside.then(() => {
      state.over = true;
    });
    let hosts = 0;
    while (!state.over && hosts < 20) {
      await runScript(port, HOG);
      hosts++;
    }
    expect((await beside).end).toEqual({ how: 'memory' });
    expect(hosts).toBe(11);
  });
});
