import type { ItemWarnings } from '../checked-file.ts';

/** A retry of a condition that is checked for ever is nothing: each success of its check runs the tasks anyway. */
export const uselessRetries: ItemWarnings = ({ shared }, warn) => {
  const { recurring, max_tasks_retries: retries } = shared;
  if (recurring !== true || retries === 0) return;
  warn(
    'useless-retries',
    ['max_tasks_retries'],
    `max_tasks_retries = ${String(retries)} has no effect with recurring = true; to try a task again when it fails, give the task the key retries`,
    { at: 'key' },
  );
};
