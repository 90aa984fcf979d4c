import {
  type AccountedInstants,
  type ClaimLine,
  type HistoryLine,
  instantOfLine,
  lastLineOf,
  leftoverReason,
  type RunLine,
  type RunOutcome,
  type ScriptLine,
  type StateLine,
  type TaskLine,
} from './history-line.ts';

/** A run that succeeded: when it ended, wall-clock ms, and how long it took, seconds. */
export type Success = readonly [at: number, seconds: number];

/** So many of the last successes are kept. */
const KEPT_SUCCESSES = 20;

/** How a run ended, in short. */
export interface LastRun {
  /** When it ended, wall-clock ms. */
  readonly at: number;
  readonly began: number;
  readonly session: string;
  readonly run: string;
  readonly outcome: RunOutcome;
  readonly seconds: number;
  /** Of a condition: the task that decided. Of a task: its condition. */
  readonly with: string | null;
  readonly reason: string | null;
  readonly lastLine: string | null;
}

/** The runs of a condition or a task, in short. */
export interface RunSummary {
  readonly runs: number;
  readonly failures: number;
  readonly last: LastRun;
  /** How many runs in a row have ended alike, successes or failures, and when the first of them ended, wall-clock ms. */
  readonly streak: { readonly failed: boolean; readonly count: number; readonly since: number };
  /** When a run last succeeded and last failed, wall-clock ms; null: none has. */
  readonly lastSuccess: number | null;
  readonly lastFailure: number | null;
  /** Of a condition: its last runs that succeeded, oldest first; absent: none is known. */
  readonly successes?: readonly Success[];
}

/** What is known of a condition besides its runs. */
export interface ConditionRecord {
  /** Up to when its instants are accounted for, wall-clock ms. */
  readonly until: number;
  /** Instants up to `until` that are not accounted for yet, wall-clock ms. */
  readonly held: readonly number[];
  /** Runs that it owes for missed instants. */
  readonly owed: number;
  readonly type: string;
  readonly schedule: string | null;
  /** Its last state, if it was recorded. */
  readonly state: Pick<StateLine, 'state' | 'retries_left' | 'counted' | 'suspended_until'> | null;
  /** From when on it was in the file and not suspended, wall-clock ms; absent: that is not known. */
  readonly since?: number;
  /** When its hooks began last, wall-clock ms, by `on_failure` and the like. */
  readonly hooks?: Readonly<Record<string, number>>;
  /** A firing that is held: since when, the instant that it is for (both wall-clock ms), and why it fired; null: none is. */
  readonly hold: { readonly since: number; readonly at?: number; readonly why: string } | null;
  /** Its last firing that was held for too long: when it was missed, wall-clock ms, and why; absent: none was. */
  readonly missed?: { readonly at: number; readonly why: string };
  /** A run that has begun and not ended, and its tasks that have ended. */
  readonly claim: (ClaimLine & { readonly ended: readonly string[] }) | null;
}

/** A state as it is kept in a file. */
export interface StoredState {
  readonly runs: readonly (readonly [item: string, summary: RunSummary])[];
  readonly conditions: readonly (readonly [name: string, record: ConditionRecord])[];
  readonly scripts: readonly (readonly [item: string, state: ScriptLine['state']])[];
  readonly paused: boolean;
  /** When the pause ends by itself, wall-clock ms; absent: not before a command. */
  readonly pausedUntil?: number;
  readonly session: string | null;
  /** The last line, wall-clock ms. */
  readonly time: number;
  /** The last instance has ended by itself. */
  readonly ended: boolean;
}

/** The clock is behind by so much that it was wrong before: what it shows again comes again. As in `core/clock-watch.ts`. */
const CORRECTION_MS = 3 * 3_600_000;

/** Whether an instance that begins at `now` does not go on from `until`. */
export const isCorrected = (until: number, now: number): boolean => until - now > CORRECTION_MS;

/** Whether an outcome counts against a run: what was interrupted has not succeeded. */
export const isFailure = (outcome: RunOutcome): boolean =>
  outcome === 'failure' || outcome === 'error' || outcome === 'interrupted';

/** Whether a run was ended early, by a command or because a new one has taken its place: streaks go on as if it had not been. */
export const isEndedEarly = (outcome: RunOutcome): boolean => outcome === 'cancelled' || outcome === 'replaced';

/** One that has just been made, and is not known to anything else yet. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the lines so far say: the last runs of each item, and what the next instance has to know. */
export class HistoryState {
  readonly #runs: Map<string, RunSummary> = new Map();
  readonly #conditions: Map<string, ConditionRecord> = new Map();
  readonly #scripts: Map<string, ScriptLine['state']> = new Map();
  #paused = false;
  #pausedUntil: number | undefined;
  #session: string | null = null;
  #time = 0;
  #ended = true;

