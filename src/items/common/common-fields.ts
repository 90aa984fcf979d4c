import { booleanField, choiceField, integerField, nameField, namesField, tagsField } from '../../config/field.ts';

/** Keys that every task has. */
export const taskFields = {
  name: nameField({ required: true, doc: 'Unique among the tasks.' }),
  tags: tagsField(),
} as const;

/** Keys that every condition has. */
export const conditionFields = {
  name: nameField({ required: true, doc: 'Unique among the conditions.' }),
  tags: tagsField(),
  tasks: namesField({ fallback: [], doc: 'The tasks to run when the condition is true, in this order. None twice.' }),
  recurring: booleanField({ fallback: false, doc: 'Check for ever, instead of until the first success.' }),
  max_tasks_retries: integerField({
    min: -1,
    fallback: 0,
    doc: 'How often a condition that is not recurring is tried again after its tasks failed; -1: without limit.',
  }),
  execute_sequence: booleanField({ fallback: true, doc: 'Run the tasks one after the other; false: all at once.' }),
  break_on_failure: booleanField({
    fallback: false,
    doc: 'End a sequence at the first task that fails or ends in an error.',
  }),
  break_on_success: booleanField({ fallback: false, doc: 'End a sequence at the first task that succeeds.' }),
  suspended: booleanField({ fallback: false, doc: 'Begin suspended: not checked until the resume_condition command.' }),
  interrupted: choiceField(['report', 'rerun'], {
    fallback: 'report',
    extension: true,
    doc: 'What happens at the next start to a run that was under way when the program was killed: it is reported, or also repeated.',
  }),
  persistent: booleanField({
    fallback: false,
    extension: true,
    doc: 'Go on after a restart as before it: finished, exhausted, with the retries that are left, suspended, or with a success that is counted (`recur_after_failed_check`); a Lua script also with its private `state`. false: begin anew.',
  }),
} as const;

/** Keys that every event has. */
export const eventFields = {
  name: nameField({ required: true, doc: 'Unique among the events.' }),
  tags: tagsField(),
  condition: nameField({ required: true, doc: 'The condition it fires, of type bucket or event.' }),
} as const;
