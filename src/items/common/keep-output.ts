import { choiceField } from '../../config/field.ts';

/** The key of everything that has an output: commands and scripts, tasks and conditions alike. */
export const keepOutputField = choiceField(['always', 'failure', 'never'], {
  fallback: 'always',
  extension: true,
  doc: 'Which runs keep their output, at most 8 KiB of each stream: every run, only those that fail, or none.',
});
