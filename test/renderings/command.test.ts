import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json } from '../../src/log/format.ts';
import { RENDERING_FORMATS } from '../../src/renderings/index.ts';
import { always, Place, shellTask, TICK } from '../support/program.ts';
import { recordingLines } from '../support/recordings.ts';
import { planFact } from '../support/span-facts.ts';
import { traceProblems } from '../support/trace-rules.ts';

const CONTEXT = { emitter: 'MAIN', action: 'starting', item: null, itemId: null };

let place: Place;
beforeEach(() => {
  place = new Place();
  place.write('rec', [...recordingLines({ seed: 7, facts: 3000 })].join(''));
});
afterEach(() => place.clear());

/** Local time is what the recording was made in. */
const env = { TZ: 'UTC' };
const show = (...args: readonly string[]) => place.run(['show', ...args], { env });

describe('whenever show', () => {
  test('shows a summary, if nothing else is said.', async () => {
    const { stdout, stderr, end } = await show('rec');
    expect(stdout).toMatch(/^2026-03-28 20:00:00 Sat to .*\n\nCATEGORY +COUNT +MEAN +MIN +MAX +TOTAL +OUTCOMES\n/);
    expect(stdout).toMatch(/^ {2}Sync +\d+ /m);
    expect([stderr, end.code]).toEqual(['', 0]);
  });

  test('knows every format of the table, and writes each to a file, which it says on standard error.', async () => {
    for (const { name } of RENDERING_FORMATS) {
      const { stdout, stderr, end } = await show('rec', '--as', name, '-o', `out.${name}`);
      expect([stdout, end.code], name).toEqual(['', 0]);
      expect(stderr, name).toMatch(new RegExp(`^whenever: wrote out\\.${name} \\(\\d+(\\.\\d)? (bytes|KiB|MiB)\\)\n$`));
      expect(place.read(`out.${name}`).length, name).toBeGreaterThan(500);
    }
    expect(traceProblems(place.read('out.chrome_trace'))).toEqual([]);
  });

  test('says which of many names are known, what a log at another level lacks, and which lines it skipped.', async () => {
    const head = place.read('rec').split('\n')[0]!;
    const tasks = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`T${String(i).padStart(2, '0')}`, {}]));
    const metric = { ...JSON.parse(JSON.stringify(planFact({ task: tasks }))) };
    place.write('many', `${head}\n${JSON.stringify(metric)}\nnull\n{}\n`);
    const many = await show('many', '--item', 'None');
    expect(many.stderr).toMatch(/^whenever: no item "None" in it \(known: (task\/T\d\d, ){19}task\/T19 …\)\n/);
    expect(many.stderr).toMatch(/\nwhenever: skipped 2 invalid lines \(the first is line 3\)\n$/);
    expect(many.end.code).toBe(1);
    place.write('empty', `${head}\n`);
    expect((await show('empty', '--item', 'None')).stderr).toBe('whenever: no item "None" in it\n');
    place.write(
      'log',
      json({ ...{ time: 0, level: 'info', mark: 'START/MSG', message: 'whenever' }, context: CONTEXT }),
    );
    expect((await show('log')).stderr).toBe('whenever: a log has runs at level trace only\n');
  });

  test('takes the format from the ending of the file.', async () => {
    for (const [name, begins] of [
      ['a.svg', '<svg '],
      ['a.dot', 'digraph '],
      ['a.json', '{"displayTimeUnit"'],
      ['a.html', '<!doctype html>'],
      ['a.txt', '2026-03-28'],
      ['other', '2026-03-28'],
    ] as const) {
      await show('rec', '-o', name);
      expect(place.read(name).slice(0, begins.length), name).toBe(begins);
    }
    await show('rec', '--as', 'gantt', '-o', 'b.svg');
    expect(place.read('b.svg')).toBe(place.read('a.svg'));
  });

  test('refuses an ending that no format has, unless a format is given.', async () => {
    for (const [name, hint] of [
      ['a.htlm', 'did you mean ".htm"?'],
      ['a.png', '.svg'],
      ['dir.d/a.pdf', '.html'],
    ] as const) {
      const { stderr, end } = await show('rec', '-o', name);
      expect([end.code, stderr]).toEqual([2, expect.stringContaining(hint)]);
      expect(stderr).toContain('--as');
      expect(existsSync(place.file(name))).toBe(false);
    }
    expect((await show('rec', '-o', 'a.png', '--as', 'svg')).end.code).toBe(0);
    expect((await show('rec', '-o', 'plain')).end.code).toBe(0);
  });

  test('says of a simulation that it is one, in every format.', async () => {
    const file = place.write('c.toml', TICK + shellTask('T', 'true') + always('C', ['T'], ''));
    await place.run([
      'simulate',
      file,
      '--from',
      '2026-01-01',
      '--to',
      '2026-01-01T00:01:00',
      '--journal',
      'simulated',
    ]);
    for (const [name, note] of [
      ['a.txt', /^This is a simulation\. Nothing of it happened/],
      ['a.svg', /simulated/],
      ['a.dot', /label="whenever \(simulated\)"/],
      ['a.json', /"name":"process_labels","args":\{"labels":"simulated"\}/],
    ] as const) {
      await show('simulated', '-o', name);
      expect(place.read(name)).toMatch(note);
      await show('rec', '-o', name);
      expect(place.read(name)).not.toMatch(/simulat/);
    }
    expect((await show('simulated', '--as', 'gantt')).stdout).toMatch(/^This is a simulation\. Nothing of it happened/);
    expect((await show('rec', '--as', 'gantt')).stdout).not.toContain('simulation');
    await show('simulated', '-o', 'day.html');
    expect(place.read('day.html')).toContain('This is a simulation');
    await show('rec', '-o', 'real.html');
    expect(place.read('real.html')).not.toContain('This is a simulation');
  });

  test('reads standard input.', async () => {
    const one = place.start(['show', '-'], { env });
    one.child.stdin?.end(place.read('rec'));
    await one.ended;
    expect(one.stdout).toBe((await show('rec')).stdout);
  });

  test('shows items, categories and a range of time only.', async () => {
    const { stdout } = await show('rec', '-i', 'Sync', '--item', 'condition/Often', '-c', 'task,run');
    expect(stdout.match(/^ {0,2}\w+ (?= *\d)/gm)?.map((name) => name.trim())).toEqual(['run', 'Often', 'task', 'Sync']);
    const ranged = await show('rec', '--from', '2026-03-28T20:05', '--to', '2026-03-28T20:06');
    expect(ranged.stdout).toMatch(/^2026-03-28 20:05:00 Sat to 2026-03-28 20:06:00 Sat, 1 min\n/);
  });

  test('says which names are not there, with the nearest and those that are, and ends with status 1.', async () => {
    const item = await show('rec', '-i', 'Synk', '-o', 'none.txt');
    expect(item.stderr).toMatch(/^whenever: no item "Synk" in it, did you mean "Sync"\? \(known: .*task\/Sync.*\)\n/);
    expect(item.end.code).toBe(1);
    expect(() => place.read('none.txt')).toThrow();
    const category = await show('rec', '-c', 'taks');
    expect(category.stderr).toMatch(/^whenever: no category "taks" in it, did you mean "task"\? /);
    expect([category.stdout, category.end.code]).toEqual(['', 1]);
  });

  test('knows items that never ran from the configuration in the recording.', async () => {
    const { stdout, stderr, end } = await show('rec', '-i', 'Away');
    expect([stdout, stderr, end.code]).toEqual(['(no events recorded)\n', '', 1]);
    expect((await show('rec', '-i', 'Away', '--as', 'graphviz')).stdout).toContain('"condition/Away"');
  });

  test('refuses what is wrong with status 2 and a text that helps.', async () => {
    place.write('text', 'hello\n');
    for (const [args, text] of [
      [['missing'], 'missing: no such file'],
      [['text'], 'text is neither a recording nor a JSON log'],
      [['.'], 'it is a directory'],
      [['rec', '--as', 'plot'], 'Allowed choices are summary, gantt, svg, graphviz, chrome_trace, html, otlp.'],
      [['rec', '--no-times'], '--no-times goes with graphviz, not with summary'],
      [['rec', '--as', 'gantt', '--color-by', 'kind'], '--color-by <WHAT> goes with graphviz, not with gantt'],
      [['rec', '--from', '2026-02-30'], '--from: the calendar does not have the date 2026-02-30'],
      [['rec', '--from', 'noon'], '--from: expected a local time'],
      [['rec', '--from', '2027-01-01', '--to', '2026-01-01'], '--from is later than --to'],
      [['rec', '-o', 'rec'], 'rec is the recording itself'],
      [['rec', '-o', 'no/such/place'], '--output: ENOENT'],
      [[], "missing required argument 'RECORDING'"],
    ] as const) {
      const { stderr, end } = await show(...args);
      expect(stderr, args.join(' ')).toContain(text);
      expect(end.code, args.join(' ')).toBe(2);
    }
  });

  test('leaves a file as it is when there is nothing to put into it.', async () => {
    place.write('kept.svg', 'before');
    expect((await show('missing', '-o', 'kept.svg')).end.code).toBe(2);
    expect((await show('rec', '-i', 'Nobody', '-o', 'kept.svg')).end.code).toBe(1);
    expect(place.read('kept.svg')).toBe('before');
    await show('rec', '-o', 'kept.svg');
    expect(place.read('kept.svg')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  test('has no colours and no width in a file or a pipe, and ends quietly when the reader goes away.', async () => {
    expect((await show('rec', '--as', 'gantt')).stdout).not.toContain('\x1b');
    const one = place.start(['show', 'rec', '--as', 'chrome_trace'], { env });
    one.child.stdout?.once('data', () => one.child.stdout?.destroy());
    expect((await one.ended).code).toBe(0);
    expect(one.stderr).toBe('');
  });

  test('says how many lines are no facts.', async () => {
    writeFileSync(place.file('torn'), place.read('rec').replace('\n', '\nnonsense\n'));
    const { stderr, end } = await show('torn');
    expect(stderr).toBe('whenever: skipped 1 invalid line (line 2)\n');
    expect(end.code).toBe(0);
  });

  test('shows what the program recorded, and the JSON log of the same run.', async () => {
    const toml = `${TICK}${shellTask('Fails', 'exit 3', 'success_status = 0')}${shellTask('Works', 'true', 'success_status = 0')}${always('C', ['Works', 'Fails'])}`;
    const one = place.start(['-L', 'trace', '-J', '--journal', 'mine'], { toml });
    await one.until(() => one.told.filter((text) => text.includes('[HIST/END]')).length >= 4, 'two runs');
    one.send('exit');
    expect((await one.ended).code).toBe(0);
    place.write('log', one.stdout);
    const [recorded, logged] = [await show('mine', '-c', 'task'), await show('log', '-c', 'task')];
    expect(recorded.stdout).toMatch(/^ {2}Fails +\d+ .* \d+ failure$/m);
    expect(recorded.stdout).toMatch(/^ {2}Works +\d+ .* \d+ success$/m);
    const counts = (text: string) => text.match(/^ {0,2}\w+ +\d+(?= )/gm);
    expect(counts(logged.stdout)).toEqual(counts(recorded.stdout));
    expect(traceProblems((await show('mine', '--as', 'chrome_trace')).stdout)).toEqual([]);
  });
});
