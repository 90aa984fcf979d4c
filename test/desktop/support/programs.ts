import { spawnSync } from 'node:child_process';

/** True when a program of this name is on the path. Tests that need one are skipped without it, and say so. */
export const have = (...programs: readonly string[]): boolean =>
  process.platform !== 'win32' &&
  programs.every((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0);
