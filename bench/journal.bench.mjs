// What the journal costs: at trace with a recording, against without; and that memory does not grow with facts.
import { rmSync } from 'node:fs';
import {
  alternate,
  amountRow,
  configuration,
  countedPipe,
  daemon,
  driver,
  fresh,
  processorMs,
  ratioRow,
  runDriver,
  sleep,
  sleepToFraction,
} from './support.mjs';

/** Ticks are on whole seconds: here they are over. */
const BETWEEN = 0.9;
const CONDITIONS = 10_000;
/** Until then Node compiles what ticks do, on other threads, which is no part of a tick. */
const SETTLE_MS = 9000;

/** Processor time of a tick in which ten thousand conditions are visited and written about, in ms. */
const tick = async (file, args, seconds) => {
  const pipe = countedPipe();
  const one = daemon([file, '-J', '-L', 'trace', ...args], { stdout: pipe.fd });
  pipe.close();
  await sleep(SETTLE_MS);
  await sleepToFraction(BETWEEN);
  const [before, began] = [processorMs(one.pid), performance.now()];
  await sleep((seconds - 1) * 1000);
  await sleepToFraction(BETWEEN);
  const used = processorMs(one.pid) - before;
  const ticks = Math.round((performance.now() - began) / 1000);
  await one.stop();
  await pipe.lines;
  return used / ticks;
};

/** A path for a recording, and how to be rid of all its parts. */
const recording = () => {
  const path = fresh('.jsonl');
  return {
    path,
    remove: () => {
      rmSync(path, { force: true });
      for (let i = 1; i < 20; i++) for (const ending of ['', '.gz']) rmSync(`${path}.${i}${ending}`, { force: true });
    },
  };
};

const recorded = async (quick) => {
  const file = configuration({ conditions: CONDITIONS, tick: 1 });
  const { without, with: with_ } = await alternate(quick ? 2 : 5, {
    without: () => tick(file, [], quick ? 4 : 8),
    with: async () => {
      const { path, remove } = recording();
      const used = await tick(file, ['--journal', path], quick ? 4 : 8);
      remove();
      return used;
    },
  });
  return ratioRow({
    figure: 'tick at trace with a recording, 10,000 conditions not due, JSON to a pipe',
    unit: 'ms',
    ours: with_,
    peerName: 'the same without --journal',
    peer: without,
    atMost: 1.25,
  });
};

/** Resident memory after a million facts, against after the first hundred thousand. */
const grown = async (path, mode, about, quick) => {
  const sample = async () => {
    const { path: file, remove } = recording();
    const pipe = countedPipe();
    const done = runDriver(path, [mode, '18', file], { stdout: pipe.fd, node: ['--expose-gc'] });
    pipe.close();
    const found = await done;
    await pipe.lines;
    remove();
    return found;
  };
  const { samples } = await alternate(quick ? 3 : 7, { samples: sample });
  const facts = samples[0].facts + 100_000;
  return ratioRow({
    figure: `resident memory after ${facts.toLocaleString('en')} facts, ${about}`,
    unit: 'MiB',
    ours: samples.map(({ after }) => after),
    peerName: 'after 100,000',
    peer: samples.map(({ before }) => before),
    // Fifty bytes a fact would be twice as much.
    atMost: 1.25,
  });
};

/** What numbering and keeping records costs when nobody listens, of all that a record at trace costs. */
const alone = async (path, quick) => {
  const cost = async (mode) => {
    const pipe = countedPipe();
    const done = runDriver(path, [mode, '10'], { stdout: pipe.fd });
    pipe.close();
    const { us } = await done;
    await pipe.lines;
    return us;
  };
  const { without, with: with_ } = await alternate(quick ? 4 : 12, {
    without: () => cost('none'),
    with: () => cost('alone'),
  });
  return amountRow({
    figure: 'a record at trace, JSON to a pipe, with the journal and nobody listening',
    unit: 'µs',
    ours: with_,
    peerName: 'without the journal',
    peer: without,
  });
};

export default async ({ quick }) => {
  const path = await driver('journal');
  return [
    await recorded(quick),
    await alone(path, quick),
    await grown(path, 'alone', 'nobody listening', quick),
    await grown(path, 'recorded', 'with a recording', quick),
  ];
};
