import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const TOML = `${TICK}${shellTask(
  'Backup',
  'echo copying; test -e server || { echo "rsync: connection refused" >&2; exit 3; }; test ! -e slow || sleep 2; echo "sent 12 files"',
  'success_status = 0',
).replace('startup_path = "/"', 'startup_path = "."')}${onDemand('Nightly', ['Backup'])}`;

const start = async (): Promise<Program> => {
  const program = place.start(['-L', 'trace', '-J'], { toml: TOML });
  await program.record(/BUSY/);
  return program;
};
const runOnce = async (program: Program): Promise<void> => {
  const from = program.told.length;
  program.send('trigger Go_Nightly');
  await program.record(/CONDITION active Nightly\/2 \[END\/OK\] all tasks have ended/, from);
};
const exit = async (program: Program): Promise<void> => {
  program.send('exit');
  await program.ended;
};
/** The rows of a table after its heading, without instants and durations. */
const rows = ({ stdout }: Program): string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .slice(3)
    .map((line) =>
      line
        .replace(/^\d\d:\d\d:\d\d +/, '')
        .replace(/ +(?:[\d.]+ m?s|-) +/, ' | ')
        .replace(/ {2,}/g, ' '),
    );
const history = (...args: string[]) => place.run(['history', ...args]);

describe('a backup that fails', () => {
  test('is understood from history alone, over three instances', async () => {
    expect(await history()).toMatchObject({
      end: { code: 1 },
      stderr: expect.stringContaining('no history is kept yet'),
    });
    const first = await start();
    await runOnce(first);
    await exit(first);
    place.write('server', '');
    const second = await start();
    await runOnce(second);
    place.write('slow', '');
    const before = second.told.length;
    second.send('trigger Go_Nightly');
    await second.record(/Backup\/\d+ \[START\/MSG\].* running: /, before);
    const { running, runs: open } = JSON.parse((await history('--json')).stdout);
    expect([running, open[0].outcome, open[0].ended, open[0].cause]).toEqual([true, 'running', null, 'command-2']);
    second.kill('SIGKILL');
    await second.ended;

    // Without an instance.
    const after = await history();
    expect(after.stdout).toMatch(/^History in .*\/state\/whenever\/config\.toml-[0-9a-f]{8}, last written 2/);
    expect(rows(after)).toEqual([
      'Nightly trigger interrupted | Backup: whenever was ended while it ran',
      'Nightly trigger ok | sent 12 files',
      'Nightly trigger failed | exit code 3 is not the success status 0: rsync: connection refused',
    ]);

    // With one.
    rmSync(place.file('slow'));
    const third = await start();
    await runOnce(third);
    const now = await history();
    expect(now.stdout).toContain(`History of ${place.file('config.toml')}, of the running instance`);
    expect(rows(now)).toEqual([
      'Nightly trigger ok | sent 12 files',
      'Nightly trigger interrupted | Backup: whenever was ended while it ran',
      'Nightly trigger ok | sent 12 files',
      'Nightly trigger failed | exit code 3 is not the success status 0: rsync: connection refused',
    ]);
    expect(rows(await history('--failed', '-v', '--since', '1h'))).toEqual([
      'Nightly trigger interrupted | Backup: whenever was ended while it ran',
      'Nightly trigger failed | exit code 3 is not the success status 0: rsync: connection refused',
      ' stdout:',
      ' copying',
      ' stderr:',
      ' rsync: connection refused',
    ]);
    const { runs } = JSON.parse((await history('task/Backup', '--json', '-n', '1')).stdout);
    expect(runs).toMatchObject([{ task: 'Backup', outcome: 'success', stdout: 'copying\nsent 12 files\n' }]);
    expect(runs[0].began).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const stats = await history('Nightly', '--stats');
    expect(stats.stdout).toMatch(/\ncondition\/Nightly +4 +50 % .* 1 ok /);
    await exit(third);

    const unknown = await history('Bakup', '--config', 'config.toml');
    expect(unknown).toMatchObject({ end: { code: 1 }, stdout: '' });
    expect(unknown.stderr).toBe('whenever: no item "Bakup", did you mean "Backup"?\n');
    expect(await history('--config', 'other.toml')).toMatchObject({ end: { code: 1 } });
    expect(await history('--since', 'soon')).toMatchObject({ end: { code: 2 } });
  });
});
