import { readRecordingFile } from '../adapters/recording-reader.ts';
import type { Recording } from '../journal/recording-decoder.ts';
import { isSimulated, verify as verifyRecording, writerOf } from '../journal/verify.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { countText } from '../terminal/progress.ts';
import { instant } from './option-values.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { showProgress, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

/** Why a recording does not have the end of its program. */
const withoutEnd = (head: NonNullable<Recording['head']>): string =>
  isSimulated(head)
    ? 'it is the recording of a simulation, in which no program ends'
    : 'the end of the program is not in it: it is running, was killed, or could not go on writing (disk full, file size limit)';

/** The result as lines of text. */
const describe = (path: string, { head, facts }: Recording, found: ReturnType<typeof verifyRecording>): string[] => {
  const { problems, first, last, runs, taskRuns, open, cut, ended } = found;
  const records = counted(facts.filter(({ kind }) => kind === 'log').length, 'record');
  return [
    head === undefined
      ? `${path}: a log of ${records}; what is not in it cannot be missed`
      : `${path}: facts ${first} to ${last} of ${writerOf(head)}`,
    `${counted(runs, 'run')}, ${counted(taskRuns, 'run')} of tasks`,
    ...(first > 1 && head !== undefined ? [`facts before ${first} are no longer kept`] : []),
    ...(cut ? ['the last line is cut off'] : []),
    ...(head === undefined || ended ? [] : [withoutEnd(head)]),
    ...(open.length > 0 && problems.length === 0 ? [`running at the end: ${open.join(', ')}`] : []),
    ...problems,
    problems.length === 0 ? 'sound' : 'not sound',
  ];
};

/** Prints whether a recording is sound. Returns the exit status. @throws UsageError: it is none */
const proveRecording = (path: string, json = false): number => {
  const progress = showProgress(`reading ${path}`, countText('lines'), 256);
  const recording = readRecordingFile(path, undefined, (lines, share) => progress.at(lines, share));
  progress.clear();
  if (recording.head === undefined && recording.facts.length === 0) throw new UsageError(`${path} is not a recording`);
  const found = verifyRecording(recording);
  const sound = found.problems.length === 0;
  const text = json
    ? printedJson(JSON.stringify({ ...found, sound }))
    : describe(path, recording, found).map(oneLine).join('\n');
  writeAll(1, `${text}\n`);
  return sound ? FOUND : NOTHING;
};

type VerifyOptions = {
  readonly json?: true;
  readonly fleet?: true;
  readonly config?: string;
  readonly from?: number;
  readonly to?: number;
};

export const verifyCommand: Subcommand<VerifyOptions> = {
  name: 'verify',
  help: 'prove a recording: no gap, each start its end, no task twice at once, no run without a cause; or, with --config, each instant of a history',
  takes: [{ form: '[FILE]', help: 'a file written with --journal, or a JSON log', path: true }],
  options: [
    {
      flags: '--config <FILE>',
      help: 'hold the history against this configuration',
      path: true,
    },
    { flags: '--from <T>', help: 'where to begin; default: where the history begins', parse: instant },
    { flags: '--to <T>', help: 'where to end, that instant included; default: now', parse: instant },
    { flags: '--fleet', help: 'over all machines, as whenever fleet verify' },
    { flags: '--json', help: 'JSON instead of sentences' },
  ],
  exitStatus:
    'Status 0: it is sound, or no instant is unexplained; 1: it is not, or some are; 2: the file is not a recording, or there is no history.',
  examples: ['whenever verify night', 'whenever verify --config my.toml'],
  run: async ({ args: [path], options: { json, config, fleet, ...range }, now }) => {
    if (fleet) {
      if (range.to !== undefined) throw new UsageError('--to does not go with --fleet');
      const { fleetVerify } = await import('./fleet-verify.ts');
      return fleetVerify(config ?? path, range.from, json === true);
    }
    if (config !== undefined) {
      if (path !== undefined) throw new UsageError('expected a recording or --config, not both');
      const { from = Number.NEGATIVE_INFINITY, to = now } = range;
      if (to < from) throw new UsageError('--from: expected an instant before --to, which is now by default');
      const { verifyHistory } = await import('./verify-history.ts');
      return verifyHistory(config, { ...range, ...(json ? { json } : {}) }, now);
    }
    if (path === undefined) throw new UsageError('expected a recording, or --config FILE');
    if (range.from !== undefined || range.to !== undefined) throw new UsageError('--from and --to go with --config');
    return proveRecording(path, json);
  },
};
