import { statSync } from 'node:fs';
import { join } from 'node:path';
import { historyOfConfig } from '../adapters/history/find-history.ts';
import { COMPRESSED_SUFFIX, listSegments, readLinesFile, segmentFile } from '../adapters/history/segments.ts';
import { describeError } from '../call-safely.ts';
import { type HistoryLine, parseHistoryLine } from '../history/history-line.ts';
import { Replay } from '../simulation/replay.ts';
import { printMessage } from './stdio.ts';
import { UsageError } from './subcommand.ts';

/** Characters of a wrong line that a message has. */
const SHOWN = 60;

/** Whether a line is one of a history of a later version. */
const isLater = (text: string): boolean => {
  try {
    const line = JSON.parse(text) as { readonly kind?: unknown; readonly session?: unknown } | null;
    return typeof line?.kind === 'string' && typeof line.session === 'string';
  } catch {
    return false;
  }
};

/** The lines of a file. The last one may be cut off. @throws UsageError: a line is none of a history */
function* linesOf(path: string): Generator<HistoryLine, void> {
  const { bytes, whole } = readLinesFile(path, path.endsWith('.gz'), 0);
  const texts = bytes.toString('utf8').split('\n');
  const cut = texts.at(-1) !== '' || !whole;
  for (const [i, text] of texts.entries()) {
    const line = parseHistoryLine(text);
    if (line) yield line;
    else if (text !== '' && !isLater(text)) {
      const start = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
      if (!cut || i < texts.length - 1 || !text.startsWith('{'))
        throw new UsageError(
          `${path}: line ${i + 1}: expected a line of a history, a JSON object with kind, time and session, found ${start}`,
        );
      printMessage(`${path}: line ${i + 1} is cut off, and left out`);
    }
  }
}

/** The files of a history: its segments, or the one that is given. @throws UsageError */
const filesOf = (history: string): readonly string[] => {
  const found = statSync(history, { throwIfNoEntry: false });
  const isConfig = history.endsWith('.toml') && !found?.isDirectory();
  if (found === undefined && !isConfig) throw new UsageError(`--replay: ${history}: no such file or directory`);
  if (found && !found.isDirectory() && !isConfig) return [history];
  const directory = isConfig ? historyOfConfig(history).reader.directory : history;
  const isThere = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
  const segments = isThere ? listSegments(directory) : [];
  if (segments.length === 0)
    throw new UsageError(
      isConfig
        ? `--replay: ${history} has no history yet: expected it in ${directory}`
        : `--replay: ${directory} has no history: expected files such as 2026-11-001${COMPRESSED_SUFFIX}`,
    );
  return segments.map((segment) => join(directory, segmentFile(segment)));
};

function* allLines(files: readonly string[]): Generator<HistoryLine, void> {
  for (const file of files) yield* linesOf(file);
}

/** Reads a history to replay. @param history a directory, a file of it, or the configuration that it is of. @throws UsageError */
export const openReplay = (history: string): Replay => {
  try {
    return new Replay(allLines(filesOf(history)));
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`--replay: ${history}: ${describeError(error, true)}`);
  }
};
