// history MODE RUNS DIRECTORY [CONFIG]: what the engine reports of runs, of 20 conditions with one task each.
//   kept    the lines go to a history in DIRECTORY;  none  they go nowhere, as with enabled = false.
//           Says how long a claim and the end of its run took, and the longest that the event loop was held up.
//   made    makes the history of CONFIG below DIRECTORY, of 80 days, and says how large it is.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/clock.ts';
import { historyDirectory } from '../../src/adapters/history/directory.ts';
import { HistoryStore } from '../../src/adapters/history/store.ts';
import { NO_WRITER } from '../../src/history/history-line.ts';
import { HistoryState } from '../../src/history/history-state.ts';
import { RunHistory } from '../../src/projections/run-history.ts';

const [, , mode, runs, directory, config] = process.argv;
const CONDITIONS = 20;
const DAYS = 80;

const fail = (problem) => {
  throw new Error(problem);
};
const now = Date.now();
/** When a run is: now, or spread over the last days. */
let clock = systemClock;
if (mode === 'made') clock = { ...systemClock, wall: () => wall, mono: () => wall };
let wall = now;

const traits = { tasks: ['True'], persistent: false, recurring: true, max_tasks_retries: 0 };
const conditions = Array.from({ length: CONDITIONS }, (_, i) => ({
  name: `Condition_${i + 1}`,
  spec: { name: `Condition_${i + 1}`, type: 'interval', values: {}, traits },
}));
const task = { name: 'True', spec: { values: {} } };
const success = { kind: 'success', reason: { code: 'exit-status', status: 0, verdict: 'none' } };
const failure = { kind: 'failure', reason: { code: 'exit-status', status: 1, verdict: 'failure' } };

const target = mode === 'made' ? historyDirectory(config, { XDG_STATE_HOME: directory }) : directory;
const store =
  mode === 'none'
    ? { state: new HistoryState(), writer: NO_WRITER, aliveUntil: 0, close: () => {}, keepHouse: async () => {} }
    : new HistoryStore(target, fail, { megabytes: 10_000 });
const { handlers } = new RunHistory(
  store.state,
  store.writer,
  { take: () => ({}) },
  clock,
  { version: '0', pid: 1 },
  0,
);
const settings = { tickSeconds: 1, randomize: false, keepPause: false };
handlers['scheduler.loading']({ config: { file: config || '/bench.toml', settings }, paused: false }, {});
handlers['scheduler.started']({}, {});

/** One run of a condition: what the engine emits. */
const run = (n) => {
  const condition = conditions[n % CONDITIONS];
  const trace = { cause: `tick-${n}`, run: `run-${n}` };
  const outcome = n % 97 === 0 ? failure : success;
  const executed = [{ task, outcome }];
  handlers['run.started']({ condition, result: { kind: 'passed', reason: { code: 'interval', seconds: 60 } } }, trace);
  handlers['task.started']({ task, condition }, trace);
  if (mode === 'made') wall += 1 + ((n * 7919) % 5000);
  handlers['task.finished']({ task, condition, outcome }, trace);
  handlers['run.finished']({ condition, executed, next: { state: 'waiting' } }, trace);
};

/** The value below which this part of the samples is. */
const quantile = (samples, part) => samples.toSorted((a, b) => a - b)[Math.floor(part * (samples.length - 1))];

const measure = async () => {
  for (let n = 1; n <= 2000; n++) run(n);
  const taken = new Float64Array(Number(runs));
  let longest = 0;
  let before = performance.now();
  for (let n = 0; n < taken.length; n++) {
    const began = performance.now();
    run(n);
    taken[n] = (performance.now() - began) * 1000;
    await turn();
    const after = performance.now();
    longest = Math.max(longest, after - before);
    before = after;
  }
  return { us: quantile(taken, 0.5), p99: quantile(taken, 0.99), longest };
};

const make = async () => {
  const step = (DAYS * 86_400_000) / Number(runs);
  for (let n = 1; n <= Number(runs); n++) {
    wall = now - (Number(runs) - n) * step - 6000;
    run(n);
    // So that what is done in the background gets its turn.
    if (n % 1000 === 0) await turn();
  }
  for (let i = 0; i < 2; i++) await store.keepHouse();
  const files = readdirSync(target);
  return { files: files.length, bytes: files.reduce((sum, name) => sum + statSync(join(target, name)).size, 0) };
};

const main = async () => {
  const found = mode === 'made' ? await make() : await measure();
  store.close();
  console.error(JSON.stringify(found));
  process.exit(0);
};

void main();
