import type { Fact, LogFact, TransitionFact } from './fact.ts';
import type { Head, Recording } from './recording-decoder.ts';
import { Sequence } from './sequence.ts';

/** What a recording proves, or what is wrong with it. */
export interface Verdict {
  readonly facts: number;
  /** `seq` of the first and last fact; 0 when there are none. */
  readonly first: number;
  readonly last: number;
  readonly runs: number;
  readonly taskRuns: number;
  /** Tasks that run at the end of a recording that has no end of the program in it. */
  readonly open: readonly string[];
  readonly cut: boolean;
  /** The end of the program is in it. */
  readonly ended: boolean;
  /** Sentences; empty: the recording is sound. */
  readonly problems: readonly string[];
}

/** Problems that are listed; the others are counted. */
const MOST_LISTED = 100;

class ProblemList {
  readonly #problems: string[] = [];
  #more = 0;

  add(problem: string): void {
    if (this.#problems.length < MOST_LISTED) this.#problems.push(problem);
    else this.#more += 1;
  }
  get all(): readonly string[] {
    return this.#more > 0 ? [...this.#problems, `and ${this.#more} more problems`] : this.#problems;
  }
}

/** Checks the facts of a recording, one after the other. */
class FactChecker {
  readonly #problems: ProblemList;
  readonly #sequence: Sequence;
  /** The facts have numbers that leave nothing out: a log has not. */
  readonly #numbered: boolean;
  readonly #states = new Map<string, string>();
  readonly #causes = new Map<string, string>();
  /** Tasks that run, by the history in the log, with the fact of their start. */
  readonly #history = new Map<string, number>();
  /** Runs and runs of tasks that have begun, as `show` counts them. */
  readonly #begun = { run: 0, task: 0 };
  #taskRuns = 0;
  #ended = false;
  /** Nothing is missing so far: what has an end had its start. */
  #whole: boolean;
  #gap = 0;
  #before: Fact | undefined;

  constructor(problems: ProblemList, sequence: Sequence, numbered: boolean, whole: boolean) {
    this.#problems = problems;
    this.#sequence = sequence;
    this.#numbered = numbered;
    this.#whole = whole;
  }

