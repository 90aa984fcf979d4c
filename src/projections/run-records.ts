import type { EventHandlers, TaskRef } from '../core/engine-events.ts';
import { errorDetails, internalErrorText } from '../core/internal-error.ts';
import { countsAsFailed, type Outcome } from '../core/outcome.ts';
import { reasonText, retryEndText } from '../core/reasons.ts';
import type { Log, Logger, TraceContext } from '../log/record.ts';
import type { ItemLoggers } from './item-loggers.ts';
import { historyMessage } from './record-texts.ts';
import type { LastLines } from './run-outputs.ts';
import {
  againText,
  attemptFailed,
  checkReason,
  earlyEndText,
  interruptedText,
  notBegun,
  queuedText,
} from './state-reasons.ts';

/** The record of one task at the end of a run of its condition. That the run has failed is a record of its own. */
const logTaskOutcome = (logger: Logger, task: TaskRef, outcome: Outcome, trace: TraceContext): void => {
  if (outcome.kind === 'error')
    logger.info('END/MSG', `task ${task.name} ended with an error: ${reasonText(outcome.reason)}`, trace);
  else
    logger.info('END/MSG', `task ${task.name} ended: ${outcome.kind === 'none' ? 'no outcome' : outcome.kind}`, trace);
};

/** The record of a condition that is not recurring, after a run with failures. */
const logRetries = (logger: Logger, left: number, trace: TraceContext): void => {
  if (left === Number.POSITIVE_INFINITY)
    logger.debug('END/MSG', 'some tasks failed, trying again without limit', trace);
  else if (left > 0) logger.debug('END/MSG', `some tasks failed, retries left: ${left}`, trace);
  else logger.debug('END/FAIL', 'some tasks failed, no retries left: checking stops', trace);
};

/** What another machine asked for is not wanted any more. */
const isCancelled = ({ kind, reason }: Outcome): boolean => kind === 'none' && reason?.code === 'cancelled';

