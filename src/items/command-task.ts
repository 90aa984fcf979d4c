import { compileCommand, runCommand } from './common/command.ts';
import { commandFields } from './common/command-criteria.ts';
import { runVariables } from './common/run-variables.ts';
import { taskPrefix } from './common/task-prefix.ts';
import { taskKind } from './kind.ts';

/** Runs a program. */
export const commandTask = taskKind({
  type: 'command',
  emitter: 'COMMAND_TASK',
  doc: 'Runs a program and judges it by its exit status and its output. Without criteria every exit status is a success.',
  fields: commandFields,
  needs: ['processes'],
  simulate: 'outcomes',
  compile: compileCommand,
  create: ({ name, values, compiled, log: own, ports }) => ({
    blocked: () => ports.processes.blocked?.(`task/${name}`),
    run: async (context) => {
      const { origin, signal } = context;
      const log = own.under(origin);
      const { decidedBy, reason } = await runCommand(values, compiled, runVariables(context, name), ports, {
        log,
        origin,
        signal,
        item: `task/${name}`,
        prefix: taskPrefix(context),
        conclude: (how, text) => (how === 'other' ? log.warn('END/FAIL', text) : log.debug('END/OK', text)),
      });
      return { kind: decidedBy === 'success' ? 'success' : 'failure', reason };
    },
  }),
});
