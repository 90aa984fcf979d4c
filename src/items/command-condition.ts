import { failed, passed } from '../core/outcome.ts';
import type { Reason } from '../core/reasons.ts';
import { lastLine } from '../last-line.ts';
import { runSecrets } from '../run-secrets.ts';
import { checkIntervalFields, withCheckInterval } from './common/check-interval.ts';
import { compileCommand, runCommand } from './common/command.ts';
import { commandFields } from './common/command-criteria.ts';
import { conditionKind } from './kind.ts';

/** What a guard has written, with secrets masked, as the reason of its answer. */
const guardLine = async (line: string): Promise<Reason> => {
  const { Redactor } = await import('../redact.ts');
  return { code: 'guard-line', line: String(new Redactor().redact(runSecrets.mask(line))) };
};

/** Characters of the last line that a guard shows. */
const LONGEST_LINE = 200;

/** True when a program succeeds. */
export const commandCondition = conditionKind({
  type: 'command',
  emitter: 'COMMAND_CONDITION',
  doc: 'True when a program succeeds, judged as a command task is.',
  fields: { ...commandFields, ...checkIntervalFields },
  delayable: true,
  guard: true,
  shareable: {},
  needs: ['processes'],
  simulate: 'outcomes',
  compile: compileCommand,
  create: (context) => {
    const { name, values, compiled, ports } = context;
    return withCheckInterval(
      context,
      'command',
      async (log, origin, signal, asked) => {
        let line: string | undefined;
        const { decidedBy, reason } = await runCommand(values, compiled, { WHENEVER_CONDITION: name }, ports, {
          ...{ log, origin, item: `condition/${name}`, prefix: '', signal, asked },
          ...(asked
            ? { written: ({ stderr, stdout }) => (line = lastLine(stderr.text, stdout.text)?.slice(0, LONGEST_LINE)) }
            : {}),
          conclude: (how, text) => log.debug(how === 'success' ? 'END/OK' : 'END/FAIL', text),
        });
        const why = line === undefined || values.keep_output === 'never' ? reason : await guardLine(line);
        return decidedBy === 'success' ? passed(why) : failed(why);
      },
      () => ports.processes.blocked?.(`condition/${name}`),
    );
  },
});
