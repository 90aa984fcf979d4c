import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { always, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const TOML =
  TICK +
  shellTask(
    'T',
    'echo "run=$WHENEVER_RUN cause=$WHENEVER_CAUSE" >> env; echo \'{"topic":"mine","value":1}\' >&$WHENEVER_EVENTS_FD',
  ).replace('startup_path = "/"', 'startup_path = "PLACE"') +
  '[[task]]\nname = "L"\ntype = "lua"\nscript = "events.log(\'runtimes\', {n = 1})"\n' +
  always('C', ['T', 'L']);
const toml = () => TOML.replace('PLACE', place.path);

describe('a recording of the program', () => {
  test('After kill -9 it is sound, reads to its last whole fact, and answers questions.', async () => {
    const one = place.start(['-L', 'trace', '-J', '--journal', 'rec'], { toml: toml() });
    await one.until(() => one.told.filter((text) => text.includes('[HIST/END]')).length >= 6, 'three runs');
    one.kill('SIGKILL');
    await one.ended;
    // As if the system had gone down within a write.
    const bytes = readFileSync(place.file('rec'));
    writeFileSync(place.file('rec'), bytes.subarray(0, bytes.length - 7));
    const verified = await place.run(['verify', 'rec']);
    expect(verified.stdout).toMatch(/the last line is cut off[\s\S]*\nsound\n$/);
    expect(verified.end.code).toBe(0);
    const events = await place.run(['events', 'runtimes', '--from', 'rec', '--json']);
    expect(JSON.parse(events.stdout)).toMatchObject({ topic: 'runtimes', events: expect.arrayContaining([]) });
    expect((JSON.parse(events.stdout) as { total: number }).total).toBeGreaterThan(1);
    const explained = await place.run(['explain', 'C', '--from', 'rec']);
    expect(explained.stdout).toContain('its interval of 0 s has passed');
    const story = await place.run(['story', 'T', '--from', 'rec', '--json']);
    expect((JSON.parse(story.stdout) as { chapters: unknown[] }).chapters.length).toBeGreaterThan(2);
  });

  test('One that could not grow any more has that among its possible ends; one run is one run.', async () => {
    place.write('config.toml', `${TICK}${shellTask('T', 'sleep 600')}${always('C', ['T'])}`);
    const one = place.startShell('ulimit -f 16; exec "$1" "$2" -q -L trace --journal rec config.toml');
    // Shells count blocks of 512 or of 1024 bytes.
    const full = () => existsSync(place.file('rec')) && [8192, 16384].includes(readFileSync(place.file('rec')).length);
    await expect.poll(full, { timeout: 15_000 }).toBe(true);
    one.send('kill');
    await one.ended;
    const { stdout } = await place.run(['verify', 'rec']);
    expect(stdout).toContain('\n1 run, 1 run of tasks\n');
    expect(stdout).toContain('it is running, was killed, or could not go on writing (disk full, file size limit)\n');
  });

  test('That of a simulation is called so.', async () => {
    const file = place.write('config.toml', toml());
    await place.run(['simulate', file, '--from', '2026-01-01', '--to', '2026-01-01T00:01:00', '--journal', 'rec']);
    const { stdout } = await place.run(['verify', 'rec']);
    expect(stdout).toContain('it is the recording of a simulation, in which no program ends\n');
    expect(stdout).not.toContain('killed');
  });

  test('Processes get the run and the cause that stand in the records.', async () => {
    const one = place.start(['-L', 'trace', '-J', '--log-ids'], { toml: toml() });
    await one.until(
      () => existsSync(place.file('env')) && one.told.some((text) => text.includes('[HIST/END]')),
      'a run',
    );
    const [, run, cause] = /^run=(run-\d+) cause=(tick-\d+)$/m.exec(place.read('env')) ?? [];
    const record = one.records.find(({ contents }) =>
      contents.message.startsWith('OK/trigger:C starting'),
    ) as unknown as {
      journal: { run: string; cause: string };
    };
    expect(record.journal).toMatchObject({ run, cause });
  });

  test('A recording that has its end in it is sound; one with a line missing is not, and verify says which.', async () => {
    const one = place.start(['-L', 'info', '-J', '--journal', 'rec'], { toml: toml() });
    await one.record(/task L ended/);
    one.send('exit');
    expect((await one.ended).code).toBe(0);
    const sound = await place.run(['verify', 'rec']);
    expect([sound.end.code, sound.stdout.includes('the end of the program is not in it')]).toEqual([0, false]);
    const lines = place.read('rec').split('\n');
    writeFileSync(place.file('rec'), lines.toSpliced(5, 1).join('\n'));
    const verified = await place.run(['verify', 'rec']);
    expect(verified.stdout).toMatch(/^fact 5 is missing$/m);
    expect(verified.stdout).toMatch(/\nnot sound\n$/);
    expect(verified.end.code).toBe(1);
    expect(JSON.parse((await place.run(['verify', 'rec', '--json'])).stdout)).toMatchObject({ sound: false });
  });

  test('A file that is no recording is refused with status 2, and one that cannot be written as well.', async () => {
    place.write('text', 'hello\n');
    expect((await place.run(['verify', 'text'])).end.code).toBe(2);
    expect((await place.run(['verify', 'missing'])).end.code).toBe(2);
    const refused = await place.run(['--journal', place.path], { toml: toml() });
    expect(refused.end.code).toBe(2);
    expect(refused.stderr).toContain('cannot write the recording');
  });

  test('The log without --log-ids has no key more than whenever 1 wrote.', async () => {
    const one = place.start(['-L', 'info', '-J', '--journal', 'rec'], { toml: toml() });
    await one.record(/task L ended/);
    for (const record of one.records) expect(Object.keys(record)).toEqual(['header', 'contents']);
  });

  test('A dump, a recording and a plain JSON trace log answer every question, in words and as JSON.', async () => {
    const one = place.start(['-L', 'trace', '-J', '--journal', 'rec'], { toml: toml() });
    await one.record(/all tasks have ended/);
    expect((await place.run(['dump', 'dump'])).end.code).toBe(0);
    one.send('exit');
    await one.ended;
    place.write('log', one.stdout);
    for (const file of ['dump', 'rec', 'log']) {
      for (const args of [
        ['status'],
        ['status', 'C'],
        ['story', 'T'],
        ['explain', 'C'],
        ['events'],
        ['logs', '-n', '3'],
      ]) {
        const said = await place.run([...args, '--from', file]);
        expect([file, ...args, said.end.code, said.stderr]).toEqual([file, ...args, 0, '']);
        expect(said.stdout.trim()).not.toBe('');
        // What was read is printed by the same code for all of them.
        if (file !== 'rec') continue;
        const json = await place.run([...args, '--json', '--from', file]);
        expect(json.end.code).toBe(0);
        for (const line of json.stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
      }
      const explained = (await place.run(['explain', 'C', '--from', file])).stdout;
      expect(explained).toContain(`${file}, as of `);
      expect(explained).toMatch(/task T (?:succeeded|ended without an outcome): /);
      expect(await place.run(['explain', 'Zebra', '--from', file])).toMatchObject({
        ...{ end: { code: 1 }, stderr: 'whenever: no condition "Zebra" (known: C)\n' },
      });
    }
    expect((await place.run(['verify', 'log'])).stdout).toMatch(/^log: a log of \d+ records/);
    expect((await place.run(['status', '--from', 'rec'])).stdout).toMatch(
      /^No condition failed at its last run\.\nrec, as of .*: whenever \S+ has ended: /,
    );
    expect((await place.run(['status', '--from', 'log'])).stdout).toMatch(
      /^log, as of .*: whenever \S+ has ended: for [\d.]+ s\n/m,
    );
    expect((await place.run(['status', '--from', 'dump'])).stdout).toMatch(
      /^dump, as of .*: whenever \S+ was running: /m,
    );
  }, 120_000);

  test('A recording and a dump may come through a pipe.', async () => {
    const one = place.start(['-L', 'info', '-J', '--journal', 'rec'], { toml: toml() });
    await one.record(/task L ended/);
    expect((await place.run(['dump', 'dump'])).end.code).toBe(0);
    one.send('exit');
    await one.ended;
    for (const file of ['rec', 'dump']) {
      const asked = place.start(['status', 'C', '--from', '-']);
      asked.child.stdin?.end(place.read(file));
      expect([file, (await asked.ended).code, asked.stderr]).toEqual([file, 0, '']);
      expect(asked.stdout).toMatch(/^-, as of /m);
    }
  });

  test('What needs an instance says so when it is given a file.', async () => {
    for (const args of [
      ['ctl', '--from', 'rec', 'pause'],
      ['dump', '--from', 'rec', 'x'],
    ])
      expect((await place.run(args)).end.code).toBe(2);
  });

  test('A file that is not there, or is no recording, is named; status 2.', async () => {
    place.write('text', 'hello\n');
    for (const command of [['status'], ['story', 'A'], ['explain', 'A'], ['events'], ['logs']]) {
      const missing = await place.run([...command, '--from', 'gone']);
      expect([missing.end.code, missing.stderr]).toEqual([2, 'whenever: gone: no such file\n']);
      const wrong = await place.run([...command, '--from', 'text']);
      expect([wrong.end.code, wrong.stderr]).toEqual([
        2,
        'whenever: text is neither a dump nor a recording nor a JSON log\n',
      ]);
    }
  });

  test.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['[]', 'is neither a dump nor a recording nor a JSON log'],
    [
      '[2026-03-31T11:38:45.986] (whenever) INFO  MAIN starting: [START/MSG] x\n',
      'is a log in the plain format; a log in JSON can be read',
    ],
    ['{\n "format": "whenever dump 1",\n "time": 1', 'is an incomplete dump'],
    ['{"format": "whenever dump 1"}', 'is an incomplete dump'],
    [
      '{"format": "whenever dump 1", "status": {"conditions": []}, "states": {}, "stories": {"chapters": []}, "events": {"a": 1}, "records": []}',
      'is an incomplete dump',
    ],
    ['{"format": "whenever dump 7"}', 'is a dump of another version ("whenever dump 7"; read: "whenever dump 1")'],
  ])('A file with %j is told to be what it is.', async (text, what) => {
    place.write('file', text);
    for (const command of [['status'], ['explain', 'A']])
      expect(await place.run([...command, '--from', 'file'])).toMatchObject({
        ...{ end: { code: 2 }, stderr: `whenever: file ${what}\n` },
      });
  });
});
