// How long whoever asks waits for an answer, the start of the command included, and what a question costs the daemon.
import { spawn } from 'node:child_process';
import { alternate, amountRow, configuration, daemon, firstByte, sleep, whenever } from './support.mjs';

/** Runs one of the commands that ask; answers how long it took, in ms. */
const asked = (env, ...args) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [whenever, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.resume();
    child.once('close', (code) =>
      code === 0 ? resolve(performance.now() - began) : reject(new Error(`${args.join(' ')}: status ${code}`)),
    );
  });

const nothing = () =>
  new Promise((resolve) => {
    const began = performance.now();
    spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).once('exit', () => resolve(performance.now() - began));
  });

export default async ({ quick }) => {
  const one = daemon([configuration({ conditions: 10_000, tick: 5 }), '-L', 'info']);
  await firstByte(one.child.stdout);
  one.child.stdout.resume();
  await sleep(3000);
  const env = { ...process.env, XDG_RUNTIME_DIR: one.runtime };
  try {
    const { status, explain, peer } = await alternate(quick ? 5 : 21, {
      peer: nothing,
      status: () => asked(env, 'status'),
      explain: () => asked(env, 'explain', 'Condition_5000'),
    });
    const row = (figure, ours, atMost) => amountRow({ figure, unit: 'ms', ours, peerName: 'node -e 0', peer, atMost });
    return [
      row('whenever status, 10,000 conditions', status, 200),
      row('whenever explain, one of 10,000', explain, 200),
    ];
  } finally {
    await one.stop();
  }
};
