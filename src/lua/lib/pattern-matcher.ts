import { CARET, compiled, KIND, MAYBE, MINUS, type PatternItem, PLUS } from './pattern-compiler.ts';

/** Lengths of captures that are none yet, and of positions. */
export const UNFINISHED = -1;
export const POSITION = -2;
const MOST_CAPTURES = 32;
/** Steps between two looks at the clock: less than a millisecond. */
const STEPS = 20_000;

/** Frames of the stack of choices have four numbers; the first says what to do when what followed has failed. */
const FRAME = { greedy: 0, lazy: 1, once: 2, opened: 3, closed: 4 } as const;

/**
 * Matches Lua patterns in pieces: it keeps its choices on a stack of its own, so that it can be left and gone on with. The stack
 * is not higher than the pattern is long.
 */
export class PatternMatcher {
  readonly src: Uint8Array;
  /** It matches at the first place only. */
  readonly anchored: boolean;
  readonly #items: readonly PatternItem[];
  /** Where the match ends; -1: there is none here. */
  end = -1;
  level = 0;
  readonly starts: number[] = [];
  readonly lengths: number[] = [];
  #steps = 0;
  #s = 0;
  #item = 0;
  /** Repetitions counted so far of the greedy item in progress, or the depth of `%b`; -1: none in progress. */
  #count = -1;
  #scan = 0;
  #stack: number[] = [];

  readonly #stepsEach: number;

  /** @param stepsEach steps of one piece of work. */
  constructor(src: Uint8Array, pattern: Uint8Array, stepsEach = STEPS) {
    this.src = src;
    this.#stepsEach = stepsEach;
    this.#items = compiled(pattern);
    this.anchored = pattern[0] === CARET;
  }

  /** Begins a piece. */
  renew(): void {
    this.#steps = this.#stepsEach;
  }

  /** Begins a match at a place of the text. */
  begin(at: number): void {
    this.#s = at;
    this.#item = 0;
    this.#count = -1;
    this.#stack.length = 0;
    this.level = 0;
    this.end = -1;
  }

  /** Skips places where no match can begin, as far as this piece of work goes. */
  skip(at: number): number {
    const { kind, set, repeat } = this.#items[0]!;
    if (kind !== KIND.single || (repeat !== 0 && repeat !== PLUS)) return at;
    const { src } = this;
    const last = Math.min(src.length, at + this.#steps);
    let to = at;
    while (to < last && set[src[to]!] === 0) to++;
    this.#steps -= to - at;
    return to;
  }

  /** Goes on with the match; true when it is decided, false when the piece is over. @throws Error for a wrong pattern. */
  run(): boolean {
    while (this.#steps-- > 0) {
      const failed = this.#count >= 0 ? this.#goOn() : this.#step();
      if (failed === undefined) continue;
      if (!failed) return true;
      if (!this.#back()) {
        this.end = -1;
        return true;
      }
    }
    return false;
  }

  /** One item: undefined: go on; true: it does not match; false: the end of the pattern. */
  #step(): boolean | undefined {
    const { src } = this;
    const item = this.#items[this.#item]!;
    const s = this.#s;
    switch (item.kind) {
      case KIND.accept:
        this.end = s;
        return false;
      case KIND.single:
        return this.#single(item, s);
      case KIND.open:
        if (this.level >= MOST_CAPTURES) throw new Error('too many captures');
        this.starts[this.level] = s;
        this.lengths[this.level] = item.a === 1 ? POSITION : UNFINISHED;
        this.level += 1;
        this.#stack.push(FRAME.opened, 0, 0, 0);
        break;
      case KIND.close: {
        let l = this.level - 1;
        while (l >= 0 && this.lengths[l] !== UNFINISHED) l--;
        if (l < 0) throw new Error('invalid pattern capture');
        this.lengths[l] = s - this.starts[l]!;
        this.#stack.push(FRAME.closed, l, 0, 0);
        break;
      }
      case KIND.end:
        if (s !== src.length) return true;
        break;
      case KIND.frontier:
        if (item.set[s === 0 ? 0 : src[s - 1]!] === 1 || item.set[s === src.length ? 0 : src[s]!] !== 1) return true;
        break;
      case KIND.balance:
        if (s >= src.length || src[s] !== item.a) return true;
        this.#count = 1;
        this.#scan = s + 1;
        return undefined;
      case KIND.again: {
        const { a } = item;
        if (a < 0 || a >= this.level || this.lengths[a] === UNFINISHED)
          throw new Error(`invalid capture index %${a + 1}`);
        const length = this.lengths[a]!;
        // A position has no text.
        if (length === POSITION) return true;
        const from = this.starts[a]!;
        if (src.length - s < length) return true;
        if (length > 0 && Buffer.compare(src.subarray(from, from + length), src.subarray(s, s + length)) !== 0)
          return true;
        this.#steps -= length >> 6;
        this.#s = s + length;
        break;
      }
      default:
        throw new Error(item.reason);
    }
    this.#item += 1;
    return undefined;
  }

