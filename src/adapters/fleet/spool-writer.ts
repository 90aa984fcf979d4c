import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = /^([0-9a-f]+)\.pid$/;

const pathOf = (directory: string, session: string): string => join(directory, `${session}.pid`);

/** Whether another process that runs has noted that it writes a session. */
const isWritten = (directory: string, session: string): boolean => {
  try {
    const pid = Number(readFileSync(pathOf(directory, session), 'utf8'));
    if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The sessions in a directory that other processes write, and forgets those of processes that have ended. @throws Error of the system */
export const writtenByOthers = (directory: string): ReadonlySet<string> => {
  const written = new Set<string>();
  for (const name of readdirSync(directory)) {
    const session = FILE.exec(name)?.[1];
    if (session === undefined) continue;
    if (isWritten(directory, session)) written.add(session);
    else rmSync(join(directory, name), { force: true });
  }
  return written;
};

/** Notes that this process writes a session. @throws Error of the system */
export const noteWriter = (directory: string, session: string): void =>
  writeFileSync(pathOf(directory, session), `${process.pid}\n`, { mode: 0o600 });

/** This process does not write it any more. */
export const forgetWriter = (directory: string, session: string): void => {
  try {
    rmSync(pathOf(directory, session), { force: true });
  } catch {
    // The next program sees that its process has ended.
  }
};
