// How long a user waits for the first record, against a node that does nothing.
import { spawn } from 'node:child_process';
import { alternate, configuration, daemon, firstByte, ratioRow } from './support.mjs';

const firstRecord = async (file) => {
  const began = performance.now();
  const program = daemon([file, '-L', 'info']);
  const said = await firstByte(program.child.stdout);
  await program.stop();
  return said - began;
};

const nothing = () =>
  new Promise((resolve) => {
    const began = performance.now();
    spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).once('exit', () => resolve(performance.now() - began));
  });

export default async ({ quick }) => {
  const file = configuration({ conditions: 20, tick: 5 });
  const { ours, peer } = await alternate(quick ? 11 : 40, { peer: nothing, ours: () => firstRecord(file) });
  return [
    ratioRow({
      figure: 'start to the first record, 20 conditions',
      unit: 'ms',
      ours,
      peerName: 'node -e 0',
      peer,
      atMost: 1.6,
    }),
  ];
};
