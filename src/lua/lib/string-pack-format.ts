import * as lua from '../lua-api.ts';
import { MAX_INTEGER } from '../lua-values.ts';

/** Kinds of items in a format of `string.pack`. */
export const ITEM = { int: 0, uint: 1, float: 2, fixed: 3, counted: 4, ended: 5, padding: 6, nothing: 7 } as const;
type Kind = (typeof ITEM)[keyof typeof ITEM];

/** Usual and largest number of bytes of an integer. */
export const INTEGER_BYTES = 4;
const MOST_INTEGER_BYTES = 16;
const MOST_ALIGNMENT = 8;

const code = (letter: string): number => letter.charCodeAt(0);
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;

/** Kind and size of letters without a number. */
const PLAIN: ReadonlyMap<number, readonly [Kind, number]> = new Map([
  [code('b'), [ITEM.int, 1]],
  [code('B'), [ITEM.uint, 1]],
  [code('h'), [ITEM.int, 2]],
  [code('H'), [ITEM.uint, 2]],
  [code('l'), [ITEM.int, 4]],
  [code('L'), [ITEM.uint, 4]],
  [code('j'), [ITEM.int, INTEGER_BYTES]],
  [code('J'), [ITEM.uint, INTEGER_BYTES]],
  [code('T'), [ITEM.uint, 4]],
  [code('f'), [ITEM.float, 4]],
  [code('d'), [ITEM.float, 8]],
  [code('n'), [ITEM.float, 8]],
  [code('z'), [ITEM.ended, 0]],
  [code('x'), [ITEM.padding, 1]],
]);
const SIZED: ReadonlyMap<number, Kind> = new Map([
  [code('i'), ITEM.int],
  [code('I'), ITEM.uint],
  [code('s'), ITEM.counted],
]);
const [FIXED, ALIGN, BLANK, LITTLE, BIG, NATIVE, LIMIT] = ['c', 'X', ' ', '<', '>', '=', '!'].map(code);

/** Reads a format of `string.pack`, `unpack` and `packsize` item by item. The fields describe the last item. */
export class PackFormat {
  readonly #L: lua.State;
  readonly #s: Uint8Array;
  #at = 0;
  #most = 1;
  kind: Kind = ITEM.nothing;
  size = 0;
  /** Bytes before it that align it. */
  before = 0;
  little = true;

  constructor(L: lua.State, s: Uint8Array) {
    this.#L = L;
    this.#s = s;
  }

  /** Reads an item that follows `total` bytes. Returns false at the end. */
  next(total: number): boolean {
    if (this.#at >= this.#s.length) return false;
    this.before = 0;
    let align: number;
    if (this.#s[this.#at] === ALIGN) {
      this.#at += 1;
      if (this.#at >= this.#s.length) this.#refuse("invalid next option for option 'X'");
      this.#read();
      align = this.size;
      if (this.kind === ITEM.fixed || align === 0) this.#refuse("invalid next option for option 'X'");
      this.kind = ITEM.nothing;
      this.size = 0;
    } else {
      this.#read();
      if (this.kind > ITEM.counted || this.kind === ITEM.fixed) return true;
      align = this.size;
    }
    align = Math.min(align, this.#most);
    if (align > 1) {
      if ((align & (align - 1)) !== 0) this.#refuse('format asks for alignment not power of 2');
      this.before = (align - (total & (align - 1))) & (align - 1);
    }
    return true;
  }

  #read(): void {
    const letter = this.#s[this.#at++]!;
    const plain = PLAIN.get(letter);
    if (plain !== undefined) {
      [this.kind, this.size] = plain;
      return;
    }
    const sized = SIZED.get(letter);
    if (sized !== undefined) {
      this.kind = sized;
      this.size = this.#limited(INTEGER_BYTES, MOST_INTEGER_BYTES);
      return;
    }
    this.kind = ITEM.nothing;
    this.size = 0;
    if (letter === FIXED) {
      this.kind = ITEM.fixed;
      this.size = this.#number(-1);
      if (this.size < 0) lua.raise(this.#L, "missing size for format option 'c'");
    } else if (letter === LITTLE || letter === NATIVE) this.little = true;
    else if (letter === BIG) this.little = false;
    else if (letter === LIMIT) this.#most = this.#limited(MOST_ALIGNMENT, MOST_INTEGER_BYTES);
    else if (letter !== BLANK) lua.raise(this.#L, `invalid format option '${String.fromCharCode(letter)}'`);
  }

  #number(fallback: number): number {
    if (!isDigit(this.#s[this.#at])) return fallback;
    let n = 0;
    do n = n * 10 + this.#s[this.#at++]! - 48;
    while (isDigit(this.#s[this.#at]) && n <= (MAX_INTEGER - 9) / 10);
    return n;
  }

  #limited(fallback: number, most: number): number {
    const n = this.#number(fallback);
    if (n > most || n <= 0) lua.raise(this.#L, `integral size (${n}) out of limits [1,${most}]`);
    return n;
  }

  #refuse(why: string): never {
    return lua.argerror(this.#L, 1, why);
  }
}
