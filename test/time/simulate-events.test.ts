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
