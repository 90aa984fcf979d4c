/** Entry of the thread that runs scripts. */
// In this order: the interpreter must make its byte arrays with the constructor that is replaced first.
import './memory-limit.ts';
import './interpreter-patches.ts';
import './interpreter-calls.ts';
import './interpreter-limits.ts';
import { type MessagePort, workerData } from 'node:worker_threads';
import { ProcessPool } from './process/process-pool.ts';
import { ProcessRun } from './process/process-run.ts';
import { runScript } from './run-script.ts';
import { ScriptScheduler } from './script-scheduler.ts';
import type { WorkerCommand, WorkerOptions } from './worker-messages.ts';

const { options, port } = workerData as { options: WorkerOptions; port: MessagePort };

const scheduler = new ScriptScheduler(options, (reports) => port.postMessage(reports));
const pool = new ProcessPool(options.memoryBytes);

port.on('message', (command: WorkerCommand) => {
  switch (command.what) {
    case 'run':
      if (command.job.interpreter === undefined) runScript(scheduler, command.job);
      else {
        const run = new ProcessRun(command.job, scheduler, pool);
        run.begin().catch((error: Error) => run.notStarted(error.message));
      }
      break;
    case 'stop':
      scheduler.runs.get(command.id)?.end({ why: command.why });
      break;
    case 'end-run': {
      const names = scheduler.locks.endRun(command.condition);
      if (names.length > 0) scheduler.report({ what: 'locks', condition: command.condition, names });
      break;
    }
    case 'change-state': {
      const { id, change } = command;
      const found = scheduler.shared.change(change);
      scheduler.report({ what: 'shared', name: change.name, entries: scheduler.shared.get(change.name) });
      scheduler.report({ what: 'state-changed', id, found });
      break;
    }
    case 'lock':
      scheduler.programLocks.take(command.lock);
      break;
    case 'unlock':
      scheduler.programLocks.leave(command.id);
      break;
    case 'kill':
      for (const run of [...scheduler.runs.values()]) run.finish({ why: 'killed' });
      pool.close();
      scheduler.report({ what: 'quiet' });
      break;
  }
});
