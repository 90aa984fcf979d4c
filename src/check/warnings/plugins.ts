import type { FileWarnings } from '../checked-file.ts';

/** Files in `plugins` that are not there. */
export const missingPlugins: FileWarnings = ({ file, globals, machine }, warn) => {
  for (const [index, written] of ((globals.plugins as readonly string[] | undefined) ?? []).entries()) {
    const path = machine.files?.beside(file, written) ?? written;
    if (!machine.isFile(path))
      warn(undefined, 'plugin-not-found', ['plugins', index], `plugins: there is no file "${path}"`);
  }
};
