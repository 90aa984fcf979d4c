// How long a user waits for the first record, or for the refusal of a wrong file, against a node that does nothing.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { alternate, configuration, daemon, firstByte, fresh, ratioRow, sleep } from './support.mjs';

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

/** A file with one wrong key. */
const wrong = (file) => {
  const path = fresh('.toml');
  writeFileSync(path, `nonsense = 3\n${readFileSync(file, 'utf8')}`);
  return path;
};

const refused = async (file) => {
  const began = performance.now();
  const program = daemon([file, '-q']);
  const status = await program.ended;
  if (status !== 2) throw new Error(`a wrong file was not refused: status ${status}`);
  return performance.now() - began;
};

/** The second start of a build finds compiled code: what lasts a few seconds writes it. */
const warmUp = async (file) => {
  const program = daemon([file]);
  program.child.stdout.resume();
  await sleep(4000);
  await program.stop();
};

export default async ({ quick }) => {
  const file = configuration({ conditions: 20, tick: 5 });
  const bad = wrong(file);
  await warmUp(file);
  const { ours, refusal, peer } = await alternate(quick ? 9 : 40, {
    peer: nothing,
    ours: () => firstRecord(file),
    refusal: () => refused(bad),
  });
  const row = (figure, samples, atMost) =>
    ratioRow({ figure, unit: 'ms', ours: samples, peerName: 'node -e 0', peer, atMost });
  return [
    row('start to the first record, 20 conditions', ours, 1.6),
    row('refusal of a wrong file, start to exit', refusal, 2),
  ];
};
