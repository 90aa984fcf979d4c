import type {
  ConditionRef,
  EventHandlers,
  EventRef,
  HeldFiring,
  NextCheck,
  Operation,
  QueuedRun,
  TaskRef,
} from '../core/engine-events.ts';
import type { GuardAnswer, SettlingFiles } from '../core/instance.ts';
import { internalErrorText } from '../core/internal-error.ts';
import { countsAsFailed } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { reasonText } from '../core/reasons.ts';
import { type ConditionStateName, INELIGIBLE } from '../core/states.ts';
import type { Attempt } from '../core/task-run.ts';
import type { Track, TransitionDetails } from '../journal/item-transitions.ts';
import type { TraceContext } from '../log/record.ts';
import type { OutputExcerpts } from './run-outputs.ts';
import {
  type AskedGuard,
  againText,
  askedWords,
  attemptFailed,
  checkReason,
  earlyEndText,
  failureWords,
  guardWords,
  heldWords,
  interruptedText,
  NO_FAILURE,
  notBegun,
  outcomeReason,
  queueWords,
  shownInstant,
  waitWords,
} from './state-reasons.ts';

/** Keeps the states of items; the journal is one. */
export interface StateStore {
  /** The states of an item, `condition/Backup`; the one there is, or a new one in state `state`. */
  track(key: string, state: string): Track;
  /** The item has left the configuration: what is kept of it goes in an hour, unless it comes back. */
  depart(key: string): void;
}

/** How a condition stands, and why, in words for a person. */
export interface ConditionStatus {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  readonly why: string;
  /** When it is looked at next: wall-clock ms, or `soon`, at the next tick at the latest; undefined: not before something happens. */
  readonly due: number | 'soon' | undefined;
  /** When its suspension ends by itself, wall-clock ms; absent: not before a command, or it is not suspended. */
  readonly until?: number;
  readonly tasks: readonly string[];
  /** Those of its tasks that run for it now. */
  readonly running: readonly string[];
  /** The firing that guards hold back. */
  readonly held?: HeldStatus;
  /** The conditions that it is a guard of, and its last answer. */
  readonly guard?: GuardStatus;
  /** The files that an event of it waits for. */
  readonly settling?: SettlingStatus;
}

/** The files that an event waits for, because they are still changing. */
export interface SettlingStatus extends SettlingFiles {
  readonly event: string;
}

/** A firing that is held. Instants are wall-clock ms. */
export interface HeldStatus {
  readonly since: number;
  /** When it is missed. */
  readonly until: number;
  /** When it can run at the earliest; null: it is not known. */
  readonly earliest: number | null;
  /** The guard that does not hold, and why. */
  readonly guard: string;
  readonly reason: string | null;
  /** How many firings came later and are part of it. */
  readonly joined: number;
}

/** A guard. */
export interface GuardStatus {
  readonly of: readonly string[];
  /** Its last answer, since when it is so (wall-clock ms), and why; null: it was not asked yet. */
  readonly holds: boolean | null;
  readonly since: number | null;
  readonly reason: string | null;
}

const textOf = (answer: GuardAnswer | undefined): string | null =>
  answer?.reason === undefined ? null : reasonText(answer.reason);

const heldStatus = ({ since, until, guard, answer, joined }: HeldFiring): HeldStatus => {
  const { notBefore = null } = answer ?? {};
  return { since, until, earliest: notBefore, guard, reason: textOf(answer), joined };
};

const guardStatus = (of: readonly string[], asked: LiveCondition['asked']): GuardStatus =>
  asked?.answer === undefined
    ? { of, holds: null, since: null, reason: null }
    : { of, holds: asked.answer.holds, since: asked.since, reason: textOf(asked.answer) };

/** What a condition knows of itself that no event says. */
export interface LiveCondition extends ConditionRef {
  readonly busy: boolean;
  /** Its check waits for a moment within the tick. */
  readonly delayed: boolean;
  /** Its firing that is held; undefined: none is. */
  readonly held?: HeldFiring | undefined;
  /** What it answered last as a guard; undefined: it was not asked. */
  readonly asked?: AskedGuard | undefined;
  /** Operations that are done when it is free. */
  /** The run that begins when the one in progress has ended. */
  readonly queued: Pick<QueuedRun, 'since' | 'count'> | undefined;
  readonly pendingOperations: readonly { readonly operation: Operation; readonly origin: TraceContext }[];
  next(): NextCheck;
}

