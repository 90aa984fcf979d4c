import { afterEach, describe, expect, it } from 'vitest';
import type { Lua } from '../../src/core/ports.ts';
import { realLua, runScript } from '../support/lua-worker.ts';

const LONG = process.env.WHENEVER_TEST_LONG === '1';

describe('a script with texts of 100 MB', () => {
  let lua: Lua | undefined;
  afterEach(() => lua?.close());

  it.each([
    ['tonumber of digits', 'local s = ("1"):rep(100000000)', 'tonumber(s)'],
    ['string.format of percent signs', 'local s = ("%%"):rep(50000000)', 'string.format(s)'],
    ['string.pack with many items', 'local s = ("x"):rep(100000000)', 'string.pack(s)'],
    ['print of many lines', 'local s = ("\\n"):rep(20000000)', 'print(s)'],
    ['os.date with many conversions', 'local s = ("%c"):rep(2000000)', 'os.date(s)'],
    // Each takes all of its time on one processor.
    ...(LONG
      ? [
          ['tonumber with a base', 'local s = ("1"):rep(100000000)', 'tonumber(s, 10)'],
          ['arithmetic on digits', 'local s = ("1"):rep(100000000)', 'local n = s + 1'],
          ['a count that is a text', 'local s = ("1"):rep(100000000)', 'pcall(select, s, 1)'],
          ['a quoted text', 'local s = ("\\1"):rep(50000000)', 'pcall(string.format, "%q", s)'],
          ['io.write of many lines', 'local s = ("\\n"):rep(20000000)', 'io.write(s)'],
          ['string.pack of a large item', 'local s = "c100000000"', 'string.pack(s, "")'],
        ]
      : []),
  ])('that calls %s again and again lets others in, and ends at the time limit alone', async (_, text, call) => {
    lua = await realLua();
    const script = `${text} print("ready") sync.sleep(0.1) while true do ${call} end`;
    // On a busy machine a text of 100 MB takes some seconds to make.
    const endless = runScript(lua, script, { timeoutSeconds: 4, key: 'endless' });
    // A script with output is not restarted when it loses its host.
    const beside = await runScript(lua, 'print("begun") for i = 1, 50 do sync.sleep(0.02) end print("through")');
    expect(beside).toMatchObject({ end: { how: 'finished' }, lines: ['info begun', 'info through'] });
    const { end, lines } = await endless;
    expect(end).toEqual({ how: 'timeout' });
    expect(lines[0]).toBe('info ready');
    expect((await runScript(lua, 'print("next")')).lines).toEqual(['info next']);
  });

  it.each([
    [
      'a number',
      'local s = ("1"):rep(5000) return s + 0 == math.huge, tonumber(s, 10), tonumber(s .. "x")',
      'true\t-954437177\tnil',
    ],
    ['a number with blanks', 'return tonumber((" "):rep(300000) .. "12" .. (" "):rep(300000), 10)', '12'],
    [
      'a number of a base',
      'return tonumber(("0"):rep(300000) .. "fF", 16), tonumber("12z", 10), tonumber("-zz", 36)',
      '255\tnil\t-1295',
    ],
    ['capital letters', 'return ("aB\\228"):rep(100000):upper() == ("AB\\228"):rep(100000)', 'true'],
    ['small letters', 'return ("aB\\196"):rep(100000):lower() == ("ab\\196"):rep(100000)', 'true'],
    ['a text backwards', 'return ("abc"):rep(100000):reverse() == ("cba"):rep(100000)', 'true'],
    ['a format', 'return string.format(("-%d "):rep(200), table.unpack(n)) == table.concat(w)', 'true'],
    ['percent signs', 'return string.format(("%%"):rep(300000)) == ("%"):rep(300000)', 'true'],
    ['parts of a format', 'return string.format("%s-%.2s-%s", big, big, "z") == big .. "-xx-z"', 'true'],
    [
      'a packed text',
      'return string.unpack("z" .. (" "):rep(30000) .. "s4>i3", string.pack("z" .. (" "):rep(30000) .. "s4>i3", "a", big, -7))',
      `a\t${'x'.repeat(20_000)}\t-7\t20010`,
    ],
    ['a date', 'return os.date(("!%Y\x128"):rep(30000), 0) == "1970\x128" .. ("!1970\x128"):rep(29999)', 'true'],
    ['the size of what is packed', 'return string.packsize(("bx"):rep(5000))', '10000'],
    [
      'a number of characters',
      'return utf8.len(("aä€😀"):rep(30000)), utf8.offset(("aä€😀"):rep(30000), 120000)',
      '120000\t299997',
    ],
    ['a quoted text', 'return load("return " .. string.format("%q", all .. all))() == all .. all', 'true'],
    ['a quoted zero before a digit', 'return string.format("%q", "\\0001\\0a\\r\\n")', '"\\0001\\0a\\13\\'],
  ])('gets %s right when it is long', async (_, script, wanted) => {
    lua = await realLua();
    const { lines, end } = await runScript(
      lua,
      `local n, w, big, all = {}, {}, ("x"):rep(20000), {}
for i = 1, 200 do n[i], w[i] = i, "-" .. i .. " " end
for i = 0, 5000 do all[i + 1] = string.char(i % 256) .. i end
all = table.concat(all)
print((function() ${script} end)())`,
    );
    expect(end).toEqual({ how: 'finished', comparisons: [] });
    expect(lines[0]).toBe(`info ${wanted}`);
  });

  it('that prints many lines at once loses none', async () => {
    lua = await realLua();
    const { lines, end } = await runScript(
      lua,
      'local t = {} for i = 1, 20000 do t[i] = "n" .. i end print("a", table.concat(t, "\\n"), "b") io.write(table.concat(t, "\\n"))',
    );
    expect(end.how).toBe('finished');
    const each = Array.from({ length: 20_000 }, (_, i) => `info n${i + 1}`);
    expect(lines).toEqual(['info a\tn1', ...each.slice(1, -1), 'info n20000\tb', ...each]);
  });

  it.each([
    ['rep', '("x"):rep(100000000)'],
    ['..', '("x"):rep(40000000) .. ("y"):rep(40000000)'],
    ['upper', '("x"):rep(50000000):upper()'],
    ['format', 'string.format("%s%s", ("x"):rep(50000000), "y")'],
  ])(
    'that would use more memory than there is gets an error from %s, and the scripts beside it go on',
    async (_, make) => {
      lua = await realLua({ memoryMiB: 256 });
      const beside = runScript(lua, 'print("begun") sync.sleep(1) print("through")', { key: 'beside' });
      const { end } = await runScript(lua, `local t = {} for i = 1, 100 do t[i] = ${make} end`);
      expect(end).toMatchObject({ how: 'script-error', message: expect.stringMatching(/not enough memory$/) });
      expect(await beside).toMatchObject({ end: { how: 'finished' }, lines: ['info begun', 'info through'] });
    },
  );

  it.each([
    ['of a chunk', 'local f, message = load("x=[" .. ("="):rep(1000000)) print(#message < 20000)'],
    ['of a name', 'print(#select(2, pcall(load(("x"):rep(1000000) .. "()"))) < 20000)'],
    [
      'of a type',
      'local t = setmetatable({}, { __name = ("x"):rep(1000000) }) print(#select(2, pcall(("x").rep, t, 1)) < 20000)',
    ],
  ])('that gets a message with one %s finds it shortened', async (_, script) => {
    lua = await realLua();
    const { lines, end } = await runScript(lua, script);
    expect([end.how, ...lines]).toEqual(['finished', 'info true']);
  });

  it('that ends with an error of 100 MB is reported with the beginning of it', async () => {
    lua = await realLua();
    const { end } = await runScript(lua, 'error(("ä"):rep(50000000))');
    expect(end).toMatchObject({
      how: 'script-error',
      message: expect.stringMatching(/^task T:1: ä{8000,8200}\.\.\.$/),
    });
  });
});
