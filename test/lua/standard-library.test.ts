import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

let lua: Lua;
const folder = mkdtempSync(join(tmpdir(), 'whenever-lua-files-'));
beforeAll(async () => {
  writeFileSync(
    join(folder, 'good.lua'),
    '#!/usr/bin/lua\nlocal name, path = ...\nreturn { name = name, path = path }',
  );
  writeFileSync(join(folder, 'wrong.lua'), 'return =');
  writeFileSync(join(folder, 'mark.lua'), '\ufeff#!/usr/bin/lua\nreturn 5');
  writeFileSync(join(folder, 'plain-mark.lua'), '\ufeffreturn 6');
  writeFileSync(join(folder, 'line.lua'), '#!/usr/bin/lua');
  mkdirSync(join(folder, 'empty'));
  lua = await realLua();
});
afterAll(async () => {
  await lua.close();
  rmSync(folder, { recursive: true });
});

/** What a script prints, with `FOLDER` for the folder of files. */
const printed = async (script: string): Promise<string> => {
  const { end, lines } = await runScript(lua, script.replaceAll('FOLDER', folder));
  expect(end).toEqual({ how: 'finished', comparisons: [] });
  return lines
    .map((line) => line.replace(/^info /, ''))
    .join('\n')
    .replaceAll(folder, 'FOLDER');
};

/** Prints the first of `t` after statements that run where a script cannot wait. */
const inCall = (statements: string): string =>
  `print((("x"):gsub("x", function() ${statements} local v = t[1] return tostring(type(v) == "table" and v[1] or v) end)))`;
const W_PLUS =
  'local f = io.open("FOLDER/rw", "w+") f:write("abc") f:seek("set") print(f:read("a")) print(f:write("x") == f and f:read("a") == "")';
const BOTH = 'incremental\tincremental';
const SLEEPS = 'print(coroutine.resume(coroutine.create(function() sync.sleep(0.001) return 5 end)))';

describe('os.date', () => {
  // The expected texts are those of `LC_ALL=C date -u`.
  test.each([
    [951786245, '%a|%A|%b|%B|%h', 'Tue|Tuesday|Feb|February|Feb'],
    [951786245, '%c|%x|%X|%D|%F', 'Tue Feb 29 01:04:05 2000|02/29/00|01:04:05|02/29/00|2000-02-29'],
    [951786245, '%C|%d|%e|%j|%m|%y|%Y', '20|29|29|060|02|00|2000'],
    [951786245, '%H|%I|%M|%p|%r|%R|%s|%S|%T', '01|01|04|AM|01:04:05 AM|01:04|951786245|05|01:04:05'],
    [951786245, '%g|%G|%u|%U|%V|%w|%W', '00|2000|2|09|09|2|09'],
    [1104537600, '%g|%G|%U|%V|%W|%u|%w|%I|%p', '04|2004|00|53|00|6|6|12|AM'],
    [1104667200, '%a|%u|%w|%U|%W|%V|%I|%p|%r', 'Sun|7|0|01|00|53|12|PM|12:00:00 PM'],
    [0, '%z|%Z|%%|%n|%t|%Ex|%Od', '+0000|GMT|%|\n|\t|01/01/70|01'],
  ])('formats %d by %s as the C library does', async (seconds, format, wanted) => {
    const text = await printed(`print((os.date("!${format}", ${seconds}):gsub("\\n", "LINE")))`);
    expect(text).toBe(wanted.replace('\n', 'LINE'));
  });
  test.each(['%', '%E', '%5', '%Q'])('refuses %j', async (format) => {
    expect(await printed(`print(pcall(os.date, "!${format}", 0))`)).toMatch(
      /^false\t.*invalid conversion specifier '%/,
    );
  });
});

