/** Types for the parts of fengari 0.1.5 that are used; it has none itself. Strings of Lua are byte arrays. */
declare module 'fengari/src/lua.js' {
  /** One coroutine. */
  export interface lua_State {
    readonly l_G: GlobalState;
    allowhook: 0 | 1;
    hookcount: number;
    basehookcount: number;
    nny: number;
    readonly stack: TValue[];
    readonly top: number;
    status: number;
    ci: CallInfo;
    readonly base_ci: CallInfo;
  }
  /** One level of calls; `top` is the highest slot it may use. */
  export interface CallInfo {
    top: number;
    callstatus: number;
  }
  /** A slot: a tag and a value. */
  export interface TValue {
    value: unknown;
    setclLvalue(closure: unknown): void;
    setsvalue(text: unknown): void;
    setivalue(n: number): void;
    setfltvalue(n: number): void;
    setfrom(slot: TValue): void;
  }
  /** The state that all coroutines of one script share. `owner` is added here: the run of the script. */
  export interface GlobalState {
    owner?: unknown;
  }
  /** A function as Lua calls it, with the arguments on the stack; returns the number of results it pushed. */
  export type LuaFunction = (L: lua_State) => number;
  /** Called when a yield or a protected call below it returns. */
  export type Continuation = (L: lua_State, status: number, context: number) => number;
  export const LUA_OK: number;
  export const LUA_YIELD: number;
  export const LUA_ERRERR: number;
  export const LUA_MASKCOUNT: number;
  export const LUA_MULTRET: number;
  export const LUA_REGISTRYINDEX: number;
  export const LUA_TNIL: number;
  export const LUA_TNONE: number;
  export const LUA_TBOOLEAN: number;
  export const LUA_TNUMBER: number;
  export const LUA_TSTRING: number;
  export const LUA_TTABLE: number;
  export const LUA_TFUNCTION: number;
  export const lua_newstate: () => lua_State;
  export const lua_newthread: (L: lua_State) => lua_State;
  export const lua_atnativeerror: (L: lua_State, f: LuaFunction) => LuaFunction | null;
  export const lua_callk: (
    L: lua_State,
    args: number,
    results: number,
    context: number,
    k: Continuation | null,
  ) => void;
  export const lua_call: (L: lua_State, args: number, results: number) => void;
  export const lua_checkstack: (L: lua_State, n: number) => boolean;
  export const lua_compare: (L: lua_State, a: number, b: number, operator: number) => boolean;
  export const lua_concat: (L: lua_State, n: number) => void;
  export const lua_createtable: (L: lua_State, narr: number, nrec: number) => void;
  export const lua_newtable: (L: lua_State) => void;
  export const lua_error: (L: lua_State) => never;
  export const lua_getfield: (L: lua_State, index: number, key: Uint8Array) => number;
  export const lua_setfield: (L: lua_State, index: number, key: Uint8Array) => void;
  export const lua_setmetatable: (L: lua_State, index: number) => void;
  export const lua_gettop: (L: lua_State) => number;
  export const lua_settop: (L: lua_State, top: number) => void;
  export const lua_insert: (L: lua_State, index: number) => void;
  export const lua_remove: (L: lua_State, index: number) => void;
  export const lua_rotate: (L: lua_State, index: number, n: number) => void;
  export const lua_isinteger: (L: lua_State, index: number) => boolean;
  export const lua_gettable: (L: lua_State, index: number) => number;
  export const lua_geti: (L: lua_State, index: number, i: number) => number;
  export const lua_seti: (L: lua_State, index: number, i: number) => void;
  export const lua_isstring: (L: lua_State, index: number) => boolean;
  export const lua_isyieldable: (L: lua_State) => boolean;
  export const lua_load: (
    L: lua_State,
    reader: (L: lua_State, data: null) => Uint8Array | null,
    data: null,
    chunk: Uint8Array,
    mode: Uint8Array,
  ) => number;
  export const lua_next: (L: lua_State, index: number) => number;
  export const lua_pcallk: (
    L: lua_State,
    args: number,
    results: number,
    handler: number,
    context: number,
    k: Continuation | null,
  ) => number;
  export const lua_pop: (L: lua_State, n: number) => void;
  export const lua_pushboolean: (L: lua_State, b: boolean | number) => void;
  export const lua_pushcclosure: (L: lua_State, f: LuaFunction, upvalues: number) => void;
  export const lua_pushcfunction: (L: lua_State, f: LuaFunction) => void;
  export const lua_pushglobaltable: (L: lua_State) => void;
  export const lua_pushinteger: (L: lua_State, n: number) => void;
  export const lua_pushnil: (L: lua_State) => void;
  export const lua_pushnumber: (L: lua_State, n: number) => void;
  export const lua_pushstring: (L: lua_State, s: Uint8Array) => Uint8Array;
  export const lua_pushthread: (L: lua_State) => boolean;
  export const lua_pushvalue: (L: lua_State, index: number) => void;
  export const lua_rawget: (L: lua_State, index: number) => number;
  export const lua_rawset: (L: lua_State, index: number) => void;
  export const lua_rawseti: (L: lua_State, index: number, n: number) => void;
  export const lua_resume: (L: lua_State, from: lua_State | null, args: number) => number;
  export const lua_sethook: (L: lua_State, hook: ((L: lua_State) => void) | null, mask: number, count: number) => void;
  export const lua_setupvalue: (L: lua_State, index: number, n: number) => Uint8Array | null;
  export const lua_status: (L: lua_State) => number;
  export const lua_stringtonumber: (L: lua_State, s: Uint8Array) => number;
  export const lua_toboolean: (L: lua_State, index: number) => boolean;
  export const lua_tointegerx: (L: lua_State, index: number) => number | false;
  export const lua_tonumberx: (L: lua_State, index: number) => number | false;
  export const lua_tolstring: (L: lua_State, index: number) => Uint8Array | null;
  /** The JavaScript object behind a table or function. */
  export const lua_topointer: (L: lua_State, index: number) => unknown;
  export const lua_tothread: (L: lua_State, index: number) => lua_State | null;
  export const lua_touserdata: (L: lua_State, index: number) => unknown;
  /** The userdata's own JavaScript object, to be filled. */
  export const lua_newuserdata: (L: lua_State, size: number) => Record<string, unknown>;
  export const lua_type: (L: lua_State, index: number) => number;
  export const lua_typename: (L: lua_State, type: number) => Uint8Array;
  export const lua_upvalueindex: (n: number) => number;
  export const lua_xmove: (from: lua_State, to: lua_State, n: number) => void;
  export const lua_yieldk: (L: lua_State, results: number, context: number, k: Continuation | null) => number;
}

