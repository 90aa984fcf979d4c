import * as lua from '../lua-api.ts';
import { positionAt, typeName } from '../lua-values.ts';
import { canSuspend, inPieces } from '../yielding.ts';
import { ByteBuilder } from './byte-builder.ts';
import { pushLuaFunction } from './functions-in-lua.ts';
import { PatternMatcher, POSITION, UNFINISHED } from './pattern-matcher.ts';

const [ESCAPE, CARET] = [37, 94];
const ESCAPE_BYTE = new Uint8Array([ESCAPE]);
/** Comparisons up to which a plain text is searched in one piece. */
const MOST_AT_ONCE = 5_000_000;

/** Raises a problem of the pattern as a Lua error. */
const raisingProblems = (L: lua.State, work: () => boolean): boolean => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) return lua.raise(L, error.message);
    throw error;
  }
};

/** Finds the matches of a pattern one after the other, in pieces. */
class MatchSearch {
  readonly matcher: PatternMatcher;
  /** Where the match begins. */
  from: number;
  found = false;
  #lastEnd = -1;
  #begun = false;

  constructor(s: Uint8Array, pattern: Uint8Array, from = 0) {
    this.matcher = new PatternMatcher(s, pattern);
    this.from = from;
  }

  /** Continues in a new piece of work. Returns true once `found` says whether there is another match. */
  continue(): boolean {
    this.matcher.renew();
    return this.next();
  }

  /** The same within a piece of work. */
  next(): boolean {
    const { matcher } = this;
    for (;;) {
      if (!this.#begun) {
        if (!matcher.anchored) this.from = matcher.skip(this.from);
        matcher.begin(this.from);
        this.#begun = true;
      }
      if (!matcher.run()) return false;
      this.#begun = false;
      this.found = matcher.end >= 0 && matcher.end !== this.#lastEnd;
      if (this.found || matcher.anchored || this.from >= matcher.src.length) return true;
      this.from += 1;
    }
  }

  /** Lets the next match begin at the end of this one. Returns where this one began. */
  accept(): number {
    const { from } = this;
    this.from = this.#lastEnd = this.matcher.end;
    return from;
  }
}

const pushCapture = (L: lua.State, m: PatternMatcher, i: number, from: number): void => {
  if (i >= m.level) {
    if (i > 0) lua.raise(L, `invalid capture index %${i + 1}`);
    lua.pushstring(L, m.src.subarray(from, m.end));
    return;
  }
  const length = m.lengths[i]!;
  const start = m.starts[i]!;
  if (length === UNFINISHED) lua.raise(L, 'unfinished capture');
  if (length === POSITION) lua.pushinteger(L, start + 1);
  else lua.pushstring(L, m.src.subarray(start, start + length));
};

const pushCaptures = (L: lua.State, m: PatternMatcher, from: number, whole: boolean): number => {
  const n = m.level === 0 && whole ? 1 : m.level;
  if (!lua.checkstack(L, n)) return lua.raise(L, 'too many captures');
  for (let i = 0; i < n; i++) pushCapture(L, m, i, from);
  return n;
};

/** 1 for the bytes that have a meaning in patterns. */
const SPECIAL = new Uint8Array(256);
for (const c of Buffer.from('^$*+?.([%-')) SPECIAL[c] = 1;

const isPlain = (p: Uint8Array): boolean => {
  for (let i = 0; i < p.length; i++) if (SPECIAL[p[i]!] === 1) return false;
  return true;
};

/** A pattern that matches its bytes literally. */
const escapePattern = (p: Uint8Array): Uint8Array => {
  const escaped = new Uint8Array(2 * p.length);
  let n = 0;
  for (const c of p) {
    if (SPECIAL[c] === 1) escaped[n++] = ESCAPE;
    escaped[n++] = c;
  }
  return escaped.subarray(0, n);
};

/** Searches a plain text that needs few comparisons; undefined for others. */
const findPlain = (L: lua.State, s: Uint8Array, p: Uint8Array, from: number): number | undefined => {
  if (p.length > 1 && (s.length - from) * p.length > MOST_AT_ONCE) return undefined;
  const found = p.length === 0 ? from : Buffer.from(s.buffer, s.byteOffset, s.length).indexOf(p, from);
  if (found < 0) return lua.pushnil(L);
  lua.pushinteger(L, found + 1);
  lua.pushinteger(L, found + p.length);
  return 2;
};

