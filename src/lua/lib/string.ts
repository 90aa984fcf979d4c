import {
  luaL_checkinteger,
  luaL_checkstring,
  luaL_error,
  luaL_optinteger,
  luaL_optstring,
} from 'fengari/src/lauxlib.js';
import {
  LUA_TFUNCTION,
  LUA_TNUMBER,
  type LuaFunction,
  lua_callk,
  lua_isinteger,
  lua_pushinteger,
  lua_pushstring,
  lua_pushvalue,
  lua_replace,
  type lua_State,
  lua_tonumberx,
  lua_type,
} from 'fengari/src/lua.js';
import { MAX_STRING_BYTES } from '../allocation.ts';
import { canSuspend } from '../suspend.ts';
import { pushOwned, word } from '../values.ts';
import { pushPrelude } from './shared.ts';

const two = (): number => 2;

/** `string.gsub`: with a function as replacement, the Lua version, which can be left and stopped inside. */
export const gsubWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    if (lua_type(L, 3) !== LUA_TFUNCTION || !canSuspend(L)) return native(L);
    const s = luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    const most = luaL_optinteger(L, 4, s.length + 1);
    pushPrelude(L, 'gsub');
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_pushinteger(L, most);
    lua_callk(L, 4, 2, 0, two);
    return 2;
  };

/** `string.rep (s, n [, sep])`, which refuses to make more than a string may have, and doubles instead of looping. */
export const rep = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  const n = luaL_checkinteger(L, 2);
  const separator = luaL_optstring(L, 3, word(''))!;
  if (n <= 0) {
    lua_pushstring(L, word(''));
    return 1;
  }
  const total = n * s.length + (n - 1) * separator.length;
  if (total > MAX_STRING_BYTES) return luaL_error(L, word('resulting string too large'));
  const made = new Uint8Array(total);
  made.set(s);
  made.set(separator.subarray(0, total - s.length), s.length);
  const period = s.length + separator.length;
  for (let have = period; have > 0 && have < total; have *= 2) made.copyWithin(have, 0, Math.min(have, total - have));
  pushOwned(L, made);
  return 1;
};

/** Beyond 32 bits whole numbers are floats here; `%d` and its like print those too. */
const WHOLE = /%([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?([di])/g;

/** `string.format`, whose `%d` also takes floats that are whole numbers up to 2⁵³. */
export const formatWith =
  (native: LuaFunction): LuaFunction =>
  (L: lua_State): number => {
    let large = false;
    for (let i = 2; lua_type(L, i) >= 0; i++)
      if (lua_type(L, i) === LUA_TNUMBER && !lua_isinteger(L, i)) {
        const n = lua_tonumberx(L, i) as number;
        if (Number.isInteger(n) && Math.abs(n) > 2147483647 && Math.abs(n) <= Number.MAX_SAFE_INTEGER) large = true;
      }
    return large ? formatLarge(L, native) : native(L);
  };

const formatLarge = (L: lua_State, native: LuaFunction): number => {
  const format = Buffer.from(luaL_checkstring(L, 1)).toString('latin1');
  // Each directive takes one argument but %%; those of whole numbers that 32 bits do not hold become %.0f.
  let arg = 1;
  const changed = format.replace(/%(?:%|[-+ #0]*\d{0,2}(?:\.\d{0,2})?[a-zA-Z])/g, (directive) => {
    if (directive === '%%') return directive;
    arg++;
    const n = lua_type(L, arg) === LUA_TNUMBER ? (lua_tonumberx(L, arg) as number) : 0;
    if (!Number.isInteger(n) || Math.abs(n) <= 2147483647) return directive;
    return directive.replace(WHOLE, (_, flags: string, width: string) => `%${flags}${width}.0f`);
  });
  lua_pushstring(L, new Uint8Array(Buffer.from(changed, 'latin1')));
  lua_replace(L, 1);
  return native(L);
};
