import { expected, expectOptions, TYPES } from '../check-arguments.ts';
import type { Family, Sample } from './exposition.ts';
import type { ProcessFigures } from './meter.ts';
import { type Counts, type TaskTotals, Totals } from './totals.ts';

/** What a running daemon says of itself when it is asked. */
export interface LiveFigures {
  /** When conditions are due next, seconds since 1970; absent: not before something happens, or they run. */
  readonly due: ReadonlyMap<string, number>;
  /** Whether conditions have not succeeded for too long, or take too long. */
  readonly overdue: ReadonlyMap<string, boolean>;
  /** What each sink has dropped. */
  readonly dropped: ReadonlyMap<string, number>;
  /** Bytes of the history; absent: none is kept. */
  readonly historyBytes?: number;
  /** The configuration. */
  readonly file: string;
  /** What this instance is called in the history. */
  readonly session: string;
}

/** What the families hold besides the totals. */
export interface FamilyContext {
  readonly vitals: ProcessFigures;
  /** Monotonic clock, ns; what runs now counts until now. */
  readonly now: number;
  readonly version: string;
  /** Of the interpreter: `v20.20.2`. */
  readonly node: string;
  /** When the process began, seconds since 1970. */
  readonly started: number;
  /** The process is about to end. */
  readonly ending: boolean;
  /** Absent: nothing runs yet. */
  readonly live?: LiveFigures | undefined;
}

const SURROUNDINGS = {
  ...{ vitals: TYPES.table, now: TYPES.number, version: TYPES.text, node: TYPES.text },
  ...{ started: TYPES.number, ending: TYPES.flag, live: TYPES.table },
} as const;
const NEEDED = ['vitals', 'now', 'version', 'node', 'started', 'ending'] as const;
const VITALS = {
  ...{ eventLoopDelayMs: TYPES.number, rssBytes: TYPES.number, heapBytes: TYPES.number, cpuSeconds: TYPES.number },
} as const;

type Labels = Readonly<Record<string, string>>;
const one = (value: number, labels: Labels = {}): readonly Sample[] => [{ value, labels }];
const split = (counts: Counts, label: string, labels: Labels = {}): readonly Sample[] =>
  [...counts.entries()].map(([word, value]) => ({ labels: { ...labels, [label]: word }, value }));
const each = <T>(
  map: ReadonlyMap<string, T> | undefined,
  make: (one: T, name: string) => readonly Sample[],
): readonly Sample[] => [...(map ?? [])].flatMap(([name, entry]) => make(entry, name));

/** How long the runs that are not over have taken together, and the longest of them; seconds. */
const runningSeconds = ({ running }: TaskTotals, now: number): { readonly all: number; readonly longest: number } => {
  const seconds = [...running.values()].map((began) => Math.max(0, now - began) / 1e9);
  return { all: seconds.reduce((sum, s) => sum + s, 0), longest: Math.max(0, ...seconds) };
};

