/** Entry of the host's thread. */
import './allocation.ts';
// Before anything that loads the interpreter; the order of the first three matters.
import './patch-strings.ts';
import './patch-errors.ts';
import './patch-numbers.ts';
import './patch-compile.ts';
import './patch-depth.ts';
import { type MessagePort, workerData } from 'node:worker_threads';
import { onEffort } from './effort.ts';
import { execute } from './execute.ts';
import { Host } from './host.ts';
import { MemoryWatch } from './memory.ts';
import type { HostOptions, Order, Report } from './protocol.ts';

const { options, port } = workerData as { options: HostOptions; port: MessagePort };

const memory: MemoryWatch = new MemoryWatch(
  options.memoryBytes,
  () => host.hurry(),
  () => host.exhausted(),
  (bytes) => host.grew(bytes),
  () => host.tookMost(),
);
onEffort(() => host.hurry());
const send = (reports: readonly Report[]): void => port.postMessage(reports);
const host = new Host(options, memory, send);

port.on('message', (order: Order) => {
  switch (order.what) {
    case 'run':
      execute(host, order.job);
      break;
    case 'stop': {
      const run = host.runs.get(order.id);
      if (run !== undefined) host.condemn(run, { why: 'timeout' });
      break;
    }
    case 'end-run': {
      const names = host.locks.endRun(order.condition);
      if (names.length > 0) host.report({ what: 'locks', condition: order.condition, names });
      break;
    }
    case 'kill':
      for (const run of [...host.runs.values()]) run.conclude({ why: 'killed' });
      host.report({ what: 'quiet' });
      break;
  }
});
