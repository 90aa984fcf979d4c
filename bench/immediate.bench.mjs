// From an event to the start of its task where nothing waits for a tick: `immediate = true`, `debounce_ms = 0`.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { alternate, amountRow, bare, daemon, fresh, median, sleep } from './support.mjs';

const FILE = `scheduler_tick_seconds = 60
[[task]]
name = "True"
type = "command"
startup_path = "/"
command = "true"
command_arguments = []
[[condition]]
name = "Now"
type = "bucket"
recurring = true
immediate = true
debounce_ms = 0
tasks = ["True"]
[[event]]
name = "Go"
type = "cli"
condition = "Now"
`;

/** In the record of the start of the task. */
const STARTED = '(trigger: Now) running: true';

/** A program that does nothing else: starts `true` at each line, and writes when it has. */
const BARE = `const { spawn } = require('node:child_process');
require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
  const child = spawn('true', [], { cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const pipe of [child.stdout, child.stderr]) pipe.resume();
  setImmediate(() => process.stdout.write('${STARTED}\\n'));
});
process.stdout.write('ready\\n');`;

/** Between two events, ms: the run of the one before is over. */
const APART_MS = 60;

/** How long a program takes from a line on its input to the line that says that the task has started, in ms. */
const asked = async (one, line, count) => {
  const lines = createInterface({ input: one.child.stdout });
  let seen = () => {};
  const ready = new Promise((resolve) => {
    lines.on('line', (text) => {
      resolve();
      if (text.includes(STARTED)) seen(performance.now());
    });
  });
  await ready;
  await sleep(1000);
  return async () => {
    const samples = [];
    for (let i = 0; i < count; i++) {
      const began = performance.now();
      const started = new Promise((resolve) => (seen = resolve));
      one.say(line);
      samples.push((await started) - began);
      await sleep(APART_MS);
    }
    return median(samples);
  };
};

/** Events of one sample. */
const EVENTS = 20;
const QUICK_EVENTS = 10;

export default async ({ quick }) => {
  const events = quick ? QUICK_EVENTS : EVENTS;
  const file = fresh('.toml');
  writeFileSync(file, FILE);
  const programs = [daemon([file, '-J', '-L', 'debug']), bare(BARE)];
  const [ours, peer] = await Promise.all([
    asked(programs[0], 'trigger Go', events),
    asked(programs[1], 'start', events),
  ]);
  const samples = await alternate(quick ? 3 : 11, { ours, peer });
  await Promise.all(programs.map((one) => one.stop()));
  return [
    amountRow({
      figure: 'an event to the start of its task, immediate = true, debounce_ms = 0',
      unit: 'ms',
      ours: samples.ours,
      peerName: 'node that starts true at a line',
      peer: samples.peer,
      atMost: 5,
    }),
  ];
};
