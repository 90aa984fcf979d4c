import type { Fact, TransitionFact } from './fact.ts';
import type { Head, Recording } from './recording.ts';
import { type Gap, Sequence } from './sequence.ts';

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

/** Problems that are told one by one. */
const MOST_TOLD = 100;

/** Holds the facts of a recording together: no gap, each start its end, no task twice at once, no run without a cause. */
export const verify = ({ head, facts: found, cut, bad, unread = [] }: Recording): Verdict => {
  const problems: string[] = [];
  let untold = 0;
  const say = (problem: string): void => {
    if (problems.length < MOST_TOLD) problems.push(problem);
    else untold += 1;
  };
  for (const line of bad) say(`line ${line} is neither a fact nor a record`);
  const numbered = head !== undefined;
  // A log has records, and the changes of state that these stand for.
  if (!numbered && found.some(({ kind }) => kind !== 'log' && kind !== 'transition'))
    say('its first line is missing: what else is missing is not known');
  const sequence = new Sequence(found, numbered ? unread : []);
  const facts = numbered ? sequence.facts : found;
  if (numbered) for (const problem of sequence.problems) say(problem);
  const states = new Map<string, string>();
  const causes = new Map<string, string>();
  const history = new Map<string, number>();
  /** Runs and runs of tasks that have begun, as `show` counts them. */
  const begun = { run: 0, task: 0 };
  let taskRuns = 0;
  let ended = false;
  /** Nothing is missing so far: what has an end had its start. */
  let whole = facts[0]?.seq === 1 && bad.length === 0;
  let gap = 0;
  let before: Fact | undefined;

  const move = (fact: TransitionFact): void => {
    const { key, start, finish, seq } = fact;
    const known = states.get(key);
    if (known !== undefined && known !== start && numbered)
      say(`fact ${seq}: ${key} goes from ${start} to ${finish}, but was ${known}`);
    states.set(key, finish);
    if (!key.startsWith('task/') || start === finish) return;
    if (finish === 'running') {
      taskRuns += 1;
      if (known === 'running') say(`fact ${seq}: ${key} starts while it is running`);
    } else if (numbered && start === 'running' && known === undefined && whole)
      say(`fact ${seq}: ${key} ends without a start`);
  };

  for (const fact of facts) {
    const { seq, run, cause } = fact;
    if (numbered && before !== undefined) {
      let unknown: Gap['kind'] | undefined;
      for (; (sequence.gaps[gap]?.last ?? Number.POSITIVE_INFINITY) < seq; gap++)
        if (unknown !== 'missing') unknown = sequence.gaps[gap]?.kind;
      if (unknown !== undefined) {
        // What happened there is not known: not how items stand, nor what has begun or ended.
        whole = false;
        history.clear();
        // Changes of state are never told by what others say.
        if (unknown === 'missing') states.clear();
      }
      if (fact.kind !== 'repeat' && fact.mono < before.mono - 1) say(`fact ${seq} is earlier than the one before it`);
    }
    before = fact;
    if (run !== null) {
      if (cause === null) {
        if (numbered) say(`fact ${seq}: ${run} has no cause`);
      } else if ((causes.get(run) ?? cause) !== cause)
        say(`fact ${seq}: ${run} has the cause ${cause}, and had ${causes.get(run)}`);
      causes.set(run, cause ?? '');
    }
    if (fact.kind === 'transition') move(fact);
    else if (fact.kind === 'span') {
      if (fact.edge === 'start' && (fact.category === 'run' || fact.category === 'task')) begun[fact.category] += 1;
    } else if (fact.kind === 'event') ended ||= fact.item === null && isEnd(fact.message);
    else if (fact.kind === 'log' && fact.mark.startsWith('HIST/')) {
      const key = `${fact.context.item}/${fact.context.itemId}`;
      if (fact.mark === 'HIST/START') {
        if (history.has(key)) say(`fact ${seq}: task ${key} starts in the history while it is running`);
        history.set(key, seq);
      } else if (!history.delete(key) && whole) say(`fact ${seq}: task ${key} ends in the history without a start`);
    }
  }
  const open = [...states].filter(([key, state]) => key.startsWith('task/') && state === 'running').map(([key]) => key);
  if (ended) {
    for (const key of open) say(`${key} has a start and no end`);
    for (const [key, seq] of history) say(`task ${key} has a start in the history (fact ${seq}) and no end`);
  }
  if (untold > 0) problems.push(`and ${untold} more problems`);
  return {
    ...{ facts: found.length, first: facts[0]?.seq ?? 0, last: Math.max(before?.seq ?? 0, sequence.last) },
    // Without timespans, as in a plain log, what is known of runs is their names.
    ...{ runs: begun.run || causes.size, taskRuns: begun.task || taskRuns },
    ...{ open, cut, ended, problems },
  };
};

/** Whether a recording is that of a simulation. */
export const isSimulated = ({ pid }: Pick<Head, 'pid'>): boolean => pid === 0;

/** Who has written a recording: the process, or a simulation. */
export const writerOf = ({ version, pid }: Head): string =>
  `whenever ${version}, ${isSimulated({ pid }) ? 'simulated' : `process ${pid}`}`;

const isEnd = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && (message as { action?: unknown }).action === 'end';