const findWith =
  (positions: boolean) =>
  (L: lua.State): number => {
    const s = lua.checkstring(L, 1);
    let p = lua.checkstring(L, 2);
    const init = Math.max(0, positionAt(L, 3, 1, s.length) - 1);
    if (init > s.length) return lua.pushnil(L);
    if (positions && (lua.toboolean(L, 4) || isPlain(p))) {
      const results = findPlain(L, s, p, init);
      if (results !== undefined) return results;
      p = escapePattern(p);
    }
    const search = new MatchSearch(s, p, init);
    return inPieces(
      L,
      () => raisingProblems(L, () => search.continue()),
      (to) => {
        const { matcher, from } = search;
        if (!search.found) return lua.pushnil(to);
        if (!positions) return pushCaptures(to, matcher, from, true);
        lua.pushinteger(to, from + 1);
        lua.pushinteger(to, matcher.end);
        return 2 + pushCaptures(to, matcher, from, false);
      },
    );
  };

const gmatch = (L: lua.State): number => {
  const s = lua.checkstring(L, 1);
  const p = lua.checkstring(L, 2);
  // In `gmatch` a caret has no special meaning.
  const search = new MatchSearch(s, p[0] === CARET ? Buffer.concat([ESCAPE_BYTE, p]) : p);
  lua.pushcfunction(L, (at) =>
    inPieces(
      at,
      () => raisingProblems(at, () => search.continue()),
      (to) => (search.found ? pushCaptures(to, search.matcher, search.accept(), true) : 0),
    ),
  );
  return 1;
};

/** Adds a replacement text, in which `%1` stands for a capture. */
const expand = (L: lua.State, m: PatternMatcher, from: number, replacement: Uint8Array, out: ByteBuilder): void => {
  let begin = 0;
  for (let at = replacement.indexOf(ESCAPE); at >= 0; at = replacement.indexOf(ESCAPE, begin)) {
    out.add(L, replacement.subarray(begin, at));
    const c = replacement[at + 1] ?? 0;
    begin = at + 2;
    if (c === ESCAPE) out.add(L, replacement.subarray(at, at + 1));
    else if (c < 48 || c > 57) lua.raise(L, "invalid use of '%' in replacement string");
    else if (c === 48) out.add(L, m.src.subarray(from, m.end));
    else {
      pushCapture(L, m, c - 49, from);
      out.add(L, lua.tostring(L, -1));
      lua.pop(L, 2);
    }
  }
  out.add(L, replacement.subarray(begin));
};

/** Adds the replacement of a match by a function or a table. */
const replace = (L: lua.State, m: PatternMatcher, from: number, out: ByteBuilder): void => {
  if (lua.type(L, 3) === lua.TFUNCTION) {
    lua.pushvalue(L, 3);
    lua.call(L, pushCaptures(L, m, from, true), 1);
  } else {
    pushCapture(L, m, 0, from);
    lua.gettable(L, 3);
  }
  if (!lua.toboolean(L, -1)) out.add(L, m.src.subarray(from, m.end));
  else if (lua.isstring(L, -1)) out.add(L, lua.tolstring(L, -1)!);
  else lua.raise(L, `invalid replacement value (a ${typeName(L, -1)})`);
  lua.pop(L, 1);
};

const REPLACEMENTS: ReadonlySet<number> = new Set([lua.TNUMBER, lua.TSTRING, lua.TFUNCTION, lua.TTABLE]);
const countTwo = (): number => 2;

/** `string.gsub`: with a function as replacement, the Lua version, which can be suspended and stopped inside. */
const gsub = (L: lua.State): number => {
  const s = lua.checkstring(L, 1);
  const p = lua.checkstring(L, 2);
  const type = lua.type(L, 3);
  if (!REPLACEMENTS.has(type)) return lua.argerror(L, 3, 'string/function/table expected');
  const most = lua.optinteger(L, 4, s.length + 1);
  if (type === lua.TFUNCTION && canSuspend(L)) {
    pushLuaFunction(L, 'gsub');
    for (const argument of [1, 2, 3]) lua.pushvalue(L, argument);
    lua.pushinteger(L, most);
    lua.callk(L, 4, 2, 0, countTwo);
    return 2;
  }
  const search = new MatchSearch(s, p);
  const { matcher } = search;
  const out = new ByteBuilder();
  const text = type === lua.TNUMBER || type === lua.TSTRING ? lua.tolstring(L, 3)! : undefined;
  let copied = 0;
  let count = 0;
  const piece = (): boolean => {
    matcher.renew();
    while (count < most) {
      if (!search.next()) return false;
      if (!search.found) break;
      count += 1;
      const from = search.accept();
      out.add(L, s.subarray(copied, from));
      copied = matcher.end;
      if (text === undefined) replace(L, matcher, from, out);
      else expand(L, matcher, from, text, out);
      if (matcher.anchored) break;
    }
    return true;
  };
  return inPieces(
    L,
    () => raisingProblems(L, piece),
    (to) => {
      out.add(to, s.subarray(copied));
      out.push(to);
      lua.pushinteger(to, count);
      return 2;
    },
  );
};

/** The functions of `string` that match patterns. */
export const searchFunctions = { find: findWith(true), match: findWith(false), gmatch, gsub };
