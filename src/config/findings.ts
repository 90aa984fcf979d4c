import type { Problem } from './problem.ts';

/** Collects what is wrong while a file is gone through. */
export class Findings {
  readonly problems: Problem[] = [];

  add(problem: Problem): void {
    this.problems.push(problem);
  }
}
