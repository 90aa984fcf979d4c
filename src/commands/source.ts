import { readText } from '../adapters/machine.ts';
import type { Source } from '../control/archive.ts';
import { bundleSource, isBundle } from '../control/bundle.ts';
import { UsageError } from './shared.ts';

/**
 * What a file answers from: a dump, or anything that is JSON lines.
 * @throws UnreadableFile, or UsageError when it is neither.
 */
export const openSource = async (path: string): Promise<Source> => {
  const text = readText(path);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  if (isBundle(found)) return bundleSource(found);
  throw new UsageError(`${path} is no dump and no recording`);
};
