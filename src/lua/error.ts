import {
  LUA_TNUMBER,
  LUA_TSTRING,
  type lua_State,
  lua_tolstring,
  lua_touserdata,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import { shortenForMessage } from './shortened.ts';
import { decodeText, pushText } from './values.ts';

/** The error on top of the stack as text, or undefined when it is neither a string nor a number. */
export const luaErrorText = (L: lua_State): string | undefined => {
  const type = lua_type(L, -1);
  return type === LUA_TSTRING || type === LUA_TNUMBER
    ? decodeText(shortenForMessage(lua_tolstring(L, -1)!))
    : undefined;
};

/** What is said about an error that has no text. */
export const errorWithoutText = (L: lua_State): string =>
  `(error object is a ${decodeText(lua_typename(L, lua_type(L, -1)))} value)`;

/** What the interpreter calls for an exception of JavaScript: its text becomes the Lua error. */
export const nativeError = (L: lua_State): number => {
  const error = lua_touserdata(L, 1);
  const message = error instanceof Error ? error.message : String(error);
  if (/call stack/.test(message)) pushText(L, 'stack overflow');
  else if (/allocation|memory|Invalid (string|array|typed array)|maximum size/i.test(message))
    pushText(L, 'not enough memory');
  else pushText(L, message);
  return 1;
};
