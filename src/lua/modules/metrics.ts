import { luaL_checktype, luaL_error, luaL_optnumber } from 'fengari/src/lauxlib.js';
import { LUA_TNIL, LUA_TTABLE, lua_gettop, type lua_State, lua_type } from 'fengari/src/lua.js';
import type { Json } from '../../journal/fact.ts';
import { toJson } from '../../journal/json.ts';
import { EventError } from '../../journal/ledger.ts';
import { waitForLog } from '../lib/base.ts';
import { runOf } from '../script-run.ts';
import { encodeText, luaString } from '../values.ts';
import { jsonAt } from './json-values.ts';

type Mapping = { readonly [key: string]: Json };

const mappingAt = (L: lua_State, argument: number): Mapping => {
  const value = toJson(jsonAt(L, argument, 'the table', true), undefined, true);
  if (Array.isArray(value)) throw new EventError('expected a table with names, got a list');
  return value as Mapping;
};

const stepAt = (L: lua_State, argument: number): number | undefined => {
  if (lua_gettop(L) < argument || lua_type(L, argument) === LUA_TNIL) return undefined;
  const step = luaL_optnumber(L, argument, 0);
  if (!Number.isSafeInteger(step)) throw new EventError(`the step has to be a whole number, it is ${step}`);
  return step;
};

const log = (L: lua_State): number => {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_optnumber(L, 2, 0);
  const run = runOf(L);
  let problem: string | undefined;
  try {
    const [message, step] = [mappingAt(L, 1), stepAt(L, 2)];
    if (!run.over) {
      run.markEffect();
      run.scheduler.report({ what: 'metric', id: run.job.id, message, step });
    }
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    problem = error.message;
  }
  // Out here: raising unwinds the stack of the interpreter, which a handler of JavaScript must not see.
  if (problem !== undefined) return luaL_error(L, luaString('%s'), encodeText(`metrics.log: ${problem}`));
  return waitForLog(L, run, 0);
};

/** The `metrics` module: `metrics.log (table [, step])` tells a metric record. */
export const metricsFunctions = { log };
