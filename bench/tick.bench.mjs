// Processor time of a tick: at info nothing is due, at trace every condition is visited and written about.
import {
  amountRow,
  bare,
  configuration,
  countedPipe,
  daemon,
  memory,
  processorMs,
  sleep,
  sleepToFraction,
} from './support.mjs';

const SIZES = [100, 1000, 10_000, 100_000];
/** Loading the greatest takes longer than all measurements of a quick run. */
const QUICK_SIZES = SIZES.slice(0, -1);
/** Ticks are on whole seconds: here they are over. */
const BETWEEN = 0.85;
/** About a minute after a large file was loaded and all is quiet, Node once collects what the load left behind: no tick does. */
const SETTLE_MS = 100_000;
/** What a quick run waits: it measures before that. */
const QUICK_SETTLE_MS = 8000;

/** Processor time of each process for one second, in ms: the median over `rounds` pieces of `seconds`. */
const perSecond = async (pids, rounds, seconds) => {
  const samples = pids.map(() => []);
  await sleepToFraction(BETWEEN);
  for (let round = 0; round < rounds; round++) {
    const before = pids.map(processorMs);
    await sleep((seconds - 1) * 1000);
    await sleepToFraction(BETWEEN);
    pids.forEach((pid, i) => {
      samples[i].push((processorMs(pid) - before[i]) / seconds);
    });
  }
  return samples;
};

const ready = async (process) => {
  process.say('resume');
  await new Promise((resolve) => process.child.stdout.once('data', resolve));
  process.child.stdout.resume();
};

const notDue = async (quick) => {
  const peer = bare('setInterval(() => {}, 1000)');
  const daemons = [];
  const sizes = quick ? QUICK_SIZES : SIZES;
  for (const conditions of sizes) {
    const one = daemon([configuration({ conditions, tick: 1 }), '-L', 'info']);
    await new Promise((resolve) => one.child.stdout.once('data', resolve));
    await ready(one);
    daemons.push(one);
  }
  await sleep(quick ? QUICK_SETTLE_MS : SETTLE_MS);
  const all = [peer, ...daemons];
  // In a minute falls the look at the wall clock of a daemon that has nothing to do.
  const [bareSamples, ...samples] = await perSecond(
    all.map(({ pid }) => pid),
    quick ? 1 : 3,
    quick ? 10 : 60,
  );
  await Promise.all(all.map((one) => one.stop()));
  return sizes.map((conditions, i) =>
    amountRow({
      figure: `tick of 1 s at info, ${conditions.toLocaleString('en')} conditions not due`,
      unit: 'ms',
      ours: samples[i],
      peerName: 'node with a timer of 1 s',
      peer: bareSamples,
      atMost: 0.2,
    }),
  );
};

const traced = async (quick) => {
  const conditions = 10_000;
  const pipe = countedPipe();
  const one = daemon([configuration({ conditions, tick: 1 }), '-J', '-L', 'trace'], { stdout: pipe.fd });
  pipe.close();
  await sleep(4000);
  const [samples] = await perSecond([one.pid], quick ? 2 : 15, 2);
  const { peak } = memory(one.pid);
  one.say('exit');
  await one.ended;
  const lines = await pipe.lines;
  if (lines < conditions * 10) throw new Error(`only ${lines} records came through`);
  return [
    amountRow({
      figure: 'a condition in a tick at trace, 10,000 not due, JSON to a pipe',
      unit: 'µs',
      ours: samples.map((ms) => (ms * 1000) / conditions),
      atMost: 15,
    }),
    amountRow({ figure: 'greatest resident memory of that daemon', unit: 'MiB', ours: [peak] }),
  ];
};

export default async ({ quick }) => [...(await notDue(quick)), ...(await traced(quick))];
