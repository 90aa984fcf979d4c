import type { ConditionReport, Group, StatusReport } from '../../control/status.ts';
import { showDuration } from '../../core/duration.ts';
import type { RunOutcome } from '../../history/history-line.ts';
import type { LastOutcome } from '../../history/last-outcome.ts';
import type { Overview } from '../api.ts';

const DAY_MS = 86_400_000;

/** Makes functions that show instants in a zone. */
export const clockOf = (zone: string) => {
  const make = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
    try {
      return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      return new Intl.DateTimeFormat('en-GB', options);
    }
  };
  const day = make({ year: 'numeric', month: '2-digit', day: '2-digit' });
  const time = make({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const weekday = make({ weekday: 'short' });
  const dayOf = (ms: number): string => day.format(ms).split('/').reverse().join('-');
  return {
    /** `2026-11-28 02:30:00 Sat` */
    full: (ms: number): string => `${dayOf(ms)} ${time.format(ms)} ${weekday.format(ms)}`,
    /** `02:30` today, `Fri 02:30` within a week, else with the date. */
    short: (ms: number, now: number): string => {
      const hour = time.format(ms).slice(0, 5);
      if (dayOf(ms) === dayOf(now)) return hour;
      return Math.abs(ms - now) < 6 * DAY_MS ? `${weekday.format(ms)} ${hour}` : `${dayOf(ms)} ${hour}`;
    },
  };
};
export type PageClock = ReturnType<typeof clockOf>;

/** A duration with at most two units: `2 h 4 min`, `250 ms`. */
export const durationText = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : showDuration(ms));

/** How far a clock is ahead: `+12 ms`. */
export const clockDifferenceText = (ms: number | null): string =>
  ms === null ? 'not known' : `${ms < 0 ? '−' : '+'}${durationText(Math.abs(ms))}`;

/** When something comes: `in 4 min, 02:30`. */
export const nextText = ({ group, next, held }: ConditionReport, now: number, clock: PageClock): string => {
  if (group === 'running' || group === 'checking') return 'now';
  const at = group === 'held' ? (held?.earliest ?? null) : next;
  if (at === null) return '';
  return at <= now ? 'now' : `in ${durationText(Math.ceil((at - now) / 1000) * 1000)}, ${clock.short(at, now)}`;
};

const OUTCOMES: Readonly<Record<RunOutcome | 'running', readonly [kind: string, text: string]>> = {
  success: ['success', 'succeeded'],
  failure: ['failure', 'failed'],
  error: ['error', 'failed'],
  none: ['none', 'no outcome'],
  interrupted: ['negative', 'interrupted'],
  cancelled: ['other', 'cancelled'],
  replaced: ['other', 'replaced'],
  running: ['open', 'running'],
};
/** The sign and the word of an outcome. */
export const outcomeOf = (outcome: RunOutcome | 'running'): { readonly kind: string; readonly text: string } => {
  const [kind, text] = OUTCOMES[outcome];
  return { kind, text };
};

/** The sign of a state. */
export const STATE_KINDS: Readonly<Record<Group, string>> = {
  running: 'open',
  queued: 'open',
  held: 'negative',
  checking: 'open',
  waiting: 'other',
  suspended: 'negative',
  exhausted: 'failure',
  finished: 'none',
  'no-tasks': 'other',
};

/** `3 failed in a row since Mon 02:30`; nothing for one. */
export const streakText = (last: LastOutcome | null, now: number, clock: PageClock): string => {
  if (last === null || last.streak.count < 2) return '';
  return `${last.streak.count} ${last.failed ? 'failed' : 'succeeded'} in a row since ${clock.short(last.streak.time, now)}`;
};

/** What failed, in front of the reason: needed where there are more tasks than one. */
export const decidedBy = (tasks: readonly unknown[], task: string | null): string =>
  task !== null && tasks.length > 1 ? `${task}: ` : '';

/** The sign of the state of a task. */
export const taskSign = (state: string): string =>
  ({ running: 'open', succeeded: 'success', failed: 'failure', indeterminate: 'none' })[state] ?? 'other';

