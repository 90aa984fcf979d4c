import { compileCommand, runCommand } from './common/command.ts';
import { commandFields } from './common/command-criteria.ts';
import { handOutputOn, makeVariableFiles, runVariables } from './common/run-variables.ts';
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
      const failed = (text: string): void => log.warn('START/FAIL', prefix + text);
      const announced = values.set_environment_variables;
      const making = announced && makeVariableFiles(context, ports.runFiles, failed);
      const files = making ? await making : undefined;
      try {
        const variables = { ...runVariables(context, name), ...files?.variables };
        const { decidedBy, reason } = await runCommand(values, compiled, variables, ports, {
          ...{ log, origin, signal, prefix, keepBytes: context.handOn !== undefined },
          item: `task/${name}`,
          written: ({ bytes }) =>
            bytes && handOutputOn(context, ports.runFiles, bytes, (text) => log.warn('END/FAIL', prefix + text)),
          conclude: (how, text) => (how === 'other' ? log.warn('END/FAIL', text) : log.debug('END/OK', text)),
        });
        return { kind: decidedBy === 'success' ? 'success' : 'failure', reason };
      } finally {
        files?.remove();
      }
    },
  }),
});
