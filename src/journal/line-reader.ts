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
    const facts: Fact[] = [];
    let { seq } = envelope;
    let words = '';
    let [at, number] = [Number.NaN, typeof told === 'number' ? told : Number.NaN];
    const say = (voice: Voice | undefined, message: string | undefined): void => {
      if (voice && message !== undefined) facts.push({ ...envelope, seq, ...voice, message });
      else this.#unread(seq, facts.length);
      seq += 1;
      at += 1;
    };
    for (const one of records as unknown[]) {
      if ((typeof one === 'string' || typeof one === 'number') && Number.isNaN(at)) return facts;
      if (typeof one === 'string' || one === 0) {
        words = one === 0 ? words : one;
        say(this.#told.get(at)?.voice ?? unknown, words);
      } else if (typeof one === 'number' && isCount(one))
        for (let i = 0; i < one; i++) {
          const { voice = unknown, message = unknown && '' }: Partial<Saying> = this.#told.get(at) ?? {};
          say(voice, message);
        }
      else if (!Array.isArray(one)) return facts;
      else if (one.length === 1) at = Number(one[0]);
      else {
        const [who, message] = one as unknown[];
        const voice = this.#voice(who);
        if (typeof message !== 'string' || (typeof who !== 'number' && !voice)) return facts;
        if (voice) this.#remember(number, { voice, message });
        number += 1;
        say(voice ?? unknown, message);
      }
    }
    return facts;
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
