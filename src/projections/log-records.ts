import { suggest } from '../config/suggest.ts';
import { showInstant } from '../core/duration.ts';
import type { ConditionRef, EventHandlers, EventRef, Operation, TaskRef } from '../core/engine-events.ts';
import { internalErrorText } from '../core/internal-error.ts';
import type { Outcome } from '../core/outcome.ts';
import { reasonText, retryEndText } from '../core/reasons.ts';
import type { Config } from '../core/spec.ts';
import { INELIGIBLE, OPERATION_TEXTS } from '../core/states.ts';
import type { Log, Logger, Mark, TraceContext } from '../log/record.ts';
import { counted } from '../plural.ts';
import { clockText, historyMessage, SKIPPED } from './record-texts.ts';
import {
  againText,
  attemptFailed,
  checkReason,
  earlyEndText,
  guardWords,
  interruptedText,
  notBegun,
  queuedText,
} from './state-reasons.ts';

/** Warnings about a file that are logged one by one. */
const MOST_WARNINGS = 20;

/** What runs that are under way have written. */
export interface LastLines {
  /** The last line, with secrets masked; undefined: there is none. */
  lastLine(item: string, run: string): string | undefined;
}

/** The loggers of one condition. */
interface ConditionLoggers {
  /** `CONDITION active NAME/ID` */
  readonly active: Logger;
  /** `CONDITION_REGISTRY tick NAME/ID` */
  readonly taken: Logger;
}

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

