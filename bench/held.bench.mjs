// Processor time of a tick in which many firings are held: it is that of their guards.
import { writeFileSync } from 'node:fs';
import { daemon, fresh, processorMs, ratioRow, sleep } from './support.mjs';

const HELD = 10_000;
/** Until all are held, and Node has collected what the load left behind. */
const SETTLE_MS = 100_000;

/** A file whose conditions fire once, and wait for a guard that does not hold and is asked each second. */
const heldBack = (conditions) => {
  const parts = [
    'scheduler_tick_seconds = 1\n',
    '[[task]]\nname = "True"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n',
    '[[condition]]\nname = "Never"\ntype = "lua"\nscript = "answer = 1"\nexpected_results = { answer = 2 }\n',
  ];
  for (let i = 1; i <= conditions; i++)
    parts.push(
      `[[condition]]\nname = "Condition_${i}"\ntype = "interval"\ninterval_seconds = 1\ntasks = ["True"]\nonly_when = ["Never"]\n`,
    );
  const file = fresh('.toml');
  writeFileSync(file, parts.join('\n'));
  return file;
};

export default async ({ quick }) => {
  const daemons = [1, HELD].map((conditions) => daemon([heldBack(conditions), '-q'], { stdout: 'ignore' }));
  await sleep(quick ? 30_000 : SETTLE_MS);
  const seconds = 10;
  const samples = daemons.map(() => []);
  for (let round = 0; round < (quick ? 3 : 9); round++) {
    const before = daemons.map(({ pid }) => processorMs(pid));
    await sleep(seconds * 1000);
    daemons.forEach(({ pid }, i) => {
      samples[i].push((processorMs(pid) - before[i]) / seconds);
    });
  }
  await Promise.all(daemons.map((one) => one.stop()));
  return [
    ratioRow({
      figure: `tick with ${HELD.toLocaleString('en')} firings that one guard holds back`,
      unit: 'ms',
      ours: samples[1],
      peerName: 'the same with one firing',
      peer: samples[0],
      atMost: 1.25,
    }),
  ];
};
