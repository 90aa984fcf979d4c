import { rmSync, unlinkSync } from 'node:fs';
import { readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunFile, RunFiles } from '../core/ports.ts';
import { ownFiles } from './files/own-files.ts';
import { makePrivateDirectory } from './private-directory.ts';
import { processStatus } from './process-group.ts';
import { inRuntimeDirectory, socketPath } from './socket-path.ts';

/** The directory of this user for files of runs, beside the socket. */
const defaultRoot = (): string =>
  process.platform === 'win32' ? join(tmpdir(), 'whenever-runs') : socketPath().replace(/\.sock$/, '-runs');

/** The numbering of processes that a number belongs to; another container has another one. */
const numbering = async (): Promise<string> =>
  /\d+/.exec(await readlink('/proc/self/ns/pid').catch(() => ''))?.[0] ?? '0';

const startOf = (pid: number): number | 'gone' | 'unknown' => {
  const status = processStatus(pid);
  if (typeof status === 'string') return status;
  return status.zombie ? 'gone' : status.started;
};

/** Whether the process that a directory is named after has ended: `PID-START-NUMBERING-COUNT`. */
const isLeft = (name: string, here: string): boolean => {
  const [pid, start, of] = name.split('-').map(Number);
  if (!pid || start === undefined || String(of) !== here) return false;
  const now = startOf(pid);
  return now === 'gone' || (now !== 'unknown' && now !== start);
};

/** Removes what instances that were killed have left. */
const removeLeftovers = async (root: string, here: string): Promise<void> => {
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((name) => isLeft(name, here)))
    await rm(join(root, name), { recursive: true, force: true }).catch(() => {});
};

/** A file of a run, which removes itself. */
const fileAt = (path: string): RunFile => ({
  path,
  remove: () => {
    try {
      unlinkSync(path);
    } catch {
      // The task may have removed it.
    }
  },
});

/** The file of what is empty: most tasks of a sequence write nothing, and a file for each would cost more than that. */
const NOTHING: RunFile = { path: devNull, remove: () => {} };

/** Daemons of this process that have made files. */
let daemons = 0;

/**
 * Makes the files of runs, in a directory of this process that only this user can read. It is made with the first file. What a killed
 * instance has left is removed at the start.
 */
export const createRunFiles = (root = defaultRoot()): RunFiles & { close(): void } => {
  const here = numbering();
  const swept = here.then((here) => removeLeftovers(root, here));
  let directory: string | undefined;
  let made = 0;
  const own = async (): Promise<string> => {
    await swept;
    if (directory === undefined) {
      const start = startOf(process.pid);
      directory = join(root, [process.pid, typeof start === 'number' ? start : 0, await here, ++daemons].join('-'));
      ownFiles.claimTree(directory);
    }
    // A program that clears away old files may have removed them since.
    if (!inRuntimeDirectory(root)) makePrivateDirectory(dirname(root));
    makePrivateDirectory(root);
    makePrivateDirectory(directory);
    return directory;
  };
  return {
    write: async (name, content) => {
      if (content.length === 0) return NOTHING;
      const path = join(await own(), `${++made}-${name}`);
      try {
        await writeFile(path, content, { mode: 0o600, flag: 'wx' });
        return fileAt(path);
      } catch (error) {
        // A part of it says something else than the whole.
        fileAt(path).remove();
        throw error;
      }
    },
    close: () => {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
};
