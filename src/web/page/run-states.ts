import type { ConditionReport, Group, LastOutcome, StatusReport } from '../../control/status.ts';
import type { SlimRun, SlimTask } from '../api.ts';

/** The runs of an item, and those that were begun as hooks of a condition, which say nothing about how often it runs by itself. */
export const byHook = <T extends Pick<SlimRun | SlimTask, 'hook'>>(
  runs: readonly T[],
): { readonly own: readonly T[]; readonly hooks: readonly T[] } => ({
  own: runs.filter(({ hook }) => hook === undefined),
  hooks: runs.filter(({ hook }) => hook !== undefined),
});

/** Outcomes that count as a failure. */
const FAILED: ReadonlySet<string> = new Set(['failure', 'error', 'interrupted']);
export const isFailed = (outcome: string): boolean => FAILED.has(outcome);

/** The last run of a condition after one that has ended at `time`. */
const lastAfter = (before: LastOutcome | null, run: SlimRun, time: number): LastOutcome => {
  const { seconds, task, reason, lastLine } = run;
  const outcome = run.outcome as LastOutcome['outcome'];
  const failed = isFailed(outcome);
  const streak = before?.failed === failed ? { ...before.streak, count: before.streak.count + 1 } : { count: 1, time };
  return { time, outcome, failed, seconds: seconds ?? 0, with: task, reason, lastLine, streak };
};

const conditionAfter = (one: ConditionReport, run: SlimRun): ConditionReport => {
  if (run.outcome === 'running') return { ...one, group: 'running', state: 'running', why: 'its tasks run' };
  if (run.ended === null || run.ended <= (one.last?.time ?? 0)) return one;
  const { missed: _, ...rest } = one;
  // What comes now is for the next status to say.
  const after =
    one.group === 'running'
      ? { group: 'waiting' as const, state: 'waiting', running: [], why: 'its run has just ended' }
      : {};
  return { ...rest, ...after, last: lastAfter(one.last, run, run.ended) };
};

const countsAfter = (counts: StatusReport['counts'], from: Group, to: Group): StatusReport['counts'] =>
  from === to ? counts : { ...counts, [from]: counts[from] - 1, [to]: counts[to] + 1 };

/** Groups that need an instance. */
const BUSY: ReadonlySet<Group> = new Set(['running', 'queued', 'held', 'checking']);

const conditionAtRest = ({ held: _, overdue: __, ...one }: ConditionReport): ConditionReport => ({
  ...one,
  ...(BUSY.has(one.group) ? { group: 'waiting' as const, state: 'waiting' } : {}),
  ...{ next: null, lastCheck: null, running: [], why: 'whenever is not running' },
});

/** The last status of an instance that has ended: nothing runs, and nothing comes. */
export const statusAtRest = (status: StatusReport): StatusReport => {
  const conditions = status.conditions.map(conditionAtRest);
  const count = (group: string): number => conditions.filter((one) => one.group === group).length;
  const counts = Object.fromEntries(
    Object.keys(status.counts).map((group) => [group, count(group)]),
  ) as typeof status.counts;
  const tasks = status.tasks.map((one) => (one.state === 'running' ? { ...one, state: 'idle' } : one));
  return { ...status, conditions, counts, tasks };
};

/** The status after a run has begun or ended: the status itself comes later, as the daemon is asked for it rarely. */
export const statusAfter = (status: StatusReport, run: SlimRun): StatusReport => {
  const before = status.conditions.find(({ name }) => name === run.condition);
  if (before === undefined) return status;
  const after = conditionAfter(before, run);
  if (after === before) return status;
  const others = (status.failed ?? []).filter((name) => name !== after.name);
  return {
    ...status,
    conditions: status.conditions.map((one) => (one === before ? after : one)),
    counts: countsAfter(status.counts, before.group, after.group),
    failed: status.failed && (after.last?.failed ? [after.name, ...others] : others),
  };
};
