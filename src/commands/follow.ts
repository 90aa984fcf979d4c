import type { Request } from '../control/request.ts';
import { FOUND, type Given, json, put } from './inquiry.ts';
import { writeOut } from './shared.ts';

/** Shows parts until the reader of standard output has gone, or the answer ends. */
export const followed = async <T>(request: Request, given: Given, show: (part: T) => string): Promise<number> => {
  const away = new AbortController();
  const part = (found: unknown): void => {
    const { dropped } = found as { dropped?: number };
    const lost =
      dropped === undefined ? undefined : given.json === true ? json(found) : `(${dropped} are missing here)\n`;
    if (!writeOut(1, lost ?? show(found as T))) away.abort();
  };
  await put(request, given, part, away.signal);
  return FOUND;
};
