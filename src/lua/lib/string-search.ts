import type { lua_State } from 'fengari/src/lua.js';
import {
  LUA_TFUNCTION,
  LUA_TNUMBER,
  LUA_TSTRING,
  LUA_TTABLE,
  lua_call,
  lua_callk,
  lua_checkstack,
  lua_gettable,
  lua_isstring,
  lua_pop,
  lua_pushcfunction,
  lua_pushinteger,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  lua_toboolean,
  lua_tolstring,
  lua_type,
  lua_typename,
  luaL_argerror,
  luaL_checkstring,
  luaL_error,
  luaL_optinteger,
  luaL_tolstring,
} from '../api.ts';
import { inPieces } from '../pieces.ts';
import { canSuspend } from '../suspend.ts';
import { encodeText, luaString } from '../values.ts';
import { ByteBuilder } from './byte-builder.ts';
import { PatternMatcher, POSITION, UNFINISHED } from './pattern-matcher.ts';
import { pushLuaFunction } from './shared.ts';

const ESCAPE = 37;
/** Comparisons that plain searching may need before it is done in pieces. */
const MOST_AT_ONCE = 5_000_000;

/** Raises a problem of the pattern as a Lua error. */
const guarded = (L: lua_State, work: () => boolean): boolean => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) return luaL_error(L, luaString('%s'), encodeText(error.message));
    throw error;
  }
};

const pushCapture = (L: lua_State, m: PatternMatcher, i: number, from: number): void => {
  if (i >= m.level) {
    if (i > 0) luaL_error(L, luaString('%s'), encodeText(`invalid capture index %${i + 1}`));
    lua_pushstring(L, m.src.subarray(from, m.end));
    return;
  }
  const length = m.lengths[i]!;
  const start = m.starts[i]!;
  if (length === UNFINISHED) luaL_error(L, luaString('unfinished capture'));
  if (length === POSITION) lua_pushinteger(L, start + 1);
  else lua_pushstring(L, m.src.subarray(start, start + length));
};

const pushCaptures = (L: lua_State, m: PatternMatcher, from: number, whole: boolean): number => {
  const n = m.level === 0 && whole ? 1 : m.level;
  if (!lua_checkstack(L, n)) return luaL_error(L, luaString('too many captures'));
  for (let i = 0; i < n; i++) pushCapture(L, m, i, from);
  return n;
};

const plain = (p: Uint8Array): boolean => {
  for (let i = 0; i < p.length; i++) {
    const c = p[i]!;
    // One of ^ $ * + ? . ( [ % -
    if (c === 94 || c === 36 || (c >= 42 && c <= 46 && c !== 44) || c === 63 || c === 40 || c === 91 || c === 37)
      return false;
  }
  return true;
};

/** A pattern that means its bytes and nothing else. */
const literal = (p: Uint8Array): Uint8Array => {
  const escaped = new Uint8Array(2 * p.length);
  let n = 0;
  for (const c of p) {
    if (plain(new Uint8Array([c])) === false) escaped[n++] = ESCAPE;
    escaped[n++] = c;
  }
  return escaped.subarray(0, n);
};

const startOf = (L: lua_State, length: number): number => {
  const init = luaL_optinteger(L, 3, 1);
  return init > 0 ? init - 1 : init === 0 ? 0 : Math.max(0, length + init);
};

const find =
  (positions: boolean) =>
  (L: lua_State): number => {
    const s = luaL_checkstring(L, 1);
    let p = luaL_checkstring(L, 2);
    let from = startOf(L, s.length);
    if (from > s.length) {
      lua_pushnil(L);
      return 1;
    }
    if (positions && (lua_toboolean(L, 4) || plain(p))) {
      if (p.length === 0 || p.length === 1 || (s.length - from) * p.length <= MOST_AT_ONCE) {
        const found = p.length === 0 ? from : Buffer.from(s.buffer, s.byteOffset, s.length).indexOf(p, from);
        if (found < 0) {
          lua_pushnil(L);
          return 1;
        }
        lua_pushinteger(L, found + 1);
        lua_pushinteger(L, found + p.length);
        return 2;
      }
      p = literal(p);
    }
    const m = new PatternMatcher(s, p);
    const { anchored } = m;
    let begun = false;
    const piece = (): boolean => {
      m.renew();
      for (;;) {
        if (!begun) {
          if (!anchored) from = m.skip(from);
          m.begin(from);
          begun = true;
        }
        if (!m.run()) return false;
        if (m.end >= 0 || anchored || from >= s.length) return true;
        from += 1;
        begun = false;
      }
    };
    return inPieces(
      L,
      () => guarded(L, piece),
      (to) => {
        if (m.end < 0) {
          lua_pushnil(to);
          return 1;
        }
        if (!positions) return pushCaptures(to, m, from, true);
        lua_pushinteger(to, from + 1);
        lua_pushinteger(to, m.end);
        return 2 + pushCaptures(to, m, from, false);
      },
    );
  };

