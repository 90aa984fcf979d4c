import type { EarlierCondition } from '../core/earlier.ts';
import type { TimeRange } from '../core/instance.ts';
import type { ConditionSpec } from '../core/spec.ts';
import { guardNames } from '../core/window-guard.ts';
import { type HoldLine, type ItemLine, lineInstant, type RunLine } from '../history/history-line.ts';
import type { ConditionRecord, HistoryState } from '../history/history-state.ts';
import { scheduleOf } from '../history/schedule.ts';
import { type LineStamp, seconds } from './run-lines.ts';

/** How a condition goes on that an earlier instance has left in a state; undefined: it begins anew. @param now wall-clock ms */
const earlierState = (
  state: ConditionRecord['state'],
  { persistent }: ConditionSpec['traits'],
  now: number,
): EarlierCondition['state'] => {
  if (state === null) return undefined;
  const { state: name, retries_left: retriesLeft, suspended_until: end } = state;
  if (end === undefined) return persistent ? { name, retriesLeft } : undefined;
  const until = Date.parse(end);
  if (until > now) return { name, retriesLeft, until };
  // The end came while no instance was running: as after the command.
  return persistent ? { name: 'waiting', retriesLeft } : undefined;
};

/** The tasks of a run that had not ended. */
const leftOf = ({ tasks, ended }: NonNullable<ConditionRecord['claim']>): readonly string[] =>
  tasks.filter((task) => !ended.includes(task));

/** What the history says of earlier instances at the start, and the lines that follow from it. */
export class EarlierHistory {
  /** The scheduler was paused when the last one ended, and until when, wall-clock ms; undefined: until a command. */
  readonly paused: boolean;
  readonly pausedUntil: number | undefined;
  /** Between the last instance and this one, wall-clock ms; undefined: this is the first one. */
  readonly notRunning: TimeRange | undefined;
  readonly #conditions: Map<string, ConditionRecord>;
  readonly #stamp: () => LineStamp;

  /** @param aliveUntil when the last instance was known to run. @param now of the start, both wall-clock ms */
  constructor(state: HistoryState, aliveUntil: number, now: number, stamp: () => LineStamp) {
    this.#stamp = stamp;
    const from = state.ended ? state.time : Math.max(state.time, aliveUntil);
    this.notRunning = state.session === null ? undefined : { from: Math.min(from, now), to: now };
    this.paused = state.paused;
    this.pausedUntil = state.pausedUntil;
    this.#conditions = new Map(state.conditions);
  }

  /** How a condition goes on; undefined: it begins anew. */
  condition(spec: ConditionSpec): EarlierCondition | undefined {
    const known = this.#conditions.get(spec.name);
    if (known === undefined || this.notRunning === undefined || known.type !== spec.type) return undefined;
    const { until, held, owed, schedule, state, hold, claim } = known;
    const stoppedUntil = this.#stoppedUntil(this.notRunning, state);
    const stops = until < stoppedUntil ? [{ from: until, to: stoppedUntil }] : [];
    const left = earlierState(state, spec.traits, this.notRunning.to);
    return {
      ...(schedule === null || schedule !== scheduleOf(spec)
        ? {}
        : { instants: { until, held, owed, stops, notRunning: this.notRunning } }),
      ...(left === undefined ? {} : { state: left }),
      ...(spec.traits.persistent && state?.counted ? { counted: true } : {}),
      ...(hold !== null && this.#holdGoesOn(spec) ? { hold } : {}),
      ...(claim === null
        ? {}
        : { interrupted: { run: claim.run, began: Date.parse(claim.time), tasks: leftOf(claim) } }),
    };
  }

  /** Runs that an earlier instance has left are over: they were interrupted. */
  interruptedRuns(): readonly RunLine[] {
    const lines: RunLine[] = [];
    for (const { claim } of this.#conditions.values()) {
      if (claim === null) continue;
      const { condition, run, cause, why, session, time: began } = claim;
      const [left] = leftOf(claim);
      lines.push({
        kind: 'run',
        ...{ time: this.#stamp().time, session, condition, run, cause, began },
        seconds: seconds(Date.parse(began), this.notRunning?.from ?? Date.parse(began)),
        ...{ outcome: 'interrupted', why, tasks: left === undefined ? [] : [{ task: left, outcome: 'interrupted' }] },
        ...(left === undefined ? {} : { task: left, reason: 'whenever was ended while it ran' }),
      });
    }
    return lines;
  }

  /** A firing that was held is dropped when it is not one of the condition any more; undefined: there is none, or it goes on. */
  droppedHold(spec: ConditionSpec): HoldLine | undefined {
    const hold = this.#conditions.get(spec.name)?.hold;
    if (!hold || this.#holdGoesOn(spec)) return undefined;
    return {
      kind: 'hold',
      ...this.#stamp(),
      ...{ condition: spec.name, run: '', cause: 'start-1', how: 'dropped', since: lineInstant(hold.since) },
      ...{ why: 'it has no guards, other times, or is suspended in the file', guard: '' },
    };
  }

  /** Conditions that have left the file while no instance was running: if they come back they begin anew. @param created those of the file */
  removedItems(created: ReadonlySet<string>): readonly ItemLine[] {
    return [...this.#conditions]
      .filter(([condition]) => !created.has(condition))
      .map(([condition, { type }]) => ({ kind: 'item', ...this.#stamp(), condition, change: 'removed', type }));
  }

  /** All conditions have begun. */
  forget(): void {
    this.#conditions.clear();
  }

  /** Up to when instants of a condition have come in a pause or suspension, wall-clock ms: with an end, also while no instance was running. */
  #stoppedUntil({ from, to }: TimeRange, state: ConditionRecord['state']): number {
    // An instant at the end counts.
    const upTo = (end: number | undefined): number => (end === undefined ? from : Math.min(to, end - 1));
    const pause = this.paused ? upTo(this.pausedUntil) : Number.NEGATIVE_INFINITY;
    const stopped = state !== null && state.state !== 'waiting' && state.state !== 'retrying';
    if (!stopped) return pause;
    const { suspended_until: end } = state;
    return Math.max(pause, upTo(end === undefined ? end : Date.parse(end)));
  }

  /** Whether a firing that was held is one of this condition. */
  #holdGoesOn(spec: ConditionSpec): boolean {
    const known = this.#conditions.get(spec.name);
    const { tasks, suspended } = spec.traits;
    const runs = tasks.length > 0 && guardNames(spec).length > 0 && !suspended;
    return runs && known?.type === spec.type && known.schedule === (scheduleOf(spec) ?? null);
  }
}