/** What an operation did, as a reason. */
const OPERATION_DONE: Readonly<Record<Operation, string>> = {
  reset: 'reset by a command',
  suspend: 'suspended by a command',
  resume: 'resumed and reset by a command',
};
const OPERATION_QUEUED: Readonly<Record<Operation, string>> = {
  reset: 'a reset',
  suspend: 'a suspension',
  resume: 'a resumption',
};
const BY_CHECK: TransitionDetails = { code: 'check' };
const BY_GUARD: TransitionDetails = { code: 'guard' };
const BY_COMMAND: TransitionDetails = { code: 'command' };
const SUSPENDED_IN_FILE = 'suspended = true in the file';
const SUSPENDED_BEFORE_START = 'suspended before the start, which persistent = true keeps';
const SUSPENDED_FOR_A_TIME = 'suspended before the start';
const SUSPENSION_OVER = 'resumed and reset: its suspension is over';
const REPLACING = 'the condition that it replaces is not done yet';
const IN_FILE = 'it is in the file';
const NOT_IN_FILE = 'it is not in the new file';

/** The state that a run of a task leaves behind. */
const TASK_STATE = { success: 'succeeded', failure: 'failed', none: 'indeterminate', error: 'error' } as const;

const outputTag = (output: string | undefined): TransitionDetails | undefined =>
  output === undefined ? undefined : { output };

/** An attempt of a task that has retries. */
interface RunningAttempt extends Attempt {
  /** It has failed, and the next one begins then, monotonic ms; undefined: it runs. */
  readonly again: number | undefined;
}

/** `0:28`, `1:02:00`. */
const countdown = (ms: number): string => {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const rest = `${Math.floor((s % 3600) / 60)}:${two(s % 60)}`;
  return s < 3600 ? rest : `${Math.floor(s / 3600)}:${rest.padStart(5, '0')}`;
};

/** What is known of one condition. */
class ConditionEntry {
  readonly #name: string;
  readonly #track: Track;
  readonly #clock: Clock;
  /** It waits for the condition that it replaces. */
  replacing = false;
  /** Its firing is held. */
  held = false;
  /** Another one has taken its place: its states are those of the other one now. */
  closed = false;
  /** What has suspended it, if it is suspended. */
  suspender: string;
  /** The last lines of the first task that has failed in its run. */
  failedOutput: string | undefined;
  /** Tasks that run for it, and those that it waits for. */
  readonly running: string[] = [];
  /** How often those of them with retries have been tried, and when they are tried again. */
  readonly attempts = new Map<string, RunningAttempt>();
  readonly queued = new Set<TaskRef>();

  constructor({ name, spec }: ConditionRef, track: Track, clock: Clock) {
    this.#name = name;
    this.#track = track;
    this.#clock = clock;
    this.suspender = spec.traits.suspended ? SUSPENDED_IN_FILE : SUSPENDED_BEFORE_START;
  }

