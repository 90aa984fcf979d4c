import { readRecordingFile } from '../adapters/recording-writer.ts';
import type { Head } from '../journal/recording.ts';
import { isSimulated, verify, writerOf } from '../journal/verify.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { asUsageError, UsageError, writeAll } from './values.ts';

/** What is known of a recording that does not have the end of its program. */
const withoutEnd = (head: Head): string =>
  isSimulated(head)
    ? 'it is the recording of a simulation, which has no end of a program'
    : 'the end of the program is not in it: it is running, was killed, or could not write on (no space, a limit of the size)';

/** Proves a recording; answers 0 when it is sound, 1 when it is not. @throws UsageError for a file that is none. */
export const verifyFile = (path: string, json: boolean): number => {
  const recording = asUsageError(() => readRecordingFile(path));
  const { head, facts } = recording;
  if (head === undefined && facts.length === 0) throw new UsageError(`${path} is no recording`);
  const found = verify(recording);
  const { problems, first, last, runs, taskRuns, open, cut, ended } = found;
  if (json) {
    writeAll(1, `${printedJson(JSON.stringify({ ...found, sound: problems.length === 0 }))}\n`);
    return problems.length === 0 ? 0 : 1;
  }
  const lines = [
    head === undefined
      ? `${path}: a log of ${counted(facts.filter(({ kind }) => kind === 'log').length, 'record')}; what is not in it cannot be missed`
      : `${path}: facts ${first} to ${last} of ${writerOf(head)}`,
    `${counted(runs, 'run')}, ${counted(taskRuns, 'run')} of tasks`,
    ...(first > 1 && head !== undefined ? [`facts before ${first} are no longer kept`] : []),
    ...(cut ? ['the last line is cut off'] : []),
    ...(head === undefined || ended ? [] : [withoutEnd(head)]),
    ...(open.length > 0 && problems.length === 0 ? [`running at the end: ${open.join(', ')}`] : []),
    ...problems,
    problems.length === 0 ? 'sound' : 'not sound',
  ];
  writeAll(1, `${lines.map(oneLine).join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
};
