import { readCut, readRecordingFile } from '../adapters/recording-writer.ts';
import { bugReportSource, parseBugReport } from '../control/bug-report.ts';
import type { QuerySource } from '../control/queries.ts';
import { recordingSource } from '../control/recording-source.ts';
import { asUsageError, UsageError } from './values.ts';

/** What a file without facts is, as the end of a sentence. */
const otherwise = (text: string): string => {
  if (text.trim() === '') return 'is empty';
  if (/^\s*\{\s*"format":\s*"whenever dump/.test(text)) return 'is a dump that is cut off';
  if (/^\[\d{4}-\d\d-\d\dT[\d:.]+\] \(/.test(text)) return 'is a log in the plain format: one in JSON could be read';
  return 'is no dump and no recording';
};

/**
 * What a file answers from: a dump, or anything that is JSON lines.
 * @throws UsageError when it is neither, or cannot be read.
 */
export const openSource = async (path: string): Promise<QuerySource> => {
  const text = asUsageError(() => readCut(path));
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  const report = parseBugReport(found);
  if (!('why' in report)) return bugReportSource(report);
  if (report.why !== undefined) throw new UsageError(`${path} ${report.why}`);
  const recording = readRecordingFile(path, text);
  if (recording.head !== undefined || recording.facts.length > 0) return recordingSource(recording, path);
  throw new UsageError(`${path} ${otherwise(text)}`);
};
