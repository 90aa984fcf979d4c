/** What a span of the daemon is, and what it tells. */
interface SpanKind {
  readonly meaning: string;
  /** Whose it is: a section of items, or nobody's but the scheduler's; a command or script is of the task or condition that runs it. */
  readonly of: 'scheduler' | 'condition' | 'task' | 'task or condition';
  /** The word that its id begins with, before a number; another one than the name where causes are called that. */
  readonly id: string;
  /** Keys of what is told at its start, and at its finish; not every one has a value each time. */
  readonly began: readonly string[];
  readonly ended: readonly string[];
}

/** The spans that the daemon tells, in the order in which one leads to the other. */
export const SPANS = {
  startup: {
    meaning: 'From the start of the program until conditions can be checked.',
    ...{ of: 'scheduler', id: 'start', began: ['file'], ended: ['outcome', 'conditions', 'tasks', 'events'] },
  },
  reload: {
    meaning: 'Another configuration is read, checked and put in place.',
    ...{ of: 'scheduler', id: 'reload', began: ['file'] },
    ended: ['outcome', 'added', 'changed', 'removed', 'kept', 'problems'],
  },
  pause: {
    meaning: 'The scheduler is paused: no condition is checked.',
    ...{ of: 'scheduler', id: 'pause', began: [], ended: ['by'] },
  },
  tick: {
    meaning: 'The checks of one tick are begun; what takes longer goes on after it.',
    ...{ of: 'scheduler', id: 'tick', began: ['late_ms'], ended: ['visited', 'due'] },
  },
  wait: {
    meaning: 'An event has fired, and its condition has not been checked yet.',
    ...{ of: 'condition', id: 'wait', began: ['condition'], ended: ['outcome'] },
  },
  check: {
    meaning: 'A condition that was due is checked.',
    ...{ of: 'condition', id: 'check', began: ['condition'], ended: ['outcome', 'why'] },
  },
  run: {
    meaning: 'The tasks of a condition run.',
    ...{ of: 'condition', id: 'run', began: ['condition', 'tasks', 'sequence'], ended: ['outcome', 'executed', 'of'] },
  },
  task: {
    meaning: 'A task runs.',
    ...{ of: 'task', id: 'task', began: ['task', 'condition'], ended: ['outcome', 'why'] },
  },
  command: {
    meaning: 'A program runs.',
    ...{ of: 'task or condition', id: 'process', began: ['command', 'args'] },
    ended: [
      ...['outcome', 'how', 'exit_status', 'signal', 'rule'],
      ...['stdout_bytes', 'stderr_bytes', 'cpu_ms', 'peak_bytes'],
    ],
  },
  lua: {
    meaning: 'A script runs.',
    ...{ of: 'task or condition', id: 'script', began: [], ended: ['outcome', 'how', 'rule'] },
  },
} as const satisfies Readonly<Record<string, SpanKind>>;

/** The name of one of {@link SPANS}: the category that it is told with. */
export type SpanName = keyof typeof SPANS;

/** What a decision of the daemon is, and what it tells. */
interface InstantKind {
  readonly meaning: string;
  readonly of: 'scheduler' | 'condition' | 'event';
  readonly told: readonly string[];
}

/** The decisions without duration that the daemon tells. */
export const INSTANTS = {
  fired: { meaning: 'An event has fired.', of: 'event', told: ['event', 'condition', 'count'] },
  skipped: {
    meaning: 'A condition is left out, for the first time with this reason; without a condition: all are.',
    ...{ of: 'condition', told: ['condition', 'reason'] },
  },
  retry: {
    meaning: 'Tasks have failed, and the next success of the check runs them again.',
    ...{ of: 'condition', told: ['condition', 'left'] },
  },
  broken: {
    meaning: 'A sequence of tasks is broken off.',
    ...{ of: 'condition', told: ['condition', 'on', 'task'] },
  },
  missed: {
    meaning:
      'Instants of a time condition were missed: their number, at most 10 000, and when the first and the last were, ms since 1970.',
    ...{ of: 'condition', told: ['condition', 'count', 'first', 'last'] },
  },
  input: { meaning: 'A command was given.', of: 'scheduler', told: ['line', 'answer'] },
} as const satisfies Readonly<Record<string, InstantKind>>;

/** The name of one of {@link INSTANTS}: the category that it is told with. */
export type InstantName = keyof typeof INSTANTS;

/** Why a condition is left out, as `skipped` tells it. */
export const SKIP_REASONS = ['busy', 'suspended', 'finished', 'exhausted', 'no-tasks', 'paused'] as const;
/** One of {@link SKIP_REASONS}. */
export type SkipReason = (typeof SKIP_REASONS)[number];
