import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareSegments, PLAIN_SUFFIX, parseSegmentName, type SegmentId, STATISTICS } from './segments.ts';

const DAY_MS = 86_400_000;

/** A segment with all its files, whatever has become of them. */
export interface KeptSegment extends SegmentId {
  readonly files: string[];
  bytes: number;
  /** When its last line was written, at the latest. */
  last: number;
  /** It has to be compressed. */
  plain: boolean;
  /** Its statistics are there. */
  counted: boolean;
}

/** What is in a directory: the segments, the oldest first, and the bytes of all files. */
export interface Inventory {
  readonly segments: readonly KeptSegment[];
  readonly bytes: number;
}

/** The segment that a file belongs to. */
const ownerOf = (file: string): (SegmentId & { readonly name: string }) | undefined => {
  const { name } = /^(?<name>.+)\.(?:jsonl(?:\.gz)?|stats\.json)(?:\.damaged|\.tmp)?$/.exec(file)?.groups ?? {};
  return name === undefined ? undefined : parseSegmentName(`${name}${PLAIN_SUFFIX}`);
};

const endOfMonth = (month: string): number => {
  const [year, number] = month.split('-').map(Number);
  return Date.UTC(year!, number!, 1);
};

/** Finds all files of a directory. @throws Error of the system */
export const takeInventory = (directory: string): Inventory => {
  const found = new Map<string, KeptSegment>();
  let bytes = 0;
  for (const file of readdirSync(directory)) {
    const path = join(directory, file);
    const status = statSync(path, { throwIfNoEntry: false });
    if (!status?.isFile()) continue;
    bytes += status.size;
    const id = ownerOf(file);
    if (id === undefined) continue;
    const kept = found.get(id.name) ?? { ...id, files: [], bytes: 0, last: 0, plain: false, counted: false };
    found.set(id.name, kept);
    kept.files.push(path);
    kept.bytes += status.size;
    if (file.endsWith(PLAIN_SUFFIX)) kept.plain = true;
    if (file.endsWith(STATISTICS)) kept.counted = true;
    // The name says it too: a copy of a file may have another time, and a clock that was wrong another name.
    else kept.last = Math.max(kept.last, Math.min(status.mtimeMs, endOfMonth(id.month)));
  }
  return { segments: [...found.values()].sort(compareSegments), bytes };
};

/** Whether all lines of a segment are older than so many days. */
export const isTooOld = ({ last }: KeptSegment, days: number, now: number): boolean => last < now - days * DAY_MS;

/** What decides whether there is something to do. */
interface Wanted {
  readonly inProgress: SegmentId;
  readonly days: number;
  readonly bytes: number;
  readonly now: number;
}

/** Whether segments have to be compressed, counted or removed. @throws Error of the system */
export const hasWork = (directory: string, { inProgress, days, bytes, now }: Wanted): boolean => {
  const inventory = takeInventory(directory);
  const finished = inventory.segments.filter((segment) => compareSegments(segment, inProgress) < 0);
  if (finished.length === 0) return false;
  return inventory.bytes > bytes || finished.some((each) => each.plain || !each.counted || isTooOld(each, days, now));
};
