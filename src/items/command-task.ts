import { compileCommand, runCommand } from './common/command.ts';
import { commandFields } from './common/command-criteria.ts';
import { makeVariableFiles, runVariables } from './common/run-variables.ts';
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
      const prefix = taskPrefix(context);
      const announced = values.set_environment_variables;
      const making =
        announced && makeVariableFiles(context, ports.runFiles, (text) => log.warn('START/FAIL', prefix + text));
      const files = making ? await making : undefined;
      try {
        const variables = { ...runVariables(context, name), ...files?.variables };
        const { decidedBy, reason } = await runCommand(values, compiled, variables, ports, {
          ...{ log, origin, signal, prefix },
          item: `task/${name}`,
          conclude: (how, text) => (how === 'other' ? log.warn('END/FAIL', text) : log.debug('END/OK', text)),
        });
        return { kind: decidedBy === 'success' ? 'success' : 'failure', reason };
      } finally {
        files?.remove();
      }
    },
  }),
});
