import type { Page } from './roff.ts';

/** The states of items, as stories name them, and what they mean. */
export const STATES = {
  condition: {
    new: 'It is being made.',
    waiting: 'It is checked at its next tick, or when something happens that it waits for.',
    checking: 'Its check takes its time.',
    queued: 'Its tasks wait: they run for other conditions first.',
    running: 'Its tasks run.',
    retrying: 'Its tasks failed; the next success runs them again.',
    finished: 'It is not recurring, and its tasks have run without a failure.',
    exhausted: 'It is not recurring, its tasks failed, and there are no retries left.',
    suspended: 'It is left out until it is resumed.',
    idle: 'It has no tasks.',
    busy: 'It takes the place of another one, which is not done yet.',
    removed: 'It is not in the file that was loaded last.',
  },
  task: {
    new: 'It is being made.',
    idle: 'It has not run yet.',
    running: 'It runs.',
    succeeded: 'Its last run was a success.',
    failed: 'Its last run was a failure.',
    indeterminate: 'Its last run had no outcome.',
    error: 'It could not do its work at all.',
    removed: 'It is not in the file that was loaded last.',
  },
  event: {
    new: 'It is being made.',
    installing: 'It is being set up.',
    listening: 'It waits to occur.',
    fired: 'It has occurred, and its condition is checked.',
    dropped: 'It has occurred in vain: its condition cannot run.',
    failed: 'It could not be set up.',
    stopped: 'It listens no more.',
    removed: 'It is not in the file that was loaded last.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** One subsection for each section of the file. */
export const describeStates = (page: Page): void => {
  for (const [section, states] of Object.entries(STATES)) {
    page.subsection(`States of a${section === 'event' ? 'n' : ''} ${section}`);
    for (const [state, meaning] of Object.entries(states)) page.plainItem(state, meaning);
  }
};
