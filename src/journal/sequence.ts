import type { Fact } from './fact.ts';

/** Numbers in a row whose facts are missing. */
export interface Gap {
  readonly first: number;
  readonly last: number;
}

const sentence = ({ first, last }: Gap): string =>
  first === last ? `fact ${first} is missing` : `facts ${first} to ${last} are missing`;

/** The facts of a recording in the order of their numbers, and what is wrong with these. */
export class Sequence {
  /** Each number once. */
  readonly facts: readonly Fact[];
  /** In order. */
  readonly gaps: readonly Gap[];
  /** Sentences. */
  readonly problems: readonly string[];

  constructor(facts: readonly Fact[]) {
    const disorder: string[] = [];
    for (const [i, { seq }] of facts.entries()) {
      const before = facts[i - 1]?.seq ?? 0;
      if (i > 0 && seq <= before) disorder.push(`fact ${seq} comes after fact ${before}`);
    }
    this.facts = disorder.length === 0 ? facts : inOrder(facts);
    const gaps: Gap[] = [];
    for (const [i, { seq }] of this.facts.entries()) {
      const before = this.facts[i - 1]?.seq ?? seq;
      if (seq > before + 1) gaps.push({ first: before + 1, last: seq - 1 });
    }
    this.gaps = gaps;
    this.problems = [...disorder, ...gaps.map(sentence)];
  }
}

const inOrder = (facts: readonly Fact[]): readonly Fact[] => {
  const sorted = [...facts].sort((a, b) => a.seq - b.seq);
  return sorted.filter(({ seq }, i) => seq !== sorted[i - 1]?.seq);
};
