import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredState } from '../../history/history-state.ts';
import { DRAFT, PLAIN_SUFFIX, parseSegmentName } from './segments.ts';

/** The form of the files. One of a later program may be another one. */
export const HISTORY_FORMAT = 1;

/** The file of the snapshot. */
export const SNAPSHOT = 'state.json';

/** What the lines say up to a place of the history. */
export interface HistorySnapshot {
  readonly state: StoredState;
  /** The name of a segment, and how many bytes of it are in the state. */
  readonly segment: string;
  readonly offset: number;
}

/** Thrown when a directory was written by a later program. */
export class LaterFormat extends Error {
  constructor(file: string, format: unknown) {
    super(`${file} was written by a later version of whenever (format ${format}, this one knows ${HISTORY_FORMAT})`);
  }
}

/** Returns the snapshot that was parsed. @throws Error when it is something else */
export const checkedSnapshot = ({ segment, offset, state }: Partial<HistorySnapshot>): HistorySnapshot => {
  if (parseSegmentName(`${segment}${PLAIN_SUFFIX}`) === undefined) throw new Error('it does not name a segment');
  if (!Number.isInteger(offset)) throw new Error('it has no offset');
  if (!Array.isArray(state?.runs) || !Array.isArray(state.conditions)) throw new Error('it has no state');
  return { segment: segment!, offset: offset!, state };
};

/** Reads the snapshot; undefined: there is none. @throws Error when it cannot be read, LaterFormat */
export const readSnapshot = (directory: string): HistorySnapshot | undefined => {
  const path = join(directory, SNAPSHOT);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw new Error('it is not a regular file');
  const found = JSON.parse(readFileSync(path, 'utf8')) as Partial<HistorySnapshot> & { readonly format?: unknown };
  if (typeof found.format === 'number' && found.format > HISTORY_FORMAT) throw new LaterFormat(path, found.format);
  if (found.format !== HISTORY_FORMAT) throw new Error('it is not a snapshot');
  return checkedSnapshot(found);
};

/** Entries that are put into words at once: about a millisecond. */
const SLICE = 400;

/** A snapshot as text, piece by piece. What has been taken out of a state does not change any more. */
function* snapshotPieces({ state, segment, offset }: HistorySnapshot): Generator<string> {
  const { runs, conditions, ...rest } = state;
  yield `${JSON.stringify({ format: HISTORY_FORMAT, segment, offset }).slice(0, -1)},"state":${JSON.stringify(rest).slice(0, -1)}`;
  for (const [key, list] of Object.entries({ runs, conditions })) {
    yield `,"${key}":[`;
    for (let at = 0; at < list.length; at += SLICE)
      yield `${at > 0 ? ',' : ''}${JSON.stringify(list.slice(at, at + SLICE)).slice(1, -1)}`;
    yield ']';
  }
  yield '}}\n';
}

/**
 * Replaces the snapshot without holding up the program. @param wanted false: the store is closed, and there is a newer one.
 * @throws Error of the system
 */
export const writeSnapshot = async (
  directory: string,
  snapshot: HistorySnapshot,
  wanted: () => boolean,
): Promise<void> => {
  const draft = join(directory, `${SNAPSHOT}${DRAFT}`);
  let text = '';
  let length = 0;
  for (const piece of snapshotPieces(snapshot)) {
    text += piece;
    if (text.length - length < SLICE * 250) continue;
    length = text.length;
    await nextTurn();
  }
  if (!wanted()) return;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  if (wanted()) await rename(draft, join(directory, SNAPSHOT));
};

/** Replaces the snapshot, waiting for the disk. @throws Error of the system */
export const writeSnapshotNow = (directory: string, snapshot: HistorySnapshot): void => {
  const draft = join(directory, `${SNAPSHOT}.end${DRAFT}`);
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', 0o600);
  try {
    const bytes = Buffer.from([...snapshotPieces(snapshot)].join(''));
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, join(directory, SNAPSHOT));
};