declare module 'fengari/src/lauxlib.js' {
  import type { lua_State } from 'fengari/src/lua.js';
  export const luaL_newstate: () => lua_State;
  export const luaL_loadbuffer: (L: lua_State, source: Uint8Array, length: number, chunk: Uint8Array) => number;
  export const luaL_argerror: (L: lua_State, arg: number, message: Uint8Array) => never;
  export const luaL_checkany: (L: lua_State, arg: number) => void;
  export const luaL_checkinteger: (L: lua_State, arg: number) => number;
  export const luaL_checknumber: (L: lua_State, arg: number) => number;
  export const luaL_checkstring: (L: lua_State, arg: number) => Uint8Array;
  export const luaL_checkstack: (L: lua_State, n: number, message: Uint8Array) => void;
  export const luaL_checktype: (L: lua_State, arg: number, type: number) => void;
  export const luaL_checkudata: (L: lua_State, arg: number, name: Uint8Array) => unknown;
  export const luaL_testudata: (L: lua_State, arg: number, name: Uint8Array) => unknown;
  export const luaL_len: (L: lua_State, index: number) => number;
  export const luaL_error: (L: lua_State, format: Uint8Array, ...args: unknown[]) => never;
  export const luaL_getmetafield: (L: lua_State, index: number, name: Uint8Array) => number;
  export const luaL_optinteger: (L: lua_State, arg: number, fallback: number) => number;
  export const luaL_optnumber: (L: lua_State, arg: number, fallback: number) => number;
  export const luaL_setmetatable: (L: lua_State, name: Uint8Array) => void;
  export const luaL_tolstring: (L: lua_State, index: number) => Uint8Array;
  export const luaL_where: (L: lua_State, level: number) => void;
}

