import { suggest } from '../config/suggest.ts';
import { showInstant } from '../core/duration.ts';
import type { ConditionRef, EventHandlers, Operation } from '../core/engine-events.ts';
import { errorDetails, internalErrorText } from '../core/internal-error.ts';
import { isGivenUp, reasonText } from '../core/reasons.ts';
import { OPERATION_TEXTS } from '../core/states.ts';
import type { Log, Logger, TraceContext } from '../log/record.ts';
import type { ItemLoggers } from './item-loggers.ts';
import { SKIPPED } from './record-texts.ts';
import { guardWords } from './state-reasons.ts';

/** The records of conditions: their operations, checks, guards, and firings that are held. */
export const conditionRecords = (log: Log, { of }: ItemLoggers): EventHandlers => {
  const [command, tick, conditionState] = [
    log.for('MAIN', 'command'),
    log.for('MAIN', 'scheduler_tick'),
    log.for('MAIN', 'condition_state'),
  ];
  const operationLogs: Readonly<Record<Operation, Logger>> = {
    reset: log.for('MAIN', 'reset_conditions'),
    suspend: log.for('MAIN', 'suspend_condition'),
    resume: log.for('MAIN', 'resume_condition'),
  };
  const checks = log.for('CONDITION_REGISTRY', 'tick');
  const queuedReset = log.for('CONDITION_REGISTRY', 'reset_conditions');
  const queuedSuspend = log.for('CONDITION_REGISTRY', 'suspend_condition');
  const notExecuted = ({ name }: ConditionRef, trace: TraceContext): void =>
    tick.trace('PROC/MSG', () => `condition ${name}: tasks not executed`, trace);

  return {
    'condition.event-dropped': ({ condition }, trace) =>
      of(condition).active.debug('PROC/MSG', 'the event that came meanwhile is dropped', trace),
    'condition.lock-released': ({ condition, lock }, trace) =>
      of(condition).active.warn(
        'PROC/FAIL',
        `the lock "${lock}" was still held at the end of the run, and is released`,
        trace,
      ),
    'condition.failed': ({ condition, error }, trace) =>
      of(condition).active.error('PROC/ERR', internalErrorText(error), trace, errorDetails(error)),
    'operation.requested': ({ operation, name }, trace) => {
      if (operation === 'reset') operationLogs.reset.trace('START/OK', `resetting condition ${name}`, trace);
      else conditionState.debug('START/OK', `condition ${name}: ${operation}`, trace);
    },
    'operation.unknown': ({ operation, name, known }, trace) => {
      const text = `there is no condition ${name}${suggest(name, known)}`;
      if (operation === 'reset') operationLogs.reset.error('START/ERR', text, trace);
      else conditionState.error('START/ERR', `cannot ${operation}: ${text}`, trace);
    },
    'operation.unneeded': ({ operation, name }, trace) =>
      operationLogs[operation].info('END/OK', `condition ${name} ${OPERATION_TEXTS[operation].unneeded}`, trace),
    'operation.queued': ({ operation, name }, trace) =>
      operationLogs[operation].info(
        'PROC/OK',
        `condition ${name} is busy: ${OPERATION_TEXTS[operation].queued}`,
        trace,
      ),
    'suspension.moved': ({ condition: { name }, next: { until } }, trace) => {
      if (until === undefined) return;
      const text = `condition ${name}: its suspension ends at ${showInstant(until)} now`;
      operationLogs.suspend.info('PROC/MSG', text, trace);
    },
    'operation.done': ({ operation, condition: { name }, queued, next, until }, trace) => {
      if (until !== undefined)
        operationLogs.resume.info(
          'END/OK',
          `condition ${name} resumed and reset: its suspension until ${showInstant(until)} is over`,
          trace,
        );
      else if (operation === 'suspend' && next?.until !== undefined) {
        const until = `until ${showInstant(next.until)}`;
        if (queued) queuedSuspend.info('PROC/OK', `queued suspension of condition ${name} done, ${until}`, trace);
        else operationLogs.suspend.info('END/OK', `condition ${name} suspended ${until}`, trace);
      } else if (!queued || operation === 'resume')
        operationLogs[operation].info('END/OK', `condition ${name} ${OPERATION_TEXTS[operation].done}`, trace);
      else if (operation === 'reset') queuedReset.info('PROC/OK', `queued reset of condition ${name} done`, trace);
      else queuedSuspend.info('PROC/OK', `queued suspension of condition ${name} done`, trace);
    },
    'operation.discarded': ({ condition }, trace) =>
      of(condition).active.info('END/MSG', 'queued operations discarded: the condition was replaced or removed', trace),
    'operation.no-conditions': (_, trace) => command.debug('PROC/MSG', 'there are no conditions to reset', trace),
    'check.skipped': ({ condition, reason }, trace) => {
      if (reason === 'busy') {
        tick.debug('PROC/MSG', () => `condition ${condition.name} is busy and left out`, trace);
        return;
      }
      const { active, taken } = of(condition);
      taken.trace('START/MSG', 'condition taken for checking', trace);
      active.trace('PROC/MSG', SKIPPED[reason], trace);
      notExecuted(condition, trace);
    },
    'check.started': ({ condition }, trace) => {
      const { active, taken } = of(condition);
      taken.trace('START/MSG', 'condition taken for checking', trace);
      active.trace('PROC/OK', 'check begins', trace);
    },
    'check.finished': ({ condition, result }, trace) => {
      const { active } = of(condition);
      if (result.kind === 'passed') {
        active.debug('END/OK', 'check ended positive', trace);
        return;
      }
      if (result.kind === 'error') {
        checks.debug(
          'END/ERR',
          `condition ${condition.name} could not be checked: ${reasonText(result.reason)}`,
          trace,
        );
        tick.debug('PROC/FAIL', `condition ${condition.name} could not be tested`, trace);
        return;
      }
      if (result.kind === 'inconclusive') active.warn('END/FAIL', 'check ended without outcome', trace);
      else if ('notDue' in result) active.trace('END/OK', 'check ended negative', trace);
      else active.debug('END/OK', 'check ended negative', trace);
      notExecuted(condition, trace);
    },
    'guard.answered': ({ guard, answer }, trace) =>
      of(guard).active.debug('PROC/MSG', () => `as a guard: ${guardWords(guard.name, answer)}`, trace),
    'firing.held': ({ condition, held, kept }, trace) => {
      const why = kept ? 'held as before the start' : 'held';
      of(condition).active.info('PROC/MSG', `${why}: ${guardWords(held.guard, held.answer)}`, trace);
    },
    'firing.joined': ({ condition, held }, trace) =>
      of(condition).active.debug('PROC/MSG', () => `one more firing is held: ${held.joined + 1} for one run`, trace),
    'firing.released': ({ condition, reason }, trace) =>
      of(condition).active.info('PROC/OK', reasonText(reason), trace),
    'firing.expired': ({ condition, reason }, trace) =>
      of(condition).active.warn('PROC/MSG', `missed: ${reasonText(reason)}`, trace),
    'firing.dropped': ({ condition, reason }, trace) =>
      of(condition).active.info('PROC/MSG', reasonText(reason), trace),
    'firing.combined': ({ condition, instants, paused }, trace) =>
      of(condition).active.info(
        'PROC/MSG',
        () =>
          `one run for ${instants.length} instants, from ${showInstant(instants[0]!)} to ${showInstant(instants.at(-1)!)}${paused > 0 ? `, of which ${paused} came in a pause` : ''}`,
        trace,
      ),
    'firing.elsewhere': ({ condition, reason }, trace) => {
      const { active } = of(condition);
      // While another machine has the name, this is so for each firing: an error has said it once.
      if (reason.code === 'fleet-taken' || reason.code === 'fleet-name-taken')
        active.info('PROC/MSG', reasonText(reason), trace);
      else if (isGivenUp(reason)) active.info('PROC/MSG', 'it waits for the fleet no longer', trace);
      else active.warn('PROC/MSG', `missed: ${reasonText(reason)}`, trace);
    },
    'run.unclaimed': ({ condition, reason }, trace) => of(condition).active.warn('PROC/MSG', reasonText(reason), trace),
    'run.lost': ({ condition, reason, again }, trace) =>
      of(condition).active.warn(
        'PROC/MSG',
        `${reasonText(reason)}; ${again ? 'it is repeated here' : 'it is missed'}`,
        trace,
      ),
    'run.taken-over': ({ condition, node }, trace) =>
      of(condition).active.warn(
        'PROC/MSG',
        `this machine was taken for dead in this run, and ${node} has decided about it`,
        trace,
      ),
    'check.cancelled': ({ condition }, trace) =>
      of(condition).active.info('PROC/MSG', 'the check is being ended: it was cancelled by a command', trace),
    'condition.overdue': ({ condition, why }, trace) => of(condition).active.warn('PROC/MSG', `overdue: ${why}`, trace),
  };
};
