// What a long recording costs to show: whole processes, beside one that only reads the file and takes each line for JSON.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { alternate, amountRow, driver, fresh, median, runDriver, whenever } from './support.mjs';

const FACTS = 1_000_000;

/** As simple as it gets, line by line. */
const PEER = `
const lines = require('node:readline').createInterface({ input: require('node:fs').createReadStream(process.argv[1]) });
let count = 0;
lines.on('line', (line) => { if (JSON.parse(line).kind) count += 1; });
lines.on('close', () => process.exit(count > 0 ? 0 : 1));
`;

/** The greatest memory a process has had, MiB; undefined when it has ended. */
const peakOf = (pid) => {
  try {
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
};

/** Runs a process to its end: seconds, and the greatest memory in MiB. */
const run = (args) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'] });
    let mib = 0;
    const look = setInterval(() => {
      mib = Math.max(mib, peakOf(child.pid) ?? 0);
    }, 100);
    child.once('exit', (code) => {
      const seconds = (performance.now() - began) / 1000;
      clearInterval(look);
      if (code === 0) resolve({ seconds, mib });
      else reject(new Error(`${args[0]} ended with ${code}`));
    });
  });

export default async ({ quick }) => {
  const recording = fresh('.rec');
  await runDriver(await driver('recording'), [recording, String(FACTS)]);
  const show = (mode) => () => run([whenever, 'show', recording, '--as', mode, '-o', fresh(`.${mode}`)]);
  const { summary, trace, peer } = await alternate(quick ? 1 : 5, {
    summary: show('summary'),
    trace: show('chrome_trace'),
    peer: () => run(['-e', PEER, recording]),
  });
  const [seconds, mib] = [(one) => one.map((each) => each.seconds), (one) => one.map((each) => each.mib)];
  const size = `${Math.round(statSync(recording).size / 2 ** 20)} MiB`;
  const peerName = 'node that reads it and parses each line';
  const time = (figure, ours, atMost) =>
    amountRow({ figure, unit: 's', ours: seconds(ours), peerName, peer: seconds(peer), atMost });
  return [
    time(`show a recording of 1,000,000 facts (${size}) as a summary`, summary, 10),
    time('the same as a trace', trace, 20),
    amountRow({
      figure: 'memory of the greater of both',
      unit: 'MiB',
      ours: median(mib(trace)) > median(mib(summary)) ? mib(trace) : mib(summary),
      ...{ peerName, peer: mib(peer), atMost: 500 },
    }),
  ];
};
