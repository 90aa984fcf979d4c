import { type Reason, reasonText } from '../../core/reasons.ts';
import type { CheckContext, Firing, TimeRange } from '../kind.ts';
import { type CountableInstants, clipRanges, type InstantSummary, summariseInstants } from './time-ranges.ts';

/** Where instants lie for which it was not run, and why it was not. */
export interface UnmetRanges {
  readonly ranges: readonly TimeRange[];
  readonly reason: Reason;
}

/** What can be the cause of a miss, besides a machine that was busy or asleep. */
export interface MissCauses {
  /** When no instance was running. */
  readonly notRunning: TimeRange | undefined;
  /** How far the clock was set forward since the last check, ms. */
  readonly forwardMs: number | undefined;
}

/** An instant as records show it. */
export const instantText = (ms: number): string => {
  const d = new Date(ms);
  return `${d.toDateString()} ${d.toTimeString().slice(0, 8)}`;
};

export const secondsText = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** Instants as the data of a reason. */
export const summaryOf = ({ count, last: { at, by } }: InstantSummary) => ({ count, last: { at, by } });

/** The instants up to `until` for which it was not run, for each reason that has some. */
export const unmetInstants = (calendar: CountableInstants, all: readonly (UnmetRanges | undefined)[], until: number) =>
  all.flatMap((one) => {
    const ranges = one ? clipRanges(one.ranges, Number.NEGATIVE_INFINITY, until) : [];
    const row = summariseInstants(calendar, ranges);
    return one && row ? [{ reason: one.reason, count: row.count, first: row.first.at, last: row.last.at, ranges }] : [];
  });

/** Why instants were missed. */
export const missReason = (
  row: InstantSummary,
  { wall, claimed }: CheckContext,
  { notRunning, forwardMs }: MissCauses,
): Reason => {
  const { at } = row.last;
  if (claimed && claimed.from <= row.first.at && at <= claimed.to)
    return { code: 'instants-claiming', ...summaryOf(row) };
  if (notRunning && notRunning.from < at && at <= notRunning.to)
    return { code: 'instants-not-running', ...summaryOf(row), ...notRunning };
  return forwardMs === undefined
    ? { code: 'instants-unattended', ...summaryOf(row), lateMs: wall - at }
    : { code: 'instants-skipped', ...summaryOf(row), forwardMs };
};

/** The record about a miss. */
export const missText = ({ count, first, last }: InstantSummary, wall: number, reason: Reason): string => {
  if (reason.code === 'instants-claiming') return `time: ${reasonText(reason)}`;
  const one = ({ by, at }: Firing) => `${by} at ${instantText(at)}, ${secondsText(wall - at)} ago`;
  const all = `${count} instants, the first one ${one(first)}, the last one ${one(last)}`;
  const why =
    reason.code === 'instants-not-running'
      ? `: whenever was not running from ${instantText(reason.from)} to ${instantText(reason.to)}`
      : '';
  return `time: missed ${count === 1 ? one(first) : all}${why}`;
};
