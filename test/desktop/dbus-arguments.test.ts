import { describe, expect, it } from 'vitest';
import { aloneCondition, problemsOf } from './support/item.ts';
import { have } from './support/programs.ts';
import { keysOf, served } from './support/served.ts';

/** parameter_call as TOML, and signature and values as a service receives them. */
const SENT: readonly (readonly [string, string])[] = [
  ['[true, false]', 'bb [true,false]'],
  ['[5, -9223372036854775808]', 'xx ["5n","-9223372036854775808n"]'],
  ['[5.0, 0.25]', 'dd [5,0.25]'],
  ['["text", ""]', 'ss ["text",""]'],
  ["['\\btrue', '\\bFALSE', '\\b1', '\\b0']", 'bbbb [true,false,true,false]'],
  ["['\\y0', '\\y255', '\\y+7']", 'yyy [0,255,7]'],
  ["['\\n-32768', '\\q65535', '\\i-2147483648', '\\u4294967295']", 'nqiu [-32768,65535,-2147483648,4294967295]'],
  ["['\\x-9223372036854775808', '\\t18446744073709551615']", 'xt ["-9223372036854775808n","18446744073709551615n"]'],
  ["['\\d1.5', '\\d-2e3', '\\d+.5']", 'ddd [1.5,-2000,0.5]'],
  ["['\\dinf', '\\dnan']", 'dd [null,null]'],
  ["['\\s42', '\\s']", 'ss ["42",""]'],
  ["['\\o/', '\\o/a_1/B']", 'oo ["/","/a_1/B"]'],
  ["['\\\\y42']", 's ["\\\\y42"]'],
  ["['\\w100', '\\Y1', '\\', '\\ä']", 'ssss ["\\\\w100","\\\\Y1","\\\\","\\\\ä"]'],
  ["[[1, 'a', '\\y2']]", 'av [[{"v":"x","is":"1n"},{"v":"s","is":"a"},{"v":"y","is":2}]]'],
  ['[[]]', 'av [[]]'],
  ["[{ a = 1, 'b/c' = '\\u2' }]", 'a{sv} [[["a",{"v":"x","is":"1n"}],["b/c",{"v":"u","is":2}]]]'],
  [
    '[{ deep = { x = [true] } }]',
    'a{sv} [[["deep",{"v":"a{sv}","is":[["x",{"v":"av","is":[{"v":"b","is":true}]}]]}]]]',
  ],
  [
    `'["a", 5, 5.5, 9007199254740993, {"k": [1]}]'`,
    'sxdxa{sv} ["a","5n",5.5,"9007199254740993n",[["k",{"v":"av","is":[{"v":"x","is":"1n"}]}]]]',
  ],
];

/** parameter_signature, parameter_call, and what a service receives. */
const TYPED: readonly (readonly [string, string, string])[] = [
  ['as', '[["a", "b"]]', 'as [["a","b"]]'],
  ['as', '[[]]', 'as [[]]'],
  ['au', "[[1, '\\u2']]", 'au [[1,2]]'],
  ['(si)ad', '[["x", 3], [1, 2.5]]', '(si)ad [["x",3],[1,2.5]]'],
  ['a{su}', '[{ a = 1 }]', 'a{su} [[["a",1]]]'],
  ['a{us}', '[{ 7 = "seven" }]', 'a{us} [[[7,"seven"]]]'],
  ['a{oas}', '[{ "/a" = ["b"] }]', 'a{oas} [[["/a",["b"]]]]'],
  ['v', '[{ signature = "as", value = ["a"] }]', 'v [{"v":"as","is":["a"]}]'],
  [
    'vv',
    '[\'\\y1\', { signature = "s", value = "t", more = 1 }]',
    'vv [{"v":"y","is":1},{"v":"a{sv}","is":[["signature",{"v":"s","is":"s"}],["value",{"v":"s","is":"t"}],["more",{"v":"x","is":"1n"}]]}]',
  ],
  ['aa{sv}', '[[{ a = true }, {}]]', 'aa{sv} [[[["a",{"v":"b","is":true}]],[]]]'],
  ['gog', '["a{sv}", "/a", ""]', 'gog ["a{sv}","/a",""]'],
];

