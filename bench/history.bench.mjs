// What the history of runs costs, against the same program with enabled = false: a run, a start, and memory.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  alternate,
  amountRow,
  configuration,
  daemon,
  driver,
  median,
  memory,
  runDriver,
  sleep,
  workspace,
} from './support.mjs';

const RUNS = 1_000_000;
/** What the first start does in the background is over. */
const SETTLE_MS = 4000;

/** Milliseconds until the items are made: the history has been read. */
const start = async (file, state) => {
  const began = performance.now();
  const program = daemon([file, '-L', 'debug'], { state });
  let said = '';
  await new Promise((resolve) =>
    program.child.stdout.on('data', (text) => {
      said += text;
      if (said.includes('created')) resolve();
    }),
  );
  const took = performance.now() - began;
  await program.stop();
  return took;
};

const afterwards = async (file, state) => {
  const program = daemon([file], { state });
  await sleep(SETTLE_MS);
  const found = memory(program.pid);
  await program.stop();
  return found;
};

export default async ({ quick }) => {
  const path = await driver('history');
  const runs = String(quick ? 60_000 : 150_000);
  const state = mkdtempSync(join(workspace, 'state'));
  const cost = await alternate(quick ? 3 : 9, {
    none: () => runDriver(path, ['none', runs, '']),
    kept: () => runDriver(path, ['kept', runs, mkdtempSync(join(workspace, 'h'))]),
  });
  const file = configuration({ conditions: 20, tick: 5 });
  const off = `${file.slice(0, -'.toml'.length)}-off.toml`;
  writeFileSync(off, `${readFileSync(file, 'utf8')}\n[history]\nenabled = false\n`);
  const { files, bytes } = await runDriver(path, ['made', String(RUNS), state, file]);
  const starts = await alternate(quick ? 15 : 40, { none: () => start(off, state), kept: () => start(file, state) });
  const memories = await alternate(quick ? 3 : 9, {
    none: () => afterwards(off, state),
    kept: () => afterwards(file, state),
  });
  const peerName = 'enabled = false';
  const made = `${(bytes / 1e6).toFixed(0)} MB in ${files} files`;
  const amount = (figure, unit, { kept, none }, part, atMost) =>
    amountRow({ figure, unit, ours: kept.map(part), peerName, peer: none.map(part), atMost });
  const more = (figure, unit, { kept, none }, part, atMost) => ({
    ...amount(figure, unit, { kept, none }, part, atMost),
    judged: median(kept.map(part)) - median(none.map(part)),
    limitUnit: `${unit} more`,
  });
  return [
    amount('history: a claim and the end of its run', 'µs', cost, ({ us }) => us, 60),
    amount('the same at the 99th percentile', 'µs', cost, ({ p99 }) => p99),
    more(`the longest hold of the event loop, ${runs} runs one after the other`, 'ms', cost, (one) => one.longest, 5),
    more(`start to the first item, history of 1,000,000 runs (${made})`, 'ms', starts, (ms) => ms, 20),
    more('resident memory after the start with it', 'MiB', memories, ({ resident }) => resident, 3),
    amount('private part of it', 'MiB', memories, ({ own }) => own),
  ];
};
