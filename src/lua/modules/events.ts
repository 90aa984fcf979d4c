import { luaL_checkany, luaL_error } from 'fengari/src/lauxlib.js';
import type { lua_State } from 'fengari/src/lua.js';
import { toJson } from '../../journal/json.ts';
import { EventError } from '../../journal/ledger.ts';
import { topicsOf } from '../../journal/topic-names.ts';
import { paced } from '../lib/base.ts';
import { runOf } from '../run.ts';
import { bytes, word } from '../values.ts';
import { jsonAt } from './json.ts';

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
      run.touch();
      run.host.report({ what: 'event', id: run.job.id, topics, value });
    }
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    problem = error.message;
  }
  // Out here: raising unwinds the stack of the interpreter, which a handler of JavaScript must not see.
  if (problem !== undefined) return luaL_error(L, word('%s'), bytes(`events.log: ${problem}`));
  return paced(L, run, 0);
};

/** The `events` module: `events.log (topic, value)` tells a value under one topic or a list of them. */
export const eventsFunctions = { log };
