import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRule } from '../../src/items/common/match-rule.ts';
import { problemsOf } from './support/item.ts';
import { PrivateBus } from './support/private-bus.ts';
import { have } from './support/programs.ts';

describe('the match rule of a D-Bus event', () => {
  it('is taken apart as dbus-daemon does it: numbers as in C, a backslash for quotes alone', () => {
    expect([...parseRule("arg01='a',arg010=b,arg0x3fpath='/'").keys]).toEqual([
      ...[
        ['arg1', 'a'],
        ['arg8', 'b'],
        ['arg63path', '/'],
      ],
    ]);
    const values = ["it\\'s", 'a\\,b', "a\\\\'b'", '\\'].map((value) => parseRule(`arg0=${value}`).keys.get('arg0'));
    expect(values).toEqual(["it's", 'a\\,b', 'a\\\\b', '\\']);
  });
  it('is taken apart', () => {
    expect([...parseRule("type='signal',path_namespace='/a',arg0='it, quoted',arg12path='/x/'").keys]).toEqual([
      ['type', 'signal'],
      ['path_namespace', '/a'],
      ['arg0', 'it, quoted'],
      ['arg12path', '/x/'],
    ]);
  });
  it.each([
    ["type='signal", 'at character 6: the quote is not closed'],
    ["type='signals'", '"type" has to be one of signal, method_call, method_return, error, not "signals"'],
    ["typ='signal'", 'at character 1: unknown key "typ" (known: type, sender,'],
    ["type='signal',type='error'", 'at character 15: the key "type" is there twice'],
    [
      "type='signal'member='X'",
      '"type" has to be one of signal, method_call, method_return, error, not "signalmember=X"',
    ],
    ["path='a'", '"path" has to be an object path, not "a"'],
    ["path='/a',path_namespace='/'", '"path" and "path_namespace" exclude each other'],
    ["interface='x'", '"interface" has to be an interface name'],
    ["member='a.b'", '"member" has to be the name of a signal or method'],
    ["sender='x y'", '"sender" has to be a bus name'],
    ["arg64='x'", 'unknown key "arg64"'],
    ["arg1namespace='x'", 'unknown key "arg1namespace"'],
    ['nonsense', '"nonsense"'],
    ['=x', 'at character 1: a key is missing'],
    ["arg1='a',arg01='b'", 'the key "arg1" is there twice'],
  ])('%j is refused at load: %s', async (rule, expected) => {
    const toml = `[[condition]]\nname = "B"\ntype = "bucket"\n[[event]]\nname = "E"\ntype = "dbus"\ncondition = "B"\nbus = ":session"\nrule = ${JSON.stringify(rule)}\n`;
    const problems = await problemsOf(toml);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('rule: not a match rule: ');
    expect(problems[0]).toContain(expected);
  });
});

describe.skipIf(!have('dbus-daemon', 'dbus-send'))('a match rule (needs dbus-daemon)', () => {
  const bus = new PrivateBus();
  beforeAll(async () => void (await bus.start()));
  afterAll(() => bus.close());
  const taken = (rule: string): boolean => {
    const object = ['--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.AddMatch'];
    return spawnSync('dbus-send', [`--bus=${bus.address}`, '--print-reply', ...object, `string:${rule}`]).status === 0;
  };
  const parsed = (rule: string): boolean => {
    try {
      parseRule(rule);
      return true;
    } catch {
      return false;
    }
  };
  it('is taken when dbus-daemon takes it, and refused when that refuses it', () => {
    const rules = [
      ...['', ' ', ',', 'type=signal', "type='signal", "type='signal', member='X'", "type ='signal'", "type= 'signal'"],
      ...[
        "type='signal' ,member='X'",
        "type='signal',",
        "type='signal',,member='X'",
        "type='signal'member='X'",
        'type=',
      ],
      ...[
        "eavesdrop='true'",
        "eavesdrop='maybe'",
        "arg0=it\\'s",
        "arg0='a'b'c'",
        'arg0=a b',
        "arg0='it, quoted'",
        "arg0=''",
      ],
      ...["arg63='x'", "arg64='x'", "arg0path='x'", "arg0namespace='a'", "arg1namespace='a.b'", "arg0namespace='a.'"],
      ...["path='/a/'", "path='/'", "path_namespace='/'", "path='/a',path_namespace='/a'", "path='a'", "member='a.b'"],
      ...[
        "interface='x'",
        "interface='x.y'",
        "sender='x'",
        "sender='x.y'",
        "sender=':1.5'",
        "destination='x.y'",
        'type=,',
      ],
      ...["type='signal',type='signal'", 'nonsense', "\ttype='signal'", "type='signal',\n member='X'", "member=''"],
      ...["sender='org.a-b.c'", "interface='org.a-b.c'", "sender='a.1b'", `arg0='${'x'.repeat(1100)}'`, "argx='x'"],
      ...[
        "arg0path=''",
        "sender=''",
        "type=' signal'",
        `member='${'x'.repeat(256)}'`,
        "path='/a-b'",
        "arg-1='x'",
        "arg ='x'",
      ],
      ...[
        "arg01='x'",
        "arg010='x'",
        "arg08='x'",
        "arg077='x'",
        "arg0100='x'",
        "arg0x3f='x'",
        "arg0x40='x'",
        "arg+1='x'",
      ],
      ...[
        "ARG0='x'",
        "arg00path='x'",
        "arg00namespace='x'",
        "arg0xpath='x'",
        "arg1='a',arg01='b'",
        "arg8='a',arg010='b'",
      ],
      ...["arg0='a',arg0path='/a'", "arg0namespace='a',arg0='b'", "sender=':1'", 'eavesdrop=true,eavesdrop=true'],
      ...['arg0=a\\,b', 'arg0=\\', "arg0=\\\\'a", "arg0=\\\\'a'", "arg0=a\\'b", "arg0='a\\'", "arg0='a\\'b'"],
      ...["type='signal'==", "type=='signal'"],
    ];
    expect(rules.map((rule) => [rule, parsed(rule)])).toEqual(rules.map((rule) => [rule, taken(rule)]));
  });
});
