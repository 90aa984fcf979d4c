// The command lines of scripts.
import { parseArgs } from 'node:util';

/** Ends a script because of what its user has to mend: no stack helps there. */
export const refuse = (text) => {
  console.error(text);
  process.exit(2);
};

/**
 * The values and positionals of a command line, as `parseArgs` has them. `--help` prints how the script is used, and so does what is
 * wrong with the command line, after saying what that is.
 */
export const readArguments = (usage, { options = {}, ...config } = {}) => {
  let read;
  try {
    read = parseArgs({ ...config, options: { ...options, help: { type: 'boolean', short: 'h', default: false } } });
  } catch (error) {
    refuse(`${error.message.split('. ')[0]}\n${usage}`);
  }
  if (!read.values.help) return read;
  console.log(usage);
  process.exit(0);
};
