import type { lua_State } from 'fengari/src/lua.js';
import {
  lua_pushinteger,
  lua_pushnumber,
  lua_pushstring,
  luaL_argcheck,
  luaL_argerror,
  luaL_checkinteger,
  luaL_checknumber,
  luaL_checkstack,
  luaL_checkstring,
  luaL_error,
  luaL_optinteger,
} from '../api.ts';
import { countWork } from '../effort.ts';
import { inPieces } from '../pieces.ts';
import { encodeText, luaString } from '../values.ts';
import { ByteBuilder } from './byte-builder.ts';
import { INTEGER_BYTES, ITEM, PackFormat } from './string-pack-format.ts';

/** Items in one piece of work. */
const STEPS = 2000;
const LARGEST = 2147483647;
const WIDEST = 16;
const scratch = new Uint8Array(WIDEST);
const view = new DataView(scratch.buffer);

/** The bytes of an integer of `size`; what does not fit 32 bits has the sign of `n`. */
const integerBytes = (n: number, size: number, little: boolean, signed: boolean): Uint8Array => {
  const rest = signed && n < 0 ? 255 : 0;
  for (let i = 0; i < size; i++) scratch[little ? i : size - 1 - i] = i < INTEGER_BYTES ? (n >> (8 * i)) & 255 : rest;
  return scratch.subarray(0, size);
};

const integerAt = (L: lua_State, data: Uint8Array, at: number, format: PackFormat, signed: boolean): number => {
  const { size, little } = format;
  let n = 0;
  for (let i = Math.min(size, INTEGER_BYTES) - 1; i >= 0; i--) n = (n << 8) | data[at + (little ? i : size - 1 - i)]!;
  if (size < INTEGER_BYTES) return signed ? (n << (32 - 8 * size)) >> (32 - 8 * size) : n;
  const rest = signed && n < 0 ? 255 : 0;
  for (let i = INTEGER_BYTES; i < size; i++)
    if (data[at + (little ? i : size - 1 - i)] !== rest)
      return luaL_error(L, luaString('%s'), encodeText(`${size}-byte integer does not fit into Lua Integer`));
  return n;
};

/** The value of an argument as bytes of an item that has some. */
const packItem = (L: lua_State, arg: number, format: PackFormat, out: ByteBuilder): number => {
  const { kind, size, little } = format;
  switch (kind) {
    case ITEM.int: {
      const n = luaL_checkinteger(L, arg);
      const limit = 2 ** (8 * size - 1);
      luaL_argcheck(L, size >= INTEGER_BYTES || (n >= -limit && n < limit), arg, luaString('integer overflow'));
      out.add(L, integerBytes(n, size, little, true));
      return size;
    }
    case ITEM.uint: {
      const n = luaL_checkinteger(L, arg);
      luaL_argcheck(L, size >= INTEGER_BYTES || n >>> 0 < 2 ** (8 * size), arg, luaString('unsigned overflow'));
      out.add(L, integerBytes(n, size, little, false));
      return size;
    }
    case ITEM.float: {
      const n = luaL_checknumber(L, arg);
      if (size === 4) view.setFloat32(0, n, little);
      else view.setFloat64(0, n, little);
      out.add(L, scratch.subarray(0, size));
      return size;
    }
    case ITEM.fixed: {
      const s = luaL_checkstring(L, arg);
      luaL_argcheck(L, s.length <= size, arg, luaString('string longer than given size'));
      out.add(L, s);
      out.fill(L, 0, size - s.length);
      return size;
    }
    case ITEM.counted: {
      const s = luaL_checkstring(L, arg);
      const fits = size >= INTEGER_BYTES || s.length < 2 ** (8 * size);
      luaL_argcheck(L, fits, arg, luaString('string length does not fit in given size'));
      out.add(L, integerBytes(s.length, size, little, false));
      out.add(L, s);
      return size + s.length;
    }
    default: {
      const s = luaL_checkstring(L, arg);
      countWork(s.length);
      luaL_argcheck(L, !s.includes(0), arg, luaString('string contains zeros'));
      out.add(L, s);
      out.fill(L, 0, 1);
      return s.length + 1;
    }
  }
};

