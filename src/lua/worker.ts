/** Entry of the host's thread. */
import './allocation.ts';
// Before anything that loads the interpreter; the order of the first three matters.
import './patch-strings.ts';
import './patch-errors.ts';
import './patch-numbers.ts';
import './patch-compile.ts';
import './patch-depth.ts';
import { type MessagePort, workerData } from 'node:worker_threads';
import { onWork } from './effort.ts';
import { MemoryLimit } from './resource-accounting.ts';
import { runScript } from './run-script.ts';
import { ScriptScheduler } from './script-scheduler.ts';
import type { WorkerCommand, WorkerOptions, WorkerReport } from './worker-messages.ts';

const { options, port } = workerData as { options: WorkerOptions; port: MessagePort };

const memory: MemoryLimit = new MemoryLimit(
  options.memoryBytes,
  () => host.checkClockSoon(),
  () => host.memoryExhausted(),
  (bytes) => host.addMemoryGrowth(bytes),
  () => host.isLargestUser(),
);
onWork(() => host.checkClockSoon());
const send = (reports: readonly WorkerReport[]): void => port.postMessage(reports);
const host = new ScriptScheduler(options, memory, send);

port.on('message', (order: WorkerCommand) => {
  switch (order.what) {
    case 'run':
      runScript(host, order.job);
      break;
    case 'stop': {
      const run = host.runs.get(order.id);
      if (run !== undefined) host.abort(run, { why: 'timeout' });
      break;
    }
    case 'end-run': {
      const names = host.locks.endRun(order.condition);
      if (names.length > 0) host.report({ what: 'locks', condition: order.condition, names });
      break;
    }
    case 'kill':
      for (const run of [...host.runs.values()]) run.finish({ why: 'killed' });
      host.report({ what: 'quiet' });
      break;
  }
});
