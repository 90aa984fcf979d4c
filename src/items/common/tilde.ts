import { tildeIn } from '../../expected.ts';
import type { Report } from '../kind.ts';

/** Reports a path that begins with "~", which only a shell expands. Returns true when it does. */
export const refuseTilde = (path: string | undefined, key: readonly (string | number)[], report: Report): boolean => {
  const wrong = path === undefined ? undefined : tildeIn(path);
  if (wrong !== undefined) report(key, `${key[0]}: ${wrong}`);
  return wrong !== undefined;
};
