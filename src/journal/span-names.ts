/** What a span of the daemon is, and its data. */
interface SpanKind {
  readonly meaning: string;
  /** The section of the item it belongs to, or the scheduler; a command or script belongs to the task or condition that runs it. */
  readonly of: 'scheduler' | 'condition' | 'task' | 'task or condition';
  /** The word that its id begins with, before a number; another one than the name where causes are called that. */
  readonly id: string;
  /** Keys of its data at its start, and at its finish; not every key has a value each time. */
  readonly startKeys: readonly string[];
  readonly finishKeys: readonly string[];
}

/** The spans of the daemon, in the order in which one leads to the other. */
export const SPANS = {
  startup: {
    meaning: 'From the start of the program until conditions can be checked.',
    ...{ of: 'scheduler', id: 'start', startKeys: ['file'], finishKeys: ['outcome', 'conditions', 'tasks', 'events'] },
  },
  reload: {
    meaning: 'Another configuration is read, checked and put in place.',
    ...{ of: 'scheduler', id: 'reload', startKeys: ['file'] },
    finishKeys: ['outcome', 'added', 'changed', 'removed', 'kept', 'problems'],
  },
  pause: {
    meaning: 'The scheduler is paused: no condition is checked.',
    ...{ of: 'scheduler', id: 'pause', startKeys: [], finishKeys: ['by'] },
  },
  tick: {
    meaning: 'The checks of one tick are begun; what takes longer goes on after it.',
    ...{ of: 'scheduler', id: 'tick', startKeys: ['late_ms'], finishKeys: ['visited', 'due'] },
  },
  wait: {
    meaning: 'An event has fired, and its condition has not been checked yet.',
    ...{ of: 'condition', id: 'wait', startKeys: ['condition'], finishKeys: ['outcome'] },
  },
  check: {
    meaning: 'A condition that was due is checked.',
    ...{ of: 'condition', id: 'check', startKeys: ['condition'], finishKeys: ['outcome', 'why'] },
  },
  held: {
    meaning: 'A check has passed, and the tasks wait until the guards of the condition hold.',
    ...{ of: 'condition', id: 'held', startKeys: ['condition', 'guard'], finishKeys: ['outcome', 'why', 'joined'] },
  },
  run: {
    meaning:
      'The tasks of a condition run; `queued_ms`: how long the run has waited for the end of the one before, if it has.',
    ...{
      of: 'condition',
      id: 'run',
      startKeys: ['condition', 'tasks', 'sequence', 'catch_up', 'held_ms', 'queued_ms'],
      finishKeys: ['outcome', 'executed', 'of'],
    },
  },
  hook: {
    meaning: 'The tasks of a hook of a condition run, because of how a run of it went.',
    ...{ of: 'condition', id: 'run', startKeys: ['condition', 'hook', 'tasks'] },
    finishKeys: ['outcome', 'executed', 'of'],
  },
  task: {
    meaning: 'A task runs; `queued_ms`: how long it has waited for another run of it, if it has.',
    ...{
      of: 'task',
      id: 'task',
      startKeys: ['task', 'condition', 'queued_ms'],
      finishKeys: ['outcome', 'why', 'attempts', 'output'],
    },
  },
  attempt: {
    meaning: 'A task that has `retries` is tried, once or again.',
    ...{ of: 'task', id: 'attempt', startKeys: ['task', 'attempt', 'of'], finishKeys: ['outcome', 'why'] },
  },
  delay: {
    meaning: 'An attempt has failed, and the task waits for the next one; `ended`: what has ended the wait early.',
    ...{ of: 'task', id: 'delay', startKeys: ['task', 'after', 'seconds'], finishKeys: ['ended'] },
  },
  command: {
    meaning: 'A program runs.',
    ...{ of: 'task or condition', id: 'process', startKeys: ['command', 'args'] },
    finishKeys: [
      ...['outcome', 'how', 'exit_status', 'signal', 'rule', 'pid'],
      ...['stdout_bytes', 'stderr_bytes', 'cpu_ms', 'peak_bytes'],
    ],
  },
  lua: {
    meaning: 'A script runs.',
    ...{ of: 'task or condition', id: 'script', startKeys: [], finishKeys: ['outcome', 'how', 'rule'] },
  },
} as const satisfies Readonly<Record<string, SpanKind>>;

/** The name of one of {@link SPANS}: its category. */
export type SpanName = keyof typeof SPANS;

/** What a decision of the daemon is, and its data. */
interface InstantKind {
  readonly meaning: string;
  readonly of: 'scheduler' | 'condition' | 'event';
  readonly keys: readonly string[];
}

/** The decisions of the daemon, which have no duration. */
export const INSTANTS = {
  fired: { meaning: 'An event has fired.', of: 'event', keys: ['event', 'condition', 'count'] },
  skipped: {
    meaning: 'A condition is left out, for the first time with this reason; without a condition: all are.',
    ...{ of: 'condition', keys: ['condition', 'reason'] },
  },
  retry: {
    meaning: 'Tasks have failed, and the next success of the check runs them again.',
    ...{ of: 'condition', keys: ['condition', 'left'] },
  },
  broken: {
    meaning: 'A sequence of tasks is broken off.',
    ...{ of: 'condition', keys: ['condition', 'on', 'task'] },
  },
  missed: {
    meaning:
      'Instants of a time condition were missed, or a firing was held for too long: their number, at most 10 000, and when the first and the last were, ms since 1970.',
    ...{ of: 'condition', keys: ['condition', 'count', 'first', 'last'] },
  },
  linked: {
    meaning: 'A command was given by a program that has a trace of its own, as its `traceparent` says.',
    ...{ of: 'scheduler', keys: ['traceparent'] },
  },
  input: { meaning: 'A command was given.', of: 'scheduler', keys: ['line', 'answer'] },
} as const satisfies Readonly<Record<string, InstantKind>>;

/** The name of one of {@link INSTANTS}: its category. */
export type InstantName = keyof typeof INSTANTS;

/** Why a condition is left out, as `skipped` reports it. */
export const SKIP_REASONS = ['busy', 'suspended', 'finished', 'exhausted', 'held', 'no-tasks', 'paused'] as const;
/** One of {@link SKIP_REASONS}. */
export type SkipReason = (typeof SKIP_REASONS)[number];