  #single(item: PatternItem, s: number): boolean | undefined {
    const { src } = this;
    const matches = s < src.length && item.set[src[s]!] === 1;
    switch (item.repeat) {
      case 0:
        if (!matches) return true;
        this.#s = s + 1;
        break;
      case MAYBE:
        if (matches) {
          this.#stack.push(FRAME.once, s, this.#item + 1, 0);
          this.#s = s + 1;
        }
        break;
      case MINUS:
        this.#stack.push(FRAME.lazy, s, this.#item, 0);
        break;
      default:
        if (item.repeat === PLUS && !matches) return true;
        this.#count = 0;
        return undefined;
    }
    this.#item += 1;
    return undefined;
  }

  /** Goes on with an item that reads far: a greedy repetition, or a balanced text. */
  #goOn(): boolean | undefined {
    const { src } = this;
    const item = this.#items[this.#item]!;
    if (item.kind === KIND.balance) {
      const last = Math.min(src.length, this.#scan + this.#steps);
      let at = this.#scan;
      for (; at < last; at++) {
        const c = src[at];
        if (c === item.b) {
          this.#count -= 1;
          if (this.#count === 0) {
            this.#steps -= at - this.#scan;
            this.#s = at + 1;
            this.#count = -1;
            this.#item += 1;
            return undefined;
          }
        } else if (c === item.a) this.#count += 1;
      }
      this.#steps -= at - this.#scan;
      this.#scan = at;
      if (at < src.length) return undefined;
      this.#count = -1;
      return true;
    }
    const { set } = item;
    const from = this.#s + this.#count;
    const last = Math.min(src.length, from + this.#steps);
    let at = from;
    while (at < last && set[src[at]!] === 1) at++;
    this.#steps -= at - from;
    this.#count += at - from;
    if (at === last && at < src.length) return undefined;
    const least = item.repeat === PLUS ? 1 : 0;
    if (this.#count > least) this.#stack.push(FRAME.greedy, this.#s + least, this.#item + 1, this.#count - least);
    this.#s += this.#count;
    this.#count = -1;
    this.#item += 1;
    return undefined;
  }

  /** Goes back to the last choice; false when there is none left. */
  #back(): boolean {
    const stack = this.#stack;
    while (stack.length > 0) {
      const top = stack.length - 4;
      const s = stack[top + 1]!;
      switch (stack[top]) {
        case FRAME.greedy: {
          const less = stack[top + 3]! - 1;
          this.#item = stack[top + 2]!;
          this.#s = s + less;
          if (less === 0) stack.length = top;
          else stack[top + 3] = less;
          return true;
        }
        case FRAME.lazy: {
          const item = stack[top + 2]!;
          if (s >= this.src.length || this.#items[item]!.set[this.src[s]!] !== 1) break;
          stack[top + 1] = s + 1;
          this.#s = s + 1;
          this.#item = item + 1;
          return true;
        }
        case FRAME.once:
          this.#s = s;
          this.#item = stack[top + 2]!;
          stack.length = top;
          return true;
        case FRAME.opened:
          this.level -= 1;
          break;
        default:
          this.lengths[s] = UNFINISHED;
      }
      stack.length = top;
    }
    return false;
  }
}
