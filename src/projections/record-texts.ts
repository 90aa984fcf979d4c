import { CORRECTION_MS } from '../core/clock-watch.ts';
import { showDuration } from '../core/duration.ts';
import type { EngineEventMap, EngineEventType } from '../core/engine-events.ts';
import type { Outcome } from '../core/outcome.ts';
import { reasonText } from '../core/reasons.ts';
import { INELIGIBLE } from '../core/states.ts';
import type { Level } from '../log/record.ts';
import { shownInstant } from './state-reasons.ts';

const OUTCOMES = {
  success: ['OK', 'task succeeded'],
  failure: ['FAIL', 'task failed'],
  none: ['IND', 'no outcome'],
} as const;

/** The message of a HIST END record, which wrappers parse. */
export const historyMessage = (outcome: Outcome, condition: string): string => {
  const [word, text] =
    outcome.kind === 'error' ? ['ERR', `error: ${reasonText(outcome.reason)}`] : OUTCOMES[outcome.kind];
  return `${word}/trigger:${condition} ${text}`;
};

/** The message about a clock that was set. */
export const clockText = ({ kind, from, to }: EngineEventMap['clock.changed']): string => {
  const by = Math.abs(from - to);
  const back =
    by > CORRECTION_MS
      ? 'that is a correction, time conditions count from the new time at once'
      : 'time conditions count by the new time, and instants that have fired do not fire again';
  const forward = 'time conditions count by the new time, and catch_up says what becomes of the instants between';
  const between = `from ${shownInstant(from, to)} to ${shownInstant(to, from)}`;
  const way = kind === 'set-back' ? 'back' : 'forward';
  return `the clock was set ${way} by ${showDuration(by)}, ${between}: ${kind === 'set-back' ? back : forward}`;
};

/** What the record of a skipped check says; made once, as it is written at every tick. */
export const SKIPPED = {
  'no-tasks': `check skipped: ${INELIGIBLE['no-tasks'].log}`,
  suspended: `check skipped: ${INELIGIBLE.suspended.log}`,
  finished: `check skipped: ${INELIGIBLE.finished.log}`,
  exhausted: `check skipped: ${INELIGIBLE.exhausted.log}`,
  held: `check skipped: ${INELIGIBLE.held.log}`,
} as const;

/** The level of the most severe record of an event, where it is trace or debug: handlers below the level of the log are not called. */
export const MOST_SEVERE: { readonly [T in EngineEventType]?: Level } = {
  'scheduler.busy': 'trace',
  'scheduler.idle': 'trace',
  'tick.started': 'trace',
  'check.started': 'trace',
  'task.started': 'trace',
  'task.finished': 'trace',
  'sequence.advanced': 'trace',
  'tasks.finished': 'trace',
  'event.occurred': 'trace',
  'event.listening': 'trace',
  'event.uninstalled': 'trace',
  'listening.stopping': 'trace',
  'scheduler.resumed': 'info',
  'command.accepted': 'debug',
  'item.creating': 'debug',
  'condition.event-dropped': 'debug',
  'operation.requested': 'debug',
  'operation.no-conditions': 'debug',
  'check.skipped': 'debug',
  'firing.joined': 'debug',
  'guard.answered': 'debug',
  'event.repeated': 'debug',
  'event.fired': 'debug',
  'sequence.broken': 'debug',
  'listening.started': 'debug',
  'listening.stopped': 'debug',
  'trigger.requested': 'debug',
  'reload.item': 'debug',
  'reload.condition-busy': 'debug',
};
