import { resolve } from 'node:path';
import { historyDirectory } from './directory.ts';
import { HistoryReader, keptHistories } from './reader.ts';

/** A history to read. */
export interface FoundHistory {
  readonly reader: HistoryReader;
  /** The configuration that it is of; undefined: only its directory is known. */
  readonly config: string | undefined;
}

const writtenAt = (reader: HistoryReader): number => {
  try {
    return reader.written ?? Number.NEGATIVE_INFINITY;
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
};

/** The history of a configuration. @param file its path */
export const historyOfConfig = (file: string): FoundHistory => {
  const config = resolve(file);
  return { config, reader: new HistoryReader(historyDirectory(config)) };
};

/** The history that a running instance writes. @param started when it began, wall-clock ms */
export const historyOfInstance = (config: string, started: number): FoundHistory => {
  const own = historyOfConfig(config);
  if (writtenAt(own.reader) >= started - 1000) return own;
  // It has another configuration than at its start, and the history is that of the first one.
  const [latest] = keptHistories();
  return latest && latest.written >= started - 1000
    ? { config: undefined, reader: new HistoryReader(latest.directory) }
    : own;
};

/** The history that was written last; undefined: none is kept. */
export const latestHistory = (): FoundHistory | undefined => {
  const [latest] = keptHistories();
  return latest && { config: undefined, reader: new HistoryReader(latest.directory) };
};