describe('files of Lua', () => {
  test('a module gets its name and its path, and is loaded once', async () => {
    const text = await printed(
      'package.path = "FOLDER/?.lua" local m = require("good") print(m.name, m.path, m == require("good"))',
    );
    expect(text).toBe('good\tFOLDER/good.lua\ttrue');
  });
  test.each([
    [
      'a module that is nowhere, with the places',
      'package.path = "FOLDER/?.lua;FOLDER/?/init.lua" print(pcall(require, "no.such"))',
      /^false\t.*module 'no\.such' not found:(.*\n)+.*no file 'FOLDER\/no\/such\.lua'\n.*no file 'FOLDER\/no\/such\/init\.lua'/,
    ],
    [
      'a module with an error of syntax, with the file and the line',
      'package.path = "FOLDER/?.lua" print(pcall(require, "wrong"))',
      /^false\t.*error loading module 'wrong' from file 'FOLDER\/wrong\.lua':\n\t.*:1: /,
    ],
    ['a path that is not a text', 'package.path = true print(pcall(require, "x"))', /'package\.path' must be a string/],
    [
      'a library that is not written in Lua',
      'print(package.loadlib("/lib/libm.so", "sin"))',
      /^nil\tdynamic libraries not enabled; only Lua files can be loaded\tabsent$/,
    ],
    [
      'a search without a find',
      'print(package.searchpath("a.b", "FOLDER/?.x"))',
      /^nil\t\n\tno file 'FOLDER\/a\/b\.x'$/,
    ],
    ['a file that is not there', 'print(loadfile("FOLDER/none.lua"))', /^nil\tcannot open FOLDER\/none\.lua/],
    [
      'a file that is not there, to be run',
      'print(pcall(dofile, "FOLDER/none.lua"))',
      /^false\tcannot open .*none\.lua/,
    ],
    ['a file with an error of syntax', 'print(loadfile("FOLDER/wrong.lua"))', /^nil\t.*wrong\.lua:1: /],
    ['a file with an error, to be run', 'print(pcall(dofile, "FOLDER/wrong.lua"))', /^false\t.*wrong\.lua:1: /],
    [
      'a file of text where only binary ones are wanted',
      'print(loadfile("FOLDER/good.lua", "b"))',
      /^nil\t.*text chunk/,
    ],
    ['a reader that gives no text', 'print(load(function() return {} end))', /reader function must return a string/],
  ])('refuse %s', async (_, script, wanted) => {
    expect(await printed(script)).toMatch(wanted);
  });
  test('a chunk sees the environment it is given', async () => {
    const script =
      'print(load("return x", "n", "t", { x = 7 })(), loadfile("FOLDER/good.lua", "t", {})("a", "b").path)';
    expect(await printed(script)).toBe('7\tb');
  });
});

describe('files that a script opens', () => {
  test('the standard input and output can be files', async () => {
    const text = await printed(
      `io.output("FOLDER/text") io.write("one\\n", 2, "\\n", 0x10, "\\nrest") io.close()
      io.input("FOLDER/text") print(io.read("L", "n", "n", "l", "a")) print(io.read("a"), io.read("l"), io.read(0))`,
    );
    expect(text).toBe('one\n\t2\t16\t\trest\n\tnil\tnil');
  });
  test('what is written is there after setvbuf("no"), flush and close, and seek goes back to it', async () => {
    const text = await printed(
      `local f = io.open("FOLDER/both", "w+") f:setvbuf("no") f:write("abc") print(io.open("FOLDER/both"):read("a"))
      f:setvbuf("full") f:write("def") print(f:seek("set", 1), f:read(3), f:seek("cur"), f:seek("end")) print(f:close(), io.type(f))`,
    );
    expect(text).toBe('abc\n1\tbcd\t4\t6\ntrue\tclosed file');
  });
  test.each([
    ['a file that is not there', 'print(io.open("FOLDER/none"))', /^nil\tFOLDER\/none: No such file or directory\t2$/],
    ['a mode that there is not', 'print(pcall(io.open, "FOLDER/x", "rw"))', /^false\t.*invalid mode/],
    ['a folder as a file', 'local f, m = io.open("FOLDER", "w") print(f, m)', /^nil\tFOLDER: Is a directory$/],
    ['a kind of buffer', 'print(pcall(io.stdout.setvbuf, io.stdout, "some"))', /invalid option 'some'/],
    [
      'a place before the beginning',
      'print(io.open("FOLDER/good.lua"):seek("set", -5))',
      /^nil\tInvalid argument\t22$/,
    ],
    ['a place in a pipe', 'print(io.popen("true"):seek("set", 0))', /^nil\tIllegal seek\t29$/],
    ['a format', 'print(pcall(function() io.open("FOLDER/good.lua"):read("x") end))', /invalid format/],
    ['writing where one reads', 'print(io.open("FOLDER/good.lua"):write("x"))', /^nil\tBad file descriptor\t9$/],
    ['reading where one writes', 'print(io.open("FOLDER/new", "w"):read("a"))', /^nil\tBad file descriptor\t9$/],
    [
      'a file that is closed',
      'local f = io.tmpfile() f:close() print(pcall(f.read, f))',
      /attempt to use a closed file/,
    ],
    ['lines of a file that is not there', 'print(pcall(io.lines, "FOLDER/none"))', /none: No such file or directory/],
    ['the removal of what is not there', 'print(os.remove("FOLDER/none"))', /none: No such file or directory\t2$/],
    [
      'another name for what is not there',
      'print(os.rename("FOLDER/none", "FOLDER/b"))',
      /No such file or directory\t2$/,
    ],
  ])('refuse %s', async (_, script, wanted) => {
    expect(await printed(script)).toMatch(wanted);
  });
});

