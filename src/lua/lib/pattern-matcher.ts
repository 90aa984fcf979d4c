import { CARET, compiled, KIND, MAYBE, MINUS, type PatternItem, PLUS } from './pattern-compiler.ts';

/** Lengths of captures that are not closed, and of positions. */
export const UNFINISHED = -1;
export const POSITION = -2;
const MOST_CAPTURES = 32;
/** Steps between two checks of the clock: less than a millisecond. */
const STEPS = 20_000;

/** Frames of the stack of choices have four numbers; the first says what to undo or try when the rest has failed. */
const FRAME = { greedy: 0, lazy: 1, once: 2, opened: 3, closed: 4 } as const;

/**
 * Matches Lua patterns in pieces: keeps its choices on a stack of its own, so that it can be left and continued. The stack
 * is not higher than the pattern is long.
 */
export class PatternMatcher {
  readonly src: Uint8Array;
  /** Matches only at the first position. */
  readonly anchored: boolean;
  readonly #items: readonly PatternItem[];
  /** Where the match ends; -1: no match. */
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

  /** Begins a match at a position of the text. */
  begin(at: number): void {
    this.#s = at;
    this.#item = 0;
    this.#count = -1;
    this.#stack.length = 0;
    this.level = 0;
    this.end = -1;
  }

  /** Skips positions where no match can begin, within this piece of work. */
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

  /** Continues the match. Returns true when it is decided, false at the end of the piece. @throws Error for a wrong pattern. */
  run(): boolean {
    while (this.#steps-- > 0) {
      const failed = this.#count >= 0 ? this.#continue() : this.#step();
      if (failed === undefined) continue;
      if (!failed) return true;
      if (!this.#back()) {
        this.end = -1;
        return true;
      }
    }
    return false;
  }

  /** Matches one item. Returns undefined to continue, true for a failure, false at the end of the pattern. */
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
        this.#openCapture(item, s);
        break;
      case KIND.close:
        this.#closeCapture(s);
        break;
      case KIND.end:
        if (s !== src.length) return true;
        break;
      case KIND.frontier:
        if (!this.#atFrontier(item.set, s)) return true;
        break;
      case KIND.balance:
        if (s >= src.length || src[s] !== item.a) return true;
        this.#count = 1;
        this.#scan = s + 1;
        return undefined;
      case KIND.again:
        if (!this.#matchCapture(item.a, s)) return true;
        break;
      default:
        throw new Error(item.reason);
    }
    this.#item += 1;
    return undefined;
  }

  /** True between a byte outside of a set and one of the set; the ends of the text count as a zero byte. */
  #atFrontier(set: Uint8Array, s: number): boolean {
    return set[this.src[s - 1] ?? 0] !== 1 && set[this.src[s] ?? 0] === 1;
  }

  #openCapture(item: PatternItem, s: number): void {
    if (this.level >= MOST_CAPTURES) throw new Error('too many captures');
    this.starts[this.level] = s;
    this.lengths[this.level] = item.a === 1 ? POSITION : UNFINISHED;
    this.level += 1;
    this.#stack.push(FRAME.opened, 0, 0, 0);
  }

  #closeCapture(s: number): void {
    let l = this.level - 1;
    while (l >= 0 && this.lengths[l] !== UNFINISHED) l--;
    if (l < 0) throw new Error('invalid pattern capture');
    this.lengths[l] = s - this.starts[l]!;
    this.#stack.push(FRAME.closed, l, 0, 0);
  }

  /** Matches the text of a capture once more. */
  #matchCapture(capture: number, s: number): boolean {
    if (capture < 0 || capture >= this.level || this.lengths[capture] === UNFINISHED)
      throw new Error(`invalid capture index %${capture + 1}`);
    const { src } = this;
    const length = this.lengths[capture]!;
    const from = this.starts[capture]!;
    // A position has no text.
    if (length === POSITION || src.length - s < length) return false;
    if (length > 0 && Buffer.compare(src.subarray(from, from + length), src.subarray(s, s + length)) !== 0)
      return false;
    this.#steps -= length >> 6;
    this.#s = s + length;
    return true;
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

  /** Continues with an item that may match a long text. */
  #continue(): boolean | undefined {
    const item = this.#items[this.#item]!;
    return item.kind === KIND.balance ? this.#continueBalance(item) : this.#continueRepetition(item);
  }

  #continueBalance(item: PatternItem): boolean | undefined {
    const { src } = this;
    const last = Math.min(src.length, this.#scan + this.#steps);
    let at = this.#scan;
    while (at < last && this.#count > 0) {
      const c = src[at++];
      if (c === item.b) this.#count -= 1;
      else if (c === item.a) this.#count += 1;
    }
    this.#steps -= at - this.#scan;
    this.#scan = at;
    const balanced = this.#count === 0;
    if (!balanced && at < src.length) return undefined;
    this.#count = -1;
    if (!balanced) return true;
    this.#s = at;
    this.#item += 1;
    return undefined;
  }

  #continueRepetition({ set, repeat }: PatternItem): undefined {
    const { src } = this;
    const from = this.#s + this.#count;
    const last = Math.min(src.length, from + this.#steps);
    let at = from;
    while (at < last && set[src[at]!] === 1) at++;
    this.#steps -= at - from;
    this.#count += at - from;
    if (at === last && at < src.length) return;
    const least = repeat === PLUS ? 1 : 0;
    if (this.#count > least) this.#stack.push(FRAME.greedy, this.#s + least, this.#item + 1, this.#count - least);
    this.#s += this.#count;
    this.#count = -1;
    this.#item += 1;
  }

  /** Returns to the last choice; false when there is none left. */
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
