import { booleanField, environmentField, integerField, stringField, stringsField } from '../../config/field.ts';

const status = (doc: string) => integerField({ min: 0, max: 4294967295, doc });

/** Keys of everything that runs a command: tasks and conditions alike. */
export const commandFields = {
  command: stringField({
    required: true,
    doc: 'The program. Without a slash it is searched in the PATH of the scheduler; with one it is relative to startup_path.',
  }),
  command_arguments: stringsField({
    required: true,
    doc: 'One element per argument, handed over as it is: no shell takes part.',
  }),
  startup_path: stringField({ required: true, doc: 'The working directory. It must exist when the file is loaded.' }),
  match_exact: booleanField({
    fallback: false,
    doc: 'Compare the whole output, trailing newline included, instead of looking for a part of it. With expressions: the whole output must match.',
  }),
  match_regular_expression: booleanField({
    fallback: false,
    doc: 'The texts to look for are regular expressions (RE2 dialect), compiled when the file is loaded.',
  }),
  case_sensitive: booleanField({ fallback: false, doc: 'Upper and lower case differ when output is compared.' }),
  include_environment: booleanField({ fallback: true, doc: 'The process inherits the environment of the scheduler.' }),
  set_environment_variables: booleanField({
    fallback: true,
    doc: 'Set WHENEVER_CONDITION, WHENEVER_CAUSE, WHENEVER_RUN, WHENEVER_START, WHENEVER_EVENTS_FD and, for tasks, WHENEVER_TASK in the environment of the process.',
  }),
  environment_variables: environmentField({
    fallback: {},
    doc: 'Further variables, set last. Values are strings; numbers and dates are written as text.',
  }),
  success_status: status('The exit status that means success; any other fails.'),
  failure_status: status('The exit status that means failure; any other passes, unless success_status says otherwise.'),
  success_stdout: stringField({ doc: 'What the standard output must hold.' }),
  success_stderr: stringField({ doc: 'What the standard error must hold.' }),
  failure_stdout: stringField({ doc: 'What the standard output must not hold.' }),
  failure_stderr: stringField({ doc: 'What the standard error must not hold.' }),
  timeout_seconds: integerField({
    min: 0,
    fallback: 0,
    doc: 'Time limit: the process group then gets SIGTERM, and SIGKILL two seconds later. 0: no limit.',
  }),
} as const;