declare module 'fengari/src/lstring.js' {
  import type { lua_State } from 'fengari/src/lua.js';
  export class TString {
    hash: string | null;
    realstring: Uint8Array;
    getstr(): Uint8Array;
  }
  const lstring: {
    readonly luaS_bless: (L: lua_State, s: Uint8Array) => TString;
    luaS_hash: (s: Uint8Array) => string;
    luaS_hashlongstr: (s: TString) => string;
    luaS_eqlngstr: (a: TString, b: TString) => boolean;
  };
  export default lstring;
}

declare module 'fengari/src/luaconf.js' {
  const luaconf: {
    lua_number2str: (n: number) => string;
    readonly ldexp: (mantissa: number, exponent: number) => number;
  };
  export default luaconf;
}

declare module 'fengari/src/lobject.js' {
  import type { lua_State, TValue as Slot } from 'fengari/src/lua.js';

  const lobject: {
    readonly TValue: new () => Slot;
    /** Returns one more than the length of the text that was read; 0: not a number. */
    luaO_str2num: (s: Uint8Array, into: Slot) => number;
    luaO_pushfstring: (L: lua_State, format: Uint8Array, ...args: readonly unknown[]) => Uint8Array;
    luaO_pushvfstring: (L: lua_State, format: Uint8Array, args: readonly unknown[]) => Uint8Array;
  };
  export default lobject;
}

declare module 'fengari/src/lapi.js' {
  import type { LuaFunction, lua_State } from 'fengari/src/lua.js';

  const lapi: { lua_pushcfunction: (L: lua_State, f: LuaFunction) => void };
  export default lapi;
}

declare module 'fengari/src/ldebug.js' {
  import type { lua_State } from 'fengari/src/lua.js';

  const ldebug: { luaG_runerror: (L: lua_State, format: Uint8Array, ...args: unknown[]) => never };
  export default ldebug;
}

declare module 'fengari/src/lstate.js' {
  import type { CallInfo, lua_State } from 'fengari/src/lua.js';

  const lstate: { luaE_extendCI: (L: lua_State) => CallInfo };
  export default lstate;
}

declare module 'fengari/src/llex.js' {
  import type { lua_State } from 'fengari/src/lua.js';
  /** A text that is being compiled, and its token. */
  export interface LexState {
    readonly L: lua_State;
    readonly t: { readonly token: number };
    /** Jumps whose label has not come yet. */
    readonly dyd: { readonly gt: { readonly n: number } };
  }
  const llex: {
    readonly RESERVED: Readonly<
      Record<'TK_AND' | 'TK_BREAK' | 'TK_DBCOLON' | 'TK_ELSEIF' | 'TK_GOTO' | 'TK_OR', number>
    >;
    luaX_next: (ls: LexState) => void;
    readonly luaX_syntaxerror: (ls: LexState, message: Uint8Array) => never;
  };
  export default llex;
}

declare module 'fengari/src/ltable.js' {
  import type { lua_State, TValue } from 'fengari/src/lua.js';
  export interface Entry {
    readonly key: TValue;
    readonly value: TValue;
    readonly n: Entry | undefined;
  }
  export class Table {
    readonly f: Entry | undefined;
  }
  export const luaH_setfrom: (L: lua_State, t: Table, key: TValue, value: TValue) => void;
}

declare module 'fengari/src/lfunc.js' {
  import type { lua_State } from 'fengari/src/lua.js';
  export const luaF_close: (L: lua_State, level: number) => void;
}

declare module 'fengari/src/*lib.js' {
  import type { LuaFunction } from 'fengari/src/lua.js';
  export const luaopen_base: LuaFunction;
  export const luaopen_coroutine: LuaFunction;
  export const luaopen_string: LuaFunction;
  export const luaopen_table: LuaFunction;
  export const luaopen_math: LuaFunction;
  export const luaopen_utf8: LuaFunction;
}

declare module 'fengari/src/defs.js' {
  export const to_luastring: (text: string) => Uint8Array;
}