const literalCaret = (p: Uint8Array): Uint8Array => {
  const escaped = new Uint8Array(p.length + 1);
  escaped[0] = ESCAPE;
  escaped.set(p, 1);
  return escaped;
};

const gmatch = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  const p = luaL_checkstring(L, 2);
  // Here a caret is a byte as any other.
  const m = new PatternMatcher(s, p[0] === 94 ? literalCaret(p) : p);
  let from = 0;
  let lastEnd = -1;
  let begun = false;
  const piece = (): boolean => {
    m.renew();
    for (;;) {
      if (from > s.length) {
        m.end = -1;
        return true;
      }
      if (!begun) {
        from = m.skip(from);
        m.begin(from);
        begun = true;
      }
      if (!m.run()) return false;
      begun = false;
      if (m.end >= 0 && m.end !== lastEnd) return true;
      from += 1;
    }
  };
  lua_pushcfunction(L, (at) =>
    inPieces(
      at,
      () => guarded(at, piece),
      (to) => {
        if (m.end < 0) return 0;
        const began = from;
        from = lastEnd = m.end;
        return pushCaptures(to, m, began, true);
      },
    ),
  );
  return 1;
};

/** What a replacement text means for a match. */
const expand = (L: lua_State, m: PatternMatcher, from: number, replacement: Uint8Array, out: ByteBuilder): void => {
  let begin = 0;
  for (let at = replacement.indexOf(ESCAPE); at >= 0; at = replacement.indexOf(ESCAPE, begin)) {
    out.add(L, replacement.subarray(begin, at));
    const c = replacement[at + 1] ?? 0;
    begin = at + 2;
    if (c === ESCAPE) out.add(L, replacement.subarray(at, at + 1));
    else if (c < 48 || c > 57) luaL_error(L, luaString("invalid use of '%%' in replacement string"));
    else if (c === 48) out.add(L, m.src.subarray(from, m.end));
    else {
      pushCapture(L, m, c - 49, from);
      out.add(L, luaL_tolstring(L, -1));
      lua_pop(L, 2);
    }
  }
  out.add(L, replacement.subarray(begin));
};

const two = (): number => 2;

/** The replacement of a match by a function or a table. */
const replace = (L: lua_State, m: PatternMatcher, from: number, out: ByteBuilder): void => {
  if (lua_type(L, 3) === LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, pushCaptures(L, m, from, true), 1);
  } else {
    pushCapture(L, m, 0, from);
    lua_gettable(L, 3);
  }
  if (!lua_toboolean(L, -1)) out.add(L, m.src.subarray(from, m.end));
  else if (lua_isstring(L, -1)) out.add(L, lua_tolstring(L, -1)!);
  else luaL_error(L, luaString('invalid replacement value (a %s)'), lua_typename(L, lua_type(L, -1)));
  lua_pop(L, 1);
};

/** `string.gsub`: with a function as replacement, the Lua version, which can be left and stopped inside. */
const gsub = (L: lua_State): number => {
  const s = luaL_checkstring(L, 1);
  const p = luaL_checkstring(L, 2);
  const type = lua_type(L, 3);
  if (type !== LUA_TNUMBER && type !== LUA_TSTRING && type !== LUA_TFUNCTION && type !== LUA_TTABLE)
    return luaL_argerror(L, 3, luaString('string/function/table expected'));
  const most = luaL_optinteger(L, 4, s.length + 1);
  if (type === LUA_TFUNCTION && canSuspend(L)) {
    pushLuaFunction(L, 'gsub');
    for (const argument of [1, 2, 3]) lua_pushvalue(L, argument);
    lua_pushinteger(L, most);
    lua_callk(L, 4, 2, 0, two);
    return 2;
  }
  const m = new PatternMatcher(s, p);
  const { anchored } = m;
  const out = new ByteBuilder();
  const text = type === LUA_TNUMBER || type === LUA_TSTRING ? lua_tolstring(L, 3)! : undefined;
  let from = 0;
  let copied = 0;
  let lastEnd = -1;
  let count = 0;
  let begun = false;
  const piece = (at: lua_State): boolean => {
    m.renew();
    while (count < most) {
      if (!begun) {
        if (!anchored) from = m.skip(from);
        m.begin(from);
        begun = true;
      }
      if (!m.run()) return false;
      begun = false;
      if (m.end >= 0 && m.end !== lastEnd) {
        count += 1;
        out.add(at, s.subarray(copied, from));
        if (text === undefined) replace(at, m, from, out);
        else expand(at, m, from, text, out);
        from = copied = lastEnd = m.end;
      } else if (from < s.length) from += 1;
      else break;
      if (anchored) break;
    }
    return true;
  };
  return inPieces(
    L,
    () => guarded(L, () => piece(L)),
    (to) => {
      out.add(to, s.subarray(copied));
      out.push(to);
      lua_pushinteger(to, count);
      return 2;
    },
  );
};

/** The functions of `string` that match patterns. */
export const searchFunctions = { find: find(true), match: find(false), gmatch, gsub };