describe('files, modules and values beyond the usual', () => {
  test.each([
    ['a mark of UTF-8 before a line for the shell', 'print(dofile("FOLDER/mark.lua"))', '5'],
    ['a mark of UTF-8 alone', 'print(dofile("FOLDER/plain-mark.lua"))', '6'],
    ['a file that is a line for the shell', 'print(select("#", dofile("FOLDER/line.lua")))', '0'],
    ['where a module is', 'print(package.searchpath("good", "FOLDER/?.lua"))', 'FOLDER/good.lua'],
    ['what is read after it was written', W_PLUS, 'abc\ntrue'],
    ['a folder without files is removed', 'print(os.remove("FOLDER/empty"))', 'true'],
    ['the standard input as it is', 'print(io.type(io.input()), io.input(io.input()) == io.input())', 'file\ttrue'],
    ['a buffer of the standard output', 'print(io.stdout:setvbuf("no"))', 'true'],
    [
      'a standard output that is closed',
      'local old = io.output() io.output(io.tmpfile()) io.close() print(pcall(io.write, "x")) io.output(old)',
      'false\tstandard output file is closed',
    ],
    ['a long text in a format', 'print(#string.format(("x"):rep(100000) .. "%i%%", -5))', '100003'],
    ['a mode of the collector', 'print(collectgarbage("generational"), collectgarbage("incremental"))', BOTH],
    ['a sleep in a coroutine', SLEEPS, 'true\t5'],
    ['a table as the error of a coroutine', 'print(type(select(2, pcall(coroutine.wrap(error), {}))))', 'table'],
    [
      'a coroutine that has begun the one that closes it',
      'local c c = coroutine.create(function() return coroutine.wrap(function() return coroutine.close(c) end)() end) print(coroutine.resume(c))',
      /cannot close a running coroutine$/,
    ],
    [
      'a sort within a replacement',
      inCall('local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end)'),
      '3',
    ],
    [
      'a sort of many within a replacement',
      inCall('local t = {} for i = 1, 3000 do t[i] = i * 7919 % 3001 end table.sort(t)'),
      '1',
    ],
    [
      'a sort by a metamethod within a replacement',
      inCall(
        'local m = { __lt = function(a, b) return a[1] < b[1] end } local o = {} for i = 1, 3000 do o[i] = setmetatable({ i * 7919 % 3001 }, m) end table.sort(o) local t = o[1]',
      ),
      '1',
    ],
    ['a replacement within a replacement', inCall('local t = { (("y"):gsub("y", function() return "z" end)) }'), 'z'],
    [
      'a list that is too long to sort',
      'print(pcall(table.sort, setmetatable({}, { __len = function() return 2147483647 end })))',
      "false\tbad argument #1 to 'table.sort' (array too big)",
    ],
    ['an instant beyond the calendar', 'print(pcall(os.date, "%c", 1e14))', /time out-of-bounds/],
    [
      'a year beyond the calendar',
      'print(pcall(os.time, { year = 300000, month = 1, day = 1 }))',
      /cannot be represented/,
    ],
    ['a sleep of no length', 'print(pcall(sync.sleep, 0 / 0))', /invalid parameter: not a number of seconds/],
  ])('%s', async (_, script, wanted) => {
    const text = (await printed(script)).trim();
    if (typeof wanted === 'string') expect(text).toBe(wanted);
    else expect(text).toMatch(wanted);
  });
});

