import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** The files of runs that are there. */
const runFiles = () => {
  const root = place.file('run/whenever-runs');
  return existsSync(root) ? readdirSync(root, { recursive: true }).filter((name) => /\//.test(String(name))) : [];
};

/** The directories of instances that are there. */
const runDirectories = () => readdirSync(place.file('run/whenever-runs'));

describe('a file dropped into an inbox', () => {
  /** A task that runs for each file that comes into the directory `inbox`. */
  const inbox = (script: string): string => `${TICK}${shellTask('File', script)}
[[condition]]
name = "Come"
type = "bucket"
recurring = true
tasks = ["File"]
[[event]]
name = "Inbox"
type = "fschange"
condition = "Come"
watch = [${JSON.stringify(place.file('inbox'))}]
`;

  test('is processed by name', async () => {
    mkdirSync(place.file('inbox'));
    mkdirSync(place.file('done'));
    const script = `stat -c %a "$WHENEVER_PATHS_FILE"; tr '\\0' ' ' < "$WHENEVER_PATHS_FILE"
      test -e "$WHENEVER_PATH" || exit 0
      echo "$WHENEVER_EVENT $WHENEVER_EVENT_KIND" > ${place.file('done')}/$(basename "$WHENEVER_PATH"); rm "$WHENEVER_PATH"`;
    const program = place.start(['-L', 'trace', '-J'], { toml: inbox(script) });
    await program.record(/watching .*inbox/);
    place.write('a.pdf', 'x');
    renameSync(place.file('a.pdf'), place.file('inbox/a.pdf'));
    await program.record(/\[HIST\/END\] OK\/trigger:Come/);
    expect(place.read('done/a.pdf')).toBe('Inbox fschange\n');
    // Its removal is another event, which may have its run already.
    const { stdout } = await place.run(['output', 'File', 'run-1']);
    expect(stdout).toMatch(/^600\ncreate .*\/inbox\/a\.pdf /m);
    await program.until(() => runFiles().length === 0, 'the end of that run, too');
    expect(runDirectories()).toHaveLength(1);
    program.send('exit');
    await program.ended;
    expect(runDirectories()).toEqual([]);
  });

  test('is handed on by a chain, with data of ctl; a run that is ended leaves no file', async () => {
    const program = place.start(['-L', 'trace', '-J'], {
      toml: `${TICK}${shellTask('First', 'printf "a\\\\377b"; echo not this >&2')}${shellTask('Second', `od -An -tx1 "$WHENEVER_PREVIOUS_OUTPUT"; echo "$WHENEVER_PREVIOUS_TASK $WHENEVER_PREVIOUS_OUTCOME $WHENEVER_EVENT_DATA"; sleep "$(echo "$WHENEVER_EVENT_DATA" | tr -cd 0-9)"`)}${onDemand('Chain', ['First', 'Second'])}`,
    });
    await program.record(/BUSY/);
    const { stdout } = await place.run(['ctl', 'trigger', 'Go_Chain', '{"s": 0}']);
    expect(stdout).toBe('event Go_Chain: condition Chain is pending\n');
    await program.record(/Second\/\d+ \[HIST\/END\] OK/);
    expect((await place.run(['output', 'Second'])).stdout).toBe(' 61 ff 62\nFirst success {"s": 0}\n');
    expect(runFiles()).toEqual([]);
    const from = program.told.length;
    program.send('trigger Go_Chain {"s": 60}');
    await program.record(/Second\/\d+ \[HIST\/START\] OK/, from);
    await program.until(() => runFiles().length === 1, 'the file of output');
    program.send('kill');
    await program.ended;
    expect(runFiles()).toEqual([]);
  });

  test('leaves no file of a run behind: not after a kill -9 either, once the next instance has started', async () => {
    mkdirSync(place.file('inbox'));
    const toml = inbox('sleep 30');
    const first = place.start(['-L', 'trace', '-J'], { toml });
    await first.record(/watching .*inbox/);
    place.write('inbox/a', 'x');
    await first.until(() => runFiles().length > 0, 'the file of changes');
    first.kill('SIGKILL');
    await first.ended;
    expect(runFiles()).toHaveLength(1);
    const second = place.start(['-L', 'trace', '-J'], { toml });
    await second.record(/watching .*inbox/);
    await second.until(() => runFiles().length === 0, 'no file of changes');
    place.write('inbox/b', 'x');
    // The task of the killed instance is still running, and keeps this one from running.
    second.send('kill');
    await second.ended;
    expect(runFiles()).toEqual([]);
  });
});

test('The example of data reads the revision from what the command trigger was given, and fails without one.', async () => {
  const example = readFileSync(join(import.meta.dirname, '../../config-examples/event-data.toml'), 'utf8');
  const program = place.start(['-L', 'trace', '-J'], {
    toml: example.replace('startup_path = "/tmp"', `startup_path = ${JSON.stringify(place.path)}`),
  });
  await program.record(/BUSY/);
  program.send('trigger Deploy {"by": "ann", "rev": 42}');
  await program.record(/asked for by ann/);
  await program.record(/Note\/\d+ \[HIST\/END\] IND/);
  expect(place.read('whenever-deployed')).toBe('revision 42\n');
  program.send('trigger Deploy');
  await program.record(/Deploy\/\d+ \[HIST\/END\] FAIL/);
  expect((await place.run(['output', 'Deploy'])).stderr).toContain('no revision was given');
  expect(place.read('whenever-deployed')).toBe('revision 42\n');
});
