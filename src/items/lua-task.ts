import { booleanField } from '../config/field.ts';
import { compileLua, type LuaRecords, LuaRunner, luaFields } from './common/lua.ts';
import { taskPrefix } from './common/task-prefix.ts';
import { taskKind } from './kind.ts';

/** Runs a Lua script. */
export const luaTask = taskKind({
  type: 'lua',
  emitter: 'LUA_TASK',
  doc: 'Runs a Lua script inside the scheduler and judges it by the values of global variables at its end.',
  fields: {
    ...luaFields,
    persistent: booleanField({
      fallback: false,
      extension: true,
      doc: 'The private `state` of the script goes on after a restart. false: it begins empty.',
    }),
  },
  needs: ['lua', 'processes'],
  simulate: 'outcomes',
  compile: compileLua,
  create: (context) => {
    const runner = new LuaRunner(context, 'task');
    return {
      // By the commands of its script.
      blocked: () => context.ports.processes.blocked?.(`task/${context.name}`),
      run: async (run) => {
        const { condition, origin } = run;
        const log = context.log.under(origin);
        const prefix = taskPrefix(run);
        const records: LuaRecords = {
          prefix,
          linePrefix: `${prefix}(Lua) `,
          about: (text) => log.debug('START/OK', text),
          unmet: (result, text) => log.debug(result === 'different' ? 'PROC/OK' : 'PROC/FAIL', text),
          conclude: (_, text) => log.debug('END/OK', text),
        };
        return await runner.run(condition, records, origin, { signal: run.signal, run });
      },
      close: () => runner.close(),
    };
  },
});
