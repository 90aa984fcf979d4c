import { fstatSync } from 'node:fs';

/**
 * Whether a descriptor is the stream to the journal of systemd that `JOURNAL_STREAM` names by its device and inode. The variable is
 * inherited by programs whose output goes elsewhere: it alone means nothing.
 */
export const isJournalStream = (fd: number, named = process.env.JOURNAL_STREAM): boolean => {
  if (!named) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
};
