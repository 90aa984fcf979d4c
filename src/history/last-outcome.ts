import { isFailure, type RunSummary } from './history-state.ts';

export const twoDigits = (n: number): string => (n < 10 ? `0${n}` : String(n));
/** Within this time the name of a day is unambiguous, in ms. */
const WEEK_MS = 6 * 86_400_000;
export const isWithinWeek = (at: number, now: number): boolean => at <= now && now - at < WEEK_MS;

/** `02:30`, `Mon 02:30` within the last week, or `2026-11-02 02:30`: an instant before `now` in local time. Wall-clock ms. */
export const sinceText = (at: number, now: number): string => {
  const [d, today] = [new Date(at), new Date(now)];
  const time = `${twoDigits(d.getHours())}:${twoDigits(d.getMinutes())}`;
  if (d.toDateString() === today.toDateString()) return time;
  if (isWithinWeek(at, now)) return `${d.toDateString().slice(0, 3)} ${time}`;
  return `${d.getFullYear()}-${twoDigits(d.getMonth() + 1)}-${twoDigits(d.getDate())} ${time}`;
};

/** What is known of the last run of a condition or a task. Instants are wall-clock ms. */
export interface LastOutcome {
  /** When it ended. */
  readonly time: number;
  readonly outcome: RunSummary['last']['outcome'];
  readonly failed: boolean;
  readonly seconds: number;
  /** Of a condition: the task that decided. Of a task: the condition that ran it. null: unknown. */
  readonly with: string | null;
  readonly reason: string | null;
  /** The last line that it wrote. */
  readonly lastLine: string | null;
  /** How many runs in a row have failed, or have not, and when the first of them ended. */
  readonly streak: { readonly count: number; readonly time: number };
}

/** The last run of a summary. */
export const lastOutcome = ({ last, streak: { count, since } }: RunSummary): LastOutcome => {
  const { at, outcome, seconds, with: other, reason, lastLine } = last;
  return {
    ...{ time: at, outcome, failed: isFailure(outcome), seconds, with: other, reason, lastLine },
    streak: { count, time: since },
  };
};

const WORDS: Readonly<Record<LastOutcome['outcome'], string>> = {
  success: 'ok',
  none: 'no outcome',
  failure: 'failed',
  error: 'failed',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
  replaced: 'replaced',
};

/** A last run in a few words: `ok`, `failed`, `failed 3 times since Mon 02:30`, `interrupted`, `-` if none is known. */
export const outcomeText = (last: LastOutcome | null, now: number): string => {
  if (last === null) return '-';
  const { outcome, failed, streak } = last;
  if (outcome === 'interrupted' || !failed || streak.count < 2) return WORDS[outcome];
  return `failed ${streak.count} times since ${sinceText(streak.time, now)}`;
};
