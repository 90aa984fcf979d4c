import {
  booleanField,
  choiceField,
  decimalField,
  integerField,
  nameField,
  namesField,
  stringField,
  stringsField,
  tagsField,
} from '../../config/field.ts';
import { hookFields } from '../../config/hooks.ts';
import { windowFields } from './window-fields.ts';

/** Warnings about the item that are not wanted. */
const allowField = stringsField({
  extension: true,
  doc: 'Names of warnings, see `whenever-setup`(1), that are not given about this item.',
});

/** Which machine does a task. */
const WHERE = /^(?:here|any|all|(?:tag|host):[A-Za-z0-9_-]{1,63})$/;

/** Keys that every task has. */
export const taskFields = {
  name: nameField({ required: true, doc: 'Unique among the tasks.' }),
  tags: tagsField(),
  allow: allowField,
  retries: integerField({
    min: 0,
    fallback: 0,
    extension: true,
    doc: 'How often the task is tried again within the same run when it fails or ends in an error.',
  }),
  retry_delay_seconds: decimalField({
    min: 0,
    fallback: 10,
    extension: true,
    doc: 'Seconds between the end of an attempt that failed and the next attempt.',
  }),
  retry_factor: decimalField({
    min: 1,
    fallback: 1,
    extension: true,
    doc: 'Each wait is so many times as long as the one before. 1: all are equally long; 2: each is twice as long.',
  }),
  retry_max_delay_seconds: decimalField({
    min: 0,
    extension: true,
    doc: 'No wait is longer than so many seconds. Default: no limit.',
  }),
  retry_jitter: decimalField({
    min: 0,
    max: 1,
    fallback: 0,
    extension: true,
    doc: 'Each wait is shorter by a random part, at most by this share of it, so that many tasks do not try again at the same moment.',
  }),
  retry_timeout_seconds: integerField({
    min: 0,
    fallback: 0,
    extension: true,
    doc: 'No attempt begins later than so many seconds after the first one began. 0: no limit.',
  }),
  where: stringField({
    pattern: WHERE,
    as: '"here", "any", "all", "tag:NAME" or "host:NAME"',
    fallback: 'here',
    extension: true,
    examples: ['any', 'tag:gpu', 'host:office'],
    doc: 'With `[fleet]`: the machine that does it. here: the one whose condition has fired. any: one that is free, perhaps this one. tag:NAME: one with NAME in its `tags`. host:NAME: the one called NAME. all: all that are alive; it fails if it fails on one of them. The others have to have the same task, with the same keys.',
  }),
} as const;

/** Keys that every condition has. */
export const conditionFields = {
  name: nameField({ required: true, doc: 'Unique among the conditions.' }),
  tags: tagsField(),
  allow: allowField,
  tasks: namesField({ fallback: [], doc: 'The tasks to run when the condition is true, in this order. None twice.' }),
  recurring: booleanField({ fallback: false, doc: 'Check for ever, instead of until the first success.' }),
  only_when: namesField({
    fallback: [],
    extension: true,
    doc: 'Guards: conditions of type command, lua, dbus, idle or time that have to hold when it fires. While one does not, the firing is held, and the tasks run as soon as all hold. A guard needs no tasks.',
  }),
  hold_seconds: integerField({
    min: 0,
    fallback: 86_400,
    extension: true,
    doc: 'For how many seconds a firing is held; then it is missed. 0: it is missed at once if a guard does not hold.',
  }),
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
  when_busy: choiceField(['skip', 'queue', 'restart'], {
    fallback: 'skip',
    extension: true,
    doc: 'What happens when it would fire while its tasks run. skip: it is not checked until they have ended. queue: one more run follows when they have ended; further firings join it. restart: the run is ended (its outcome is `replaced`, which is not a failure), and a new one begins when it has ended. With only_when the guards are asked first: a firing that is held ends the run when they hold.',
  }),
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
  shared: booleanField({
    fallback: false,
    extension: true,
    doc: 'With `[fleet]`: each firing is run by one machine of all that have this condition, the first that asks for it. Needs `recurring = true`. A time of day is the same instant everywhere; an interval is counted from 1970; other checks count once in each `check_after`.',
  }),
  on_lost: choiceField(['miss', 'rerun'], {
    fallback: 'miss',
    extension: true,
    doc: 'With `shared`: what becomes of a run whose machine has died. miss: it is reported. rerun: another machine repeats it, with a greater number in `WHENEVER_FENCE`. Also of a task with `where = "any"` or a tag.',
  }),
  ...windowFields,
  ...hookFields,
} as const;

/** Keys that every event has. */
export const eventFields = {
  name: nameField({ required: true, doc: 'Unique among the events.' }),
  tags: tagsField(),
  allow: allowField,
  condition: nameField({ required: true, doc: 'The condition it fires, of type bucket or event.' }),
} as const;
