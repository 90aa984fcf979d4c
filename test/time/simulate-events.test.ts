import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandTask, Place } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

test('An assumed event occurs as long as it is in the file: after a reload without it, it does not.', async () => {
  const rest = `${commandTask('Work', ['true'])}
    [[task]]
    name = "Reload"
    type = "internal"
    command = "configure ${place.file('without.toml')}"
    [[condition]]
    name = "Once"
    type = "interval"
    interval_seconds = 30
    tasks = ["Reload"]
    [[condition]]
    name = "Fired"
    type = "bucket"
    recurring = true
    tasks = ["Work"]
  `;
  place.write('without.toml', rest);
  const event = '[[event]]\nname = "E"\ntype = "fschange"\nwatch = ["/nowhere"]\ncondition = "Fired"\n';
  const file = place.write('with.toml', rest + event);
  const assume = place.write('assume.toml', '[event.E]\nat = ["2026-03-02T10:00:10", "2026-03-02T10:01:00"]\n');
  const range = ['--from', '2026-03-02T10:00:01', '--to', '2026-03-02T10:02:00'];
  const { stdout } = await place.run(['simulate', file, ...range, '--assume', assume]);
  expect(stdout).toMatch(/^Once +1 /m);
  expect(stdout).toMatch(/^Fired +1 /m);
});

test('An assumed event brings a path or data, and the run says so.', async () => {
  const file = place.write(
    'with.toml',
    `${commandTask('Work', ['true'])}
    [[condition]]
    name = "Fired"
    type = "bucket"
    recurring = true
    tasks = ["Work"]
    [[event]]
    name = "E"
    type = "fschange"
    watch = ["/nowhere"]
    condition = "Fired"
    [[event]]
    name = "D"
    type = "cli"
    condition = "Fired"
  `,
  );
  const simulate = (assumed: string) => {
    const range = ['--from', '2026-03-02T10:00:01', '--to', '2026-03-02T10:02:00'];
    return place.run(['simulate', file, '-L', 'debug', ...range, '--assume', place.write('assume.toml', assumed)]);
  };
  const { stdout } = await simulate(
    '[event.E]\nat = ["2026-03-02T10:00:10"]\npath = "/in/a.pdf"\n[event.D]\nat = ["2026-03-02T10:01:00"]\ndata = { rev = 2 }\n',
  );
  expect(stdout).toMatch(/EVENT E\/\d+: \[PROC\/OK\] assumed: \/in\/a\.pdf created$/m);
  expect(stdout).toMatch(/EVENT D\/\d+: \[PROC\/OK\] assumed: the data \{"rev":2\}$/m);
  expect(stdout).toMatch(/^Fired +2 /m);
  expect((await simulate('[event.E]\nat = ["2026-03-02T10:00:10"]\ndata = 1\n')).stderr).toContain(
    'event.E: data has no effect on this event, expected at and path',
  );
  expect((await simulate('[event.D]\ndata = 1\n')).stderr).toContain('event.D: expected at, which says when it occurs');
});
