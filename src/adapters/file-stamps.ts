import { readdirSync, statSync } from 'node:fs';

/** What is seen of files without reading them. */
export const fileStamps = {
  stamp: (path: string): string | undefined => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs].join(' ');
  },
  list: (directory: string): readonly string[] => {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  },
};
