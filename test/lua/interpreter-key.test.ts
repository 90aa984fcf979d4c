import { describe, expect, it } from 'vitest';
import { checkLuaSyntax } from '../../src/config/lua-syntax.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { luaWords } from '../../src/describe/programs.ts';
import { load } from '../support/daemon.ts';

const task = (keys: string): string => `[[task]]\nname = "T"\ntype = "lua"\n${keys}\n`;

/** Place and text of what a file is refused for. */
const refused = async (toml: string, platform = 'linux'): Promise<string[]> => {
  try {
    await load(toml, 'test.toml', platform);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ position, item, text }) => `${position?.line}:${position?.column} ${item} ${text}`);
  }
};

describe('the key interpreter', () => {
  it('names a program that has to be there', async () => {
    expect(await refused(task('script = "x = 1"\ninterpreter = "missing-lua"'))).toEqual([
      '5:15 task "T" interpreter: there is no program "missing-lua" in the PATH (install it, or write its path)',
    ]);
    expect(await refused(task('script = "x = 1"\ninterpreter = "/opt/missing/lua"'))).toEqual([
      '5:15 task "T" interpreter: expected a program, "/opt/missing/lua" is not one',
    ]);
    expect(await refused(task('script = "x = 1"\ninterpreter = "bin/lua"'))).toEqual([
      '5:15 task "T" interpreter: expected "built-in", the name of a program such as "lua5.4", or an absolute path, found the string "bin/lua"',
    ]);
    expect(await refused(task('script = "x = 1"\ninterpreter = "lua5.4"'), 'win32')).toEqual([
      '5:15 task "T" interpreter: expected "built-in": on Windows there is no other one',
    ]);
  });

  it('is put into words', () => {
    const words = (interpreter: string) => luaWords({ script: 'x = 1', interpreter } as never);
    expect(['lua5.4', 'built-in'].map(words)).toEqual(['a Lua script of 1 line by lua5.4', 'a Lua script of 1 line']);
  });

  it('at the top of the file is that of all scripts without one; what is wrong there is said once', async () => {
    const [one, other] = (
      await load(
        `interpreter = "luajit"\n${task('script = "x = 1"')}${task('script = "x = 1"\ninterpreter = "built-in"').replace('"T"', '"U"')}`,
      )
    ).tasks;
    expect([one, other].map((spec) => spec?.values.interpreter)).toEqual(['luajit', 'built-in']);
    expect(await refused(`interpreter = "missing"\n${task('script = "x = 1"')}`)).toEqual([
      '1:15 undefined interpreter: there is no program "missing" in the PATH (install it, or write its path)',
    ]);
  });

  it.each([
    ['lua5.4', 'local x <const>, y<close> = 1 << 2, nil goto a ::a::'],
    ['/usr/bin/lua5.3', 'x = 1 // 2'],
    ['luajit', 'x = 5ULL goto a ::a::'],
    ['lua5.1', 'goto = 1'],
    ['my-lua', 'x = 1 // 2'],
    ['my-lua', 'goto = 1'],
  ])('says in which language a script is: %s takes %s', (interpreter, script) => {
    expect(checkLuaSyntax(script, interpreter)).toBeUndefined();
  });

  it.each([
    ['lua5.4', 'local x <const> = = 1', 1, 19],
    ['lua5.3', 'goto = 1', 1, 6],
    ['lua5.3', 'local x <const> = 1', 1, 9],
    ['luajit', '\nx = 1 // 2', 2, 8],
    ['lua5.1', 'x = 1 & 2', 1, 7],
    [undefined, 'local x <const> = 1', 1, 9],
    ['built-in', 'local x <const> = 1', 1, 9],
  ])('for %s refuses %s', (interpreter, script, line, column) => {
    expect(checkLuaSyntax(script, interpreter)).toMatchObject({ line, column });
  });
});
