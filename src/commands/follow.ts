import type { Request } from '../control/request.ts';
import { type CliOptions, FOUND, jsonLine, send } from './query.ts';
import { writeAll } from './values.ts';

/** Shows parts until the reader of standard output has gone, or the answer ends. */
export const follow = async <T>(request: Request, given: CliOptions, show: (part: T) => string): Promise<number> => {
  const away = new AbortController();
  const part = (found: unknown): void => {
    const { dropped } = found as { dropped?: number };
    const lost =
      dropped === undefined ? undefined : given.json === true ? jsonLine(found) : `(${dropped} are missing here)\n`;
    if (!writeAll(1, lost ?? show(found as T))) away.abort();
  };
  await send(request, given, part, away.signal);
  return FOUND;
};
