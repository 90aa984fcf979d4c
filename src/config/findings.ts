import type { Problem } from './problem.ts';

/** Collects what is wrong while a file is gone through. */
export class ProblemList {
  readonly problems: Problem[] = [];

  add(problem: Problem): void {
    this.problems.push(problem);
  }
}
