import { LEVELS, type Mark } from '../log/record.ts';
import type { Fact, LogFact } from './fact.ts';
import { itemOf } from './item.ts';

/** What a JSON record holds, with what `--log-ids` adds. */
interface Line {
  readonly header: { readonly level: string; readonly time: string };
  readonly contents: {
    readonly context: {
      readonly action: string;
      readonly emitter: string;
      readonly item: string | null;
      readonly item_id: number | null;
    };
    readonly message: string;
    readonly message_type: { readonly status: string; readonly when: string };
  };
  readonly journal?: { readonly seq: number; readonly run: string | null; readonly cause: string | null };
}

const HISTORY = /^(OK|FAIL|IND|ERR)\/trigger:([a-zA-Z_][a-zA-Z0-9_]*) (.*)$/s;
const STATES = { OK: 'succeeded', FAIL: 'failed', IND: 'indeterminate', ERR: 'error' } as const;
type TaskOutcome = keyof typeof STATES;

/** What a condition that is left out is, by the words of the record that says so. */
const LEFT_OUT: readonly (readonly [words: RegExp, state: string])[] = [
  [/suspen/i, 'suspended'],
  [/retr/i, 'exhausted'],
  [/success|finish/i, 'finished'],
  [/no tasks/i, 'no-tasks'],
];

/** The state of a condition whose check was left out. */
const stateOfLeftOut = ({ mark, message }: LogFact): string | undefined =>
  mark === 'PROC/MSG' ? LEFT_OUT.find(([words]) => words.test(message))?.[1] : undefined;

/** Whether a condition says something of its check. Other records are written while it is tested or made (number 0). */
const fromCondition = ({ emitter, action, itemId }: LogFact['context']): boolean =>
  emitter === 'CONDITION' && action === 'active' && itemId !== 0;

/** Whether a record of a condition shows that no task of its last run is running any more. */
const isAfterRun = ({ mark, message }: LogFact): boolean =>
  mark === 'START/MSG' || (mark === 'END/OK' && !/\bpositive\b/.test(message));

/** What a record reports of a check after which nothing runs. */
const checkedInVain = ({ mark, level, message }: LogFact): string | undefined => {
  if (mark === 'END/OK' && /\bnegative\b/.test(message)) return 'the check was negative';
  // A run that failed has such a record, too.
  return mark === 'END/FAIL' && level === 'warn' && /^(?!task ).*outcome/.test(message)
    ? 'the check had no outcome'
    : undefined;
};

/** A run of the tasks of a condition. */
interface Run {
  readonly id: string;
  /** Tasks that run now. */
  tasks: number;
  /** What came of those that failed. */
  readonly failures: string[];
  /** When the last one ended, monotonic ms. */
  ended: number;
}
/** A condition that goes on within this time has not ended its run, in ms: tasks in sequence follow on each other. */
const PAUSE_MS = 1000;

/**
 * Reads JSON records one by one, and makes the story of tasks and conditions out of their history and of what conditions say
 * of their checks. Times have no zone: they are taken as local ones. What is no record makes nothing.
 */