/** Why a condition is as it is. */
export const whyText = ({ why, lastCheck, running, overdue }: ConditionReport): string => {
  const own = running.length > 0 ? `${why} (${running.join(', ')})` : lastCheck ? `${lastCheck} (${why})` : why;
  return overdue?.state === 'overdue' ? `overdue: ${overdue.text}; ${own}` : own;
};

/** Names in a headline. */
const MOST_NAMES = 5;

/** The first thing that the page says, whether it is bad, and the conditions that it is about. */
export interface Headline {
  readonly text: string;
  readonly bad: boolean;
  /** At most a few. */
  readonly names: readonly string[];
  /** Conditions beyond these. */
  readonly more: number;
}

const plain = (text: string, bad = false): Headline => ({ text, bad, names: [], more: 0 });
const about = (text: string, names: readonly string[]): Headline => ({
  text,
  bad: true,
  names: names.slice(0, MOST_NAMES),
  more: Math.max(0, names.length - MOST_NAMES),
});

/** Why nothing is checked. */
const STILL: Readonly<Record<string, string | undefined>> = {
  paused: 'Paused: no condition is checked',
  ending: 'Ending: no condition is checked any more',
  'not-running': 'whenever is not running',
};

/** Makes the headline. */
export const headlineOf = ({ status, instance }: Overview): Headline => {
  if (status === null)
    return instance.state === 'not-running'
      ? plain('whenever is not running.', true)
      : plain('The instance has not answered yet.');
  const failed = status.failed ?? [];
  const total = Object.values(status.counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return plain('There are no conditions.');
  if (failed.length > 0) return about(`${failed.length} of ${total} conditions failed at the last run`, failed);
  // What failed is news also then; that nothing has failed is not all there is to say.
  const still = STILL[instance.state === 'running' ? status.state : instance.state];
  const overdue = status.conditions.filter((one) => one.overdue?.state === 'overdue').map(({ name }) => name);
  if (overdue.length > 0) return about('Overdue', overdue);
  const known = status.conditions.some(({ last }) => last !== null);
  if (still !== undefined) return plain(`${still}. ${known ? 'No condition failed at its last run.' : ''}`.trim());
  return plain(known ? 'All is well: no condition failed at its last run.' : 'No run has ended yet.');
};

/** Where a state stands in the order of what needs a look. */
const URGENCY: readonly Group[] = [
  'running',
  'checking',
  'queued',
  'held',
  'waiting',
  'suspended',
  'exhausted',
  'finished',
  'no-tasks',
];

/** How the conditions are sorted. */
export type ConditionOrder = 'urgency' | 'name' | 'state' | 'next' | 'last';

const byName = (a: ConditionReport, b: ConditionReport): number => a.name.localeCompare(b.name);
const urgency = (one: ConditionReport): number =>
  one.last?.failed || one.overdue?.state === 'overdue' || one.missed ? -1 : URGENCY.indexOf(one.group);
const soonness = ({ next }: ConditionReport): number => next ?? Number.POSITIVE_INFINITY;
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

const ORDERS: Readonly<Record<ConditionOrder, (a: ConditionReport, b: ConditionReport) => number>> = {
  urgency: (a, b) => compare(urgency(a), urgency(b)) || compare(soonness(a), soonness(b)) || byName(a, b),
  name: byName,
  state: (a, b) => compare(URGENCY.indexOf(a.group), URGENCY.indexOf(b.group)) || byName(a, b),
  next: (a, b) => compare(soonness(a), soonness(b)) || byName(a, b),
  last: (a, b) => compare(b.last?.time ?? 0, a.last?.time ?? 0) || byName(a, b),
};

/** The conditions that are shown, in their order. */
export const chosen = (
  conditions: StatusReport['conditions'],
  { text, group, order }: { readonly text: string; readonly group: string; readonly order: ConditionOrder },
): readonly ConditionReport[] => {
  const part = text.trim().toLowerCase();
  return conditions
    .filter(
      (one) =>
        part === '' ||
        one.name.toLowerCase().includes(part) ||
        one.tasks.some((task) => task.toLowerCase().includes(part)),
    )
    .filter((one) => group === '' || (group === 'failed' ? one.last?.failed === true : one.group === group))
    .toSorted(ORDERS[order]);
};