/** `string.pack (fmt, v1, v2, ···)` */
const pack = (L: lua_State): number => {
  const format = new PackFormat(L, luaL_checkstring(L, 1));
  const out = new ByteBuilder();
  let arg = 1;
  let total = 0;
  const piece = (): boolean => {
    for (let steps = STEPS; steps > 0; steps--) {
      if (!format.next(total)) return true;
      out.fill(L, 0, format.before);
      total += format.before;
      if (format.kind === ITEM.padding) {
        out.fill(L, 0, 1);
        total += 1;
      } else if (format.kind !== ITEM.nothing) {
        arg += 1;
        total += packItem(L, arg, format, out);
      }
    }
    return false;
  };
  return inPieces(L, piece, (to) => {
    out.push(to);
    return 1;
  });
};

/** `string.packsize (fmt)` */
const packsize = (L: lua_State): number => {
  const format = new PackFormat(L, luaL_checkstring(L, 1));
  let total = 0;
  const piece = (): boolean => {
    for (let steps = STEPS; steps > 0; steps--) {
      if (!format.next(total)) return true;
      if (format.kind === ITEM.counted || format.kind === ITEM.ended)
        luaL_argerror(L, 1, luaString('variable-length format'));
      total += format.before + format.size;
      luaL_argcheck(L, total <= LARGEST, 1, luaString('format result too large'));
    }
    return false;
  };
  return inPieces(L, piece, (to) => {
    lua_pushinteger(to, total);
    return 1;
  });
};

/** Pushes the item at a place of the data; answers where it ends. */
const unpackItem = (L: lua_State, data: Uint8Array, at: number, format: PackFormat): number => {
  const { kind, size, little } = format;
  switch (kind) {
    case ITEM.int:
    case ITEM.uint:
      lua_pushinteger(L, integerAt(L, data, at, format, kind === ITEM.int));
      return at + size;
    case ITEM.float:
      for (let i = 0; i < size; i++) scratch[i] = data[at + i]!;
      lua_pushnumber(L, size === 4 ? view.getFloat32(0, little) : view.getFloat64(0, little));
      return at + size;
    case ITEM.fixed:
      lua_pushstring(L, data.subarray(at, at + size));
      return at + size;
    case ITEM.counted: {
      const length = integerAt(L, data, at, format, false) >>> 0;
      luaL_argcheck(L, at + size + length <= data.length, 2, luaString('data string too short'));
      lua_pushstring(L, data.subarray(at + size, at + size + length));
      return at + size + length;
    }
    default: {
      const end = data.indexOf(0, at);
      countWork((end < 0 ? data.length : end) - at);
      luaL_argcheck(L, end >= 0, 2, luaString("unfinished string for format 'z'"));
      lua_pushstring(L, data.subarray(at, end));
      return end + 1;
    }
  }
};

/** `string.unpack (fmt, s [, pos])` */
const unpack = (L: lua_State): number => {
  const format = new PackFormat(L, luaL_checkstring(L, 1));
  const data = luaL_checkstring(L, 2);
  const pos = luaL_optinteger(L, 3, 1);
  let at = (pos >= 0 ? pos : -pos > data.length ? 0 : data.length + pos + 1) - 1;
  luaL_argcheck(L, at >= 0 && at <= data.length, 3, luaString('initial position out of string'));
  let results = 0;
  const piece = (): boolean => {
    for (let steps = STEPS; steps > 0; steps--) {
      if (!format.next(at)) return true;
      if (at + format.before + format.size > data.length) luaL_argerror(L, 2, luaString('data string too short'));
      at += format.before;
      if (format.kind === ITEM.padding) at += 1;
      else if (format.kind !== ITEM.nothing) {
        luaL_checkstack(L, 2, luaString('too many results'));
        at = unpackItem(L, data, at, format);
        results += 1;
      }
    }
    return false;
  };
  return inPieces(L, piece, (to) => {
    lua_pushinteger(to, at + 1);
    return results + 1;
  });
};

/** The functions of `string` that make bytes of values, and values of bytes. */
export const packFunctions = { pack, packsize, unpack };
