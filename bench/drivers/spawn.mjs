// spawn WHAT RUNS ROUNDS: runs `true` RUNS times, in each of the ways WHAT names, and tells how long each round took.
import { spawn } from 'node:child_process';
import { createProcesses } from '../../src/adapters/processes.ts';

const [what, runs, rounds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const processes = createProcesses();

const ours = async () => {
  const { end } = await processes.run({
    command: 'true',
    args: [],
    cwd: '/',
    inheritEnvironment: true,
    variables: {},
    timeoutSeconds: 0,
  });
  if (end.how !== 'exit' || end.code !== 0) throw new Error(JSON.stringify(end));
};

/** What a plain program does: no input, both outputs kept. */
const plain = () =>
  new Promise((resolve, reject) => {
    const child = spawn('true', [], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    const kept = [];
    child.stdout.on('data', (chunk) => kept.push(chunk));
    child.stderr.on('data', (chunk) => kept.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(kept) : reject(new Error(`exit code ${code}`))));
  });

const inSequence = async (run) => {
  for (let i = 0; i < runs; i++) await run();
};
const together = (run) => Promise.all(Array.from({ length: runs }, run));

const ways = {
  peerSequence: () => inSequence(plain),
  sequence: () => inSequence(ours),
  peerTogether: () => together(plain),
  together: () => together(ours),
};

const main = async () => {
  const chosen = what === 'both' ? Object.keys(ways) : [what];
  const took = Object.fromEntries(chosen.map((way) => [way, []]));
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const way of chosen) {
      const began = performance.now();
      await ways[way]();
      if (round > 0) took[way].push(performance.now() - began);
    }
  }
  console.error(JSON.stringify(took));
};

void main();
