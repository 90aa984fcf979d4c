/**
 * Strings of Lua are byte arrays outside the JavaScript heap, which a heap limit does not bound. Every one the interpreter
 * makes goes through this constructor, so that a single huge one is refused before it is made and many are noticed soon.
 * Must be imported before the interpreter.
 */
const Bytes = globalThis.Uint8Array;

/** Bytes one string may have; more raises a Lua error. */
export const MAX_STRING_BYTES = 128 * 1024 * 1024;
const NOTICE_EVERY_BYTES = 16 * 1024 * 1024;

let sinceNotice = 0;
let notice = (): void => {};
let hasRoom = (_bytes: number): boolean => true;

/**
 * `look` is called each time another 16 MiB of byte arrays were made; it may throw to refuse the one being made. `room` is asked
 * before one of that size is made.
 */
export const onAllocation = (look: () => void, room: (bytes: number) => boolean): void => {
  notice = look;
  hasRoom = room;
};

const account = (bytes: number): void => {
  if (bytes > MAX_STRING_BYTES || (bytes >= NOTICE_EVERY_BYTES && !hasRoom(bytes)))
    throw new RangeError('not enough memory');
  sinceNotice += bytes;
  if (sinceNotice >= NOTICE_EVERY_BYTES) {
    sinceNotice = 0;
    notice();
  }
};

function Counted(this: unknown, first?: unknown, ...rest: unknown[]): Uint8Array {
  if (typeof first === 'number') {
    account(first);
    return new Bytes(first);
  }
  return Reflect.construct(Bytes, first === undefined ? [] : [first, ...rest]) as Uint8Array;
}
Counted.prototype = Bytes.prototype;
Counted.BYTES_PER_ELEMENT = 1;
Counted.of = (...values: number[]): Uint8Array => Bytes.of(...values);
// Copying a byte array element by element, as the built-in does for any iterable, is what the interpreter spends most on.
Counted.from = (source: Uint8Array | ArrayLike<number>): Uint8Array => {
  account(source.length);
  return new Bytes(source);
};

globalThis.Uint8Array = Counted as unknown as Uint8ArrayConstructor;
