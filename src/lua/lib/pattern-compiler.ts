/** Kinds of pattern items. */
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

const [DOLLAR, ESCAPE, OPEN, CLOSE, STAR, SET, SET_END] = [36, 37, 40, 41, 42, 91, 93];
export const [PLUS, MINUS, MAYBE, CARET] = [43, 45, 63, 94];
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
/** The bytes that `%` and a letter match: a class, for a capital its complement, or the byte itself. */
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

/** The bytes of a set in brackets, from its opening to its closing bracket. */
const bracket = (p: Uint8Array, from: number, to: number): Uint8Array => {
  const set = new Uint8Array(256);
  const outside = p[from + 1] === CARET;
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

/** Where the set, class or byte at `at` ends, or why it is malformed. */
const endOf = (p: Uint8Array, at: number): number | string => {
  if (p[at] === ESCAPE) return at + 1 === p.length ? "malformed pattern (ends with '%')" : at + 2;
  if (p[at] !== SET) return at + 1;
  let end = p[at + 1] === CARET ? at + 2 : at + 1;
  do {
    if (end >= p.length) return "malformed pattern (missing ']')";
    if (p[end++] === ESCAPE && end < p.length) end += 1;
  } while (p[end] !== SET_END);
  return end + 1;
};

const setAt = (p: Uint8Array, at: number, end: number): Uint8Array =>
  p[at] === ESCAPE
    ? classOf(p[at + 1]!)
    : p[at] === SET
      ? bracket(p, at, end - 1)
      : p[at] === 46
        ? ANY
        : literals[p[at]!]!;

type Parsed = readonly [item: PatternItem, length: number];
const parsed = (item: Partial<PatternItem>, length: number): Parsed => [{ ...ITEM, ...item }, length];
const wrong = (reason: string): Parsed => parsed({ kind: KIND.wrong, reason }, 0);

/** A set, class or byte with its repetition. */
const singleAt = (p: Uint8Array, at: number): Parsed => {
  const end = endOf(p, at);
  if (typeof end === 'string') return wrong(end);
  const repeat = p[end] ?? 0;
  const repeats = repeat === STAR || repeat === PLUS || repeat === MINUS || repeat === MAYBE;
  const set = setAt(p, at, end);
  return parsed({ kind: KIND.single, set, repeat: repeats ? repeat : 0 }, end - at + (repeats ? 1 : 0));
};

const frontierAt = (p: Uint8Array, at: number): Parsed => {
  if (p[at + 2] !== SET) return wrong("missing '[' after '%f' in pattern");
  const end = endOf(p, at + 2);
  if (typeof end === 'string') return wrong(end);
  return parsed({ kind: KIND.frontier, set: bracket(p, at + 2, end - 1) }, end - at);
};

const escapeAt = (p: Uint8Array, at: number): Parsed => {
  const letter = p[at + 1] ?? 0;
  if (letter === 98) {
    if (at + 3 >= p.length) return wrong("malformed pattern (missing arguments to '%b')");
    return parsed({ kind: KIND.balance, a: p[at + 2]!, b: p[at + 3]! }, 4);
  }
  if (letter === 102) return frontierAt(p, at);
  if (letter >= 48 && letter <= 57) return parsed({ kind: KIND.again, a: letter - 49 }, 2);
  return singleAt(p, at);
};

const itemAt = (p: Uint8Array, at: number): Parsed => {
  switch (p[at]) {
    case OPEN:
      return p[at + 1] === CLOSE ? parsed({ kind: KIND.open, a: 1 }, 2) : parsed({ kind: KIND.open }, 1);
    case CLOSE:
      return parsed({ kind: KIND.close }, 1);
    case ESCAPE:
      return escapeAt(p, at);
    case DOLLAR:
      return at + 1 === p.length ? parsed({ kind: KIND.end }, 1) : singleAt(p, at);
    default:
      return singleAt(p, at);
  }
};

/** Compiles a pattern. What is wrong with it only matters when matching reaches it, as in plain Lua. */
const compilePattern = (p: Uint8Array): readonly PatternItem[] => {
  const items: PatternItem[] = [];
  let at = p[0] === CARET ? 1 : 0;
  while (at < p.length) {
    const [item, length] = itemAt(p, at);
    items.push(item);
    if (item.kind === KIND.wrong) return items;
    at += length;
  }
  items.push(ITEM);
  return items;
};

const MOST_KEPT = 200;
const LONGEST_KEPT = 200;
const kept = new Map<string, readonly PatternItem[]>();
/** By array: a constant of a script is the same array each time. */
const known = new WeakMap<Uint8Array, readonly PatternItem[]>();

/** Compiles a pattern, or returns the items from the cache. */
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
