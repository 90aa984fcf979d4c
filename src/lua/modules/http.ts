import { luaL_checkstring, luaL_error, luaL_tolstring } from 'fengari/src/lauxlib.js';
import {
  LUA_TNIL,
  LUA_TNONE,
  LUA_TTABLE,
  lua_createtable,
  lua_next,
  lua_pop,
  lua_pushinteger,
  lua_pushnil,
  lua_rawset,
  type lua_State,
  lua_type,
} from 'fengari/src/lua.js';
import { runOf } from '../script-run.ts';
import { suspend } from '../suspend.ts';
import { decodeText, encodeText, luaString, pushOwned, pushText } from '../values.ts';
import type { FetchAnswer } from './http-client.ts';

const absent = (L: lua_State, arg: number): boolean => lua_type(L, arg) === LUA_TNIL || lua_type(L, arg) === LUA_TNONE;

const headersAt = (L: lua_State, arg: number): (readonly [string, string])[] => {
  if (absent(L, arg)) return [];
  if (lua_type(L, arg) !== LUA_TTABLE) return luaL_error(L, luaString('invalid parameter: headers must be a table'));
  const headers: (readonly [string, string])[] = [];
  lua_pushnil(L);
  while (lua_next(L, arg) !== 0) {
    const value = decodeText(luaL_tolstring(L, -1));
    lua_pop(L, 1);
    const name = decodeText(luaL_tolstring(L, -2));
    lua_pop(L, 1);
    headers.push([name, value]);
    lua_pop(L, 1);
  }
  return headers;
};

const pushAnswer = (L: lua_State, { body, status, headers }: FetchAnswer): number => {
  pushOwned(L, body);
  lua_pushinteger(L, status);
  lua_createtable(L, 0, headers.size);
  for (const [name, value] of headers) {
    pushText(L, name);
    pushText(L, value);
    lua_rawset(L, -3);
  }
  return 3;
};

const request =
  (method: 'GET' | 'POST') =>
  (L: lua_State): number => {
    const url = decodeText(luaL_checkstring(L, 1));
    const headers = headersAt(L, method === 'GET' ? 2 : 3);
    let body: Uint8Array | undefined;
    if (method === 'POST') {
      body = absent(L, 2) ? new Uint8Array(0) : luaL_tolstring(L, 2).slice();
    }
    return suspend(L, (done) => {
      runOf(L).markEffect();
      const given = new AbortController();
      // The client is loaded when a script first asks for something.
      import('./http-client.ts')
        .then(({ fetchAnswer }) => fetchAnswer({ method, url, headers, body }, given.signal))
        .then(
          (answer) => done((to) => pushAnswer(to, answer)),
          (error: Error) =>
            done((to) => luaL_error(to, luaString('%s'), encodeText(`error within HTTP request: ${error.message}`))),
        );
      return () => given.abort();
    });
  };

/** The `http` module: `get (url [, headers])` and `post (url [, body [, headers]])` answer body, status, headers. */
export const httpFunctions = { get: request('GET'), post: request('POST') };
