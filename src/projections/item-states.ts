import type { ConditionRef, EventHandlers, EventRef, Operation, TaskRef } from '../core/engine-events.ts';
import { internalErrorText } from '../core/internal-error.ts';
import { countsAsFailed } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { isGivenUp, reasonText } from '../core/reasons.ts';
import { INELIGIBLE } from '../core/states.ts';
import type { Track, TransitionDetails } from '../journal/item-transitions.ts';
import { BY_GUARD, ConditionEntry, REPLACING } from './condition-entry.ts';
import { type ConditionStatus, conditionStatus, type LiveCondition } from './condition-status.ts';
import type { OutputExcerpts } from './run-outputs.ts';
import {
  againText,
  attemptFailed,
  checkReason,
  earlyEndText,
  failureWords,
  guardWords,
  interruptedText,
  NO_FAILURE,
  notBegun,
  outcomeReason,
  shownInstant,
} from './state-reasons.ts';

/** Keeps the states of items; the journal is one. */
export interface StateStore {
  /** The states of an item, `condition/Backup`; the one there is, or a new one in state `state`. */
  track(key: string, state: string): Track;
  /** The item has left the configuration: what is kept of it goes in an hour, unless it comes back. */
  depart(key: string): void;
}

/** What an operation did, as a reason. */
const OPERATION_DONE: Readonly<Record<Operation, string>> = {
  reset: 'reset by a command',
  suspend: 'suspended by a command',
  resume: 'resumed and reset by a command',
};
const BY_CHECK: TransitionDetails = { code: 'check' };
const BY_COMMAND: TransitionDetails = { code: 'command' };
const SUSPENSION_OVER = 'resumed and reset: its suspension is over';
const IN_FILE = 'it is in the file';
const NOT_IN_FILE = 'it is not in the new file';

/** The state that a run of a task leaves behind. */
const TASK_STATE = { success: 'succeeded', failure: 'failed', none: 'indeterminate', error: 'error' } as const;

const outputTag = (output: string | undefined): TransitionDetails | undefined =>
  output === undefined ? undefined : { output };

/** The states of all items, with their reasons: the history of each, and how conditions stand. */
export class ItemStates {
  readonly #store: StateStore;
  readonly #outputs: OutputExcerpts;
  readonly #clock: Clock;
  readonly #conditions = new WeakMap<ConditionRef, ConditionEntry>();
  readonly #items = new WeakMap<TaskRef | EventRef, Track>();
  /** The condition and the hook of it that ran a task last, and the reason that makes. */
  readonly #ranBy = new WeakMap<TaskRef, readonly [condition: string, hook: ConditionRef['hook'], why: string]>();

  constructor(store: StateStore, clock: Clock, outputs: OutputExcerpts) {
    this.#outputs = outputs;
    this.#store = store;
    this.#clock = clock;
  }

