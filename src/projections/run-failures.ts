import type { ConditionRef, EventHandlers, Executed } from '../core/engine-events.ts';
import { countsAsFailed } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { reasonText } from '../core/reasons.ts';
import type { HistoryState, RunSummary } from '../history/history-state.ts';
import { sinceText } from '../history/last-outcome.ts';
import type { Log, TraceContext } from '../log/record.ts';
import { counted } from '../plural.ts';
import type { Publisher } from './topics.ts';

/** Which task a failed run is reported with, and what is known of it. */
interface Failure {
  readonly task: string;
  readonly reason: string | null;
  /** How often it was tried, where the reason does not say so. */
  readonly attempts: number;
  /** The last line that it wrote. */
  readonly lastLine: string | null;
  /** How many more tasks have failed. */
  readonly more: number;
}

/** The task that a failed run is reported with. @param last the task that failed first, and its last line, if that is known */
export const failureOf = (
  executed: readonly Executed[],
  last: Pick<RunSummary['last'], 'with' | 'lastLine'> | undefined,
): Failure | undefined => {
  const failures = executed.filter(({ outcome }) => countsAsFailed(outcome));
  // The history knows which one ended first.
  const first = failures.find(({ task }) => task.name === last?.with) ?? failures[0];
  if (first === undefined) return undefined;
  const { task, outcome } = first;
  return {
    ...{ task: task.name, reason: outcome.reason ? reasonText(outcome.reason) : null },
    attempts: outcome.reason?.code === 'retry-ended' ? 1 : (outcome.attempts ?? 1),
    ...{ lastLine: task.name === last?.with ? last.lastLine : null, more: failures.length - 1 },
  };
};

/** That a task failed, why, and its last line. */
export const failureText = ({ task, reason, attempts, lastLine, more }: Failure): string => {
  const why = reason === null ? '' : `: ${reason}`;
  const line = lastLine === null ? '' : `: "${lastLine}"`;
  const after = attempts > 1 ? ` after ${attempts} attempts` : '';
  return `task ${task} failed${after}${why}${line}${more > 0 ? `, and ${counted(more, 'more task')} failed` : ''}`;
};

/**
 * One record and one event for each run that failed, and a record for the run after failures that did not. Subscribes after the
 * history, which knows the runs before, also those of earlier instances.
 */
export const runFailures = (
  log: Log,
  history: { readonly state: HistoryState },
  publisher: Publisher,
  clock: Clock,
): EventHandlers => {
  /** The failures before the run in progress. */
  const before = new WeakMap<ConditionRef, RunSummary['streak']>();
  const failed = ({ name, id }: ConditionRef, failure: Failure, streak: RunSummary['streak'], trace: TraceContext) => {
    log.for('CONDITION', 'active', name, id).warn('END/FAIL', failureText(failure), trace);
    const { task, reason, lastLine, more } = failure;
    publisher.logEvent(
      'errors',
      {
        ...{ action: 'run-failed', condition: name, task, reason, lastLine, more },
        ...{ failures: streak.count, since: streak.since },
      },
      { item: `condition/${name}`, origin: trace },
    );
  };
  return {
    'run.started': ({ condition }) => {
      const streak = history.state.runsOf(`condition/${condition.name}`)?.streak;
      if (streak?.failed) before.set(condition, streak);
    },
    'run.finished': ({ condition, executed, ended }, trace) => {
      const streakBefore = before.get(condition);
      before.delete(condition);
      // One that was ended early is not a failure, and does not end failures.
      if (ended) return;
      const summary = history.state.runsOf(`condition/${condition.name}`);
      const failure = failureOf(executed, summary?.last);
      const now = clock.wall();
      if (failure !== undefined)
        failed(condition, failure, summary?.streak ?? { failed: true, count: 1, since: now }, trace);
      else if (streakBefore !== undefined) {
        const { count, since } = streakBefore;
        const ended = executed.some(({ outcome }) => outcome.kind === 'success')
          ? 'succeeded'
          : 'ended without a failure';
        log
          .for('CONDITION', 'active', condition.name, condition.id)
          .info('END/OK', `${ended} after ${counted(count, 'failure')} since ${sinceText(since, now)}`, trace);
      }
    },
  };
};
