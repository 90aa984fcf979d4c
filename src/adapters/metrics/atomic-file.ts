import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ownFiles } from '../files/own-files.ts';
import { makeDirectory } from '../mkdir.ts';

/** Writes a whole file so that no reader ever sees half of it. @throws Error of the system; nothing is left behind then. */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  makeDirectory(dirname(path));
  // Collectors read files by their ending: this one has another.
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  ownFiles.claim(path, draft);
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};
