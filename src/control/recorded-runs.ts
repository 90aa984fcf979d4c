import { lastLineOf, type RunLine, type RunOutcome } from '../history/history-line.ts';
import { HistoryState, isFailure } from '../history/history-state.ts';
import { type LastOutcome, lastOutcome } from '../history/last-outcome.ts';
import type { TransitionFact } from '../journal/fact.ts';

/** The states of a task after a run. */
const OUTCOMES: Readonly<Record<string, RunOutcome>> = {
  succeeded: 'success',
  failed: 'failure',
  indeterminate: 'none',
  error: 'error',
};
/** The states of a condition in a run. Recordings of earlier versions have `busy`. */
const IN_RUN = new Set(['running', 'queued', 'busy']);

interface OpenRun {
  readonly began: TransitionFact;
  readonly condition: string;
  readonly tasks: {
    readonly task: string;
    readonly outcome: RunOutcome;
    readonly reason: string;
    readonly lastLine: string | undefined;
  }[];
}

const iso = (ms: number): string => new Date(ms).toISOString();
const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** What the transitions of a recording say of runs. */
export class RecordedRuns {
  readonly #state = new HistoryState();
  readonly #open = new Map<string, OpenRun>();
  readonly #tasks = new Map<string, TransitionFact>();

  /** The last run of `condition/NAME` or `task/NAME`; null: the recording has none. */
  lastRun(item: string): LastOutcome | null {
    const summary = this.#state.runsOf(item);
    return summary === undefined ? null : lastOutcome(summary);
  }

  /** Takes the next transition. */
  add(fact: TransitionFact): void {
    if (fact.run === null) return;
    if (fact.key.startsWith('task/')) this.#task(fact, fact.run);
    else if (fact.key.startsWith('condition/')) this.#condition(fact, fact.run);
  }

  #task(fact: TransitionFact, run: string): void {
    if (fact.finish === 'running') {
      // A task with retries begins again within the same run.
      if (this.#tasks.get(fact.key)?.run !== run) this.#tasks.set(fact.key, fact);
      return;
    }
    const began = this.#tasks.get(fact.key);
    const outcome = OUTCOMES[fact.finish];
    if (outcome === undefined || began?.run !== run) return;
    this.#tasks.delete(fact.key);
    const open = this.#open.get(run);
    const task = nameOf(fact.key);
    const output = fact.output === undefined ? {} : { stdout: fact.output };
    open?.tasks.push({ task, outcome, reason: fact.why, lastLine: lastLineOf(output) });
    this.#state.apply({
      ...{ kind: 'task', time: iso(fact.time), session: '', task, condition: open?.condition ?? '', run },
      ...{ cause: fact.cause ?? '', began: iso(began.time), seconds: (fact.mono - began.mono) / 1000 },
      ...{ outcome, code: '', why: fact.why },
      ...output,
    });
  }

  #condition(fact: TransitionFact, run: string): void {
    if (IN_RUN.has(fact.finish)) {
      if (!this.#open.has(run)) this.#open.set(run, { began: fact, condition: nameOf(fact.key), tasks: [] });
      return;
    }
    const open = this.#open.get(run);
    if (open === undefined || open.tasks.length === 0) return;
    this.#open.delete(run);
    const { began, condition, tasks } = open;
    const decided = tasks.find(({ outcome }) => isFailure(outcome)) ?? tasks.at(-1)!;
    const success = tasks.every(({ outcome }) => outcome === 'none') ? 'none' : 'success';
    const line: RunLine = {
      ...{ kind: 'run', time: iso(fact.time), session: '', condition, run, cause: fact.cause ?? '' },
      ...{ began: iso(began.time), seconds: (fact.mono - began.mono) / 1000, why: began.why },
      tasks: tasks.map(({ task, outcome }) => ({ task, outcome })),
      ...{ outcome: isFailure(decided.outcome) ? 'failure' : success, task: decided.task, reason: decided.reason },
      ...(decided.lastLine === undefined ? {} : { last_line: decided.lastLine }),
    };
    this.#state.apply(line);
  }
}
