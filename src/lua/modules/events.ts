import { luaL_checkany, luaL_error } from 'fengari/src/lauxlib.js';
import type { lua_State } from 'fengari/src/lua.js';
import { toJson } from '../../journal/json.ts';
import { EventError } from '../../journal/ledger.ts';
import { topicsOf } from '../../journal/topic-names.ts';
import { waitForLog } from '../lib/base.ts';
import { runOf } from '../script-run.ts';
import { encodeText, luaString } from '../values.ts';
import { jsonAt } from './json-values.ts';

const topicsAt = (L: lua_State): readonly string[] => {
  const named = jsonAt(L, 1, 'the topic');
  const topics = typeof named === 'string' || Array.isArray(named) ? (named as string | readonly string[]) : [];
  return topicsOf(topics);
};

const log = (L: lua_State): number => {
  luaL_checkany(L, 1);
  luaL_checkany(L, 2);
  const run = runOf(L);
  let problem: string | undefined;
  try {
    const topics = topicsAt(L);
    const value = toJson(jsonAt(L, 2, 'the value'));
    if (!run.over) {
      run.markEffect();
      run.scheduler.report({ what: 'event', id: run.job.id, topics, value });
    }
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    problem = error.message;
  }
  // Out here: raising unwinds the stack of the interpreter, which a handler of JavaScript must not see.
  if (problem !== undefined) return luaL_error(L, luaString('%s'), encodeText(`events.log: ${problem}`));
  return waitForLog(L, run, 0);
};

/** The `events` module: `events.log (topic, value)` tells a value under one topic or a list of them. */
export const eventsFunctions = { log };