  /** How a condition stands, and why it does not run this moment. `now`: wall-clock ms. `guardOf`: the conditions that it is a guard of. */
  statusOf(condition: LiveCondition, now: number, guardOf: readonly string[] = []): ConditionStatus {
    return conditionStatus(this.#of(condition), condition, now, guardOf);
  }

  readonly handlers: EventHandlers = {
    'condition.created': ({ condition }) => {
      const track = this.#store.track(`condition/${condition.name}`, 'new');
      this.#conditions.set(condition, new ConditionEntry(condition, track, this.#clock));
    },
    'run.interrupted': ({ condition, interrupted }, trace) =>
      this.#of(condition).set('waiting', interruptedText(interrupted), trace),
    'condition.joined': ({ condition, next }, trace) => this.#of(condition).rest(IN_FILE, next, trace),
    'condition.replacing': ({ condition }, trace) => {
      const entry = this.#of(condition);
      entry.replacing = true;
      entry.set('queued', REPLACING, trace);
    },
    'condition.replaced': ({ condition, next }, trace) => {
      const entry = this.#of(condition);
      entry.replacing = false;
      entry.set(next.state, 'the condition that it replaces is done', trace);
    },
    'condition.removed': ({ condition, how }, trace) => {
      const entry = this.#of(condition);
      if (how === 'removed') entry.set('removed', NOT_IN_FILE, trace);
      entry.closed = true;
    },
    'condition.time-changed': ({ condition, reason, next }, trace) => {
      const why = reasonText(reason);
      this.#of(condition).rest(why, next, trace, { code: 'clock', reason: why });
    },
    'condition.noted': ({ condition, reason, next }, trace) =>
      this.#of(condition).rest(reasonText(reason), next, trace),
    'operation.done': ({ operation, condition, next, until }, trace) => {
      const entry = this.#of(condition);
      entry.replacing = false;
      const why = until === undefined ? OPERATION_DONE[operation] : SUSPENSION_OVER;
      if (operation === 'suspend') entry.suspender = `${why} (${trace.cause})`;
      if (next === undefined) return;
      if (operation === 'suspend' && next.ineligible === 'suspended') {
        const end = next.until === undefined ? '' : `, until ${shownInstant(next.until, this.#clock.wall())}`;
        entry.set(next.state, `${why}${end}`, trace, BY_COMMAND);
      } else entry.rest(why, next, trace, BY_COMMAND);
    },
    'firing.asking': ({ condition, guard }, trace) =>
      this.#of(condition).setIfFree('checking', `guard ${guard} is asked`, trace),
    'firing.held': ({ condition, held }, trace) => {
      const entry = this.#of(condition);
      entry.held = true;
      const why = `${checkReason(held.result)}; held: ${guardWords(held.guard, held.answer)}`;
      entry.setIfFree('held', why, trace, BY_GUARD);
    },
    'firing.joined': ({ condition }, trace) => this.#of(condition).hold('it has fired again while it is held', trace),
    'firing.released': ({ condition }) => {
      this.#of(condition).held = false;
    },
    'firing.dropped': ({ condition, reason }, trace) => {
      const entry = this.#of(condition);
      entry.held = false;
      if (reason.code === 'hold-ended' && reason.by === 'cancel')
        entry.setIfFree('waiting', reasonText(reason), trace, BY_COMMAND);
    },
    'run.dropped': ({ condition, reason }, trace) => {
      const entry = this.#of(condition);
      if (entry.state === 'checking') entry.set('waiting', reasonText(reason), trace, BY_COMMAND);
    },
    'firing.claiming': ({ condition }, trace) =>
      this.#of(condition).claim('the fleet is asked whether it runs here', trace),
    'firing.waiting': ({ condition, what }, trace) =>
      this.#of(condition).claim(`it has fired, and waits for ${what}`, trace),
    'firing.elsewhere': ({ condition, reason, next }, trace) => {
      const isMissed = reason.code !== 'fleet-taken' && !isGivenUp(reason);
      this.#of(condition).rest(`${isMissed ? 'missed: ' : ''}${reasonText(reason)}`, next, trace);
    },
    'firing.expired': ({ condition, reason, next }, trace) => {
      const entry = this.#of(condition);
      entry.held = false;
      const why = `missed: ${reasonText(reason)}`;
      if (entry.isRunning) entry.stay(why, trace, BY_GUARD);
      else entry.rest(why, next, trace, BY_GUARD);
    },
    'check.continued': ({ condition, waits, running }, trace) => {
      if (waits && !running) this.#of(condition).set('checking', 'scheduled', trace);
    },
    'check.finished': ({ condition, result, continued, running }, trace) => {
      if (result.kind === 'passed' || running) return;
      const why = checkReason(result);
      const entry = this.#of(condition);
      if (entry.held) entry.hold(`checked again while it is held: ${why}`, trace);
      else if (result.kind === 'error') entry.set('waiting', `it could not be checked: ${why}`, trace, BY_CHECK);
      // That a condition is not due is not recorded at each tick.
      else if (!('notDue' in result) || result.reason !== undefined || continued)
        entry.set('waiting', why, trace, BY_CHECK);
    },
    'run.started': ({ condition, result, next, queued }, trace) => {
      const entry = this.#of(condition);
      const after = queued ? `; it was queued since ${shownInstant(queued.since, this.#clock.wall())}` : '';
      const why = `${checkReason(result)}${after}`;
      if (next.some(({ conditions, blocked }) => conditions.length === 0 && blocked === undefined)) {
        entry.set('running', why, trace);
        return;
      }
      for (const task of next) entry.queued.add(task);
      entry.set('queued', `${why}; ${entry.queueWords}`, trace);
    },
    'run.finished': ({ condition, executed, failed, retriesLeft, next, ended, byCommand }, trace) => {
      const entry = this.#of(condition);
      const { tasks, recurring } = condition.spec.traits;
      entry.queued.clear();
      const output = failed ? outputTag(entry.failedOutput) : undefined;
      entry.failedOutput = undefined;
      if (ended !== undefined || byCommand) {
        const failures = failed ? failureWords(executed, true, 0) : NO_FAILURE;
        entry.rest(ended ? earlyEndText(ended, notBegun(tasks, executed)) : failures, next, trace, output);
        return;
      }
      entry.set(next.state, failed ? failureWords(executed, recurring, retriesLeft) : NO_FAILURE, trace, output);
    },

    'condition.overdue': ({ condition, why }, trace) => {
      const entry = this.#of(condition);
      entry.stay(`it is overdue: ${why}`, trace, { code: 'hook' });
    },
    'hook.started': ({ condition, hook }, trace) => {
      const track = this.#store.track(`condition/${condition.name}`, 'new');
      const entry = new ConditionEntry(condition, track, this.#clock);
      // The states are those of the condition itself.
      entry.closed = true;
      this.#conditions.set(condition, entry);
      track.to(track.state, `${hook.name} began ${trace.run}: ${hook.reason}`, trace, { code: 'hook' });
    },

    'task.created': ({ task }, trace) => {
      const track = this.#store.track(`task/${task.name}`, 'new');
      if (track.state === 'new' || track.state === 'removed') track.to('idle', IN_FILE, trace);
      this.#items.set(task, track);
    },
    'task.removed': ({ task }, trace) => this.#items.get(task)?.to('removed', NOT_IN_FILE, trace),
    'task.queued': ({ task, condition }, trace) => {
      const entry = this.#of(condition);
      entry.queued.add(task);
      entry.queue(trace);
    },
    'task.started': ({ task, condition }, trace) => {
      const entry = this.#of(condition);
      entry.running = [...entry.running, task.name];
      entry.queued.delete(task);
      if (entry.state === 'queued') entry.set('running', `task ${task.name} is free`, trace);
      let by = this.#ranBy.get(task);
      if (by?.[0] !== condition.name || by[1] !== condition.hook) {
        const hook = condition.hook === undefined ? '' : `${condition.hook} of `;
        by = [condition.name, condition.hook, `run by ${hook}condition ${condition.name}`];
        this.#ranBy.set(task, by);
      }
      this.#items.get(task)?.to('running', by[2], trace);
    },
    'task.waiting': ({ task, condition, what }, trace) => {
      this.#of(condition).wait(task.name, what, trace);
      const track = this.#items.get(task);
      if (what === undefined) track?.to('running', 'it waits no longer', trace);
      else track?.to('waiting', `it waits for ${what}`, trace);
    },
    'attempt.started': ({ task, condition, attempt }, trace) => {
      this.#of(condition).attempts.set(task.name, { ...attempt, again: undefined });
      const { number, of } = attempt;
      if (number > 1) this.#items.get(task)?.to('running', `attempt ${number} of ${of}`, trace);
    },
    'attempt.finished': ({ task, condition, attempt, outcome, delayMs }, trace) => {
      if (delayMs === undefined) return;
      this.#of(condition).attempts.set(task.name, { ...attempt, again: this.#clock.mono() + delayMs });
      this.#items.get(task)?.to('waiting', `${attemptFailed(attempt, outcome)}; ${againText(delayMs)}`, trace);
    },
    'task.finished': ({ task, condition, outcome }, trace) => {
      const entry = this.#of(condition);
      entry.running = entry.running.toSpliced(entry.running.indexOf(task.name), 1);
      entry.attempts.delete(task.name);
      entry.queue(trace);
      const output = trace.run === null ? undefined : this.#outputs.excerpt(`task/${task.name}`, trace.run);
      if (countsAsFailed(outcome)) entry.failedOutput ??= output;
      this.#items.get(task)?.to(TASK_STATE[outcome.kind], outcomeReason(outcome), trace, outputTag(output));
    },

    'event.created': ({ event }) => this.#items.set(event, this.#store.track(`event/${event.name}`, 'new')),
    'event.installing': ({ event, listens }, trace) => {
      const track = this.#items.get(event);
      if (listens) track?.to('installing', 'it is being set up', trace);
      else track?.to('listening', 'it waits for the trigger command', trace);
    },
    'event.installed': ({ event }, trace) => {
      const track = this.#items.get(event);
      if (track?.state === 'installing') track.to('listening', 'it is set up, as far as it can be', trace);
    },
    'event.failed': ({ event, error }, trace) =>
      this.#items.get(event)?.to('failed', internalErrorText(error).split('\n', 1)[0]!, trace),
    'event.fired': ({ event, result, ineligible }, trace) => {
      const { condition } = event.spec;
      const is = ineligible === undefined ? `${result === 'pending' ? 'is' : 'was'} pending` : '';
      const why =
        ineligible === undefined
          ? `condition ${condition} ${is}${result === 'already' ? ' already' : ''}`
          : `condition ${condition} is ${INELIGIBLE[ineligible].is}`;
      this.#items
        .get(event)
        ?.to(ineligible === undefined ? 'fired' : 'dropped', why, trace, { concerns: `condition/${condition}` });
    },
    'event.stopped': ({ event, replaced }, trace) => {
      if (!replaced) this.#items.get(event)?.to('stopped', 'it is taken down', trace);
    },
    'item.removed': ({ section, name }) => this.#store.depart(`${section}/${name}`),
  };

  #of(condition: ConditionRef): ConditionEntry {
    return this.#conditions.get(condition)!;
  }
}
