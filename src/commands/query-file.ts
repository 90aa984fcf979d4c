import { readCut, readRecordingFile } from '../adapters/recording-reader.ts';
import { bugReportSource, parseBugReport } from '../control/bug-report.ts';
import { answerQuery, type QuerySource } from '../control/queries.ts';
import { recordingSource } from '../control/recording-source.ts';
import type { Request } from '../control/request.ts';
import { UsageError } from './subcommand.ts';

/** What a file without facts is, as the end of a sentence. */
const describeOtherFile = (text: string): string => {
  if (text.trim() === '') return 'is empty';
  if (/^\s*\{\s*"format":\s*"whenever dump/.test(text)) return 'is an incomplete dump';
  if (/^\[\d{4}-\d\d-\d\dT[\d:.]+\] \(/.test(text)) return 'is a log in the plain format; a log in JSON can be read';
  return 'is neither a dump nor a recording nor a JSON log';
};

/** Opens a dump, a recording or a JSON log. @throws UsageError when it is none of these, UnreadableFile */
const openSource = (path: string): QuerySource => {
  const text = readCut(path);
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
  throw new UsageError(`${path} ${describeOtherFile(text)}`);
};

/** Answers a request from a dump, a recording or a JSON log. @throws UsageError when it is none of these, UnreadableFile */
export const answerFromFile = (path: string, request: Request): unknown => answerQuery(openSource(path), request);
