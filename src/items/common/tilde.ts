import type { Report } from '../kind.ts';

/** Reports a path that begins with "~", which only a shell expands. Returns true when it does. */
export const refuseTilde = (path: string | undefined, key: readonly (string | number)[], report: Report): boolean => {
  if (path === undefined || !/^~[^/]*(\/|$)/.test(path)) return false;
  report(key, `${key[0]}: "~" is not expanded in "${path}": write the whole path, or "./~" for a file of that name`);
  return true;
};
