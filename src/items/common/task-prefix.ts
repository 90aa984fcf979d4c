import type { TaskRunContext } from '../../core/task-run.ts';

/** The beginning of each record of a task: `(trigger: Nightly) `, or `(trigger: Nightly, attempt 2 of 4) ` of one with retries. */
export const taskPrefix = ({ condition, attempt, asked }: TaskRunContext): string => {
  const where = asked === undefined ? '' : ` on ${asked.node}`;
  return attempt === undefined
    ? `(trigger: ${condition}${where}) `
    : `(trigger: ${condition}${where}, attempt ${attempt.number} of ${attempt.of}) `;
};
