import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandTask, Place } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const file = (name: string, text: string): string => {
  writeFileSync(place.file(name), text);
  return place.file(name);
};
const check = async (...args: string[]) => {
  const { end, stdout, stderr } = await place.run(['check', ...args]);
  return { status: end.code, stdout, stderr };
};

const CLEAN = `${commandTask('A', ['true'])}[[condition]]\nname = "C"\ntype = "interval"\ninterval_seconds = 60\ntasks = ["A"]\nrecurring = true\n`;
const WARNED = `${CLEAN}max_tasks_retries = 2\n`;
const REFUSED = `${CLEAN}recurrent = true\n`;

describe('whenever check', () => {
  test('status 0 for a clean file, with what is in it', async () => {
    expect(await check(file('my.toml', CLEAN))).toEqual({
      status: 0,
      stdout: `${place.file('my.toml')}: nothing wrong: 1 condition, 1 task, 0 events\n`,
      stderr: '',
    });
  });

  test('status 0 with warnings, 1 with --strict', async () => {
    const path = file('my.toml', WARNED);
    const { status, stdout } = await check(path);
    expect(status).toBe(0);
    expect(stdout).toContain(`${path}:14:1: warning: condition "C": max_tasks_retries = 2 has no effect`);
    expect(stdout).toContain('[useless-retries]');
    expect(stdout).toContain('    14:  max_tasks_retries = 2\n         ^\n');
    expect((await check('--strict', path)).status).toBe(1);
  });

  test('status 2 for a file that the start refuses, also beside others; a file that is not there is a finding like others', async () => {
    const { status, stdout } = await check(file('a.toml', CLEAN), file('b.toml', REFUSED), place.file('c.toml'));
    expect(status).toBe(2);
    expect(stdout).toContain(`${place.file('a.toml')}: nothing wrong`);
    expect(stdout).toContain('unknown key "recurrent", did you mean "recurring"? [unknown-key]');
    expect(stdout).toContain(`${place.file('c.toml')}: error: no such file [unreadable]`);
  });

  test('--json has everything in one object, --sarif a log of SARIF 2.1.0', async () => {
    const path = file('my.toml', REFUSED);
    const { status, stdout } = await check('--json', path);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      ...{ files: [path], errors: 1, warnings: 0 },
      findings: [
        {
          ...{ id: 'unknown-key', level: 'error', file: path, line: 14, column: 1, item: 'condition "C"' },
          message: 'unknown key "recurrent", did you mean "recurring"?',
          picture: '12:  tasks = ["A"]\n13:  recurring = true\n14:  recurrent = true\n     ^',
        },
      ],
    });
    const { runs, version } = JSON.parse((await check('--sarif', path)).stdout) as {
      version: string;
      runs: { results: { ruleId: string; ruleIndex: number }[]; tool: { driver: { rules: { id: string }[] } } }[];
    };
    expect(version).toBe('2.1.0');
    const [{ results, tool }] = runs as [(typeof runs)[number]];
    expect(results).toHaveLength(1);
    expect(tool.driver.rules[results[0]!.ruleIndex]!.id).toBe('unknown-key');
  });

  test('it needs no instance, and starts nothing beside one', async () => {
    const program = place.start(['-L', 'info', '-J', file('my.toml', CLEAN)]);
    await program.record(/START\/OK|START\/MSG/);
    expect((await check(file('other.toml', CLEAN))).status).toBe(0);
  });
});

describe('the same warnings in the log', () => {
  test('at the start and at a reload, one WARN each', async () => {
    const path = file('my.toml', WARNED);
    const program = place.start(['-L', 'warn', '-J', path]);
    const warning = /max_tasks_retries = 2 has no effect/;
    expect(await program.record(warning)).toMatch(/^MAIN starting \[START\/MSG\] .*my\.toml:14:1: condition "C": /);
    const before = program.told.length;
    program.send('reload');
    expect(await program.record(warning, before)).toMatch(/^MAIN reconfigure \[PROC\/MSG\] /);
    writeFileSync(path, CLEAN);
    expect(program.told.filter((text) => warning.test(text))).toHaveLength(2);
  });
});
