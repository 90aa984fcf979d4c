import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkLuaSyntax } from '../../src/config/lua-syntax.ts';
import type { Lua } from '../../src/core/ports.ts';
import { compile } from '../../src/lua/lib/load-chunk.ts';
import { literal, newstate } from '../../src/lua/lua-api.ts';
import { load } from '../support/daemon.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

/** Whether the interpreter itself accepts a script. */
const compiles = (script: string): boolean => compile(newstate(), new Uint8Array(Buffer.from(script)), literal('=s'));

const PIECES = [
  'local a, b = 1, "x"',
  'goto done; do print(1) end ::done::',
  'for i = 1, 3 do if i == 2 then goto continue end print(i) ::continue:: end',
  'x = 0x1p4 + 3 // 2 ~ 1 & 4 | 5 << 2 >> 1',
  's = "\\u{48}\\x41\\065\\z  \n b" .. [==[ x ]] ]==]',
  'local function f(...) local t = {...; n = select("#", ...)} return t[1], #t end f(1, 2)',
  'a.b.c:d{1}"x"[[y]](z)',
  'while true do break end',
  'repeat local x = 1 until x',
  'for k, v in pairs(t) do if not k then elseif v then else end end',
  'local x = not -#~1 -- comment\n--[[ long\n]] x = a and b or c',
  'function a.b.c:d() return 1; end',
  'é = "é"',
];

const script = fc
  .tuple(
    fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 }),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(3),
        fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom(...PIECES.join(' ').split(/\b/))),
      ),
      {
        maxLength: 4,
      },
    ),
  )
  .map(([pieces, changes]) => {
    let text = pieces.join(' ');
    for (const [at, cut, put] of changes) {
      const place = at % (text.length + 1);
      text = text.slice(0, place) + put + text.slice(place + cut);
    }
    return text;
  });

describe('the syntax check at load', () => {
  it.each(PIECES.slice(0, -1).concat('x = 0x.8', 'return', '::a:: goto a', 'x = 1;;;', 'local x = nil'))(
    'accepts %s',
    (piece) => expect(checkLuaSyntax(piece)).toBeUndefined(),
  );
  it.each([
    ['x = = 1', 1, 5],
    ['x = 1\nif x then', 2, 10],
    ['\n\nlocal y <const> = 1', 3, 9],
    ['goto nowhere', 1, 1],
    ['break', 1, 1],
    ['x = "open', 1, 5],
    ['#!/bin/lua', 1, 1],
    ['x = \u20ac', 1, 5],
  ])('refuses %s with line and column', (piece, line, column) => {
    const found = checkLuaSyntax(piece);
    expect(found).toMatchObject({ line });
    expect(Math.abs(found!.column - column)).toBeLessThanOrEqual(12);
    expect(found!.message).not.toBe('');
  });
  it('survives any nesting and any size', () => {
    for (const n of [100, 1000, 100_000]) {
      expect(checkLuaSyntax(`x = ${'('.repeat(n)}1${')'.repeat(n)}`)?.message ?? 'fine').toMatch(/nested|fine/);
      checkLuaSyntax(`x = ${'{'.repeat(n)}`);
      checkLuaSyntax('do '.repeat(n));
    }
    expect(checkLuaSyntax('x = 1\n'.repeat(100_000))).toBeUndefined();
    expect(checkLuaSyntax('')).toBeUndefined();
  });
  it('refuses no script that the interpreter accepts, and never throws', () => {
    fc.assert(
      fc.property(script, (text) => {
        const found = checkLuaSyntax(text);
        if (found !== undefined) expect(compiles(text)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });
  it('says file, line and column of the configuration file, and shows the place', async () => {
    const config = (value: string): string => `[[task]]\nname = "A"\ntype = "lua"\nscript = ${value}\n`;
    const problem = async (value: string): Promise<[string, string | undefined]> => {
      const error = await load(config(value), 'f.toml').then(
        () => undefined,
        (e: unknown) => e as { lines: string[]; problems: { codeFrame?: string }[] },
      );
      return [error!.lines[0]!, error!.problems[0]!.codeFrame];
    };
    const [line, picture] = await problem("'''\nlocal x = 1\nx = = 2\n'''");
    expect(line).toMatch(/^f\.toml:6:5: task "A": script: line 2 of it: /);
    expect(picture).toContain('6:  x = = 2\n        ^');
    expect((await problem("'''x = 1\nx = = 2'''"))[0]).toMatch(/^f\.toml:5:5: /);
    expect((await problem("'x = = 2'"))[0]).toMatch(/^f\.toml:4:15: /);
    expect((await problem('"""\nx = = 2"""'))[0]).toMatch(/^f\.toml:5:5: /);
  });
});

describe('load on mutated scripts', () => {
  let lua: Lua;
  beforeAll(async () => {
    lua = await realLua();
  });
  afterAll(() => lua.close());
  it('never ends the host', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(script, { minLength: 20, maxLength: 20 }), async (scripts) => {
        const list = scripts.map((s) => `[===[${s.replaceAll(']===]', '')}]===]`).join(', ');
        // Compiled by load, and run with a little time.
        const run = await runScript(
          lua,
          `for _, s in ipairs({ ${list} }) do assert(load(s) or true) end print("alive")`,
        );
        expect(run.lines).toEqual(['info alive']);
        for (const s of scripts.slice(0, 5)) {
          const { end } = await runScript(lua, s, { timeoutSeconds: 0.05 });
          expect(['finished', 'script-error', 'timeout']).toContain(end.how);
        }
      }),
      { numRuns: 40 },
    );
  });
});
