import { describe, expect, it } from 'vitest';
import { parseRule } from '../../src/items/common/match-rule.ts';
import { problemsOf } from './support/item.ts';

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
    ['', 'it is empty'],
    ['type=signal', `at character 1: the value of "type" has to be in single quotes`],
    ["type='signal", 'the value of "type" has to be in single quotes'],
    ["type='signal', member='X'", 'at character 15: no blanks are allowed around keys and commas'],
    ["type ='signal'", 'no blanks are allowed'],
    ["type='signals'", '"type" has to be one of signal, method_call, method_return, error, not "signals"'],
    ["typ='signal'", 'at character 1: unknown key "typ" (known: type, sender,'],
    ["eavesdrop='true'", 'unknown key "eavesdrop"'],
    ["type='signal',type='error'", 'at character 15: the key "type" is there twice'],
    ["type='signal',", 'nothing follows the comma'],
    ["type='signal'member='X'", 'at character 14: expected a comma or the end'],
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