/** The records of runs: of conditions, their hooks and their tasks. */
export const runRecords = (log: Log, { of, ofItem }: ItemLoggers, outputs: LastLines): EventHandlers => {
  const tick = log.for('MAIN', 'scheduler_tick');
  const [sequence, parallel] = [log.for('TASK_REGISTRY', 'run_seq'), log.for('TASK_REGISTRY', 'run_par')];

  return {
    'run.started': ({ condition, queued }, trace) => {
      const { execute_sequence, tasks } = condition.spec.traits;
      if (queued) of(condition).active.info('PROC/OK', `${queuedText(queued)} begins`, trace);
      const how = execute_sequence ? 'in sequence' : 'in parallel';
      of(condition).active.info('START/MSG', `running tasks ${how}: ${tasks.join(', ')}`, trace);
    },
    'run.queued': ({ condition, result, count }, trace) => {
      const why = checkReason(result);
      const { active } = of(condition);
      if (count === 1) active.info('PROC/MSG', `busy: one more run is queued (${why})`, trace);
      else active.debug('PROC/MSG', `busy: one more run is queued already (${count}: ${why})`, trace);
    },
    'run.dropped': ({ condition, reason }, trace) =>
      of(condition).active.info('END/MSG', `the queued run does not begin: ${reasonText(reason)}`, trace),
    'run.ending': ({ condition, reason }, trace) =>
      of(condition).active.info('PROC/MSG', `the run is being ended: ${reasonText(reason)}`, trace),
    'run.finished': ({ condition, executed, failed, retriesLeft, ended, byCommand }, trace) => {
      const { active } = of(condition);
      const { tasks, recurring } = condition.spec.traits;
      for (const { task, outcome } of executed) logTaskOutcome(active, task, outcome, trace);
      if (ended) active.info('END/MSG', earlyEndText(ended, notBegun(tasks, executed)), trace);
      active.debug('END/OK', `all tasks have ended (${executed.length} of ${tasks.length} executed)`, trace);
      if (failed && !recurring && !byCommand) logRetries(active, retriesLeft, trace);
      tick.trace(
        'PROC/MSG',
        () => `condition ${condition.name}: tasks executed${failed ? ' without success' : ''}`,
        trace,
      );
    },
    'hook.started': ({ condition, hook }, trace) =>
      of(condition).active.info(
        'START/MSG',
        `${hook.name}: running tasks in sequence: ${condition.spec.traits.tasks.join(', ')}`,
        trace,
      ),
    'hook.finished': ({ condition, hook, executed }, trace) => {
      const { active } = of(condition);
      for (const { task, outcome } of executed) logTaskOutcome(active, task, outcome, trace);
      active.debug('END/OK', `${hook.name}: all tasks have ended`, trace);
    },
    'run.interrupted': ({ condition, interrupted, again }, trace) =>
      of(condition).active.warn(
        'START/MSG',
        `${interruptedText(interrupted)}${again ? ': it is repeated' : ''}`,
        trace,
      ),
    'task.started': ({ task, condition }, trace) =>
      ofItem('TASK', task).trace('HIST/START', `OK/trigger:${condition.name} starting task`, trace),
    'task.finished': ({ task, condition, outcome }, trace) =>
      ofItem('TASK', task).trace('HIST/END', historyMessage(outcome, condition.name), trace),
    'attempt.finished': ({ task, condition, attempt, outcome, delayMs }, trace) => {
      const { number, of } = attempt;
      const prefix = `(trigger: ${condition.name}) `;
      if (delayMs !== undefined)
        ofItem('TASK', task).info(
          'PROC/FAIL',
          () => {
            const line = trace.run === null ? undefined : outputs.lastLine(`task/${task.name}`, trace.run);
            const shown = line === undefined ? '' : `: "${line}"`;
            return `${prefix}${attemptFailed(attempt, outcome)}${shown}; ${againText(delayMs)}`;
          },
          trace,
        );
      else if (number > 1 && outcome.kind === 'success')
        ofItem('TASK', task).info('PROC/OK', `${prefix}attempt ${number} of ${of} succeeded`, trace);
    },
    'retries.ended': ({ task, condition, attempt: { number, of }, by }, trace) =>
      ofItem('TASK', task).info(
        'PROC/FAIL',
        `(trigger: ${condition.name}) not tried again after attempt ${number} of ${of}: ${retryEndText(by)}`,
        trace,
      ),
    'task.cancelled': ({ task, condition, reason }, trace) =>
      ofItem('TASK', task).warn('PROC/FAIL', `(trigger: ${condition.name}) not started: ${reasonText(reason)}`, trace),
    'task.failed': ({ task, condition, error }, trace) =>
      ofItem('TASK', task).error(
        'PROC/ERR',
        `(trigger: ${condition.name}) ${internalErrorText(error)}`,
        trace,
        errorDetails(error),
      ),
    'work.started': ({ task, node, condition }, trace) =>
      ofItem('TASK', task).info('START/MSG', `(trigger: ${condition} on ${node}) runs for ${node}`, trace),
    'work.finished': ({ task, node, condition, outcome }, trace) =>
      ofItem('TASK', task).info(
        isCancelled(outcome) ? 'END/MSG' : countsAsFailed(outcome) ? 'END/FAIL' : 'END/OK',
        `(trigger: ${condition} on ${node}) has run for ${node}: ${isCancelled(outcome) ? 'cancelled' : outcome.kind}`,
        trace,
      ),
    'sequence.advanced': ({ condition, task, outcome }, trace) =>
      log
        .for('TASK_REGISTRY', 'run_seq', task.name, task.id)
        .trace('END/MSG', `(trigger: ${condition.name}) task ended: ${outcome.kind}`, trace),
    'sequence.broken': ({ condition, task, on }, trace) =>
      log
        .for('TASK_REGISTRY', 'run_seq', task.name, task.id)
        .debug('END/MSG', `(trigger: ${condition.name}) sequence broken off on ${on}`, trace),
    'tasks.finished': ({ condition: { name, spec }, executed }, trace) => {
      const { tasks, execute_sequence } = spec.traits;
      if (execute_sequence)
        sequence.trace(
          'END/MSG',
          () => `(trigger: ${name}) sequence ended: ${executed} of ${tasks.length} tasks executed`,
          trace,
        );
      else parallel.trace('END/MSG', () => `(trigger: ${name}) parallel run ended: ${executed} tasks executed`, trace);
    },
  };
};
