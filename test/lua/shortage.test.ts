import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { LUA_WORKER, realLua, runScript } from '../support/lua-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-shortage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('A command of a script that the system cannot take is a value with its reason, not an internal error', async () => {
  const lua = await realLua();
  const { end, lines } = await runScript(
    lua,
    `local long = ("x"):rep(3000000)
    print(os.execute("true " .. long)) print(io.popen("true " .. long))
    print(os.execute("true \\0")) print(io.popen("true \\0"))`,
  );
  await lua.close();
  expect(end.how).toBe('finished');
  expect(lines).toEqual([
    expect.stringMatching(/^info nil\tArgument list too long\t\d+$/),
    expect.stringMatching(/^info nil\tArgument list too long\t\d+$/),
    'info nil\ta command has no NUL characters\t0',
    'info nil\ta command has no NUL characters\t0',
  ]);
});

test('A command of a script that has too few descriptors is a value with its reason', async () => {
  const adapter = join(folder, 'lua.cjs');
  const source = join(import.meta.dirname, '../../src/adapters/lua.ts');
  buildSync({ entryPoints: [source], outfile: adapter, bundle: true, platform: 'node', format: 'cjs' });
  const script = `local kept = {}
    for i = 1, 300 do kept[i] = io.open("/dev/null") end
    print(os.execute("true")) print(io.popen("true"))`;
  const program = `const { createLua } = require(${JSON.stringify(adapter)});
    const lua = createLua({ workerPath: ${JSON.stringify(LUA_WORKER)} });
    const request = { key: 'k', section: 'task', chunk: 'task T', condition: 'C', task: 'T', variables: {}, expected: {}, timeoutSeconds: 0 };
    lua.run({ ...request, script: ${JSON.stringify(script)} }, { line: (level, text) => console.log(text), initialised() {}, event() {}, metric() {} })
      .then(({ end }) => { console.log(end.how, end.message ?? ''); process.exit(0); });`;
  const said = execFileSync('sh', ['-c', 'ulimit -n 200; exec "$0" -e "$1"', process.execPath, program], {
    encoding: 'utf8',
  });
  const [executed, opened, end] = said.split('\n');
  expect(executed).toMatch(/^nil\tToo many open files\t\d+$/);
  expect(opened).toMatch(/^nil\tthe shell was not started: too many open files or processes\t0$/);
  expect(end).toBe('finished ');
});
