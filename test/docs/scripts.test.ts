import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLua } from '../../src/adapters/lua.ts';
import type { Lua, LuaScalar } from '../../src/core/ports.ts';
import { blocksOf } from '../support/documents.ts';
import { LUA_WORKER } from '../support/lua-worker.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The Lua items of a TOML text. */
const scripts = (title: string, text: string) => {
  const tree = parse(text, { integersAsBigInt: true }) as Record<string, unknown>;
  return (['task', 'condition'] as const).flatMap((section) =>
    ((tree[section] ?? []) as Record<string, unknown>[])
      .filter(({ type }) => type === 'lua')
      .map((item) => ({ title: `${title}: ${section} ${String(item.name)}`, section, item })),
  );
};

const inGuide = blocksOf('docs/guide.md')
  .filter(({ language, wrong, text }) => language === 'toml' && !wrong && text.includes('type = "lua"'))
  .flatMap(({ title, text }) => scripts(title, text));
const all = [
  ...inGuide,
  ...readdirSync(join(root, 'config-examples'))
    .filter((name) => name.endsWith('.toml'))
    .flatMap((name) => scripts(name, read(`config-examples/${name}`))),
  // What reaches the network and is part of a hook is run by test/hooks/recipes.test.ts, with a server of its own.
].filter(({ item: { script } }) => !String(script).includes('trigger.hook'));

describe('the scripts of the documents run', () => {
  let lua: Lua;
  const folder = mkdtempSync(join(tmpdir(), 'whenever-scripts-'));
  beforeAll(async () => {
    // The task before ReadTime of the quickstart writes this file.
    appendFileSync(join(folder, 'whenever-quickstart.txt'), 'written by a test\n');
    lua = createLua({ workerPath: LUA_WORKER });
  });
  afterAll(async () => {
    await lua.close();
    rmSync(folder, { recursive: true });
  });

  test('there are some, in the guide too', () => {
    expect(inGuide.length).toBeGreaterThan(0);
    expect(all.length).toBeGreaterThan(2);
  });

  test.each(all)('$title', async ({ section, item }) => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { end } = await lua.run(
        {
          key: String(item.name),
          section,
          chunk: `${section} ${String(item.name)}`,
          condition: 'SomeCondition',
          task: 'SomeTask',
          script: String(item.script),
          variables: (item.variables_to_set ?? {}) as Record<string, LuaScalar>,
          expected: (item.expected_results ?? {}) as Record<string, LuaScalar>,
          timeoutSeconds: Number(item.timeout_seconds ?? 20),
        },
        { line: () => {}, initialised: () => {}, event: () => {}, metric: () => {} },
      );
      // The one that shows what a time limit is for.
      expect(end.how).toBe(item.name === 'Endless' ? 'timeout' : 'finished');
    } finally {
      process.chdir(before);
    }
  });
});
