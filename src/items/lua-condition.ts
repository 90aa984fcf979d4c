import { checkIntervalFields, withCheckInterval } from './common/check-interval.ts';
import { compileLua, type LuaRecords, LuaRunner, luaFields } from './common/lua.ts';
import { conditionKind } from './kind.ts';

const RESULTS = { success: 'passed', failure: 'failed', none: 'inconclusive' } as const;

/** True when the values that a Lua script leaves are those expected. */
export const luaCondition = conditionKind({
  type: 'lua',
  emitter: 'LUA_CONDITION',
  doc: 'True when a Lua script leaves the expected values in global variables, judged as a Lua task is.',
  fields: { ...luaFields, ...checkIntervalFields },
  delayable: true,
  guard: true,
  shareable: {},
  needs: ['lua', 'processes'],
  simulate: 'outcomes',
  compile: compileLua,
  create: (context) => {
    const runner = new LuaRunner(context, 'condition');
    const { name } = context;
    const instance = withCheckInterval(
      context,
      'lua',
      async (log, origin, signal) => {
        const records: LuaRecords = {
          prefix: '',
          linePrefix: '',
          about: (text) => log.trace('START/MSG', text),
          unmet: (_, text) => log.debug('END/MSG', text),
          conclude: (kind, text) => log.debug(kind === 'success' ? 'END/OK' : 'END/FAIL', text),
        };
        const judgement = await runner.run(name, records, origin, { signal });
        return judgement.kind === 'error' ? judgement : { kind: RESULTS[judgement.kind], reason: judgement.reason };
      },
      () => context.ports.processes.blocked?.(`condition/${name}`),
    );
    return { ...instance, close: () => runner.close() };
  },
});