describe('utf8 and coroutines', () => {
  test.each([
    [
      'utf8.codes goes through a text',
      'for at, code in utf8.codes("aä€😀") do io.write(at, ":", code, " ") end',
      '1:97 2:228 4:8364 7:128512 ',
    ],
    [
      'a coroutine that waits is closed',
      'local c = coroutine.create(coroutine.yield) coroutine.resume(c) print(coroutine.close(c), coroutine.status(c))',
      'true\tdead',
    ],
    [
      'one that failed hands out its error',
      'local c = coroutine.create(error) coroutine.resume(c, "broken") print(coroutine.close(c))',
      'false\tbroken',
    ],
  ])('%s', async (_, script, wanted) => {
    expect((await printed(script)).trim()).toBe(wanted.trim());
  });
  test.each([
    ['an invalid text', 'for _ in utf8.codes("a\\xff") do end', 'invalid UTF-8 code'],
    [
      'closing itself',
      'coroutine.wrap(function() coroutine.close(coroutine.running()) end)()',
      'cannot close a running coroutine',
    ],
    ['a yield of the script itself', 'coroutine.yield()', 'attempt to yield from outside a coroutine'],
  ])('refuse %s', async (_, script, wanted) => {
    expect(await printed(`print(pcall(function() ${script} end))`)).toContain(wanted);
  });
});

describe('texts and values', () => {
  test.each([
    ['a conversion', 'string.format("%y", 1)', "invalid option '%y' to 'format'"],
    ['a number with a fraction as an integer', 'string.format("%d", 1.5)', 'number has no integer representation'],
    ['a value that has no text in Lua', 'string.format("%q", {})', 'value has no literal form'],
    ['too few values', 'string.format("%s %s", 1)', "bad argument #3 to 'format' (no value)"],
    ['a pattern that ends in a %', '("x"):find("%")', "malformed pattern (ends with '%')"],
    ['a set without an end', '("x"):find("[a")', "malformed pattern (missing ']')"],
    ['a balance without its two characters', '("x"):find("%b(")', "missing arguments to '%b'"],
    ['a frontier without a set', '("x"):find("%fa")', "missing '[' after '%f' in pattern"],
    ['a capture without an end', '("x"):find("(x")', 'unfinished capture'],
    ['a capture without a beginning', '("x"):match("x)")', 'invalid pattern capture'],
    ['a capture that is not there yet', '("x"):find("%1")', 'invalid capture index'],
    ['a capture that is not there in a replacement', '("x"):gsub("x", "%2")', 'invalid capture index %2'],
    ['a replacement that is not one', '("x"):gsub("x", true)', 'string/function/table expected'],
    ['a replacement by a table', '("x"):gsub("x", function() return {} end)', 'invalid replacement value (a table)'],
    ['a base', 'tonumber("1", 99)', 'base out of range'],
    ['a number to be read in a base', 'tonumber(1, 10)', 'string expected, got number'],
    ['the values before the first', 'select(0, 1)', 'index out of range'],
    [
      'a metatable that is protected',
      'setmetatable(setmetatable({}, { __metatable = 1 }), {})',
      'cannot change a protected metatable',
    ],
    ['a metatable that is a number', 'setmetatable({}, 5)', 'nil or table expected'],
    ['a key that is not in a table', 'next({}, "x")', 'next'],
    [
      'a text that is not one',
      'tostring(setmetatable({}, { __tostring = function() return {} end }))',
      "'__tostring' must return a string",
    ],
    ['a code that is not one', 'utf8.char(-1)', 'value out of range'],
    ['a beginning within a character', 'utf8.offset("ä", 1, 2)', 'initial position is a continuation byte'],
    ['a place out of a text', 'utf8.codepoint("abc", 10)', 'out of range'],
    ['a coroutine of nothing', 'coroutine.create(5)', 'function expected'],
    ['a generator that has ended', 'local f = coroutine.wrap(function() end) f() f()', 'cannot resume dead coroutine'],
    ['a place in a table that is too large', 'table.insert({}, 5, 1)', 'position out of bounds'],
    ['no value to insert', 'table.insert({})', "wrong number of arguments to 'insert'"],
    ['a value that cannot be joined', 'table.concat({ {} })', "invalid value (table) at index 1 in table for 'concat'"],
    ['too many values', 'table.unpack({}, 1, 1e8)', 'too many results to unpack'],
  ])('refuse %s', async (_, script, wanted) => {
    expect(await printed(`print(pcall(function() ${script} end))`)).toMatch(/^false\t/);
    expect(await printed(`print(select(2, pcall(function() ${script} end)))`)).toContain(wanted);
  });
});
