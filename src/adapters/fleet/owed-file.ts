import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwedFirings } from '../../fleet/owed-firings.ts';

const pathOf = (directory: string): string => join(directory, 'owed.json');

/** Keeps what the servers do not have yet when the program ends. @throws Error of the system */
export const keepOwed = (directory: string, owed: OwedFirings): void => {
  if (owed.missed.length + owed.written.length > 0)
    writeFileSync(pathOf(directory), JSON.stringify(owed), { mode: 0o600 });
};

/** What an earlier instance has kept, which is given out once; undefined: nothing. */
export const takeOwed = (directory: string): OwedFirings | undefined => {
  try {
    const found = JSON.parse(readFileSync(pathOf(directory), 'utf8')) as Partial<OwedFirings> | null;
    rmSync(pathOf(directory), { force: true });
    return Array.isArray(found?.missed) && Array.isArray(found.written) ? (found as OwedFirings) : undefined;
  } catch {
    return undefined;
  }
};
