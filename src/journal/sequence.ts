import type { Fact } from './fact.ts';
import type { Unread } from './recording.ts';

/** Numbers in a row whose facts are not known. */
export interface Gap {
  readonly first: number;
  readonly last: number;
  /** `unread`: they are there, and say what was told in lines that are not. */
  readonly kind: 'missing' | 'unread';
}

const between = ({ first, last }: Gap, one: string, more: string): string =>
  first === last ? `fact ${first} ${one}` : `facts ${first} to ${last} ${more}`;

const sentence = (gap: Gap): string =>
  gap.kind === 'missing'
    ? between(gap, 'is missing', 'are missing')
    : between(gap, 'is there, but refers to words that are not', 'are there, but refer to words that are not');

const ascending = (numbers: readonly number[]): boolean =>
  numbers.every((n, i) => i === 0 || n > (numbers[i - 1] ?? n));

/** The facts of a recording in the order of their numbers, and what is wrong with these. */
export class Sequence {
  /** Each number once. */
  readonly facts: readonly Fact[];
  /** In order. */
  readonly gaps: readonly Gap[];
  /** Sentences. */
  readonly problems: readonly string[];
  /** The last number; 0: there is none. */
  readonly last: number;

  constructor(facts: readonly Fact[], unread: readonly Unread[]) {
    const numbers: number[] = [];
    let next = 0;
    const before = (place: number): void => {
      for (; (unread[next]?.at ?? Number.POSITIVE_INFINITY) <= place; next++) numbers.push(unread[next]?.seq ?? 0);
    };
    for (const [i, { seq }] of facts.entries()) {
      before(i);
      numbers.push(seq);
    }
    before(facts.length);
    const disorder: string[] = [];
    for (const [i, n] of numbers.entries()) {
      const one = numbers[i - 1];
      if (one !== undefined && n <= one) disorder.push(`fact ${n} comes after fact ${one}`);
    }
    if (!ascending(numbers)) numbers.sort((a, b) => a - b);
    this.facts = ascending(facts.map(({ seq }) => seq)) ? facts : inOrder(facts);
    const without = new Set(unread.map(({ seq }) => seq));
    for (const { seq } of facts) without.delete(seq);
    const gaps: Gap[] = [];
    const add = (kind: Gap['kind'], first: number, last: number): void => {
      const open = gaps.at(-1);
      if (open?.kind === kind && open.last + 1 === first) gaps[gaps.length - 1] = { ...open, last };
      else gaps.push({ kind, first, last });
    };
    for (const [i, n] of numbers.entries()) {
      const one = numbers[i - 1];
      if (one !== undefined && n > one + 1) add('missing', one + 1, n - 1);
      if (without.delete(n)) add('unread', n, n);
    }
    this.gaps = gaps;
    this.problems = [...disorder, ...gaps.map(sentence)];
    this.last = numbers.at(-1) ?? 0;
  }
}

const inOrder = (facts: readonly Fact[]): readonly Fact[] => {
  const sorted = [...facts].sort((a, b) => a.seq - b.seq);
  return sorted.filter(({ seq }, i) => seq !== sorted[i - 1]?.seq);
};
