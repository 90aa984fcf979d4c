import { booleanField, integerField, luaValuesField, stringField } from '../../config/field.ts';

/** Keys of everything that runs a Lua script: tasks and conditions alike. */
export const luaFields = {
  script: stringField({ required: true, doc: 'The script. Its syntax is checked when the file is loaded.' }),
  init_script_path: stringField({
    doc: 'A Lua file that is run before the script, in the same state. When it cannot be read or fails, the script is not run.',
  }),
  variables_to_set: luaValuesField({
    fallback: {},
    doc: 'Globals that are set before anything runs. Integers beyond 32 bits arrive as floats.',
  }),
  expected_results: luaValuesField({
    fallback: {},
    doc: 'Globals to compare with when the script has ended, each converted to the type written here. Without any there is no outcome.',
  }),
  expect_all: booleanField({
    fallback: false,
    doc: 'Every expected result must hold; otherwise one is enough.',
  }),
  timeout_seconds: integerField({
    min: 0,
    fallback: 0,
    extension: true,
    doc: 'Time limit; the script is ended, whatever it does. 0: no limit.',
  }),
} as const;