  get state(): string {
    return this.#track.state;
  }
  /** When its state changed, wall-clock ms. */
  get since(): number {
    return this.#track.since;
  }
  get queueWords(): string {
    return [...this.queued].map((task) => queueWords(task, this.#name)).join('; ');
  }

  set(state: ConditionStateName, why: string, trace: TraceContext, tags?: TransitionDetails): void {
    if (this.closed) return;
    this.#track.to(state, why, trace, tags);
  }
  /** It is free; what made it so, and what that means for its checks. */
  rest(why: string, next: NextCheck, trace: TraceContext, tags?: TransitionDetails): void {
    this.set(next.state, `${why}; ${this.#nextWords(next)}`, trace, tags);
  }
  /** It is held as before. */
  hold(why: string, trace: TraceContext): void {
    if (this.state !== 'held') this.set('held', why, trace, BY_GUARD);
  }
  /** It is queued while none of its tasks runs and one has to wait. */
  queue(trace: TraceContext): void {
    if (this.running.length > 0 || this.queued.size === 0 || this.state === 'queued') return;
    this.set('queued', this.queueWords, trace);
  }

  /** Why it is suspended, and until when. `now`: wall-clock ms. */
  suspendedWords({ until }: NextCheck, now: number): string {
    if (until === undefined) return this.suspender;
    const by = this.suspender === SUSPENDED_BEFORE_START ? SUSPENDED_FOR_A_TIME : this.suspender;
    return `${by}, until ${shownInstant(until, now)}`;
  }

  #nextWords(next: NextCheck): string {
    if (next.ineligible === 'suspended') return this.suspendedWords(next, this.#clock.wall());
    return next.ineligible === undefined ? waitWords(next, this.#clock.wall()) : INELIGIBLE[next.ineligible].why;
  }
}

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

  /**
   * How a condition stands, and why it does not run this moment. `now`: wall-clock ms. `guardOf`: the conditions that it is a guard of.
   */
  statusOf(condition: LiveCondition, now: number, guardOf: readonly string[] = []): ConditionStatus {
    const { name, spec, busy, delayed, held, asked } = condition;
    const entry = this.#of(condition);
    const next = condition.next();
    const { ineligible, at } = next;
    const why = this.#whyOf(condition, next, now, guardOf);
    const soon = delayed || at === 'any-tick' ? 'soon' : at;
    return {
      ...{ name, type: spec.type, state: entry.state, why, tasks: spec.traits.tasks, running: [...entry.running] },
      due: busy || ineligible !== undefined || soon === 'on-event' ? undefined : soon,
      ...(next.until === undefined ? {} : { until: next.until }),
      ...(held ? { held: heldStatus(held) } : {}),
      ...(guardOf.length > 0 ? { guard: guardStatus(guardOf, asked) } : {}),
    };
  }

  #whyOf(condition: LiveCondition, next: NextCheck, now: number, guardOf: readonly string[]): string {
    const { busy, delayed, held, asked } = condition;
    const { ineligible } = next;
    const entry = this.#of(condition);
    const queued = condition.queued && queuedWords(condition.queued, now);
    if (busy)
      return [
        this.#business(entry, now),
        ...(queued ? [queued] : []),
        ...(held ? [heldWords(held, now)] : []),
        ...condition.pendingOperations.map(pendingWords),
      ].join('; ');
    if (queued) return queued;
    if (held) return heldWords(held, now);
    if (ineligible === 'suspended') return entry.suspendedWords(next, now);
    if (ineligible === 'no-tasks' && guardOf.length > 0) return askedWords(guardOf, asked, now);
    if (ineligible !== undefined) return INELIGIBLE[ineligible].why;
    if (delayed) return 'its check waits for a moment within the tick';
    return waitWords(next, now);
  }

  /** What a condition is busy with. */
  #business(entry: ConditionEntry, now: number): string {
    if (entry.replacing) return REPLACING;
    const since = `since ${shownInstant(entry.since, now)}`;
    if (entry.state === 'queued') return `it waits ${since}: ${entry.queueWords}`;
    if (entry.state !== 'running') return `it is being checked ${since}`;
    const attempts = [...entry.attempts].map(([task, { number, of, again }]) => {
      const how = again === undefined ? '' : ` failed, again in ${countdown(again - this.#clock.mono())}`;
      return `task ${task}: attempt ${number} of ${of}${how}`;
    });
    return [`its tasks are running ${since}`, ...attempts].join('; ');
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
      this.#of(condition).set('checking', `guard ${guard} is asked`, trace),
    'firing.held': ({ condition, held }, trace) => {
      const entry = this.#of(condition);
      entry.held = true;
      const why = `${checkReason(held.result)}; held: ${guardWords(held.guard, held.answer)}`;
      entry.set('held', why, trace, BY_GUARD);
    },
    'firing.joined': ({ condition }, trace) => this.#of(condition).hold('it has fired again while it is held', trace),
    'firing.released': ({ condition }) => {
      this.#of(condition).held = false;
    },
    'firing.dropped': ({ condition, reason }, trace) => {
      const entry = this.#of(condition);
      entry.held = false;
      if (reason.code === 'hold-ended' && reason.by === 'cancel')
        entry.set('waiting', reasonText(reason), trace, BY_COMMAND);
    },
    'firing.expired': ({ condition, reason, next }, trace) => {
      const entry = this.#of(condition);
      entry.held = false;
      entry.rest(`missed: ${reasonText(reason)}`, next, trace, BY_GUARD);
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
      entry.set(entry.state as ConditionStateName, `it is overdue: ${why}`, trace, { code: 'hook' });
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
      entry.running.push(task.name);
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
      entry.running.splice(entry.running.indexOf(task.name), 1);
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

const queuedWords = ({ since, count }: Pick<QueuedRun, 'since' | 'count'>, now: number): string =>
  `one more run is queued since ${shownInstant(since, now)}${count > 1 ? ` (${count} times)` : ''}`;

const pendingWords = ({ operation, origin }: LiveCondition['pendingOperations'][number]): string =>
  `${OPERATION_QUEUED[operation]} follows when it is free (${origin.cause})`;
