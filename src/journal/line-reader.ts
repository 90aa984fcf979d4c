import { type Context, LEVELS, type Level, type Mark } from '../log/record.ts';
import type { Fact, LogFact } from './fact.ts';
import { itemOf } from './item.ts';
import { SAYINGS_KEPT } from './sayings.ts';

/** What a line of records is when it is read; nothing is certain about it. */
interface Found extends Omit<LogFact, 'records' | 'told'> {
  readonly records?: unknown;
  readonly told?: unknown;
}

/** Who speaks how. */
export type Voice = Pick<LogFact, 'level' | 'mark' | 'context' | 'item'>;

interface Saying {
  readonly voice: Voice;
  readonly message: string;
}

const contextIn = (who: unknown): Context | undefined => {
  if (typeof who !== 'object' || who === null) return undefined;
  const { emitter, action, item, item_id: itemId } = who as Context & { readonly item_id: number | null };
  return typeof emitter === 'string' && typeof action === 'string' ? { emitter, action, item, itemId } : undefined;
};

const isCount = (n: number): boolean => Number.isInteger(n) && n > 0 && n <= SAYINGS_KEPT;

/** The facts of one line, as they are read. */
class FactsOfLine {
  readonly facts: Fact[] = [];
  /** The number of what is repeated next. */
  at = Number.NaN;
  readonly #envelope: Omit<LogFact, 'records' | 'told'>;
  readonly #unknown: Voice | undefined;
  readonly #told: ReadonlyMap<unknown, Saying>;
  readonly #unread: (seq: number, at: number) => void;
  #seq: number;
  #words = '';

  constructor(
    envelope: Omit<LogFact, 'records' | 'told'>,
    unknown: Voice | undefined,
    told: ReadonlyMap<unknown, Saying>,
    unread: (seq: number, at: number) => void,
  ) {
    this.#envelope = envelope;
    this.#unknown = unknown;
    this.#told = told;
    this.#unread = unread;
    this.#seq = envelope.seq;
  }

  add(voice = this.#unknown, message?: string): void {
    if (voice && message !== undefined) this.facts.push({ ...this.#envelope, seq: this.#seq, ...voice, message });
    else this.#unread(this.#seq, this.facts.length);
    this.#seq += 1;
    this.at += 1;
  }

  /** What was recorded before: so many times, or once in these words (0: those before them). Returns false when it is neither. */
  repeat(one: unknown): boolean {
    if (Number.isNaN(this.at)) return false;
    if (typeof one === 'number' && isCount(one)) for (let i = 0; i < one; i++) this.#addAgain();
    else if (typeof one === 'string' || one === 0) {
      if (one !== 0) this.#words = one;
      this.add(this.#told.get(this.at)?.voice, this.#words);
    } else return false;
    return true;
  }

  #addAgain(): void {
    const { voice, message = this.#unknown && '' }: Partial<Saying> = this.#told.get(this.at) ?? {};
    this.add(voice, message);
  }
}

/** Reads lines of one recording, in order; `line.ts` says what they are made of. */
export class LineReader {
  readonly #voices = new Map<unknown, Voice>();
  readonly #told = new Map<unknown, Saying>();
  readonly #unread: (seq: number, at: number) => void;

  /** @param unread hears of each record that says what was told in a line that was not read; so many facts of its line are before it. */
  constructor(unread: (seq: number, at: number) => void = () => {}) {
    this.#unread = unread;
  }
  /** Another file begins. */
  begin(): void {
    this.#voices.clear();
    this.#told.clear();
  }
  /** The facts of a line, in order; none: it is no such line. `unknown`: stands for voices of lines that were not read. */
  facts(found: Fact, unknown?: Voice): readonly Fact[] {
    return found.kind !== 'log' || 'context' in found ? [found] : this.#records(found as Found, unknown);
  }

  #records({ records, told, ...envelope }: Found, unknown: Voice | undefined): Fact[] {
    if (!Array.isArray(records)) return [];
    const line = new FactsOfLine(envelope, unknown, this.#told, this.#unread);
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
  /** A record with who speaks and what is said. Returns false when it is not one. */
  #addInFull(line: FactsOfLine, [who, message]: readonly unknown[], number: number): boolean {
    const voice = this.#voice(who);
    if (typeof message !== 'string' || (typeof who !== 'number' && !voice)) return false;
    if (voice) this.#remember(number, { voice, message });
    line.add(voice, message);
    return true;
  }
  #remember(number: number, saying: Saying): void {
    if (Number.isNaN(number)) return;
    this.#told.set(number, saying);
    this.#told.delete(number - SAYINGS_KEPT);
  }
  #voice(told: unknown): Voice | undefined {
    if (!Array.isArray(told)) return this.#voices.get(told);
    const [level, mark, who, number] = told as [Level, Mark, unknown, unknown];
    const context = contextIn(who);
    if (!LEVELS.includes(level) || typeof mark !== 'string' || !context) return undefined;
    const voice = { item: itemOf(context), level, context, mark };
    if (number !== undefined) this.#voices.set(number, voice);
    return voice;
  }
}
