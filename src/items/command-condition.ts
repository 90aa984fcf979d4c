import { failed, passed } from '../core/outcome.ts';
import { checkIntervalFields, withCheckInterval } from './common/check-interval.ts';
import { compileCommand, runCommand } from './common/command.ts';
import { commandFields } from './common/command-criteria.ts';
import { conditionKind } from './kind.ts';

/** True when a program succeeds. */
export const commandCondition = conditionKind({
  type: 'command',
  emitter: 'COMMAND_CONDITION',
  doc: 'True when a program succeeds, judged as a command task is.',
  fields: { ...commandFields, ...checkIntervalFields },
  delayable: true,
  needs: ['processes'],
  simulate: 'outcomes',
  compile: compileCommand,
  create: (context) => {
    const { name, values, compiled, ports } = context;
    return withCheckInterval(
      context,
      'command',
      async (log, origin) => {
        const { decidedBy, reason } = await runCommand(values, compiled, { WHENEVER_CONDITION: name }, ports, {
          log,
          origin,
          item: `condition/${name}`,
          prefix: '',
          conclude: (how, text) => log.debug(how === 'success' ? 'END/OK' : 'END/FAIL', text),
        });
        return decidedBy === 'success' ? passed(reason) : failed(reason);
      },
      () => ports.processes.blocked?.(`condition/${name}`),
    );
  },
});
