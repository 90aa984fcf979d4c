import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { load } from '../support/daemon.ts';
import { always, onDemand, Place, shellTask, TICK, told } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const ITEMS = `${shellTask('T', 'exit 0')}${always('A', ['T'])}${always('B', ['T'])}`;
const file = (more: string) => `${TICK}${more}${ITEMS}`;

/** Runs until the task of A has run, then ends; `args` before the configuration. */
const runOnce = async (args: readonly string[], toml: string) => {
  const program = place.start(args, { toml });
  await program.until(() => program.stdout.includes('running tasks'), 'a run');
  program.send('exit');
  await program.ended;
  return program;
};

describe('outputs of the file', () => {
  test('a wrapper gets trace JSON on standard output while a file holds warnings', async () => {
    const own = 'format = "pattern"\npattern = "{level:5}|{item}|{run}|{message}"\nlevel = "info"\n';
    const toml = file(
      `[[logging.outputs]]\ntarget = "warnings.log"\nlevel = "warn"\n[[logging.outputs]]\ntarget = "own.log"\n${own}`,
    );
    const program = await runOnce(['-L', 'trace', '-J'], toml);
    expect(program.told.some((text) => text.includes('HIST/END'))).toBe(true);
    const lines = place.read('warnings.log').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^\[[^\]]+\] \(whenever\) (WARN |ERROR)/);
    expect(lines.join('\n')).toContain('request to end accepted');
    expect(place.read('own.log')).toMatch(/^INFO \|A\|run-\d\|running tasks in sequence: T$/m);
  });

  test('the file says how standard output is written, where the command line does not', async () => {
    const toml = file('[[logging.outputs]]\ntarget = "stdout"\nformat = "json"\nlevel = "trace"\n');
    const program = await runOnce([], toml);
    // The first record comes before the file is read, and is JSON all the same.
    expect(program.told[0]).toMatch(/^MAIN starting \[START\/MSG\] whenever /);
    expect(program.told.some((text) => text.includes('BUSY/'))).toBe(true);
  });

  test('what the command line says about standard output counts', async () => {
    const toml = file('[[logging.outputs]]\ntarget = "stdout"\nformat = "plain"\nlevel = "error"\n');
    const program = await runOnce(['-L', 'trace', '-J'], toml);
    expect(program.told.some((text) => text.includes('BUSY/'))).toBe(true);
  });

  test('levels by subtree hold for standard output as well', async () => {
    const toml = file('[logging.levels]\n"whenever.condition.A" = "trace"\n"whenever.task" = "error"\n');
    const program = await runOnce(['-J'], toml);
    const items = new Set(program.records.map(({ contents }) => contents.context.item));
    expect([...items].filter((item) => item !== null)).toEqual(['A']);
    expect(program.told.some((text) => text.startsWith('CONDITION active A/2 [PROC/OK] check begins'))).toBe(true);
  });

  test('an output for one item holds nothing about others', async () => {
    const toml = file(
      '[[logging.outputs]]\ntarget = "deep/down/b.log"\nlevel = "trace"\nformat = "json"\nitems = ["B"]\n',
    );
    await runOnce(['-L', 'info'], toml);
    const records = place
      .read('deep/down/b.log')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.length).toBeGreaterThan(3);
    for (const record of records) expect(record.contents.context.item).toBe('B');
    expect(records.map(told)).toContain('CONDITION active B/3 [PROC/OK] check begins');
  });

  test('a file goes on where it ended, unless append is false', async () => {
    place.write('kept.log', 'before\n');
    place.write('new.log', 'before\n');
    const output = (name: string, more = '') => `[[logging.outputs]]\ntarget = "${name}"\nlevel = "info"\n${more}`;
    await runOnce(['-L', 'info'], file(`${output('kept.log')}${output('new.log', 'append = false\n')}`));
    expect(place.read('kept.log')).toMatch(/^before\n\[.*whenever /);
    expect(place.read('new.log')).toMatch(/^\[.*whenever /);
  });

  test('a rate limit turns a flood of equal records into one that counts them', async () => {
    const toml = `${TICK}[[logging.outputs]]\ntarget = "calm.log"\nlevel = "info"\nrepeat_seconds = 3600\n${shellTask('T', 'exit 1', 'success_status = 0')}${onDemand('C', ['T'])}`;
    const program = place.start(['-L', 'debug', '-J'], { toml });
    for (let i = 0; i < 3; i++) {
      const seen = program.records.length;
      program.send('trigger Go_C');
      await program.record(/all tasks have ended/, seen);
    }
    program.send('exit');
    await program.ended;
    const text = place.read('calm.log');
    expect(text.match(/^.*task T ended: failure$/gm)).toHaveLength(2);
    expect(text).toContain('2 more like this within 3600 s: task T ended: failure');
  });

  test('an output that cannot be opened ends the start with status 2 and says why', async () => {
    const program = await place.run(['-J', '-L', 'info'], {
      toml: file('[[logging.outputs]]\ntarget = "/dev/null/x.log"\n'),
    });
    expect(program.end.code).toBe(2);
    expect(program.stderr).toMatch(/^whenever: cannot open the log output \/dev\/null\/x\.log: ENOTDIR/);
  });

  test.each([
    [
      'the file given with --log',
      ['-l', './x.log'],
      '[[logging.outputs]]\ntarget = "x.log"\n',
      'it is the file given with --log',
    ],
    [
      'the recording',
      ['--journal', 'x.log'],
      '[[logging.outputs]]\ntarget = "./x.log"\n',
      'it is the file given with --journal',
    ],
    [
      'the file of another output',
      [],
      '[[logging.outputs]]\ntarget = "x.log"\n[[logging.outputs]]\ntarget = "./x.log"\n',
      'another output goes there already',
    ],
  ])('an output to %s is refused, however it is written', async (_, args, outputs, reason) => {
    const { end, stderr } = await place.run(args, { toml: file(outputs) });
    expect([end.code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });

  test('without a word about logging nothing is different: records come before the file is read', async () => {
    const program = await place.run(['-J', '-L', 'info', 'missing.toml']);
    expect(program.told[0]).toMatch(/^MAIN starting \[START\/MSG\]/);
    expect(program.end.code).toBe(2);
  });
});

/** What is wrong with a file, one line each, without the place. */
const problems = async (logging: string): Promise<string[]> => {
  try {
    await load(`${logging}\n${ITEMS}`);
    return [];
  } catch (error) {
    return (error as { lines: string[] }).lines.map((line) => line.replace(/^test\.toml:/, ''));
  }
};

describe('the logging section is checked like the rest of the file', () => {
  test.each<[toml: string, line: RegExp]>([
    ['logging = 5', /^1:1: logging: expected a table, found the integer 5/],
    ['[loging]', /^1:1: unknown key "loging", did you mean "logging"\?/],
    ['[logging]\nlevel = "info"', /^2:1: unknown key "level", did you mean "levels"\?/],
    ['[logging.levels]\n"whenever.taks" = "info"', /unknown subtree "whenever.taks", did you mean "whenever.task"\?/],
    ['[logging.levels]\nwhenever.condition.C = "info"', /^2:1: .*there is no condition "C"/],
    ['[logging.levels]\n"whenever.lua.B" = "info"\n"whenever.event.B" = "info"', /^3:1: .*there is no event "B"/],
    [
      '[logging.levels]\nwhenever = "loud"',
      /^2:12: whenever: expected one of trace, debug, info, warn, error, found the string "loud"/,
    ],
    [
      '[logging.levels]\nwhenever = 10',
      /^2:12: whenever: expected one of trace, debug, info, warn, error, found the integer 10/,
    ],
    ['[logging]\nversion = 1', /^2:1: unknown key "version"/],
    ['[[logging.outputs]]\nlevel = "info"', /missing key "target"/],
    [
      '[[logging.outputs]]\ntarget = "x"\nformat = "xml"',
      /^3:10: logging output number 1: format: expected one of plain, color, json/,
    ],
    [
      '[[logging.outputs]]\ntarget = "x"\nformatt = "json"',
      /^3:1: logging output number 1: unknown key "formatt", did you mean "format"\?/,
    ],
    ['[[logging.outputs]]\ntarget = "x"\nitems = ["A", "Q"]', /items: there is no item "Q"/],
    [
      '[[logging.outputs]]\ntarget = "x"\n[[logging.outputs]]\ntarget = "x"',
      /logging output number 2: target: another output goes to "x" already/,
    ],
    [
      '[[logging.outputs]]\ntarget = "~/x.log"',
      /^2:10: logging output number 1: target: "~" is not expanded in "~\/x.log": write the whole path, or "\.\/~\/x.log" for/,
    ],
    ['[[logging.outputs]]\ntarget = "x"\nrepeat_seconds = -1', /repeat_seconds: expected an integer, 0 or more/],
  ])('%s', async (toml, line) => {
    expect(await problems(toml)).toEqual([expect.stringMatching(line)]);
  });

  test('dotted keys and quoted ones mean the same', async () => {
    const levels = async (toml: string) => (await load(`${toml}\n${ITEMS}`)).settings.logging?.levels;
    expect(await levels('[logging.levels]\nwhenever.condition.A = "trace"')).toEqual({
      'whenever.condition.A': 'trace',
    });
    expect(await levels('[logging.levels]\n"whenever" = "info"\n"whenever.condition.A" = "trace"')).toEqual({
      whenever: 'info',
      'whenever.condition.A': 'trace',
    });
  });
});
