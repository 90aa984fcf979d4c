// From an event to the start of its task where nothing waits for a tick: `immediate = true`, `debounce_ms = 0`.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { amountRow, daemon, fresh, sleep } from './support.mjs';

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

/** Between two events, ms: the run of the one before is over. */
const APART_MS = 60;

export default async ({ quick }) => {
  const file = fresh('.toml');
  writeFileSync(file, FILE);
  const one = daemon([file, '-J', '-L', 'debug']);
  const lines = createInterface({ input: one.child.stdout });
  let seen = () => {};
  const ready = new Promise((resolve) => {
    lines.on('line', (line) => {
      resolve();
      if (line.includes(STARTED)) seen(performance.now());
    });
  });
  await ready;
  await sleep(1000);
  const ours = [];
  for (let i = 0; i < (quick ? 40 : 200); i++) {
    const began = performance.now();
    const started = new Promise((resolve) => (seen = resolve));
    one.say('trigger Go');
    ours.push((await started) - began);
    await sleep(APART_MS);
  }
  await one.stop();
  return [
    amountRow({
      figure: 'an event to the start of its task, immediate = true, debounce_ms = 0',
      unit: 'ms',
      ours: ours.slice(10),
      atMost: 5,
    }),
  ];
};
