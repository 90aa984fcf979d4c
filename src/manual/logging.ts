import { loggingFields, outputFields } from '../config/logging.ts';
import { ROOT, SUBTREES } from '../log/subtree.ts';
import { describeFields } from './fields.ts';
import type { Page } from './roff.ts';

/** The example of the section; a test loads it. */
export const LOGGING_EXAMPLE = `
[logging.levels]
whenever = "info"                        # instead of the default, warn
"whenever.condition.DiskFull" = "trace"  # every check of this one
"whenever.lua" = "error"                 # scripts are talkative

[[logging.outputs]]                      # besides standard output
target = "/tmp/whenever-warnings.log"
level = "warn"
repeat_seconds = 3600`;

/** `[logging]`: one section of whenever.toml(5). */
export const describeLogging = (page: Page): void => {
  page
    .section('logging')
    .text(
      'The table `[logging]` says how much is logged about what, and where records go besides standard output or the file given with `--log`. It is an extension. All of it takes effect when the scheduler is started; a reload checks it.',
    );
  describeFields(page, loggingFields);
  page
    .subsection('[logging.levels]')
    .text(
      `Keys are subtrees of the log, values are levels: trace, debug, info, warn, error. The most specific key that fits a record counts; \`--log-level\` is the level of whatever no key fits. \`${ROOT}\` is the root, and below it are`,
    );
  for (const [subtree, about] of Object.entries(SUBTREES))
    page.plainItem(`${ROOT}.${subtree}`, `${about.charAt(0).toUpperCase()}${about.slice(1)}.`);
  page
    .text(
      `Below \`${ROOT}.task\`, \`${ROOT}.condition\`, \`${ROOT}.event\` and \`${ROOT}.lua\` are the names of items, as in \`${ROOT}.condition.DiskFull\`. A line of a script belongs to \`${ROOT}.lua.\`*NAME*, then to its item, then to \`${ROOT}.lua\`.`,
    )
    .subsection('[[logging.outputs]]')
    .text('One table for each output. Keys:');
  describeFields(page, outputFields);
  page
    .text(
      'An output takes what the levels by subtree let through and what is at least of its own level, so an output at trace does not make a subtree at error talkative. A wrapper can have JSON at trace on its pipe while a file for people holds warnings. Two outputs cannot go to one file.',
    )
    .code(LOGGING_EXAMPLE);
};
