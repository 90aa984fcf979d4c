import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandTask, Place, type Program } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const STOPPED_MS = 30_000;
const timed = (name: string, specification: string): string =>
  `[[condition]]\nname = "${name}"\ntype = "time"\nrecurring = true\ntasks = ["Work"]\ntime_specifications = [${specification}]\n`;

/** When a condition ran, in whole seconds of the wall clock (UTC). */
const seconds = ({ records }: Program, name: string): number[] =>
  records
    .filter(({ contents }) => contents.context.item === name && contents.message.startsWith('running tasks'))
    .map(({ header }) => Math.floor(Date.parse(`${header.time.slice(0, 23)}Z`) / 1000));

/** The same instants as the clock of this machine has them: a time of the day, as a specification. */
const specification = (at: number): string => {
  const d = new Date(at);
  return `{ hour = ${d.getUTCHours()}, minute = ${d.getUTCMinutes()}, second = ${d.getUTCSeconds()} }`;
};

test('The real daemon stopped for 30 seconds loses no instant and repeats none: those meanwhile fire late, once, and say how late.', async () => {
  const now = Math.ceil(Date.now() / 1000) * 1000;
  const during = now + 15_000;
  const toml = `scheduler_tick_seconds = 1\n${commandTask('Work', ['true'])}${timed('Each', '{ cron = "* * * * * *" }')}${timed(
    'During',
    specification(during),
  )}${timed('After', specification(now + STOPPED_MS + 12_000))}`;
  const program = place.start(['-J', '-L', 'info'], { toml, env: { TZ: 'UTC' } });
  await program.record(/CONDITION active Each\/\d+ \[START\/MSG\] running/);
  await program.until(() => seconds(program, 'Each').length >= 3, 'three runs');
  program.kill('SIGSTOP');
  const before = seconds(program, 'Each');
  // How long it is stopped is what this is about: nothing can be awaited meanwhile.
  await pause(STOPPED_MS);
  program.kill('SIGCONT');
  await program.until(() => seconds(program, 'After').length > 0, 'an instant after the stop', 40_000);
  await program.until(() => seconds(program, 'Each').length >= before.length + 4, 'runs after the stop');
  program.send('exit');
  await program.ended;

  const each = seconds(program, 'Each');
  // Once a second, before and after; the thirty seconds in between are one late firing.
  expect(new Set(each).size).toBe(each.length);
  const steps = each.slice(1).map((at, i) => at - each[i]!);
  expect(steps.filter((step) => step !== 1)).toHaveLength(1);
  expect(Math.max(...steps)).toBeGreaterThanOrEqual(STOPPED_MS / 1000 - 1);
  expect(seconds(program, 'After')).toEqual([(now + STOPPED_MS + 12_000) / 1000]);
  const [late, ...more] = seconds(program, 'During');
  expect(more).toEqual([]);
  expect(late).toBeGreaterThan(during / 1000);
  expect(program.told.filter((text) => / is \d+ s late$/.test(text)).map((text) => text.split(' ')[2])).toHaveLength(2);
  expect(program.told.filter((text) => text.includes('missed'))).toEqual([]);
});