/** The totals as families of Prometheus; every known value of a label has a sample, zero if nothing has happened. @throws TypeError */
export const familiesOf = (totals: Totals, around: FamilyContext): readonly Family[] => {
  expected('familiesOf', 'totals', totals, 'totals as a DaemonMeter has them', totals instanceof Totals);
  expectOptions('familiesOf', around, SURROUNDINGS, ...NEEDED);
  expectOptions('familiesOf', around.vitals, VITALS, 'eventLoopDelayMs', 'rssBytes', 'heapBytes', 'cpuSeconds');
  const { tasks, conditions, fired, skipped, reloads, late, ticks, paused, busy } = totals;
  const { vitals, now, version, node, started, ending, live } = around;
  const family =
    (type: Family['type']) =>
    (name: string, help: string, samples: readonly Sample[]): Family => ({
      name: `whenever_${name}`,
      type,
      help,
      samples,
    });
  const [gauge, counter, histogram, info] = [
    ...[family('gauge'), family('counter'), family('histogram'), family('info')],
  ] as const;
  return [
    gauge('up', '1 while the scheduler runs; the file says 0 after its end.', one(ending ? 0 : 1)),
    info('build_info', 'Always 1; the versions are in the labels.', one(1, { version, node })),
    info(
      'info',
      'Always 1; the versions, the configuration file and the session are in the labels.',
      live === undefined ? [] : one(1, { version, node, file: live.file, session: live.session }),
    ),
    gauge('start_time_seconds', 'When the process began, in seconds since 1970.', one(started)),
    counter(
      'ticks_total',
      'Ticks in which the scheduler looked at conditions; those in which nothing is due are left out at log levels above debug.',
      one(ticks),
    ),
    histogram('tick_late_seconds', 'How late ticks began.', late.samples({})),
    gauge('tick_late_max_seconds', 'How late the latest tick began.', one(late.max)),
    gauge('busy', 'Conditions that are being checked or whose tasks run.', one(busy)),
    gauge('paused', '1 while the scheduler is paused.', one(paused ? 1 : 0)),
    counter(
      'checks_total',
      'Checks of conditions that were due, by what came of them.',
      each(conditions, ({ checkOutcomes }, condition) => split(checkOutcomes, 'outcome', { condition })),
    ),
    counter(
      'runs_total',
      'Runs of the tasks of a condition, by what came of them.',
      each(conditions, ({ runOutcomes }, condition) => split(runOutcomes, 'outcome', { condition })),
    ),
    gauge(
      'next_due_timestamp_seconds',
      'When a condition is due next, in seconds since 1970; now if at the next tick, absent while it runs or waits for something.',
      each(live?.due, (at, condition) => one(at, { condition })),
    ),
    gauge(
      'overdue',
      '1 while a condition has not succeeded for too long, or takes too long.',
      each(live?.overdue, (overdue, condition) => one(overdue ? 1 : 0, { condition })),
    ),
    counter(
      'retries_total',
      'Runs of a condition that were tried again after a failure.',
      each(conditions, ({ retries }, condition) => one(retries, { condition })),
    ),
    counter(
      'missed_total',
      'Instants of a condition that were missed, and firings that were held for too long.',
      each(conditions, ({ missed }, condition) => one(missed, { condition })),
    ),
    counter(
      'firings_held_total',
      'Firings of a condition that its guards have held back.',
      each(conditions, ({ held }, condition) => one(held, { condition })),
    ),
    gauge(
      'held',
      '1 while a firing of the condition is held back by its guards.',
      each(conditions, ({ holding }, condition) => one(holding ? 1 : 0, { condition })),
    ),
    histogram(
      'run_queue_seconds',
      'How long runs of a condition waited for the end of the one before, of those that waited.',
      each(conditions, ({ queued }, condition) => queued.samples({ condition })),
    ),
    histogram(
      'task_queue_seconds',
      'How long a task waited for another run of it, each time that it waited.',
      each(tasks, ({ queued }, task) => queued.samples({ task })),
    ),
    counter(
      'task_runs_total',
      'Runs of tasks, by what came of them.',
      each(tasks, ({ outcomes }, task) => split(outcomes, 'outcome', { task })),
    ),
    counter(
      'task_retries_total',
      'Runs of a task within a run that was tried again.',
      each(tasks, ({ retries }, task) => one(retries, { task })),
    ),
    counter(
      'task_attempts_total',
      'Attempts of a task that has `retries`, by what came of them.',
      each(tasks, ({ attempts }, task) => split(attempts, 'outcome', { task })),
    ),
    histogram(
      'task_seconds',
      'How long runs of tasks took that are over.',
      each(tasks, ({ seconds }, task) => seconds.samples({ task })),
    ),
    counter(
      'task_busy_seconds_total',
      'How long a task has been running in all, with what runs now.',
      each(tasks, (entry, task) => one(entry.seconds.sum + runningSeconds(entry, now).all, { task })),
    ),
    gauge(
      'running',
      'Runs of a task that are not over.',
      each(tasks, ({ running }, task) => one(running.size, { task })),
    ),
    gauge(
      'running_seconds',
      'How long the run of a task that is not over has taken so far; 0 when it does not run.',
      each(tasks, (entry, task) => one(runningSeconds(entry, now).longest, { task })),
    ),
    gauge(
      'last_success_timestamp_seconds',
      'When a task last succeeded, in seconds since 1970; 0: not since the start.',
      each(tasks, ({ lastSuccess }, task) => one(lastSuccess, { task })),
    ),
    counter(
      'events_fired_total',
      'Firings of events.',
      each(fired, (count, event) => one(count, { event })),
    ),
    counter(
      'skipped_total',
      'Conditions that were left out when it was their turn, by reason.',
      split(skipped, 'reason'),
    ),
    counter(
      'dropped_total',
      'Records, facts and lines that could not be written or sent, by what they were for.',
      each(live?.dropped, (count, sink) => one(count, { sink })),
    ),
    gauge(
      'history_bytes',
      'Size of the history of runs.',
      live?.historyBytes === undefined ? [] : one(live.historyBytes),
    ),
    counter('config_reloads_total', 'Reloads of the configuration, by what came of them.', split(reloads, 'outcome')),
    gauge(
      'event_loop_delay_seconds',
      'Longest delay of the event loop since the last look.',
      one(vitals.eventLoopDelayMs / 1000),
    ),
    gauge('resident_memory_bytes', 'Resident memory of the process.', one(vitals.rssBytes)),
    gauge('heap_bytes', 'Memory of the process that values of the program use.', one(vitals.heapBytes)),
    counter('cpu_seconds_total', 'Processor time of the process.', one(vitals.cpuSeconds)),
  ];
};
