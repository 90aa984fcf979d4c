import { performance } from 'node:perf_hooks';
import llex, { type LexState } from 'fengari/src/llex.js';
import { runOf } from './script-run.ts';
import { luaString } from './values.ts';
import { abortIfDue } from './yielding.ts';

/** Words between two looks at the clock. */
const EVERY = 256;
/** The compiler looks at all open jumps for each new one. With many, that is what takes the time, not the length of the text. */
const MANY_JUMPS = 3000;
/** Jumps to labels that are still to come. */
const MOST_OPEN_JUMPS = 5000;
const USUAL_MS = 150;
const USUAL_MS_A_WORD = 0.004;

const { TK_AND, TK_BREAK, TK_DBCOLON, TK_ELSEIF, TK_GOTO, TK_OR } = llex.RESERVED;
const JUMPS: ReadonlySet<number> = new Set([TK_AND, TK_BREAK, TK_DBCOLON, TK_ELSEIF, TK_GOTO, TK_OR]);

/** How far a text has been compiled. */
interface Progress extends LexState {
  words?: number;
  jumps?: number;
  began?: number;
}

const next = llex.luaX_next;

/** A repair of the interpreter: compiling is a call that cannot be left, and can take minutes. Bounds it, and ends it with its script. */
llex.luaX_next = (ls) => {
  next(ls);
  const progress: Progress = ls;
  progress.words = (progress.words ?? 0) + 1;
  if (JUMPS.has(progress.t.token)) progress.jumps = (progress.jumps ?? 0) + 1;
  if (progress.words % EVERY !== 1) return;
  const now = performance.now();
  progress.began ??= now;
  const slow = now - progress.began > USUAL_MS + USUAL_MS_A_WORD * progress.words;
  if (ls.dyd.gt.n > MOST_OPEN_JUMPS || (slow && (progress.jumps ?? 0) > MANY_JUMPS))
    llex.luaX_syntaxerror(ls, luaString('too many jumps'));
  const { L } = ls;
  if (L.l_G.owner !== undefined) abortIfDue(L, runOf(L), now);
};
