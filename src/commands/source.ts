import { readCut, readRecordingFile } from '../adapters/recording.ts';
import type { Source } from '../control/archive.ts';
import { bundleSource, isBundle } from '../control/bundle.ts';
import { recordingSource } from '../control/recorded.ts';
import { reading, UsageError } from './shared.ts';

/**
 * What a file answers from: a dump, or anything that is JSON lines.
 * @throws UsageError when it is neither, or cannot be read.
 */
export const openSource = async (path: string): Promise<Source> => {
  const text = reading(() => readCut(path));
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  if (isBundle(found)) return bundleSource(found);
  const recording = readRecordingFile(path);
  if (recording.head !== undefined || recording.facts.length > 0) return recordingSource(recording, path);
  throw new UsageError(`${path} is no dump and no recording`);
};
