import { type Context, LEVELS, type Level, type Mark } from '../log/record.ts';
import type { Fact, LogFact, TransitionFact } from './fact.ts';
import { itemOf } from './item.ts';

// The first format of recordings, which is only read. The log records of one millisecond and one origin are one line: what the first of
// them has in its envelope, then `records`, numbered in order:
//
//   [who, message]   in full. `who` is [level, mark, context, N] for the first time in a file, then N. What is in full is numbered:
//                    the first of a line is number `told`, the next `told` + 1, and so on.
//   [n]              not a record: what follows is as from number n on. Each record goes on to the next number.
//   4                the next four records are equal to those numbers.
//   "message"        the next record is like that number, with another message.
//   0                the same, with the message that came last in this way in the line.

/** So many records in full can be referred to: the last ones. */
const KEPT = 1 << 16;

/** A line of records; nothing is certain about it. */
interface Found extends Omit<LogFact, 'records' | 'told'> {
  readonly records?: unknown;
  readonly told?: unknown;
}

type Source = Pick<LogFact, 'level' | 'mark' | 'context' | 'item'>;

interface Full {
  readonly source: Source;
  readonly message: string;
}

/** Stands for a record that refers to a line that was not read. */
const UNKNOWN: Full = {
  source: {
    item: null,
    level: 'trace',
    mark: 'PROC/MSG',
    context: { emitter: 'MAIN', action: 'active', item: null, itemId: null },
  },
  message: '(this record refers to a line that is not there)',
};

const contextIn = (who: unknown): Context | undefined => {
  if (typeof who !== 'object' || who === null) return undefined;
  const { emitter, action, item, item_id: itemId } = who as Context & { readonly item_id: number | null };
  return typeof emitter === 'string' && typeof action === 'string' ? { emitter, action, item, itemId } : undefined;
};

const isCount = (n: number): boolean => Number.isInteger(n) && n > 0 && n <= KEPT;

/** The states of conditions that have another name now. */
const RENAMED: Readonly<Record<string, string>> = { idle: 'no-tasks', busy: 'queued' };

/** What a command did to a condition, as its reason begins. */
const BY_COMMAND = /^(?:reset|suspended|resumed and reset) by a command/;
/** The condition of an event, in the reason of what came of it. */
const CONDITION_OF = /^condition (\w+) /;

/** A transition with the names of today, and with what only its reason says in this format. */
const transitionNow = (fact: TransitionFact): TransitionFact => {
  const { key, start, finish, why } = fact;
  const concerned = key.startsWith('event/') ? CONDITION_OF.exec(why)?.[1] : undefined;
  if (concerned !== undefined) return { ...fact, concerns: `condition/${concerned}` };
  if (!key.startsWith('condition/')) return fact;
  return {
    ...fact,
    start: RENAMED[start] ?? start,
    finish: RENAMED[finish] ?? finish,
    ...(BY_COMMAND.test(why) ? { code: 'command' } : {}),
  };
};

const renamed = (fact: Fact): Fact => {
  if (fact.kind === 'transition') return transitionNow(fact);
  if (fact.kind !== 'span' || fact.category !== 'skipped') return fact;
  const timeline = fact.timeline as { readonly reason?: unknown } | null;
  return timeline?.reason === 'given-up' ? { ...fact, timeline: { ...timeline, reason: 'exhausted' } } : fact;
};

/** The facts of one line of records. */
class FactsOfLine {
  readonly facts: Fact[] = [];
  /** The number of what is repeated next. */
  at = Number.NaN;
  readonly #envelope: Omit<LogFact, keyof Source | 'message'>;
  readonly #full: ReadonlyMap<unknown, Full>;
  #seq: number;
  #words = '';

  constructor(envelope: Omit<LogFact, keyof Source | 'message'>, full: ReadonlyMap<unknown, Full>) {
    this.#envelope = envelope;
    this.#full = full;
    this.#seq = envelope.seq;
  }

  add({ source, message }: Full): void {
    this.facts.push({ ...this.#envelope, seq: this.#seq, ...source, message });
    this.#seq += 1;
    this.at += 1;
  }
  /** What was recorded before: so many times, or once in these words (0: those before them). Returns false when it is neither. */
  repeat(one: unknown): boolean {
    if (Number.isNaN(this.at)) return false;
    if (typeof one === 'number' && isCount(one)) for (let i = 0; i < one; i++) this.add(this.#before);
    else if (typeof one === 'string' || one === 0) {
      if (one !== 0) this.#words = one;
      this.add({ source: this.#before.source, message: this.#words });
    } else return false;
    return true;
  }

  get #before(): Full {
    return this.#full.get(this.at) ?? UNKNOWN;
  }
}

/** Reads the lines of one recording of the first format, in order: one of these for each file. */
export class RecordingV1 {
  readonly #sources = new Map<unknown, Source>();
  readonly #full = new Map<unknown, Full>();

  /** The facts of a line, in order; none: it is not a line of this format. */
  facts(found: Fact): readonly Fact[] {
    return found.kind !== 'log' || 'context' in found ? [renamed(found)] : this.#records(found as Found);
  }

  #records({ records, told, ...envelope }: Found): Fact[] {
    if (!Array.isArray(records)) return [];
    const line = new FactsOfLine(envelope, this.#full);
    let number = typeof told === 'number' ? told : Number.NaN;
    for (const one of records as unknown[]) {
      if (!Array.isArray(one)) {
        if (!line.repeat(one)) break;
        continue;
      }
      if (one.length === 1) line.at = Number(one[0]);
      else if (!this.#addInFull(line, one, number)) break;
      else number += 1;
    }
    return line.facts;
  }
  /** Returns false when it is not a record. */
  #addInFull(line: FactsOfLine, [who, message]: readonly unknown[], number: number): boolean {
    const source = this.#source(who);
    if (typeof message !== 'string' || (typeof who !== 'number' && !source)) return false;
    if (source) this.#keep(number, { source, message });
    line.add({ source: source ?? UNKNOWN.source, message });
    return true;
  }
  #keep(number: number, full: Full): void {
    if (Number.isNaN(number)) return;
    this.#full.set(number, full);
    this.#full.delete(number - KEPT);
  }
  #source(who: unknown): Source | undefined {
    if (!Array.isArray(who)) return this.#sources.get(who);
    const [level, mark, inner, number] = who as [Level, Mark, unknown, unknown];
    const context = contextIn(inner);
    if (!LEVELS.includes(level) || typeof mark !== 'string' || !context) return undefined;
    const source = { item: itemOf(context), level, context, mark };
    if (number !== undefined) this.#sources.set(number, source);
    return source;
  }
}
