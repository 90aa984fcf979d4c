import { describe, expect, it } from 'vitest';
import { begin } from '../support/origin.ts';
import { aloneCondition, lookAt, problemsOf } from './support/item.ts';
import { have } from './support/programs.ts';
import { keysOf, served } from './support/served.ts';

const check = (index: string, operator: string, value: string) =>
  `{ index = ${index}, operator = "${operator}", value = ${value} }`;

type Row = readonly [method: string, index: string, operator: string, value: string, result: 'yes' | 'no' | 'error'];

/** Each operator with each type of value. */
const ROWS: readonly Row[] = [
  // boolean in the file
  ['True', '0', 'eq', 'true', 'yes'],
  ['True', '0', 'neq', 'true', 'no'],
  ['True', '0', 'neq', 'false', 'yes'],
  ['True', '0', 'contains', 'true', 'no'],
  ['Booleans', '0', 'contains', 'false', 'yes'],
  ['Booleans', '0', 'contains', 'true', 'no'],
  ['Booleans', '0', 'ncontains', 'true', 'yes'],
  ['Texts', '0', 'ncontains', 'true', 'no'],
  ['Booleans', '0', 'eq', 'true', 'error'],
  ['Byte', '0', 'eq', 'true', 'error'],
  ['Byte', '0', 'ncontains', 'true', 'no'],
  // integer in the file
  ...(['Byte', 'Uint16'] as const).map((method): Row => [method, '0', 'eq', '7', 'yes']),
  ['Int16', '0', 'lt', '0', 'yes'],
  ['Int32', '0', 'le', '-70000', 'yes'],
  ['Uint32', '0', 'ge', '70001', 'no'],
  ['Int64', '0', 'eq', '-4611686018427387904', 'yes'],
  ['Int64', '0', 'neq', '-4611686018427387905', 'yes'],
  ['Uint64', '0', 'gt', '9223372036854775807', 'yes'],
  ['Whole', '0', 'eq', '2', 'yes'],
  ['Double', '0', 'gt', '1', 'yes'],
  ['Uint32', '0', 'contains', '7', 'no'],
  ['Uint32', '0', 'ncontains', '7', 'no'],
  ['Uints', '0', 'contains', '2', 'yes'],
  ['Uints', '0', 'ncontains', '4', 'yes'],
  ['Bytes', '0', 'contains', '3', 'yes'],
  ['Doubles', '0', 'contains', '1', 'no'],
  ['Doubles', '0', 'ncontains', '1', 'no'],
  ['Variants', '0', 'contains', '5', 'yes'],
  ['Uints', '0', 'eq', '1', 'no'],
  ['Text', '0', 'eq', '1', 'error'],
  ['Text', '0', 'contains', '1', 'error'],
  ['True', '0', 'ncontains', '1', 'error'],
  ['Dict', '0', 'contains', '1', 'error'],
  ['Double', '0', 'contains', '1', 'no'],
  ['True', '0', 'gt', '0', 'error'],
  // float in the file
  ['Byte', '0', 'gt', '6.5', 'yes'],
  ['Double', '0', 'eq', '1.5', 'yes'],
  ['Int64', '0', 'lt', '0.5', 'yes'],
  ['Uint64', '0', 'gt', '0.5', 'error'],
  ['Doubles', '0', 'contains', '2.5', 'yes'],
  ['Doubles', '0', 'lt', '2.5', 'no'],
  ['Uints', '0', 'contains', '1.0', 'no'],
  ['Text', '0', 'eq', '1.5', 'error'],
  ['Uint64', '0', 'contains', '0.5', 'error'],
  ['Uint32', '0', 'ncontains', '0.5', 'no'],
  // text in the file
  ['Text', '0', 'eq', '"hello world"', 'yes'],
  ['Text', '0', 'neq', '"hello"', 'yes'],
  ['Path', '0', 'eq', '"/org/example"', 'yes'],
  ['Text', '0', 'contains', '"lo wo"', 'yes'],
  ['Path', '0', 'ncontains', '"nothing"', 'yes'],
  ['Texts', '0', 'contains', '"b"', 'yes'],
  ['Texts', '0', 'ncontains', '"c"', 'yes'],
  ['Nothing', '0', 'ncontains', '"c"', 'yes'],
  ['Paths', '0', 'contains', '"/b"', 'yes'],
  ['Uints', '0', 'ncontains', '"1"', 'no'],
  ['Texts', '0', 'eq', '"a"', 'error'],
  ['Dict', '0', 'contains', '"name"', 'yes'],
  ['Dict', '0', 'ncontains', '"other"', 'yes'],
  ['PathDict', '0', 'contains', '"/a"', 'yes'],
  ['NumberDict', '0', 'ncontains', '"1"', 'no'],
  ['Dict', '0', 'eq', '"name"', 'error'],
  ['Byte', '0', 'eq', '"7"', 'error'],
  ['Byte', '0', 'contains', '"7"', 'no'],
  ['Byte', '0', 'ncontains', '"8"', 'no'],
  ['Signature', '0', 'eq', '"a{sv}"', 'error'],
  // regular expressions
  ['Text', '0', 'match', '"l+o w"', 'yes'],
  ['Text', '0', 'match', '"HELLO"', 'no'],
  ['Text', '0', 'match', '"(?i)HELLO"', 'yes'],
  ['Path', '0', 'match', '"^/org"', 'yes'],
  ['Texts', '0', 'match', '"a"', 'error'],
  // the way to a value
  ['Two', '1', 'eq', '2', 'yes'],
  ['Two', '[0]', 'eq', '"first"', 'yes'],
  ['Two', '2', 'eq', '2', 'error'],
  ['Texts', '[0, 1]', 'eq', '"b"', 'yes'],
  ['Texts', '[0, 2]', 'eq', '"b"', 'error'],
  ['Texts', '[0, "b"]', 'eq', '"b"', 'error'],
  ['Dict', '[0, "name"]', 'eq', '"x"', 'yes'],
  ['Dict', '[0, "other"]', 'eq', '"x"', 'error'],
  ['Dict', '[0, 0]', 'eq', '"x"', 'error'],
  ['Dict', '[0, "deep", "list", 1]', 'eq', '5', 'yes'],
  ['PathDict', '[0, "/a"]', 'eq', '1', 'yes'],
  ['NumberDict', '[0, "1"]', 'eq', '"one"', 'error'],
  ['Struct', '[0, 1]', 'eq', '3', 'yes'],
  ['Struct', '1', 'eq', '3', 'error'],
  ['Nested', '[0, 0]', 'eq', '"x"', 'yes'],
  ['Nested', '[0, 1, 1]', 'eq', '"z"', 'yes'],
  ['Variants', '[0, 1]', 'eq', '5', 'yes'],
  ['Uint64', '[0, 64]', 'eq', '5', 'error'],
  ['Empty', '0', 'eq', '5', 'error'],
];