  check(fact: Fact): void {
    if (this.#numbered && this.#before !== undefined) this.#checkOrder(fact, this.#before);
    this.#before = fact;
    this.#checkCause(fact);
    if (fact.kind === 'transition') this.#checkTransition(fact);
    else if (fact.kind === 'log') this.#checkHistory(fact);
    else if (fact.kind === 'event') this.#ended ||= fact.item === null && isEnd(fact.message);
    else if (fact.kind === 'span' && fact.edge === 'start' && (fact.category === 'run' || fact.category === 'task'))
      this.#begun[fact.category] += 1;
  }

  /** Called after the last fact. */
  end(): Pick<Verdict, 'runs' | 'taskRuns' | 'open' | 'ended'> & { readonly last: number } {
    const open = [...this.#states].flatMap(([key, state]) =>
      key.startsWith('task/') && (state === 'running' || state === 'waiting') ? [key] : [],
    );
    if (this.#ended) {
      for (const key of open) this.#problems.add(`${key} has a start and no end`);
      for (const [key, seq] of this.#history)
        this.#problems.add(`task ${key} has a start in the history (fact ${seq}) and no end`);
    }
    return {
      last: this.#before?.seq ?? 0,
      // Without timespans, as in a plain log, what is known of runs is their names.
      runs: this.#begun.run || this.#causes.size,
      taskRuns: this.#begun.task || this.#taskRuns,
      ...{ open, ended: this.#ended },
    };
  }

  #checkOrder(fact: Fact, before: Fact): void {
    const { gaps } = this.#sequence;
    for (; (gaps[this.#gap]?.last ?? Number.POSITIVE_INFINITY) < fact.seq; this.#gap++) {
      // What happened there is not known: neither the states of items, nor what has begun or ended.
      this.#whole = false;
      this.#history.clear();
      this.#states.clear();
    }
    if (fact.kind !== 'repeat' && fact.mono < before.mono - 1)
      this.#problems.add(`fact ${fact.seq} is earlier than the one before it`);
  }

  #checkCause({ seq, run, cause }: Fact): void {
    if (run === null) return;
    const known = this.#causes.get(run);
    if (cause === null) {
      if (this.#numbered) this.#problems.add(`fact ${seq}: ${run} has no cause`);
    } else if ((known ?? cause) !== cause)
      this.#problems.add(`fact ${seq}: ${run} has the cause ${cause}, and had ${known}`);
    this.#causes.set(run, cause ?? '');
  }

  #checkTransition({ key, start, finish, seq }: TransitionFact): void {
    const known = this.#states.get(key);
    if (known !== undefined && known !== start && this.#numbered)
      this.#problems.add(`fact ${seq}: ${key} goes from ${start} to ${finish}, but was ${known}`);
    this.#states.set(key, finish);
    if (!key.startsWith('task/') || start === finish) return;
    if (finish === 'running') {
      // One that waits is tried again within its run.
      if (start !== 'waiting') this.#taskRuns += 1;
      if (known === 'running') this.#problems.add(`fact ${seq}: ${key} starts while it is running`);
    } else if (this.#numbered && start === 'running' && known === undefined && this.#whole)
      this.#problems.add(`fact ${seq}: ${key} ends without a start`);
  }

  #checkHistory({ seq, mark, context }: LogFact): void {
    if (!mark.startsWith('HIST/')) return;
    const key = `${context.item}/${context.itemId}`;
    if (mark !== 'HIST/START') {
      if (!this.#history.delete(key) && this.#whole)
        this.#problems.add(`fact ${seq}: task ${key} ends in the history without a start`);
      return;
    }
    if (this.#history.has(key))
      this.#problems.add(`fact ${seq}: task ${key} starts in the history while it is running`);
    this.#history.set(key, seq);
  }
}

/** Checks that a recording is whole: no gap, each start has its end, no task runs twice at once, each run has a cause. */
export const verify = ({ head, facts: found, cut, bad }: Recording): Verdict => {
  const problems = new ProblemList();
  for (const line of bad) problems.add(`line ${line} is neither a fact nor a record`);
  const numbered = head !== undefined;
  // A log has records, and the changes of state that these stand for.
  if (!numbered && found.some(({ kind }) => kind !== 'log' && kind !== 'transition'))
    problems.add('its first line is missing: what else is missing is not known');
  const sequence = new Sequence(numbered ? found : []);
  const facts = numbered ? sequence.facts : found;
  for (const problem of sequence.problems) problems.add(problem);
  const checker = new FactChecker(problems, sequence, numbered, facts[0]?.seq === 1 && bad.length === 0);
  // Records of the first format refer to other lines: when one is missing, some have no mark of the history.
  const marked = head?.journal !== 1 || (bad.length === 0 && sequence.problems.length === 0);
  for (const fact of facts) if (marked || !isHistory(fact)) checker.check(fact);
  const { last, ...counts } = checker.end();
  return {
    ...{ facts: found.length, first: facts[0]?.seq ?? 0, last },
    ...{ ...counts, cut, problems: problems.all },
  };
};

const isHistory = (fact: Fact): boolean => fact.kind === 'log' && fact.mark.startsWith('HIST/');

/** Whether a recording is that of a simulation. */
export const isSimulated = ({ pid }: Pick<Head, 'pid'>): boolean => pid === 0;

/** Who has written a recording: the process, or a simulation. */
export const writerOf = ({ version, pid }: Head): string =>
  `whenever ${version}, ${isSimulated({ pid }) ? 'simulated' : `process ${pid}`}`;

const isEnd = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && (message as { action?: unknown }).action === 'end';
