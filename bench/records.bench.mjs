// Trace records a second as JSON to a pipe, against pino writing the same objects.
import { alternate, countedPipe, driver, median, ratioRow, runDriver } from './support.mjs';

export default async ({ quick }) => {
  const path = await driver('records');
  const count = quick ? 100_000 : 1_000_000;
  const rate = async (writer) => {
    const pipe = countedPipe();
    const done = runDriver(path, [writer, String(count)], { stdout: pipe.fd });
    pipe.close();
    const { written, ms } = await done;
    const lines = await pipe.lines;
    if (lines !== written) throw new Error(`${writer}: ${lines} of ${written} records came through`);
    return count / ms;
  };
  const samples = await alternate(quick ? 3 : 7, {
    ours: () => rate('ours'),
    sync: () => rate('pino-sync'),
    async: () => rate('pino-async'),
  });
  const faster = median(samples.sync) > median(samples.async) ? 'sync' : 'async';
  return [
    ratioRow({
      figure: 'JSON trace records to a pipe',
      unit: 'thousand/s',
      ours: samples.ours,
      peerName: `pino, ${faster} destination (the faster of two)`,
      peer: samples[faster],
      atLeast: 3,
    }),
  ];
};
