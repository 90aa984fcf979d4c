import { reasonText } from '../core/reasons.ts';
import type { Config } from '../core/spec.ts';
import type { ClaimLine, HistoryLine, HoldLine, TaskLine } from '../history/history-line.ts';
import type { Assumable, AssumedEnd, AssumedEvent, AssumedOutcome, Assumptions } from './assumptions.ts';
import { AT_ONCE } from './assumptions.ts';
import type { RecordedFiring } from './counts.ts';
import { type Happening, Happenings } from './happenings.ts';
import type { InstanceRange } from './simulation.ts';

/** A run of a task in the history: when it began, wall-clock ms, and what its attempts came to. */
interface ReplayedRun {
  readonly began: number;
  readonly attempts: readonly AssumedEnd[];
}

/** An event that has fired a condition; without a name: by one of its events. */
type ReplayedEvent = AssumedEvent & { readonly name: string | undefined };

/** The length of a tick where no start says it, ms. */
const TICK_MS = 5000;

/** Why a condition ran that waits for the start of the program. */
const STARTED = reasonText({ code: 'session', what: 'start' });

/** Runs that were ended early, or that were interrupted, do not say what they would have come to. */
const OUTCOMES: ReadonlySet<string> = new Set<AssumedOutcome>(['success', 'failure', 'none', 'error']);

const push = <T>(lists: Map<string, T[]>, name: string, one: T): void => {
  const list = lists.get(name);
  if (list) list.push(one);
  else lists.set(name, [one]);
};

/** The first place in an ordered list that is not before an instant. */
const placeOf = <T>(list: readonly T[], at: number, when: (one: T) => number): number => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (when(list[middle]!) < at) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The attempts of a run. How long the last one took is not written: as long as the one before it, if that fits. */
const attemptsOf = ({ began, seconds, outcome, failed_attempts: failed = [] }: TaskLine): AssumedEnd[] => {
  const last = failed.at(-1);
  const left = last
    ? Date.parse(began) + seconds * 1000 - Date.parse(last.began) - last.seconds * 1000
    : seconds * 1000;
  const lastMs = last ? Math.max(0, Math.min(left, last.seconds * 1000)) : left;
  return [
    ...failed.map((one) => ({ outcome: one.outcome as AssumedOutcome, durationMs: one.seconds * 1000 })),
    { outcome: outcome as AssumedOutcome, durationMs: lastMs },
  ];
};

/** What a history says of a time: its instances, its firings, and what runs, checks and events came to. */
export class Replay {
  /** The instances, each until it was last known to run. */
  readonly instances: (InstanceRange & { to: number; readonly happenings: Happening[] })[] = [];
  /** The runs of conditions that have begun, without those of hooks. */
  readonly fired: RecordedFiring[] = [];
  readonly #happenings = new Happenings();
  #longestTick = 0;
  readonly #conditions = new Set<string>();
  readonly #tasks = new Map<string, ReplayedRun[]>();
  readonly #ofCondition = new Map<string, ReplayedRun[]>();
  /** When checks have passed by themselves, and when events have fired, by condition. */
  readonly #passed = new Map<string, number[]>();
  readonly #events = new Map<string, ReplayedEvent[]>();
  /** When a condition has fired that was held, by condition: the line does not say by which of its events. */
  readonly #cameHeld = new Map<string, ReplayedEvent[]>();
  /** When guards held something back, by guard; and since when one holds back what, by condition. */
  readonly #closed = new Map<string, InstanceRange[]>();
  readonly #held = new Map<string, { readonly guard: string; readonly from: number }>();
  #last = Number.NEGATIVE_INFINITY;