  constructor(stored?: StoredState) {
    if (stored === undefined) return;
    this.#runs = new Map(stored.runs);
    // Files of versions without guards have no holds.
    this.#conditions = new Map(
      stored.conditions.map(([name, record]) => [name, { ...FRESH, ...record, hold: record.hold ?? null }]),
    );
    this.#scripts = new Map(stored.scripts);
    this.#paused = stored.paused;
    this.#pausedUntil = stored.pausedUntil;
    this.#session = stored.session;
    this.#time = stored.time;
    this.#ended = stored.ended;
  }

  /** The runs of `condition/NAME` or `task/NAME`; undefined: none is known. */
  runsOf(item: string): RunSummary | undefined {
    return this.#runs.get(item);
  }
  get items(): ReadonlyMap<string, RunSummary> {
    return this.#runs;
  }
  condition(name: string): ConditionRecord | undefined {
    return this.#conditions.get(name);
  }
  get conditions(): ReadonlyMap<string, ConditionRecord> {
    return this.#conditions;
  }
  /** The private state of a script, `task/NAME` or `condition/NAME`. */
  scriptState(item: string): ScriptLine['state'] | undefined {
    return this.#scripts.get(item);
  }
  /** The scheduler was paused when the last line was written. */
  get paused(): boolean {
    return this.#paused;
  }
  /** When that pause ends by itself, wall-clock ms; undefined: not before a command. */
  get pausedUntil(): number | undefined {
    return this.#pausedUntil;
  }
  /** The last instance; null: there was none. */
  get session(): string | null {
    return this.#session;
  }
  /** When the last line was written, wall-clock ms. */
  get time(): number {
    return this.#time;
  }
  /** The last instance has ended by itself; false: it was killed, or runs. */
  get ended(): boolean {
    return this.#ended;
  }

  get stored(): StoredState {
    const { paused, pausedUntil, session, time, ended } = this;
    return {
      ...{ runs: [...this.#runs], conditions: [...this.#conditions], scripts: [...this.#scripts] },
      ...{ paused, session, time, ended },
      ...(pausedUntil === undefined ? {} : { pausedUntil }),
    };
  }

  /** Takes the next line. */
  apply(line: HistoryLine): void {
    const time = instantOfLine(line.time);
    this.#time = time;
    (this.#takes[line.kind] as ((line: HistoryLine, time: number) => void) | undefined)?.(line, time);
  }

  readonly #takes: { readonly [K in HistoryLine['kind']]?: (line: HistoryLine & { kind: K }, time: number) => void } = {
    start: ({ session, paused, until }, time) => {
      this.#session = session;
      this.#ended = false;
      this.#setPause(paused, until);
      for (const [name, { until }] of this.#conditions)
        if (isCorrected(until, time)) this.#set(name, time, { until: time, held: [], owed: 0 });
    },
    end: () => {
      this.#ended = true;
    },
    pause: ({ paused, until }) => this.#setPause(paused, until),
    item: ({ condition, change, type, schedule = null }, time) => {
      const known = this.#conditions.get(condition);
      if (change === 'removed') this.#conditions.delete(condition);
      else if (known?.type !== type)
        this.#conditions.set(condition, { ...FRESH, until: time, since: time, type, schedule });
      else if (known.schedule !== schedule) this.#set(condition, time, { schedule, until: time, held: [], owed: 0 });
    },
    claim: (line, time) => {
      const { condition, hook, cause } = line;
      // That a run takes long is said of each one: only what is said once until a success is kept.
      if (hook === 'on_overdue' && cause.startsWith('run-')) return;
      if (hook === undefined) {
        const record = this.#change(condition, time);
        record.claim = { ...line, ended: [] };
        account(record, line);
      } else this.#set(condition, time, { hooks: { ...this.#conditions.get(condition)?.hooks, [hook]: time } });
    },
    missed: (line, time) => {
      const record = this.#change(line.condition, time);
      account(record, line);
      if (line.code === 'hold-expired')
        Object.assign(record, { hold: null, missed: { at: time, why: line.why } } satisfies Partial<ConditionRecord>);
    },
    elsewhere: (line, time) => account(this.#change(line.condition, time), line),
    hold: (line, time) => {
      const { how, since, instant, why, condition } = line;
      const hold = { since: Date.parse(since), ...(instant === undefined ? {} : { at: Date.parse(instant) }), why };
      const known = this.#conditions.get(condition)?.hold ?? hold;
      const is = { held: hold, joined: known, released: null, dropped: null }[how];
      const record = this.#change(condition, time);
      record.hold = is;
      account(record, line);
    },
    state: (line, time) => {
      const { state, retries_left, counted, suspended_until } = line;
      const is = {
        ...{ state, retries_left },
        ...(counted ? { counted } : {}),
        ...(suspended_until === undefined ? {} : { suspended_until }),
      };
      const resumed = this.#conditions.get(line.condition)?.state?.state === 'suspended' && state !== 'suspended';
      const record = this.#change(line.condition, time);
      record.state = is;
      if (resumed) record.since = time;
      account(record, line);
    },
    leftover: (line) => {
      const [section, name] = [line.item.slice(0, line.item.indexOf('/')), line.item.slice(line.item.indexOf('/') + 1)];
      for (const [item, summary] of this.#runs) {
        const { outcome, with: other } = summary.last;
        const isOf = item === line.item || (section === 'task' && other === name && item.startsWith('condition/'));
        if (isOf && outcome === 'interrupted')
          this.#runs.set(item, { ...summary, last: { ...summary.last, reason: leftoverReason(line) } });
      }
    },
    script: ({ item, state }) => {
      this.#scripts.set(item, state);
    },
    task: (line, time) => {
      const claim = this.#conditions.get(line.condition)?.claim;
      if (claim?.run === line.run)
        this.#change(line.condition, time).claim = { ...claim, ended: claim.ended.concat(line.task) };
      this.#count(`task/${line.task}`, time, line, line.condition, line.why, lastLineOf(line));
    },
    run: (line, time) => {
      if (line.hook !== undefined) return;
      this.#change(line.condition, time).claim = null;
      this.#count(`condition/${line.condition}`, time, line, line.task ?? null, line.reason ?? null, line.last_line);
    },
  };

  #setPause(paused: boolean, until: string | undefined): void {
    this.#paused = paused;
    this.#pausedUntil = paused && until !== undefined ? Date.parse(until) : undefined;
  }

  #set(name: string, time: number, change: Partial<ConditionRecord>): void {
    Object.assign(this.#change(name, time), change);
  }
  /** A copy of what is known of a condition, in its place, to be changed at once: what was read before stays what it was. */
  #change(name: string, time: number): Mutable<ConditionRecord> {
    const known = this.#conditions.get(name);
    // One spread is fast, and two are not: they took twenty times as long.
    const record = known === undefined ? { ...FRESH, until: time } : { ...known };
    this.#conditions.set(name, record);
    return record;
  }

  #count(
    item: string,
    at: number,
    line: RunLine | TaskLine,
    other: string | null,
    reason: string | null,
    lastLine: string | undefined,
  ): void {
    const { outcome, session, run, seconds } = line;
    const before = this.#runs.get(item);
    const failed = isFailure(outcome);
    const early = isEndedEarly(outcome);
    const goesOn = before?.streak.failed === failed;
    const first = { failed, count: early ? 0 : 1, since: at };
    const streak = goesOn ? { ...before.streak, count: before.streak.count + 1 } : first;
    const summary: Mutable<RunSummary> = {
      runs: (before?.runs ?? 0) + 1,
      failures: (before?.failures ?? 0) + (failed ? 1 : 0),
      last: {
        ...{ at, began: instantOfLine(line.began), session, run, outcome, seconds, with: other, reason },
        lastLine: lastLine ?? null,
      },
      streak: early ? (before?.streak ?? first) : streak,
      lastSuccess: failed || early ? (before?.lastSuccess ?? null) : at,
      lastFailure: failed ? at : (before?.lastFailure ?? null),
    };
    const successes = successesAfter(before?.successes, line, at);
    if (successes !== undefined) summary.successes = successes;
    this.#runs.set(item, summary);
  }
}

const FRESH: Omit<ConditionRecord, 'until'> = {
  held: [],
  owed: 0,
  type: '',
  schedule: null,
  state: null,
  hold: null,
  claim: null,
};

/** The last successes of a condition, with this run. */
const successesAfter = (
  known: readonly Success[] | undefined,
  { kind, outcome, seconds }: RunLine | TaskLine,
  at: number,
): readonly Success[] | undefined => {
  if (kind !== 'run' || (outcome !== 'success' && outcome !== 'none')) return known;
  if (known === undefined || known.length < KEPT_SUCCESSES) return [...(known ?? []), [at, seconds]];
  const successes = known.slice(-KEPT_SUCCESSES).copyWithin(0, 1);
  successes[KEPT_SUCCESSES - 1] = [at, seconds];
  return successes;
};

/** Up to when the instants of a condition are accounted for, if a line says so. */
const account = (record: Mutable<ConditionRecord>, { until, held = [], owed = 0 }: AccountedInstants): void => {
  if (until === undefined) return;
  record.until = instantOfLine(until);
  record.held = held.map((at) => Date.parse(at));
  record.owed = owed;
};
