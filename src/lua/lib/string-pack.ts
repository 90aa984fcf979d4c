import * as lua from '../lua-api.ts';
import { MAX_INTEGER, positionAt } from '../lua-values.ts';
import { countWork } from '../memory-limit.ts';
import { inPieces } from '../yielding.ts';
import { ByteBuilder } from './byte-builder.ts';
import { INTEGER_BYTES, ITEM, PackFormat } from './string-pack-format.ts';

/** Items in one piece of work. */
const STEPS = 2000;
const WIDEST = 16;
const scratch = new Uint8Array(WIDEST);
const view = new DataView(scratch.buffer);

/** The bytes of an integer of `size`; bytes beyond 32 bits have the sign of `n`. */
const integerBytes = (n: number, size: number, little: boolean, signed: boolean): Uint8Array => {
  const rest = signed && n < 0 ? 255 : 0;
  for (let i = 0; i < size; i++) scratch[little ? i : size - 1 - i] = i < INTEGER_BYTES ? (n >> (8 * i)) & 255 : rest;
  return scratch.subarray(0, size);
};

const integerAt = (L: lua.State, data: Uint8Array, at: number, format: PackFormat, signed: boolean): number => {
  const { size, little } = format;
  let n = 0;
  for (let i = Math.min(size, INTEGER_BYTES) - 1; i >= 0; i--) n = (n << 8) | data[at + (little ? i : size - 1 - i)]!;
  if (size < INTEGER_BYTES) return signed ? (n << (32 - 8 * size)) >> (32 - 8 * size) : n;
  const rest = signed && n < 0 ? 255 : 0;
  for (let i = INTEGER_BYTES; i < size; i++)
    if (data[at + (little ? i : size - 1 - i)] !== rest)
      return lua.raise(L, `${size}-byte integer does not fit into Lua Integer`);
  return n;
};

/** Adds an argument as the bytes of an item. Returns their number. */
const packItem = (L: lua.State, arg: number, format: PackFormat, out: ByteBuilder): number => {
  const { kind, size, little } = format;
  switch (kind) {
    case ITEM.int: {
      const n = lua.checkinteger(L, arg);
      const limit = 2 ** (8 * size - 1);
      lua.argcheck(L, size >= INTEGER_BYTES || (n >= -limit && n < limit), arg, 'integer overflow');
      out.add(L, integerBytes(n, size, little, true));
      return size;
    }
    case ITEM.uint: {
      const n = lua.checkinteger(L, arg);
      lua.argcheck(L, size >= INTEGER_BYTES || n >>> 0 < 2 ** (8 * size), arg, 'unsigned overflow');
      out.add(L, integerBytes(n, size, little, false));
      return size;
    }
    case ITEM.float: {
      const n = lua.checknumber(L, arg);
      if (size === 4) view.setFloat32(0, n, little);
      else view.setFloat64(0, n, little);
      out.add(L, scratch.subarray(0, size));
      return size;
    }
    case ITEM.fixed: {
      const s = lua.checkstring(L, arg);
      lua.argcheck(L, s.length <= size, arg, 'string longer than given size');
      out.add(L, s);
      out.fill(L, 0, size - s.length);
      return size;
    }
    case ITEM.counted: {
      const s = lua.checkstring(L, arg);
      const fits = size >= INTEGER_BYTES || s.length < 2 ** (8 * size);
      lua.argcheck(L, fits, arg, 'string length does not fit in given size');
      out.add(L, integerBytes(s.length, size, little, false));
      out.add(L, s);
      return size + s.length;
    }
    default: {
      const s = lua.checkstring(L, arg);
      countWork(s.length);
      lua.argcheck(L, !s.includes(0), arg, 'string contains zeros');
      out.add(L, s);
      out.fill(L, 0, 1);
      return s.length + 1;
    }
  }
};

/** `string.pack (fmt, v1, v2, ···)` */
const pack = (L: lua.State): number => {
  const format = new PackFormat(L, lua.checkstring(L, 1));
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
  return inPieces(L, piece, (to) => out.push(to));
};

/** `string.packsize (fmt)` */
const packsize = (L: lua.State): number => {
  const format = new PackFormat(L, lua.checkstring(L, 1));
  let total = 0;
  const piece = (): boolean => {
    for (let steps = STEPS; steps > 0; steps--) {
      if (!format.next(total)) return true;
      if (format.kind === ITEM.counted || format.kind === ITEM.ended) lua.argerror(L, 1, 'variable-length format');
      total += format.before + format.size;
      lua.argcheck(L, total <= MAX_INTEGER, 1, 'format result too large');
    }
    return false;
  };
  return inPieces(L, piece, (to) => lua.pushinteger(to, total));
};

/** Pushes the item at a position of the data. Returns where it ends. */
const unpackItem = (L: lua.State, data: Uint8Array, at: number, format: PackFormat): number => {
  const { kind, size, little } = format;
  switch (kind) {
    case ITEM.int:
    case ITEM.uint:
      lua.pushinteger(L, integerAt(L, data, at, format, kind === ITEM.int));
      return at + size;
    case ITEM.float:
      for (let i = 0; i < size; i++) scratch[i] = data[at + i]!;
      lua.pushnumber(L, size === 4 ? view.getFloat32(0, little) : view.getFloat64(0, little));
      return at + size;
    case ITEM.fixed:
      lua.pushstring(L, data.subarray(at, at + size));
      return at + size;
    case ITEM.counted: {
      const length = integerAt(L, data, at, format, false) >>> 0;
      lua.argcheck(L, at + size + length <= data.length, 2, 'data string too short');
      lua.pushstring(L, data.subarray(at + size, at + size + length));
      return at + size + length;
    }
    default: {
      const end = data.indexOf(0, at);
      countWork((end < 0 ? data.length : end) - at);
      lua.argcheck(L, end >= 0, 2, "unfinished string for format 'z'");
      lua.pushstring(L, data.subarray(at, end));
      return end + 1;
    }
  }
};

/** `string.unpack (fmt, s [, pos])` */
const unpack = (L: lua.State): number => {
  const format = new PackFormat(L, lua.checkstring(L, 1));
  const data = lua.checkstring(L, 2);
  let at = positionAt(L, 3, 1, data.length) - 1;
  lua.argcheck(L, at >= 0 && at <= data.length, 3, 'initial position out of string');
  let results = 0;
  const piece = (): boolean => {
    for (let steps = STEPS; steps > 0; steps--) {
      if (!format.next(at)) return true;
      if (at + format.before + format.size > data.length) lua.argerror(L, 2, 'data string too short');
      at += format.before;
      if (format.kind === ITEM.padding) at += 1;
      else if (format.kind !== ITEM.nothing) {
        lua.needstack(L, 2, 'too many results');
        at = unpackItem(L, data, at, format);
        results += 1;
      }
    }
    return false;
  };
  return inPieces(L, piece, (to) => {
    lua.pushinteger(to, at + 1);
    return results + 1;
  });
};

/** The functions of `string` that convert values to bytes, and bytes to values. */
export const packFunctions = { pack, packsize, unpack };
