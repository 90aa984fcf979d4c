/** The states of items, and what each means. Log, status, stories, spans, the manual and the page use these words. */
export const STATES = {
  condition: {
    new: 'It is being made.',
    waiting: 'It is checked when it is due, or when its event has come.',
    checking: 'Its check takes time.',
    held: 'Its check has passed, and its tasks run when the guards in its `only_when` hold.',
    queued: 'Its tasks run for other conditions first, or it waits for what it replaces.',
    running: 'Its tasks run.',
    retrying: 'Its tasks failed, and run again when the next check passes.',
    finished: 'It does not recur, and its tasks have run without a failure.',
    exhausted: 'It does not recur, its tasks failed, and there are no retries left.',
    suspended: 'It is not checked until it is resumed.',
    'no-tasks': 'It lists no tasks.',
    removed: 'It is not in the file that was loaded last.',
  },
  task: {
    new: 'It is being made.',
    idle: 'It has not run yet.',
    running: 'It runs.',
    waiting: 'An attempt failed, and it is tried again; or it waits for another machine.',
    succeeded: 'Its last run succeeded.',
    failed: 'Its last run failed.',
    indeterminate: 'Its last run had no outcome.',
    error: 'Its last run could not do its work at all.',
    removed: 'It is not in the file that was loaded last.',
  },
  event: {
    new: 'It is being made.',
    installing: 'It is being set up.',
    listening: 'It waits to occur.',
    fired: 'It has occurred, and its condition is pending.',
    dropped: 'It has occurred without effect: its condition cannot run.',
    failed: 'It could not be set up.',
    stopped: 'It does not listen any more.',
    removed: 'It is not in the file that was loaded last.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A state of a condition. */
export type ConditionStateName = keyof (typeof STATES)['condition'];

/** Why a condition is not checked: in a log record, as a reason, and as what an event finds that fires it. */
export const INELIGIBLE = {
  'no-tasks': { log: 'no tasks are listed', why: 'no tasks are listed', is: 'without tasks' },
  suspended: { log: 'suspended', why: 'suspended', is: 'suspended' },
  held: {
    log: 'not recurring and held',
    why: 'it is not recurring, and its firing is held',
    is: 'held by a guard',
  },
  finished: {
    log: 'not recurring and finished',
    why: 'it is not recurring, and its tasks have run without a failure',
    is: 'finished',
  },
  exhausted: {
    log: 'not recurring and no retries left',
    why: 'it is not recurring, its tasks failed, and there are no retries left',
    is: 'exhausted',
  },
} as const;
/** One of {@link INELIGIBLE}. */
export type Ineligible = keyof typeof INELIGIBLE;

/** What a command on a condition has done, or does when the condition is free, or does not need to do. */
export const OPERATION_TEXTS = {
  reset: { done: 'reset', queued: 'its reset is queued', unneeded: '' },
  suspend: { done: 'suspended', queued: 'its suspension is queued', unneeded: 'is suspended already' },
  resume: {
    done: 'resumed and reset',
    queued: 'its resumption is queued',
    unneeded: 'is not suspended: nothing to resume',
  },
} as const;