describe.skipIf(!have('dbus-daemon'))('the checks on the answer of a D-Bus call (needs dbus-daemon)', () => {
  const world = served();
  const make = (method: string, more: string) => aloneCondition('dbus', keysOf(method, more), { bus: world.bus });

  it.each(ROWS)('%s at %s %s %s: %s', async (method, index, operator, value, expected) => {
    const condition = await make(method, `parameter_check = [${check(index, operator, value)}]`);
    const verdict = await condition.check();
    const warned = condition.lines().some((line) => line.startsWith('warn PROC/FAIL'));
    expect(warned ? 'error' : verdict.kind === 'passed' ? 'yes' : 'no').toBe(expected);
    expect(verdict.kind).toBe(expected === 'yes' ? 'passed' : 'failed');
  });

  const combined = async (checks: readonly string[], all: boolean) =>
    (await (await make('Two', `parameter_check = [${checks.join(', ')}]\nparameter_check_all = ${all}`)).check()).kind;
  const YES = check('1', 'eq', '2');
  const NO = check('1', 'eq', '3');
  const ERROR = check('9', 'eq', '3');
  it.each([
    [[YES, NO], false, 'passed'],
    [[NO, YES], false, 'passed'],
    [[NO, NO], false, 'failed'],
    [[ERROR, YES], false, 'passed'],
    [[YES, YES], true, 'passed'],
    [[YES, NO], true, 'failed'],
    [[YES, ERROR], true, 'failed'],
    [[], false, 'passed'],
    [[], true, 'passed'],
  ] as const)('%j, all %s: %s', async (checks, all, expected) => {
    expect(await combined(checks, all)).toBe(expected);
  });

  it('takes any answer when nothing is checked', async () => {
    expect(await (await make('Empty', '')).check()).toMatchObject({ kind: 'passed' });
  });
  it('is negative when the service answers an error, with its reason', async () => {
    const condition = await make('Fails', '');
    expect(await condition.check()).toMatchObject({ kind: 'failed' });
    expect(condition.lines()).toContain('warn START/FAIL dbus: the call failed: org.example.Error.AsTold: as told');
  });
  it('warns once when a service is missing, not at every test', async () => {
    const condition = await make('Fails', '');
    for (let i = 0; i < 3; i++) await condition.check();
    const failed = condition.lines().filter((line) => line.includes('the call failed'));
    expect(failed.map((line) => line.split(' ')[0])).toEqual(['warn', 'debug', 'debug']);
  });
  it('counts an error as a failed check: the next success counts, and check_after goes on from it', async () => {
    const condition = await aloneCondition(
      'dbus',
      keysOf('Text', 'recur_after_failed_check = true\ncheck_after = 1000').replace(
        'org.example.Test"\nobject',
        'org.example.Gone"\nobject',
      ),
      { bus: world.bus },
    );
    const look = lookAt(performance.now() + 1_000_001);
    expect(await condition.body.check(look, begin)).toMatchObject({ kind: 'failed' });
    expect(condition.body.due()).toMatchObject({ mono: look.mono + 1_000_000 });
  });
  it('asks the service once for each check', async () => {
    const before = world.service.calls;
    const condition = await make('True', '');
    for (let i = 0; i < 3; i++) await condition.check();
    expect(world.service.calls - before).toBe(3);
  });
});

describe('checks that could never be true', () => {
  it.each([
    ['true', 'gt', 'booleans cannot be compared by gt'],
    ['true', 'match', 'booleans cannot be compared by match'],
    ['"a"', 'le', 'texts cannot be compared by le'],
    ['5', 'match', 'numbers cannot be compared by match'],
    ['"("', 'match', 'not a regular expression'],
  ])('%s %s is refused at load: %s', async (value, operator, expected) => {
    const toml = `[[condition]]\nname = "C"\ntype = "dbus"\n${keysOf('M', `parameter_check = [${check('0', operator, value)}]`)}\n`;
    expect((await problemsOf(toml)).join()).toContain(expected);
  });
  it('an index begins with an integer from 0 to 63', async () => {
    for (const index of ['"a"', '["a"]', '[]', '64', '[64]', '-1']) {
      const toml = `[[condition]]\nname = "C"\ntype = "dbus"\n${keysOf('M', `parameter_check = [${check(index, 'eq', '1')}]`)}\n`;
      expect(await problemsOf(toml), index).toHaveLength(1);
    }
  });
});
