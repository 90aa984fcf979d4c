import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { always, onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const TRACE = ['-L', 'trace', '-J'];
const TOML = `${TICK}${shellTask('T', 'echo done')}${onDemand('A', ['T'])}`;

/** The directory of the only history. */
const directory = (): string => {
  const all = place.file('state/whenever');
  const [name = ''] = readdirSync(all);
  return join(all, name);
};
/** The lines of its segments. */
const lines = (): Record<string, unknown>[] =>
  readdirSync(directory())
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(directory(), name), 'utf8').split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const count = (kind: string): number => lines().filter((line) => line.kind === kind).length;

/** Runs task T and waits for its end. */
const runOnce = async (program: Program): Promise<void> => {
  const from = program.told.length;
  program.send('trigger Go_A');
  await program.record(/CONDITION active A\/2 \[END\/OK\] all tasks have ended/, from);
};

describe('the history of runs', () => {
  test('what was written before a kill -9 is there, and the next start goes on from it', async () => {
    for (let kill = 1; kill <= 3; kill++) {
      const program = place.start(TRACE, { toml: TOML });
      await program.record(/BUSY/);
      await runOnce(program);
      await runOnce(program);
      program.kill('SIGKILL');
      await program.ended;
      expect([count('start'), count('claim'), count('run'), count('end')]).toEqual([kill, 2 * kill, 2 * kill, 0]);
      expect(program.told.filter((text) => /WARN|damaged/.test(text))).toEqual([]);
    }
    const last = place.start(TRACE, { toml: TOML });
    await last.record(/BUSY/);
    last.send('exit');
    await last.ended;
    const { state } = JSON.parse(readFileSync(join(directory(), 'state.json'), 'utf8'));
    expect(new Map(state.runs).get('task/T')).toMatchObject({ runs: 6, failures: 0 });
  });

  test('a task of the running instance without a run is not unknown', async () => {
    const program = place.start(TRACE, { toml: TOML });
    await program.record(/BUSY/);
    const { end, stderr } = await place.run(['history', 'T']);
    expect(end.code).toBe(1);
    expect(stderr).toContain('whenever: no runs of T: ');
  });

  test('with enabled = false nothing is read or written', async () => {
    const program = place.start(TRACE, { toml: `${TOML}\n[history]\nenabled = false\n` });
    await program.record(/BUSY/);
    await runOnce(program);
    program.send('exit');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(existsSync(place.file('state'))).toBe(false);
  });

  /** A history with one run of A, of an instance that has ended. */
  const earlier = async (): Promise<void> => {
    const program = place.start(TRACE, { toml: TOML });
    await program.record(/BUSY/);
    await runOnce(program);
    program.send('exit');
    await program.ended;
  };
  /** Runs A once more, and returns the warnings. */
  const again = async (toml = TOML): Promise<readonly string[]> => {
    const program = place.start(TRACE, { toml });
    await program.record(/BUSY/);
    await runOnce(program);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    return program.told.filter((text) => /damaged|history|interrupted/.test(text));
  };
  const outcomes = async (...args: string[]): Promise<number> => {
    const { stdout, end } = await place.run(['history', 'A', '--json', '--config', ...args]);
    expect(end.code).toBe(0);
    return stdout.split('"outcome":"success"').length - 1;
  };

  test('a configuration that was renamed begins a history, and the one of its old name can be read', async () => {
    await earlier();
    const file = place.write('renamed.toml', TOML);
    const program = place.start([...TRACE, file]);
    await program.record(/BUSY/);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    expect(readdirSync(place.file('state/whenever'))).toHaveLength(2);
    expect(await outcomes(place.file('config.toml'))).toBeGreaterThan(0);
    expect((await place.run(['history', 'A', '--config', file])).stdout).not.toContain('success');
  });

  test('an item that was renamed begins anew, and the runs of its old name can be read', async () => {
    await earlier();
    const program = place.start(TRACE, { toml: TOML.replaceAll('"A"', '"B"') });
    await program.record(/BUSY/);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
    expect(lines().flatMap(({ kind, condition, change }) => (kind === 'item' ? [[condition, change]] : []))).toEqual([
      ['A', 'added'],
      ['B', 'added'],
      ['A', 'removed'],
    ]);
    expect(await outcomes(place.file('config.toml'))).toBeGreaterThan(0);
  });

  test('a snapshot of another form is set aside in one warning, and the lines are read', async () => {
    await earlier();
    writeFileSync(join(directory(), 'state.json'), '{"format":0,"items":[]}');
    expect(await again()).toEqual([
      expect.stringMatching(/is damaged, and goes on: state\.json \(it is not a snapshot\) is now/),
    ]);
    expect(await again()).toEqual([]);
    const { state } = JSON.parse(readFileSync(join(directory(), 'state.json'), 'utf8'));
    expect(new Map(state.runs).get('task/T')).toMatchObject({ runs: 3, failures: 0 });
  });

  test('lines with keys and of kinds that are not known, and one that is torn, cost nothing else', async () => {
    await earlier();
    rmSync(join(directory(), 'state.json'));
    const [segment = ''] = readdirSync(directory()).filter((name) => name.endsWith('.jsonl'));
    const path = join(directory(), segment);
    const known = readFileSync(path, 'utf8').replaceAll('{"kind":', '{"colour":"red","kind":');
    const [, , , claim = ''] = known.split('\n');
    const other = '{"kind":"weather","time":"2026-11-01T00:00:00.000Z","session":"s","rain":true}';
    writeFileSync(path, `${known}${other}\n${claim.slice(0, 60)}`);
    expect(await again()).toEqual([]);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(`${other}\n${claim.slice(0, 60)}\n{"kind":"start"`);
    const { state } = JSON.parse(readFileSync(join(directory(), 'state.json'), 'utf8'));
    expect(new Map(state.runs).get('task/T')).toMatchObject({ runs: 2, failures: 0 });
  });

  test('what changes in [history] takes effect at the next start, as with all globals', async () => {
    const program = place.start(TRACE, { toml: TOML });
    await program.record(/BUSY/);
    program.send(`configure ${place.write('off.toml', `${TOML}\n[history]\nenabled = false\n`)}`);
    await program.record(/MAIN reconfigure \[END\/OK\]/);
    expect(program.told.filter((text) => /globals|only at the start|next start/.test(text))).toHaveLength(1);
    await runOnce(program);
    expect(count('run')).toBe(1);
    program.send('exit');
    await program.ended;
  });

  test('after another configuration was loaded, explain --at finds the history, which stays where it began', async () => {
    const program = place.start(TRACE, { toml: TOML });
    await program.record(/BUSY/);
    program.send(`configure ${place.write('other.toml', TOML)}`);
    await program.record(/MAIN reconfigure \[END\/OK\]/);
    await runOnce(program);
    const { end, stdout } = await place.run(['explain', 'A', '--at', new Date().toISOString()]);
    expect({ code: end.code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('The run before: ') });
  });

  test('verify --config with a range that ends before it begins is refused', async () => {
    const file = place.write('c.toml', TOML);
    const { end, stderr } = await place.run(['verify', '--config', file, '--from', '2026-10-26', '--to', '2026-10-25']);
    expect(end.code).toBe(2);
    expect(stderr).toContain('whenever: --from: expected an instant before --to, which is now by default');
  });

  test.each([
    ['that cannot be made', () => ({ XDG_STATE_HOME: place.write('file', '') }), /no history is kept in .*ENOTDIR/],
    [
      'without a home',
      () => ({ XDG_STATE_HOME: 'here', HOME: '' }),
      /no history is kept: neither XDG_STATE_HOME nor HOME/,
    ],
  ])('a state directory %s is one warning, and runs go on', async (_, environment, warning) => {
    const program = place.start(TRACE, { toml: TOML, env: environment() });
    await program.record(/BUSY/);
    await runOnce(program);
    program.send('exit');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(
      program.records.filter(({ header }) => header.level === 'WARN').map(({ contents }) => contents.message),
    ).toEqual([expect.stringMatching(warning), expect.stringMatching(/request to end/)]);
  });

  test('a directory of histories that is watched is not an event of its own', async () => {
    mkdirSync(place.file('state'), { mode: 0o700 });
    const watched = `${TICK}${shellTask('T', 'echo done')}${always('Often', ['T'])}
[[condition]]
name = "Changed"
type = "event"
tasks = ["T"]
recurring = true
[[event]]
name = "Watch"
type = "fschange"
watch = [${JSON.stringify(place.file('state'))}]
recursive = true
condition = "Changed"
`;
    const program = place.start(TRACE, { toml: watched });
    const changed = () =>
      program.told.filter((text) => /CONDITION active Changed\/\d+ \[END\/OK\] all tasks/.test(text)).length;
    await program.until(
      () => program.told.filter((text) => /T\/\d+ \[HIST\/END\]/.test(text)).length >= 3,
      'three runs',
    );
    expect(changed()).toBe(0);
    // The watch works: another file is an event.
    writeFileSync(place.file('state/other'), '');
    await program.until(() => changed() === 1, 'an event');
    program.send('exit');
    await program.ended;
    expect(changed()).toBe(1);
  });
});
