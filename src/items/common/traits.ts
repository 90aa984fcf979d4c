import { flag, integer, name, names, tags } from '../../config/field.ts';

/** Keys that every task has. */
export const taskFields = {
  name: name({ required: true, doc: 'Unique among the tasks.' }),
  tags: tags(),
} as const;

/** Keys that every condition has. */
export const conditionFields = {
  name: name({ required: true, doc: 'Unique among the conditions.' }),
  tags: tags(),
  tasks: names({ fallback: [], doc: 'The tasks to run when the condition is true, in this order. None twice.' }),
  recurring: flag({ fallback: false, doc: 'Check for ever, instead of until the first success.' }),
  max_tasks_retries: integer({
    min: -1,
    fallback: 0,
    doc: 'How often a condition that is not recurring is tried again after its tasks failed; -1: without limit.',
  }),
  execute_sequence: flag({ fallback: true, doc: 'Run the tasks one after the other; false: all at once.' }),
  break_on_failure: flag({ fallback: false, doc: 'End a sequence at the first task that fails or ends in an error.' }),
  break_on_success: flag({ fallback: false, doc: 'End a sequence at the first task that succeeds.' }),
  suspended: flag({ fallback: false, doc: 'Begin suspended: not checked until the resume_condition command.' }),
} as const;

/** Keys that every event has. */
export const eventFields = {
  name: name({ required: true, doc: 'Unique among the events.' }),
  tags: tags(),
  condition: name({ required: true, doc: 'The condition it fires, of type bucket or event.' }),
} as const;
