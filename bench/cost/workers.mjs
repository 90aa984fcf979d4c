// workers COUNT: starts as many worker threads at once by bree, each with a trivial script; says how long they took, in ms.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Bree from 'bree';

const count = Number(process.argv[2]);
const path = join(import.meta.dirname, 'trivial.cjs');
writeFileSync(path, "let x = 1; require('node:worker_threads').parentPort.postMessage('done');\n");
const names = Array.from({ length: count }, (_, i) => `job-${i}`);
let left = count;
let ended;
const all = new Promise((resolve) => {
  ended = resolve;
});
const bree = new Bree({
  root: false,
  logger: false,
  jobs: names.map((name) => ({ name, path, timeout: false })),
  workerMessageHandler: () => {
    left -= 1;
    if (left === 0) ended();
  },
});
await bree.init?.();
const began = performance.now();
await Promise.all(names.map((name) => bree.run(name)));
await all;
console.error(JSON.stringify({ ms: performance.now() - began }));
process.exit(0);
