// What specifications of every form cost when a file is loaded, against those that a crontab has as well.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { alternate, fresh, ratioRow, whenever } from './support.mjs';

const COUNT = 10_000;
const RANGE = ['--from', '2026-01-01T00:00:00', '--to', '2026-01-01T00:00:01', '-L', 'error'];
const TASK =
  '[[task]]\nname = "True"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n';

/** The forms there were first, of numbers that differ from one condition to the next. */
const PLAIN = [
  (i) => `{ hour = ${i % 24}, minute = ${i % 60} }`,
  (i) => `{ minute = ${i % 60} }`,
  (i) => `{ weekday = "fri", hour = ${i % 24} }`,
  (i) => `{ day = ${(i % 31) + 1}, hour = ${i % 24} }`,
  (i) => `{ cron = "${i % 60} ${i % 24} * * MON-FRI" }`,
  (i) => `{ month = ${(i % 12) + 1}, day = 1, hour = ${i % 24} }`,
];
const ALL = [
  ...PLAIN,
  (i) => `{ hour = "8-18", minute = [0, ${i % 60}] }`,
  (i) => `{ hour = "22-5", minute = "*/${(i % 20) + 5}" }`,
  (i) => `{ weekday = "mon-fri", hour = ${i % 24} }`,
  (i) => `{ day = -1, hour = ${i % 24} }`,
  (i) => `{ weekday = "fri", nth = -1, hour = ${i % 24} }`,
  (i) => `{ workday = ${(i % 5) + 1}, hour = 8 }`,
  (i) => `{ weekday = "mon", hour = ${i % 24}, every = "2 weeks", since = 2026-01-05 }`,
  () => '{ at = 07:00:00 }',
  (i) => `{ at = 2026-12-24T18:${10 + (i % 50)}:00 }`,
  (i) => `{ sun = "sunset", offset = "-${i % 60} min", place = [41.9, 12.5] }`,
];

const fileOf = (forms) => {
  const parts = ['scheduler_tick_seconds = 5\n', TASK];
  for (let i = 0; i < COUNT; i++) {
    const keys = `time_specifications = [${forms[i % forms.length](i)}]`;
    parts.push(`[[condition]]\nname = "C${i}"\ntype = "time"\nrecurring = true\ntasks = ["True"]\n${keys}\n`);
  }
  const file = fresh('.toml');
  writeFileSync(file, parts.join(''));
  return file;
};

const loaded = (file) => () => {
  const began = performance.now();
  execFileSync(process.execPath, [whenever, 'simulate', file, ...RANGE], { stdio: ['ignore', 'ignore', 'inherit'] });
  return performance.now() - began;
};

export default async ({ quick }) => {
  const { ours, peer } = await alternate(quick ? 5 : 15, { ours: loaded(fileOf(ALL)), peer: loaded(fileOf(PLAIN)) });
  return [
    ratioRow({
      figure: `${COUNT} specifications of every form: loaded, and one tick simulated`,
      unit: 'ms',
      ours,
      peerName: 'those of a crontab',
      peer,
      atMost: 1.5,
    }),
  ];
};
