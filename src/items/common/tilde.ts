import { tildeProblem } from '../../check-arguments.ts';
import type { ReportProblem } from '../kind.ts';

/** Reports a path that begins with "~", which only a shell expands. Returns true when it does. */
export const rejectTilde = (
  path: string | undefined,
  key: readonly (string | number)[],
  report: ReportProblem,
): boolean => {
  const wrong = path === undefined ? undefined : tildeProblem(path);
  if (wrong !== undefined) report(key, `${key[0]}: ${wrong}`);
  return wrong !== undefined;
};