/** The log records of the engine: marks, levels and texts of every event. What items do is logged by their kinds. */
export const logRecords = (log: Log, outputs: LastLines): EventHandlers => {
  const main = (action: string): Logger => log.for('MAIN', action);
  const [starting, tick, exit, command] = [main('starting'), main('scheduler_tick'), main('exit'), main('command')];
  const [reconfigure, conditionState, eventTrigger] = [
    main('reconfigure'),
    main('condition_state'),
    main('event_trigger'),
  ];
  const operationLogs: Readonly<Record<Operation, Logger>> = {
    reset: main('reset_conditions'),
    suspend: main('suspend_condition'),
    resume: main('resume_condition'),
  };
  const changes = log.for('CONFIGURATION', 'reconfigure');
  const checks = log.for('CONDITION_REGISTRY', 'tick');
  const queuedReset = log.for('CONDITION_REGISTRY', 'reset_conditions');
  const queuedSuspend = log.for('CONDITION_REGISTRY', 'suspend_condition');
  const [sequence, parallel] = [log.for('TASK_REGISTRY', 'run_seq'), log.for('TASK_REGISTRY', 'run_par')];
  const listener = log.for('EVENT_REGISTRY', 'listener');
  const [install, uninstall] = [log.for('EVENT_REGISTRY', 'install'), log.for('EVENT_REGISTRY', 'uninstall')];

  const conditions = new WeakMap<ConditionRef, ConditionLoggers>();
  const of = (condition: ConditionRef): ConditionLoggers => {
    let loggers = conditions.get(condition);
    if (loggers === undefined) {
      const { name, id } = condition;
      loggers = {
        active: log.for('CONDITION', 'active', name, id),
        taken: log.for('CONDITION_REGISTRY', 'tick', name, id),
      };
      conditions.set(condition, loggers);
    }
    return loggers;
  };
  const items = new WeakMap<TaskRef | EventRef, Logger>();
  const ofItem = (emitter: 'TASK' | 'EVENT', item: TaskRef | EventRef): Logger => {
    let logger = items.get(item);
    if (logger === undefined) {
      logger = log.for(emitter, 'active', item.name, item.id);
      items.set(item, logger);
    }
    return logger;
  };
  const notExecuted = ({ name }: ConditionRef, trace: TraceContext): void =>
    tick.trace('PROC/MSG', () => `condition ${name}: tasks not executed`, trace);

  const warn = (logger: Logger, mark: Mark, { file, warnings }: Config, trace: TraceContext): void => {
    const more = warnings.length - MOST_WARNINGS;
    for (const { line } of warnings.slice(0, MOST_WARNINGS)) logger.warn(mark, line, trace);
    if (more > 0) logger.warn(mark, `${file}: and ${counted(more, 'more warning')}`, trace);
  };

  return {
    'scheduler.loading': ({ config }, trace) => warn(starting, 'START/MSG', config, trace),
    'scheduler.paused': ({ initial, kept, until }, trace) => {
      // Nothing runs until the command, which a person may have given weeks ago.
      if (kept && until !== undefined)
        starting.warn('PROC/MSG', `starting paused: it was paused when it ended, until ${showInstant(until)}`, trace);
      else if (kept)
        starting.warn('PROC/MSG', 'starting paused: it was paused when it ended, until the command resume', trace);
      else if (initial) starting.info('PROC/MSG', 'starting paused, as asked for', trace);
      else if (until !== undefined) command.info('PROC/MSG', `pausing until ${showInstant(until)}`, trace);
      else command.debug('PROC/MSG', 'pausing', trace);
      (initial ? starting : command).trace('PAUSE/YES', 'scheduler is paused', trace);
    },
    'pause.changed': ({ until }, trace) =>
      command.info(
        'PROC/MSG',
        until === undefined ? 'the pause has no end now' : `the pause ends at ${showInstant(until)} now`,
        trace,
      ),
    'scheduler.resumed': ({ until }, trace) => {
      if (until === undefined) command.debug('PROC/MSG', 'resuming', trace);
      else command.info('PROC/MSG', `resuming: the pause until ${showInstant(until)} is over`, trace);
      command.trace('PAUSE/NO', 'scheduler is not paused', trace);
    },
    'scheduler.busy': ({ busy }, trace) => tick.trace('BUSY/YES', () => `conditions busy: ${busy}`, trace),
    'scheduler.idle': (_, trace) => tick.trace('BUSY/NO', 'no condition is busy', trace),
    'scheduler.ended': ({ how }, trace) => {
      if (how === 'exit') exit.info('END/OK', 'scheduler ended', trace);
    },
    'tick.started': ({ busy, paused }, trace) => {
      if (busy > 0) tick.trace('BUSY/YES', () => `conditions busy: ${busy}`, trace);
      else tick.trace('BUSY/NO', 'no condition is busy', trace);
      if (paused) tick.trace('PROC/MSG', 'tick without checks: the scheduler is paused', trace);
    },
    'clock.changed': (change, trace) => tick.warn('PROC/MSG', clockText(change), trace),
    'zone.changed': ({ from, to }, trace) =>
      tick.info(
        'PROC/MSG',
        `the time zone of the machine is ${to} now, it was ${from}: time conditions without a timezone of their own look again`,
        trace,
      ),
    'zone.failed': ({ problem }, trace) => tick.warn('PROC/MSG', problem, trace),
    'shutdown.requested': ({ how }, trace) =>
      command.warn('PROC/MSG', `request to end ${how === 'kill' ? 'at once ' : ''}accepted`, trace),
    'shutdown.interrupted': ({ signal, again }, trace) =>
      exit.warn(
        'END/MSG',
        `${signal} received, ${again ? 'ending at once' : 'ending when running work is done'}`,
        trace,
      ),
    'shutdown.draining': ({ busy, again }, trace) => {
      const names = busy.join(', ');
      if (again) exit.info('PROC/MSG', `still waiting for busy conditions: ${names}`, trace);
      else exit.info('END/OK', `no more ticks${names === '' ? '' : `, waiting for busy conditions: ${names}`}`, trace);
    },
    'shutdown.aborting': (_, trace) => exit.warn('END/OK', 'ending at once, all activity is abandoned', trace),

    'command.accepted': ({ command: what, args }, trace) => {
      const names = args.join(' ');
      if (what === 'reset' && args.length > 0) command.debug('PROC/MSG', `resetting conditions: ${names}`, trace);
      else if (what === 'reset') command.trace('PROC/MSG', 'resetting all conditions', trace);
      else if (what === 'suspend' || what === 'resume')
        command.debug('PROC/MSG', `${what}_condition ${names} accepted`, trace);
      else command.debug('PROC/MSG', `${what} ${names} accepted`, trace);
    },
    'help.requested': ({ lines }, trace) => {
      for (const line of lines) command.info('PROC/MSG', line, trace);
    },
    'command.rejected': ({ level, mark, reason }, trace) => command[level](mark, reason, trace),

    'item.creating': ({ section, spec, tasks }, trace) => {
      log.for(spec.emitter, 'new', spec.name, 0).debug('INIT/MSG', `${section} of type ${spec.type} created`, trace);
      if (tasks.length === 0) return;
      const building = log.for('CONDITION', 'active', spec.name, 0);
      for (const task of tasks) {
        building.trace('PROC/MSG', `looking for task ${task}`, trace);
        building.debug('PROC/OK', `task ${task} added`, trace);
      }
    },

    'condition.event-dropped': ({ condition }, trace) =>
      of(condition).active.debug('PROC/MSG', 'the event that came meanwhile is dropped', trace),
    'condition.lock-released': ({ condition, lock }, trace) =>
      of(condition).active.warn(
        'PROC/FAIL',
        `the lock "${lock}" was still held at the end of the run, and is released`,
        trace,
      ),
    'condition.failed': ({ condition, error }, trace) =>
      of(condition).active.error('PROC/ERR', internalErrorText(error), trace),
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
    'check.cancelled': ({ condition }, trace) =>
      of(condition).active.info('PROC/MSG', 'the check is being ended: it was cancelled by a command', trace),
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
    'condition.overdue': ({ condition, why }, trace) => of(condition).active.warn('PROC/MSG', `overdue: ${why}`, trace),
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
      ofItem('TASK', task).error('PROC/ERR', `(trigger: ${condition.name}) ${internalErrorText(error)}`, trace),
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

    'event.failed': ({ event, error }, trace) =>
      ofItem('EVENT', event).error('START/ERR', internalErrorText(error), trace),
    'event.occurred': ({ event }, trace) => listener.trace('PROC/OK', () => `event ${event.name} has occurred`, trace),
    'event.repeated': ({ event, count }, trace) =>
      listener.debug('PROC/MSG', `event ${event.name} has occurred ${count} more times in this tick`, trace),
    'event.fired': ({ event, result, ineligible, triggered }, trace) => {
      const { condition } = event.spec;
      const logger = ofItem('EVENT', event);
      if (ineligible !== undefined) {
        if (!triggered)
          logger.debug('PROC/MSG', `event dropped: condition ${condition} is ${INELIGIBLE[ineligible].is}`, trace);
        return;
      }
      if (triggered)
        log.for('EVENT_REGISTRY', 'trigger', event.name, event.id).debug('PROC/OK', 'event is being fired', trace);
      if (result === 'pending') logger.debug('PROC/OK', `event fired: condition ${condition} is pending`, trace);
      else logger.trace('PROC/MSG', `event fired: condition ${condition} was pending already`, trace);
    },
    'event.listening': ({ event }, trace) => install.trace('INIT/MSG', `event ${event.name} set up`, trace),
    'event.uninstalled': ({ event }, trace) => uninstall.trace('END/MSG', `event ${event.name} taken down`, trace),
    'listening.started': ({ all }, trace) => {
      if (all) listener.trace('START/OK', 'all events are set up, as far as they can be', trace);
      else listener.debug('START/OK', 'events are being listened to', trace);
    },
    'listening.stopping': (_, trace) => listener.trace('START/MSG', 'listening to events ends', trace),
    'listening.stopped': (_, trace) => listener.debug('END/OK', 'no event is listened to any more', trace),
    'trigger.requested': ({ name }, trace) => eventTrigger.debug('START/OK', `triggering event ${name}`, trace),
    'trigger.refused': ({ reason, name, known }, trace) =>
      eventTrigger.error('START/ERR', `${reason}${suggest(name, known)}`, trace),
    'trigger.answered': ({ said }, trace) => eventTrigger.info('END/OK', said, trace),

    'reload.requested': ({ file, signal }, trace) =>
      reconfigure.info('START/MSG', `${signal} received, loading ${file} again`, trace),
    'reload.refused': ({ lines }, trace) => {
      for (const line of lines)
        reconfigure.error('START/FAIL', `configuration refused, nothing changed: ${line}`, trace);
    },
    'reload.failed': ({ error }, trace) => reconfigure.error('END/FAIL', internalErrorText(error), trace),
    'reload.finished': ({ file, config }, trace) => {
      warn(reconfigure, 'PROC/MSG', config, trace);
      reconfigure.info('END/OK', `configuration ${file} loaded`, trace);
    },
    'reload.globals-differ': (_, trace) =>
      changes.warn(
        'PROC/MSG',
        'the globals of the file differ from the running ones: they take effect at the next start',
        trace,
      ),
    'reload.item': ({ section, name, change }, trace) => {
      if (change === 'removed')
        changes.trace('PROC/MSG', `${section} ${name} is not in the new file and removed`, trace);
      else if (change === 'kept') changes.debug('PROC/MSG', `${section} ${name}: no change`, trace);
      else changes.debug('PROC/OK', `${section} ${name} ${change}`, trace);
    },
    'reload.condition-busy': ({ name }, trace) =>
      log
        .for('CONDITION_REGISTRY', 'new')
        .debug('PROC/OK', `condition ${name} is busy: the new one waits for its end`, trace),
  };
};