export const jsonLogImport = (): ((line: object) => Fact[]) => {
  let seq = 0;
  let runs = 0;
  /** Of the first record: the monotonic clock begins there. */
  let first: number | undefined;
  const states = new Map<string, string>();
  /** Runs by their condition. */
  const open = new Map<string, Run>();
  const checking = new Set<string>();
  let made: Fact[] = [];

  const to = ({ time, mono, cause }: LogFact, key: string, finish: string, why: string, run: string | null): void => {
    const start = states.get(key) ?? (key.startsWith('task/') ? 'idle' : 'waiting');
    states.set(key, finish);
    seq += 1;
    made.push({ kind: 'transition', seq, time, mono, item: key, run, cause, key, start, finish, why });
  };

  /** Ends the run of a condition when no task of it runs any more: only what comes later tells that. */
  const close = (fact: LogFact, condition: string): void => {
    const run = open.get(condition);
    if (run === undefined || run.tasks > 0) return;
    open.delete(condition);
    const why = run.failures.length > 0 ? run.failures.join('; ') : 'its tasks have run without a failure';
    to(fact, `condition/${condition}`, 'waiting', why, run.id);
  };

  /** The run of a condition: the open one, or a new one. */
  const runOf = (fact: LogFact, condition: string): Run => {
    const known = open.get(condition);
    if (known !== undefined) return known;
    const run = { id: fact.run ?? `run-${++runs}`, tasks: 0, failures: [], ended: 0 };
    open.set(condition, run);
    to(fact, `condition/${condition}`, 'running', 'the check was positive', run.id);
    return run;
  };

  const taskStarted = (fact: LogFact, task: string, condition: string): void => {
    checking.delete(`condition/${condition}`);
    const run = runOf(fact, condition);
    run.tasks += 1;
    to(fact, task, 'running', `run by condition ${condition}`, run.id);
  };

  const taskFinished = (fact: LogFact, task: string, condition: string, outcome: TaskOutcome, text: string): void => {
    const run = open.get(condition);
    to(fact, task, STATES[outcome], text, run?.id ?? fact.run);
    if (run === undefined) return;
    run.tasks -= 1;
    run.ended = fact.mono;
    if (outcome === 'FAIL') run.failures.push(`task ${fact.context.item} failed: ${text}`);
    else if (outcome === 'ERR') run.failures.push(`task ${fact.context.item} ended with an error: ${text}`);
  };

  const history = (fact: LogFact): void => {
    const [, outcome, condition, text = ''] = HISTORY.exec(fact.message) ?? [];
    if (condition === undefined || fact.item === null) return;
    if (fact.mark === 'HIST/START') taskStarted(fact, fact.item, condition);
    else taskFinished(fact, fact.item, condition, outcome as TaskOutcome, text);
  };

  const leftOut = (fact: LogFact, condition: string): void => {
    const state = stateOfLeftOut(fact);
    if (state !== undefined) to(fact, condition, state, fact.message.replace(/^check skipped: /, ''), null);
  };

  /** What a condition says of its check. */
  const condition = (fact: LogFact): void => {
    const { item, level, mark, context } = fact;
    if (item === null || context.item === null) return;
    const inVain = checkedInVain(fact);
    if (mark === 'PROC/OK' && level === 'trace') {
      close(fact, context.item);
      checking.add(item);
    } else if (inVain !== undefined) {
      checking.delete(item);
      to(fact, item, 'waiting', inVain, null);
    } else if (isAfterRun(fact)) close(fact, context.item);
    else if (!checking.has(item) && !open.has(context.item)) leftOut(fact, item);
  };

  /** The record itself. @returns undefined for a record without a level or a time. @throws TypeError for one without its parts */
  const read = ({ header, contents, journal }: Line): LogFact | undefined => {
    const level = LEVELS.find((one) => one === header.level.trim().toLowerCase());
    const time = Date.parse(header.time);
    if (level === undefined || Number.isNaN(time)) return;
    first ??= time;
    const { emitter, action, item, item_id: itemId } = contents.context;
    const context = { emitter, action, item, itemId };
    const { when, status } = contents.message_type;
    seq = Math.max(seq + 1, journal?.seq ?? 0);
    const [run, cause] = [journal?.run ?? null, journal?.cause ?? null];
    return {
      ...{ kind: 'log', seq, time, mono: time - first, item: itemOf(context), run, cause, level, context },
      ...{ mark: `${when}/${status}` as Mark, message: contents.message },
    };
  };

  return (found) => {
    try {
      const fact = read(found as Line);
      if (fact === undefined) return [];
      made = [fact];
      for (const [name, { tasks, ended }] of open) if (tasks <= 0 && fact.mono - ended >= PAUSE_MS) close(fact, name);
      if (fact.mark.startsWith('HIST/')) history(fact);
      else if (fromCondition(fact.context)) condition(fact);
      return made;
    } catch {
      return [];
    }
  };
};
