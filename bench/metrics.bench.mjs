// A tick with 1 000 metric records to a file of lines: for how long it holds up everything else, beside pino in the same run.
import { readFileSync } from 'node:fs';
import { alternate, amountRow, driver, fresh, median, runDriver } from './support.mjs';

export default async ({ quick }) => {
  const path = await driver('metrics');
  const rounds = quick ? 20 : 60;
  const run = async (writer) => {
    const file = fresh('.jsonl');
    const { calls, delays } = await runDriver(path, [writer, file, String(rounds)]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').length;
    if (lines !== (rounds + 5) * 1000) throw new Error(`${writer}: ${lines} lines`);
    return {
      calls: median(calls),
      delay: median(delays),
      late: [...delays].sort((a, b) => a - b)[Math.floor(delays.length * 0.95)],
    };
  };
  const samples = await alternate(quick ? 3 : 7, { ours: () => run('ours'), pino: () => run('pino') });
  const row = (figure, key, more) =>
    amountRow({
      figure,
      unit: 'ms',
      ours: samples.ours.map((sample) => sample[key]),
      peerName: 'pino, asynchronous destination, the same objects not flattened',
      peer: samples.pino.map((sample) => sample[key]),
      ...more,
    });
  return [
    row('1,000 metric records in one tick: what telling them takes', 'calls', { atMost: 5 }),
    row('the longest that the event loop is held up until they are written', 'delay', { atMost: 5 }),
    row('the same at the 95th percentile of ticks', 'late'),
  ];
};
