// metrics ours|pino FILE ROUNDS: writes 1 000 metric records a round to a file, as in a tick, and tells the longest and the usual
// delays, in ms: of the calls themselves, and of the event loop until everything is written. Each round goes on until then.
import { createRequire } from 'node:module';
import { AsyncStructuredHandler } from '../../src/adapters/metrics/structured.ts';
import { IsMappingFilter } from '../../src/metrics/filters.ts';
import { metricLogger } from '../../src/metrics/logger.ts';

const [writer, path, rounds] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const RECORDS = 1000;
const WARM_UP = 5;

const message = (i) => ({
  task: { [`Task${i}`]: { seconds: i / 7, outcome: 'success', runs: i, retries: 0, last_success: 1774949925.986 + i } },
});
const extra = (i) => ({ step: i, item: `task/Task${i}`, run: 'run-12', cause: 'tick-17', measured: true });

/** Ours: from the logger to the file. */
const ours = () => {
  const fail = (problem) => {
    throw new Error(problem);
  };
  const handler = new AsyncStructuredHandler({ path, onError: fail, filters: [new IsMappingFilter()] });
  metricLogger.setLevel('info');
  metricLogger.addHandler(handler);
  return { tell: (i) => metricLogger.info(message(i), extra(i)), settle: () => handler.flush() };
};

/** The peer writes the same object, nested, and the time; without waiting for the disk. */
const peer = () => {
  const pino = createRequire(__filename)('pino');
  const destination = pino.destination({ dest: path, sync: false, minLength: 4096 });
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const settle = () =>
    new Promise((resolve, reject) => destination.flush((error) => (error ? reject(error) : resolve())));
  return { tell: (i) => logger.info({ ...message(i), ...extra(i) }), settle };
};

const { tell, settle } = writer === 'ours' ? ours() : peer();

/** The longest time between two turns of the event loop until `over` says so. */
const watch = () => {
  const seen = { longest: 0, over: false };
  let before = performance.now();
  const look = () => {
    const now = performance.now();
    seen.longest = Math.max(seen.longest, now - before);
    before = now;
    if (!seen.over) setImmediate(look);
  };
  look();
  return seen;
};

const round = async () => {
  const seen = watch();
  await new Promise((resolve) => setImmediate(resolve));
  const began = performance.now();
  for (let i = 0; i < RECORDS; i++) tell(i);
  const calls = performance.now() - began;
  await settle();
  seen.over = true;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { calls, delay: seen.longest };
};

const main = async () => {
  for (let i = 0; i < WARM_UP; i++) await round();
  const samples = [];
  for (let i = 0; i < rounds; i++) samples.push(await round());
  console.error(
    JSON.stringify({ calls: samples.map(({ calls }) => calls), delays: samples.map(({ delay }) => delay) }),
  );
  process.exit(0);
};

void main();
