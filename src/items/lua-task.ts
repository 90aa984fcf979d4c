import { FAILURE, failed, NONE, SUCCESS } from '../core/outcome.ts';
import { compileLua, LuaRunner } from './common/lua.ts';
import { luaFields } from './common/lua-fields.ts';
import { taskKind } from './kind.ts';

const OUTCOMES = { success: SUCCESS, failure: FAILURE, none: NONE } as const;

/** Runs a Lua script (`tasks.md` §2). */
export const luaTask = taskKind({
  type: 'lua',
  emitter: 'LUA_TASK',
  doc: 'Runs a Lua script inside the scheduler and judges it by the values of global variables at its end.',
  fields: luaFields,
  needs: ['lua'],
  compile: compileLua,
  create: (making) => {
    const runner = new LuaRunner(making, 'task');
    const { log } = making;
    return {
      run: async (condition) => {
        const prefix = `(trigger: ${condition}) `;
        const judgement = await runner.run(condition, {
          prefix,
          linePrefix: `${prefix}(Lua) `,
          about: (text) => log.debug('START/OK', text),
          unmet: (result, text) => log.debug(result === 'different' ? 'PROC/OK' : 'PROC/FAIL', text),
          conclude: (_, text) => log.debug('END/OK', text),
        });
        return judgement.kind === 'error' ? failed(judgement.reason) : OUTCOMES[judgement.kind];
      },
      close: () => runner.close(),
    };
  },
});
