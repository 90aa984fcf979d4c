import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRule } from '../../src/items/common/match-rule.ts';
import { problemsOf } from './support/item.ts';
import { PrivateBus } from './support/private-bus.ts';
import { have } from './support/programs.ts';

describe('the match rule of a D-Bus event', () => {
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
    ];
    expect(rules.map((rule) => [rule, parsed(rule)])).toEqual(rules.map((rule) => [rule, taken(rule)]));
  });
});
