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
    top: number;
    readonly hookmask: number;
    status: number;
    ci: CallInfo;
    readonly base_ci: CallInfo;
  }
  /** One level of calls; `top` is the highest slot it may use. */
  export interface CallInfo {
    top: number;
    callstatus: number;
    /** Of Lua: where its function is on the stack, and how many results are wanted; -1: all. */
    readonly funcOff: number;
    readonly nresults: number;
    readonly previous: CallInfo;
    next: CallInfo | null;
  }
  /** A slot: a tag and a value. */
  export interface TValue {
    value: unknown;
    setclLvalue(closure: unknown): void;
    setsvalue(text: unknown): void;
    setivalue(n: number): void;
    setfltvalue(n: number): void;
    setfrom(slot: TValue): void;
    setnilvalue(): void;
  }
  /** The state that all coroutines of one script share. `owner` is added here: the run of the script. */
  export interface GlobalState {
    owner?: unknown;
  }
  /** A function as Lua calls it, with the arguments on the stack; returns the number of results it pushed. */
  export type LuaFunction = (L: lua_State) => number;
  /** Called when a yield or a protected call below it returns. */
  export type Continuation = (L: lua_State, status: number, context: number) => number;
  /** By name: functions and constants of the C API. */
  const api: Readonly<Record<string, unknown>>;
  export default api;
}

declare module 'fengari/src/lauxlib.js' {
  const lauxlib: Readonly<Record<string, unknown>>;
  export default lauxlib;
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
    readonly TValue: new (type?: number, value?: unknown) => Slot;
    /** Returns one more than the length of the text that was read; 0: not a number. */
    luaO_str2num: (s: Uint8Array, into: Slot) => number;
    luaO_pushfstring: (L: lua_State, format: Uint8Array, ...args: readonly unknown[]) => Uint8Array;
    luaO_pushvfstring: (L: lua_State, format: Uint8Array, args: readonly unknown[]) => Uint8Array;
  };
  export default lobject;
}

declare module 'fengari/src/ldo.js' {
  import type { CallInfo, lua_State } from 'fengari/src/lua.js';

  const ldo: {
    luaD_poscall: (L: lua_State, ci: CallInfo, first: number, count: number) => boolean;
  };
  export default ldo;
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
