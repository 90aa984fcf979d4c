// What a live view costs the daemon.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { amountRow, configuration, daemon, firstByte, processorMs, root, sleep, whenever } from './support.mjs';

const TERMINAL = join(root, 'test/control/support/terminal.py');
/** How long each is measured, and how long it has to calm down before, in ms. */
const MEASURED_MS = 8000;
const SETTLE_MS = 4000;

/** Conditions that run their task each second. */
const OFTEN = 5;
const EACH_SECOND = 'type = "interval"\ninterval_seconds = 0\nrecurring = true\ntasks = ["True"]\n';

/** Processor time of a process in percent of a core. */
const shareOf = async (pid) => {
  const [began, before] = [performance.now(), processorMs(pid)];
  await sleep(MEASURED_MS);
  return ((processorMs(pid) - before) / (performance.now() - began)) * 100;
};

export default async ({ quick }) => {
  const file = configuration({ conditions: 1000, tick: 1 });
  const often = Array.from({ length: OFTEN }, (_, i) => `[[condition]]\nname = "Often_${i}"\n${EACH_SECOND}`);
  appendFileSync(file, often.join(''));
  const one = daemon([file, '-L', 'info']);
  await firstByte(one.child.stdout);
  one.child.stdout.resume();
  await sleep(SETTLE_MS);
  const env = { ...process.env, XDG_RUNTIME_DIR: one.runtime, TERM: 'xterm' };
  const added = [];
  try {
    for (let i = 0; i < (quick ? 2 : 5); i++) {
      const alone = await shareOf(one.pid);
      const words = [TERMINAL, '100', '40', '[]', process.execPath, whenever, 'top'];
      const view = spawn('python3', words, { env, stdio: 'ignore' });
      await sleep(SETTLE_MS);
      added.push(Math.max(0, (await shareOf(one.pid)) - alone));
      const ended = new Promise((resolve) => view.once('close', resolve));
      view.kill();
      await ended;
    }
    const figure = 'processor time that whenever top adds, 1,000 conditions, 5 runs a second';
    return [amountRow({ figure, unit: '%', ours: added, atMost: 1 })];
  } finally {
    await one.stop();
  }
};