describe.skipIf(!have('dbus-daemon'))('the arguments of a D-Bus call (needs dbus-daemon)', () => {
  const world = served();

  const received = async (keys: string): Promise<unknown> => {
    const calls: unknown[] = [];
    const condition = await aloneCondition('dbus', keysOf('Describe', keys), {
      bus: {
        ...world.bus,
        call: async (call) => {
          const reply = await world.bus.call(call);
          calls.push(reply.how === 'reply' ? (reply.body[0] as { value: unknown }).value : reply);
          return reply;
        },
      },
    });
    await condition.check();
    return calls[0];
  };

  it.each(SENT)('sends %s as %s', async (call, expected) => {
    expect(await received(`parameter_call = ${call}`)).toBe(expected);
  });
  it.each(TYPED)('sends, as "%s", %s as %s', async (signature, call, expected) => {
    expect(await received(`parameter_signature = "${signature}"\nparameter_call = ${call}`)).toBe(expected);
  });
  it('calls without arguments when the key is missing', async () => {
    expect(await received('')).toBe(' []');
  });
  it('does not call with an empty array, and says so', async () => {
    const before = world.service.calls;
    const condition = await aloneCondition('dbus', keysOf('Describe', 'parameter_call = []'), { bus: world.bus });
    expect(await condition.check()).toMatchObject({ kind: 'failed' });
    expect(world.service.calls).toBe(before);
    expect(condition.lines().filter((line) => line.startsWith('warn'))).toEqual([
      'warn START/FAIL dbus: parameter_call is empty, no call is made; leave it out for a call without arguments',
    ]);
  });
});

const BAD: readonly (readonly [string, string])[] = [
  ["parameter_call = ['\\y256']", 'parameter_call (entry 1): "256" is not a byte'],
  ["parameter_call = [1, '\\y-1']", 'parameter_call (entry 2): "-1" is not a byte'],
  ["parameter_call = ['\\y 1']", 'parameter_call (entry 1): " 1" is not a byte'],
  ["parameter_call = ['\\q-1']", 'parameter_call (entry 1): "-1" is not an unsigned 16-bit integer'],
  ["parameter_call = ['\\bmaybe']", 'parameter_call (entry 1): "maybe" is not true or false'],
  ["parameter_call = ['\\dx']", 'parameter_call (entry 1): "x" is not a number'],
  ["parameter_call = ['\\o/a/']", 'parameter_call (entry 1): "/a/" is not an object path'],
  ["parameter_call = [['\\t-1']]", 'parameter_call (entry 1): "-1" is not an unsigned 64-bit integer'],
  ['parameter_call = [1979-05-27]', 'parameter_call (entry 1): a date cannot be sent'],
  ['parameter_call = [{ a = [1979-05-27T07:32:00Z] }]', 'parameter_call (entry 1): a date cannot be sent'],
  ['parameter_call = "[1"', 'parameter_call: not valid JSON'],
  ['parameter_call = "{}"', 'parameter_call: the JSON text has to hold an array'],
  ['parameter_call = [1]\nparameter_signature = "as"', 'parameter_call (entry 1): 1 is not an array, as as asks for'],
  ['parameter_call = "[1]"\nparameter_signature = "as"', 'parameter_call (entry 1): 1 is not an array, as as asks for'],
  ['parameter_signature = "s"', 'the signature "s" is for 1 argument, there are 0'],
  ['parameter_call = [1]\nparameter_signature = "ss"', 'the signature "ss" is for 2 arguments, there are 1'],
  ['parameter_call = [1]\nparameter_signature = "a{"', '"a{" is not a D-Bus signature'],
  ['parameter_call = [1]\nparameter_signature = "h"', 'parameter_call (entry 1): file handles cannot be sent'],
  [
    'parameter_call = [["x"]]\nparameter_signature = "(si)"',
    'parameter_call (entry 1): an array is not an array of the 2 members of (si)',
  ],
];

describe('arguments that cannot be sent', () => {
  it.each(BAD)('%s is refused at load: %s', async (keys, expected) => {
    const problems = await problemsOf(`[[condition]]\nname = "C"\ntype = "dbus"\n${keysOf('M', keys)}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});
