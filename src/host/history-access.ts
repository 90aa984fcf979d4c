import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { historyDirectory } from '../adapters/history/directory.ts';
import { HistoryReader } from '../adapters/history/reader.ts';
import { type ArgumentType, expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { HistoryEntry, HistoryRun, RunFilter } from '../history/history-entries.ts';

/** Which runs of a history are wanted. Everything may be left out. */
export interface HistoryQuery {
  /** Conditions, also as `condition/NAME`, and tasks as `task/NAME`, of which each run comes by itself; default: all conditions. */
  readonly items?: readonly string[] | undefined;
  /** Only what failed, was interrupted or was missed. */
  readonly failed?: boolean | undefined;
  /** Only what began, or was missed, not before and not after; wall-clock ms. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** At most so many, the newest; default: all. */
  readonly limit?: number | undefined;
}

/** The history of runs, for `for await`; the newest come first. */
export interface History {
  /** Its directory; undefined: it is in memory only. */
  readonly directory: string | undefined;
  /** @throws TypeError for an option that does not fit; while it is read, what the system says of the files */
  runs(query?: HistoryQuery): AsyncGenerator<HistoryRun, void, undefined>;
}

/** Thrown when there is no history where it was looked for. */
export class NoHistoryError extends Error {
  override readonly name: string = 'NoHistoryError';
}

const QUERY: { readonly [K in keyof Required<HistoryQuery>]: ArgumentType } = {
  ...{ items: TYPES.texts, failed: TYPES.flag, since: TYPES.number, until: TYPES.number, limit: TYPES.amount },
};

/** Checks a query of a program in plain JavaScript. @throws TypeError that names the option and what it expects. */
export const checkQuery = (call: string, query: HistoryQuery): void => expectOptions(call, query, QUERY);

const namesOf = (items: readonly string[], section: 'condition' | 'task'): string[] =>
  items.flatMap((item) => {
    const at = item.indexOf('/');
    const [found, name] = at < 0 ? ['condition', item] : [item.slice(0, at), item.slice(at + 1)];
    return found === section ? [name] : [];
  });

const filterOf = ({ items = [], failed = false, since, until }: HistoryQuery): RunFilter => ({
  ...{ conditions: namesOf(items, 'condition'), tasks: namesOf(items, 'task'), failed },
  ...{ since: since ?? Number.NEGATIVE_INFINITY, until: until ?? Number.POSITIVE_INFINITY },
});

/** Entries that are read at once. */
const BATCH = 100;

/** The runs among entries, which are read in pieces. @param entries reads them by a filter */
export async function* runsOf(
  entries: (filter: RunFilter) => Iterable<HistoryEntry>,
  query: HistoryQuery,
): AsyncGenerator<HistoryRun, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY } = query;
  let [read, given] = [0, 0];
  if (limit === 0) return;
  for (const entry of entries(filterOf(query))) {
    read += 1;
    if (read % BATCH === 0) await nextTurn();
    if (entry.kind === 'not-running' || entry.kind === 'lost') continue;
    yield entry;
    given += 1;
    if (given >= limit) return;
  }
}

/** The history in a directory. @param alive whether the instance that writes it is running; default: as the files say */
export const historyIn = (directory: string, alive?: () => boolean): History => {
  const reader = new HistoryReader(directory);
  return {
    directory,
    runs: (query = {}) => {
      checkQuery('runs', query);
      return runsOf((filter) => reader.entries(filter, alive?.() ?? reader.isAlive(Date.now())), query);
    },
  };
};

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Opens the history of a configuration, or that in a directory, to read it; no daemon has to run.
 * @param path the path of the file of the configuration, which need not be there any more, or of a directory with a history
 * @throws NoHistoryError when there is none; TypeError when it is not a path
 */
export const openHistory = (path: string): History => {
  expectType('openHistory', 'path', path, TYPES.path);
  const directory = isDirectory(path) ? resolve(path) : historyDirectory(resolve(path));
  if (!new HistoryReader(directory).exists) throw new NoHistoryError(`no history of ${path} is kept in ${directory}`);
  return historyIn(directory);
};