  constructor(lines: Iterable<HistoryLine>) {
    for (const line of lines) this.#take(line, Date.parse(line.time));
    for (const condition of [...this.#held.keys()]) this.#released(condition, Number.POSITIVE_INFINITY);
    for (const runs of [...this.#tasks.values(), ...this.#ofCondition.values()]) runs.sort((a, b) => a.began - b.began);
    for (const at of this.#passed.values()) at.sort((a, b) => a - b);
    for (const all of this.#events.values()) all.sort((a, b) => a.at - b.at);
    this.fired.sort((a, b) => a.at - b.at);
  }

  /** The longest tick of its instances, ms. */
  get tickMs(): number {
    return this.#longestTick || TICK_MS;
  }

  /** The time of the history, wall-clock ms; undefined: it is empty. */
  get range(): InstanceRange | undefined {
    const [first] = this.instances;
    return first && { from: first.from, to: this.#last };
  }

  /** The parts of its instances within a range. */
  within({ from, to }: InstanceRange): readonly InstanceRange[] {
    return this.instances
      .map(({ happenings, ...one }) => ({
        ...one,
        ...{ from: Math.max(one.from, from), to: Math.min(one.to, to) },
        // In the order of the lines: the clock can have been set back.
        happenings: happenings.filter(({ at }) => at >= from && at <= to),
      }))
      .filter((one) => one.from < one.to);
  }

  /** The tasks and conditions, of those whose outcomes can be assumed, that it knows nothing of: `task X`. */
  unknown({ task, condition }: Assumable): readonly string[] {
    const names = (section: 'task' | 'condition', of: Assumable['task'], known: { has(name: string): boolean }) =>
      [...of].flatMap(([name, keys]) =>
        typeof keys !== 'string' && keys.includes('outcome') && !known.has(name) ? [`${section} ${name}`] : [],
      );
    return [...names('task', task, this.#tasks), ...names('condition', condition, this.#conditions)];
  }

  /** What runs, checks and events of a configuration came to in the history. */
  assumptions({ events }: Config): Assumptions {
    const halfTick = this.tickMs / 2;
    // A claim is written at a tick, after what has led to it.
    const before = (at: number): number => at - halfTick;
    const conditionOf = new Map(events.map(({ name, condition }) => [name, condition]));
    const first = new Map(events.toReversed().map(({ name, condition }) => [condition, name]));
    return {
      ends: (section, name, since) => (section === 'task' ? this.#runs(name) : this.#checks(name, since, halfTick)),
      instants: (name) => (this.#passed.get(name) ?? []).map(before),
      guard: (name) => {
        const closed = this.#closed.get(name);
        // It holds, but where the history says that it did not.
        return closed ? [Number.NEGATIVE_INFINITY, ...unionOf(closed).flatMap(({ from, to }) => [from, to])] : [];
      },
      occurrences: (name) => {
        const condition = conditionOf.get(name) ?? '';
        const own = [...this.#events.values()].flat().filter((one) => one.name === name);
        const unnamed = [...(this.#events.get(condition) ?? []), ...(this.#cameHeld.get(condition) ?? [])].filter(
          (one) => (one.name === undefined || !conditionOf.has(one.name)) && first.get(condition) === name,
        );
        return [...own, ...unnamed].map((one) => ({ ...one, at: before(one.at) })).sort((a, b) => a.at - b.at);
      },
    };
  }

  /** The run of the history that is the nearest in time, if possible for the same condition. */
  #runs(name: string): ReturnType<Assumptions['ends']> {
    let run: ReplayedRun | undefined;
    return ({ at, condition, attempt }) => {
      const all = this.#ofCondition.get(`${condition}\n${name}`) ?? this.#tasks.get(name) ?? [];
      if (attempt === 1) {
        const place = placeOf(all, at, ({ began }) => began);
        const [earlier, later] = [all[place - 1], all[place]];
        run = earlier && (!later || at - earlier.began <= later.began - at) ? earlier : later;
      }
      return run?.attempts[Math.min(attempt, run.attempts.length) - 1] ?? AT_ONCE;
    };
  }

  /** A check passes if the history has a run since the check before. Of a condition that it does not know all pass. */
  #checks(name: string, since: number, halfTick: number): ReturnType<Assumptions['ends']> {
    if (!this.#conditions.has(name)) return () => AT_ONCE;
    const passed = this.#passed.get(name) ?? [];
    let next = placeOf(passed, since, (at) => at);
    return ({ at }) => {
      const before = next;
      while (next < passed.length && passed[next]! - halfTick <= at) next += 1;
      return { outcome: next > before ? 'success' : 'failure', durationMs: 0 };
    };
  }

  #take(line: HistoryLine, at: number): void {
    this.#last = Math.max(this.#last, at);
    if (line.kind === 'start') {
      if (line.last_alive !== undefined) this.#goesOnUntil(Date.parse(line.last_alive));
      this.instances.push({ from: at, to: at, paused: line.paused && line.until === undefined, happenings: [] });
      this.#longestTick = Math.max(this.#longestTick, line.tick_seconds * 1000);
      return;
    }
    // The oldest segments are not kept: the beginning may be missing.
    if (this.instances.length === 0) this.instances.push({ from: at, to: at, happenings: [] });
    this.#goesOnUntil(at);
    this.instances.at(-1)!.happenings.push(...this.#happenings.of(line, at));
    if ('condition' in line) this.#conditions.add(line.condition);
    if (line.kind === 'claim' && line.hook === undefined) this.#claim(line, at);
    if (line.kind === 'task' && OUTCOMES.has(line.outcome)) {
      const run = { began: Date.parse(line.began), attempts: attemptsOf(line) };
      push(this.#tasks, line.task, run);
      push(this.#ofCondition, `${line.condition}\n${line.task}`, run);
    }
    if (line.kind === 'hold') this.#hold(line, at);
    if (line.kind === 'missed' && line.code === 'hold-expired') this.#released(line.condition, at);
  }

  #goesOnUntil(to: number): void {
    const last = this.instances.at(-1);
    if (last) last.to = Math.max(last.to, to);
  }

  #claim({ condition, code, why, event }: ClaimLine, at: number): void {
    this.fired.push({ at, condition });
    // A start comes again with the start of the instance.
    if (code === 'session' && why === STARTED) return;
    if (code === 'event-came') push(this.#events, condition, { at, name: event?.name, path: event?.path });
    else if (code !== 'run-command' && code !== 'interrupted-run') push(this.#passed, condition, at);
  }

  #hold({ condition, how, guard, since }: HoldLine, at: number): void {
    // What is held on after a restart has come before it.
    if (how === 'held' && at - Date.parse(since) < this.tickMs)
      push(this.#cameHeld, condition, { at, name: undefined });
    if (how === 'held') this.#held.set(condition, { guard, from: at - this.tickMs });
    else if (how !== 'joined') this.#released(condition, at);
  }
  #released(condition: string, at: number): void {
    const held = this.#held.get(condition);
    if (held === undefined) return;
    this.#held.delete(condition);
    push(this.#closed, held.guard, { from: held.from, to: at - this.tickMs / 2 });
  }
}

/** Ranges that do not overlap, in order. */
const unionOf = (ranges: readonly InstanceRange[]): readonly InstanceRange[] => {
  const union: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = union.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else union.push({ from, to });
  }
  return union;
};
