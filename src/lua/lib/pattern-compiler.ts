/** What an item of a pattern is. */
export const KIND = {
  single: 0,
  open: 1,
  close: 2,
  end: 3,
  balance: 4,
  frontier: 5,
  again: 6,
  wrong: 7,
  accept: 8,
} as const;

/** One item of a compiled pattern. */
export interface PatternItem {
  readonly kind: (typeof KIND)[keyof typeof KIND];
  /** Bytes that match: of `single` and `frontier`. */
  readonly set: Uint8Array;
  /** `*`, `+`, `-`, `?` or 0. */
  readonly repeat: number;
  /** Of `open`: 1 for a position. Of `balance`: the first byte. Of `again`: the capture. */
  readonly a: number;
  /** Of `balance`: the last byte. */
  readonly b: number;
  /** Of `wrong`: why. */
  readonly reason: string;
}

export const [ESCAPE, STAR, PLUS, MINUS, MAYBE, CARET] = [37, 42, 43, 45, 63, 94];
const NONE = new Uint8Array(256);
const ITEM: PatternItem = { kind: KIND.accept, set: NONE, repeat: 0, a: 0, b: 0, reason: '' };

const CLASSES: Readonly<Record<string, RegExp>> = {
  a: /[a-z]/i,
  c: /[^ -~\u0080-\u00ff]/,
  d: /\d/,
  g: /[!-~]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[\t-\r ]/,
  u: /[A-Z]/,
  w: /[a-z\d]/i,
  x: /[a-f\d]/i,
  z: /\0/,
};

const sets = new Map<number, Uint8Array>();
/** The bytes of `%c`: a class, those outside of it for a capital, or the byte itself. */
const classOf = (letter: number): Uint8Array => {
  let set = sets.get(letter);
  if (set !== undefined) return set;
  const name = String.fromCharCode(letter);
  const known = CLASSES[name.toLowerCase()];
  const inside = name === name.toLowerCase();
  set = new Uint8Array(256);
  for (let c = 0; c < 256; c++)
    set[c] = Number(known === undefined ? c === letter : known.test(String.fromCharCode(c)) === inside);
  sets.set(letter, set);
  return set;
};

const ANY = new Uint8Array(256).fill(1);
const literals = Array.from({ length: 256 }, (_, c) => {
  const set = new Uint8Array(256);
  set[c] = 1;
  return set;
});

/** The bytes of a set in brackets, from its bracket to the one that closes it. */
const bracket = (p: Uint8Array, from: number, to: number): Uint8Array => {
  const set = new Uint8Array(256);
  const outside = p[from + 1] === 94;
  for (let at = outside ? from + 2 : from + 1; at < to; at++) {
    if (p[at] === ESCAPE) {
      at += 1;
      classOf(p[at]!).forEach((is, c) => {
        if (is) set[c] = 1;
      });
    } else if (p[at + 1] === MINUS && at + 2 < to) {
      set.fill(1, p[at]!, p[at + 2]! + 1);
      at += 2;
    } else set[p[at]!] = 1;
  }
  return outside ? set.map((is) => 1 - is) : set;
};

/** Where the set, class or byte at `at` ends, or why it does not. */
const endOf = (p: Uint8Array, at: number): number | string => {
  if (p[at] === ESCAPE) return at + 1 === p.length ? "malformed pattern (ends with '%')" : at + 2;
  if (p[at] !== 91) return at + 1;
  let end = p[at + 1] === 94 ? at + 2 : at + 1;
  do {
    if (end >= p.length) return "malformed pattern (missing ']')";
    if (p[end++] === ESCAPE && end < p.length) end += 1;
  } while (p[end] !== 93);
  return end + 1;
};

const setAt = (p: Uint8Array, at: number, end: number): Uint8Array =>
  p[at] === ESCAPE
    ? classOf(p[at + 1]!)
    : p[at] === 91
      ? bracket(p, at, end - 1)
      : p[at] === 46
        ? ANY
        : literals[p[at]!]!;

/** A pattern as items. What is wrong with it counts only where matching comes to it, as in plain Lua. */
const compilePattern = (p: Uint8Array): readonly PatternItem[] => {
  const items: PatternItem[] = [];
  let at = p[0] === CARET ? 1 : 0;
  const wrong = (reason: string): readonly PatternItem[] => [...items, { ...ITEM, kind: KIND.wrong, reason }];
  const add = (item: Partial<PatternItem>, length: number): void => {
    items.push({ ...ITEM, ...item });
    at += length;
  };
  while (at < p.length) {
    const [c, next = -1] = p.subarray(at, at + 2) as unknown as [number, number?];
    if (c === 40) add({ kind: KIND.open, a: next === 41 ? 1 : 0 }, next === 41 ? 2 : 1);
    else if (c === 41) add({ kind: KIND.close }, 1);
    else if (c === 36 && at + 1 === p.length) add({ kind: KIND.end }, 1);
    else if (c === ESCAPE && next === 98) {
      if (at + 3 >= p.length) return wrong("malformed pattern (missing arguments to '%b')");
      add({ kind: KIND.balance, a: p[at + 2]!, b: p[at + 3]! }, 4);
    } else if (c === ESCAPE && next === 102) {
      if (p[at + 2] !== 91) return wrong("missing '[' after '%f' in pattern");
      const end = endOf(p, at + 2);
      if (typeof end === 'string') return wrong(end);
      add({ kind: KIND.frontier, set: bracket(p, at + 2, end - 1) }, end - at);
    } else if (c === ESCAPE && next >= 48 && next <= 57) add({ kind: KIND.again, a: next - 49 }, 2);
    else {
      const end = endOf(p, at);
      if (typeof end === 'string') return wrong(end);
      const repeat = p[end] ?? 0;
      const repeats = repeat === STAR || repeat === PLUS || repeat === MINUS || repeat === MAYBE;
      add({ kind: KIND.single, set: setAt(p, at, end), repeat: repeats ? repeat : 0 }, end - at + (repeats ? 1 : 0));
    }
  }
  items.push(ITEM);
  return items;
};

const MOST_KEPT = 200;
const LONGEST_KEPT = 200;
const kept = new Map<string, readonly PatternItem[]>();
/** By the bytes themselves: a constant of a script is the same array each time. */
const known = new WeakMap<Uint8Array, readonly PatternItem[]>();

/** {@link compilePattern}, remembered. */
export const compiled = (p: Uint8Array): readonly PatternItem[] => {
  let items = known.get(p);
  if (items === undefined) {
    items = p.length > LONGEST_KEPT ? compilePattern(p) : compiledBefore(p);
    known.set(p, items);
  }
  return items;
};

const compiledBefore = (p: Uint8Array): readonly PatternItem[] => {
  let key = '';
  for (let i = 0; i < p.length; i++) key += String.fromCharCode(p[i]!);
  let items = kept.get(key);
  if (items === undefined) {
    if (kept.size >= MOST_KEPT) kept.clear();
    items = compilePattern(p);
    kept.set(key, items);
  }
  return items;
};
