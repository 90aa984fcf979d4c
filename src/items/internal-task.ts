import { stringField } from '../config/field.ts';
import type { EndSignal } from '../core/end-signal.ts';
import { endProblem } from '../core/end-time.ts';
import { commandDataProblem } from '../core/event-data.ts';
import { SUCCESS, taskError } from '../core/outcome.ts';
import { taskPrefix } from './common/task-prefix.ts';
import { rejectTilde, taskKind } from './kind.ts';

/** Resolves when the run is ended early. */
const aborted = (signal: EndSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

/** Gives the scheduler a command, as a line on its standard input would. */
export const internalTask = taskKind({
  type: 'internal',
  emitter: 'INTERNAL_TASK',
  doc: 'Gives the scheduler one of its input commands.',
  fields: {
    command: stringField({
      required: true,
      examples: ['pause 1h', 'trigger MyEvent'],
      doc: 'The command line, as it would be typed: "pause", "pause 1h", "trigger MyEvent", \'trigger MyEvent {"any": "json"}\'.',
    }),
  },
  compile: ({ command }, report) => {
    const wrong = endProblem(command ?? '') ?? commandDataProblem(command ?? '');
    if (wrong !== undefined) report(['command'], `command: ${wrong}`);
    rejectTilde(/^\s*configure\s+(.*)$/su.exec(command ?? '')?.[1], ['command'], report);
    return undefined;
  },
  create: ({ values, log: own, inbox, ports }) => ({
    run: async (context) => {
      const { origin } = context;
      const log = own.under(origin);
      const prefix = taskPrefix(context);
      log.debug('START/OK', `${prefix}carrying out the command: ${values.command}`);
      const began = ports.clock.mono();
      let answer = await inbox.submit(values.command, origin);
      if (answer.kind === 'done' && answer.soon)
        answer = (await Promise.race([answer.later, aborted(context.signal)])) ?? answer;
      const took = `${((ports.clock.mono() - began) / 1000).toFixed(2)} s`;
      if (answer.kind === 'refused') {
        log.warn('END/ERR', `${prefix}command refused in ${took}: ${answer.reason}`);
        return taskError({ code: 'command-refused', message: answer.reason });
      }
      if (answer.kind === 'no-effect') {
        log.debug('END/FAIL', `${prefix}command without effect: ${answer.reason}`);
        return { kind: 'failure', reason: { code: 'command-without-effect', message: answer.reason } };
      }
      log.trace('END/OK', `${prefix}command accepted in ${took}`);
      return SUCCESS;
    },
  }),
});
