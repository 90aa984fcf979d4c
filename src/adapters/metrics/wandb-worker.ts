/**
 * What runs on the thread of the package, as text: the package answers SIGINT with an exit, throws out of its callbacks and
 * writes to standard output, none of which a daemon can bear. On a thread of its own none of it reaches the process.
 */
export const WANDB_WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const load = () => {
  const loaded = require(workerData.path);
  return loaded.default ?? loaded.wandb ?? loaded;
};
const problem = (error) => parentPort.postMessage({ what: 'problem', problem: String(error?.message ?? error) });
process.on('uncaughtException', problem);
process.on('unhandledRejection', problem);
let run;
let options = workerData.options;
// What failed is tried again with the next record.
const begin = async () => {
  run ??= await load().init(options);
  return run;
};
let last = Promise.resolve();
const orders = {
  init: (order) => { options = order.options; return begin(); },
  log: async (order) => (await begin()).log(order.data, order.step),
  flush: () => {},
  finish: async () => { await run?.finish(0); },
};
parentPort.on('message', (order) => {
  last = last.then(() => orders[order.what](order)).catch(problem);
  last.then(() => { if (order.what !== 'log' && order.what !== 'init') parentPort.postMessage({ what: order.what, id: order.id }); });
});
`;
