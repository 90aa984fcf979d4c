import fc from 'fast-check';
import type { Fact } from '../../src/journal/fact.ts';
import { type Daemon, daemon } from './daemon.ts';
import type { Act } from './fake-processes.ts';

/** A task of a scenario: a program with what its runs do, a script without expectations, or a command to the scheduler. */
export type TaskShape = (
  | { readonly kind: 'command'; readonly name: string; readonly acts: readonly Act[] }
  | { readonly kind: 'lua'; readonly name: string }
  | { readonly kind: 'internal'; readonly name: string; readonly command: string }
) & {
  /** Its keys about retries. */
  readonly retries: Readonly<Record<string, number>>;
};

/** The keys of a condition and what its own program does, if it has one. */
export interface ConditionShape {
  readonly name: string;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly acts: readonly Act[];
}

/** A configuration at random, and what happens to it. */
export interface Scenario {
  readonly tickSeconds: number;
  readonly randomize: boolean;
  /** ms after a full hour. */
  readonly start: number;
  readonly paused: boolean;
  readonly tasks: readonly TaskShape[];
  readonly conditions: readonly ConditionShape[];
  /** What the command of one guard does, and the minute in which the other one holds. */
  readonly guards: { readonly acts: readonly Act[]; readonly minute: number };
  /** What replaces the conditions at a reload. */
  readonly others: readonly ConditionShape[];
  readonly steps: readonly { readonly afterMs: number; readonly step: string }[];
  readonly end: 'exit' | 'kill';
  readonly seed: number;
}

const CONDITIONS = ['C1', 'C2', 'C3', 'C4', 'C5'] as const;
const TASKS = ['T1', 'T2', 'T3', 'T4'] as const;
const FIRST_HOUR = Date.parse('2026-03-02T12:00:00Z');

// Nothing happens at the very instant of a tick but what the tick does: which of the two comes first is left open.
const ODD_SECONDS = 1 / 1000 / 64;
const ODD_MS = 0.5;

const act = (hanging: boolean): fc.Arbitrary<Act> =>
  fc.record({
    end: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ how: 'exit', code: 0 } as const) },
      { weight: 3, arbitrary: fc.constant({ how: 'exit', code: 1 } as const) },
      { weight: 1, arbitrary: fc.constant({ how: 'signal', signal: 'SIGSEGV' } as const) },
      { weight: 1, arbitrary: fc.constant({ how: 'not-started', reason: 'no such program' } as const) },
    ),
    seconds: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 4, arbitrary: fc.constantFrom(0.25, 1, 3.5, 11).map((n) => n + ODD_SECONDS) },
      { weight: hanging ? 1 : 0, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    ),
  });

const acts = (hanging = false) => fc.array(act(hanging), { minLength: 1, maxLength: 4 });

/** A guard answers within a tick: that one has not is decided at the very instant of the next. */
const guardActs = acts().map((list) =>
  list.map((one): Act => ({ ...one, seconds: Math.min(one.seconds ?? 0, 0.25 + ODD_SECONDS) })),
);

const condition = fc.constantFrom(...CONDITIONS);
const command = fc.oneof(
  fc.constantFrom('pause', 'resume', 'reset_conditions', 'nonsense', 'trigger Nobody', 'exit now'),
  condition.map((name) => `reset_conditions ${name}`),
  condition.map((name) => `suspend_condition ${name}`),
  condition.map((name) => `resume_condition ${name}`),
  fc.integer({ min: 1, max: 30 }).map((seconds) => `pause ${seconds}s`),
  fc
    .tuple(condition, fc.integer({ min: 1, max: 30 }))
    .map(([name, seconds]) => `suspend_condition ${name} ${seconds}s`),
  condition.map((name) => `trigger E_${name}`),
);

const retryKeys: fc.Arbitrary<Readonly<Record<string, number>>> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        retries: fc.integer({ min: 1, max: 3 }),
        retry_delay_seconds: fc.constantFrom(0.25, 2, 9, 500).map((n) => n + ODD_SECONDS),
        retry_factor: fc.constantFrom(1, 1.5, 3),
        retry_max_delay_seconds: fc.constantFrom(1, 10).map((n) => n + ODD_SECONDS),
        retry_jitter: fc.constantFrom(0, 0.5),
        retry_timeout_seconds: fc.constantFrom(1, 15),
      },
      { requiredKeys: ['retries', 'retry_delay_seconds'] },
    ),
  },
);

/** A task without what all of them can have. */
type BareTask = TaskShape extends infer T ? (T extends TaskShape ? Omit<T, 'retries'> : never) : never;

const task = (name: string): fc.Arbitrary<TaskShape> => {
  const bare: fc.Arbitrary<BareTask> = fc.oneof(
    { weight: 5, arbitrary: acts(true).map((list): BareTask => ({ kind: 'command', name, acts: list })) },
    { weight: 1, arbitrary: fc.constant<BareTask>({ kind: 'lua', name }) },
    {
      weight: 1,
      arbitrary: command
        .filter((line) => line !== 'pause')
        .map((line): BareTask => ({ kind: 'internal', name, command: line })),
    },
  );
  return fc.tuple(bare, retryKeys).map(([one, retries]): TaskShape => ({ ...one, retries }));
};

const kindKeys = fc.oneof(
  fc.record({ type: fc.constant('interval'), interval_seconds: fc.integer({ min: 0, max: 17 }) }),
  fc.record({
    type: fc.constant('time'),
    time_specifications: fc.array(
      fc.record({ minute: fc.integer({ min: 0, max: 2 }), second: fc.integer({ min: 0, max: 59 }) }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record(
    {
      type: fc.constant('command'),
      check_after: fc.integer({ min: 1, max: 20 }),
      recur_after_failed_check: fc.boolean(),
      success_status: fc.constant(0),
    },
    { requiredKeys: ['type', 'success_status'] },
  ),
  fc.record({ type: fc.constantFrom('bucket', 'event') }),
);

const commonKeys = fc.record({
  tasks: fc.subarray([...TASKS], { minLength: 0 }),
  recurring: fc.boolean(),
  max_tasks_retries: fc.integer({ min: -1, max: 2 }),
  execute_sequence: fc.boolean(),
  break_on_failure: fc.boolean(),
  break_on_success: fc.boolean(),
  suspended: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** Keys that hold the runs of a condition back, or add some. Most conditions have none of them. */
const moreKeys = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        only_when: fc.subarray(['G1', 'G2'], { minLength: 1 }),
        hold_seconds: fc.constantFrom(0, 4, 20),
        when_busy: fc.constantFrom('skip', 'queue', 'restart'),
        on_failure: fc.subarray([...TASKS], { maxLength: 2 }),
        on_recovery: fc.subarray([...TASKS], { maxLength: 2 }),
        on_success: fc.subarray([...TASKS], { maxLength: 1 }),
        on_miss: fc.subarray([...TASKS], { maxLength: 1 }),
        on_overdue: fc.subarray([...TASKS], { maxLength: 1 }),
        overdue_seconds: fc.integer({ min: 0, max: 30 }),
        overdue: fc.constantFrom('learned', 'off'),
        after_failures: fc.integer({ min: 0, max: 2 }),
      },
      { requiredKeys: [] },
    ),
  },
);

const conditionShape = (name: string): fc.Arbitrary<ConditionShape> =>
  fc
    .record({ kind: kindKeys, common: commonKeys, more: moreKeys, acts: acts() })
    .map(({ kind, common, more, acts: list }) => ({
      name,
      // Without tasks it never runs, and such keys are refused.
      keys: { ...kind, ...common, ...(common.tasks.length > 0 ? more : {}) },
      acts: list,
    }));

const tuple = <T>(names: readonly string[], make: (name: string) => fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.tuple(...names.map(make));

/** Its firings end runs, if its guards admit them. */
const restarting = (shape: ConditionShape): ConditionShape => {
  const { tasks } = shape.keys;
  if (!Array.isArray(tasks) || tasks.length === 0) return shape;
  return { ...shape, keys: { only_when: ['G1'], ...shape.keys, when_busy: 'restart' } };
};

/**
 * Scenarios of about two minutes. `reload` lets the file be exchanged for another one and back. `restart`: all conditions have guards and
 * `when_busy = "restart"`.
 */
export const scenario = (options: { readonly reload: boolean; readonly restart?: true }): fc.Arbitrary<Scenario> =>
  fc.record({
    tickSeconds: fc.constantFrom(1, 2, 5, 7),
    randomize: fc.boolean(),
    start: fc.integer({ min: 0, max: 30_000 }),
    paused: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    tasks: tuple(TASKS, task),
    conditions: tuple(CONDITIONS, conditionShape).map((list) => (options.restart ? list.map(restarting) : list)),
    guards: fc.record({ acts: guardActs, minute: fc.integer({ min: 0, max: 2 }) }),
    others: tuple(CONDITIONS, conditionShape),
    steps: fc.array(
      fc.record({
        afterMs: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 15_000 })),
        step: options.reload
          ? fc.oneof(
              { weight: 4, arbitrary: command },
              { weight: 1, arbitrary: fc.constantFrom('configure one', 'configure two') },
            )
          : command,
      }),
      { maxLength: 12 },
    ),
    end: fc.constantFrom('exit', 'kill'),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
  });

const value = (x: unknown): string => {
  if (Array.isArray(x)) return `[${x.map(value).join(', ')}]`;
  if (typeof x === 'object' && x !== null)
    return `{ ${Object.entries(x)
      .map(([k, v]) => `${k} = ${value(v)}`)
      .join(', ')} }`;
  return JSON.stringify(x);
};

const table = (section: string, keys: Readonly<Record<string, unknown>>): string =>
  `[[${section}]]\n${Object.entries(keys)
    .map(([key, v]) => `${key} = ${value(v)}\n`)
    .join('')}`;

const program = (name: string) => ({ command: name, command_arguments: [], startup_path: '/' });

/** The file of a scenario. */
export const tomlOf = (
  { tickSeconds, randomize, tasks, guards }: Scenario,
  conditions: readonly ConditionShape[],
): string => {
  const parts = [`scheduler_tick_seconds = ${tickSeconds}\nrandomize_checks_within_ticks = ${randomize}\n`];
  for (const t of tasks) {
    const { name, kind, retries } = t;
    if (kind === 'command')
      parts.push(table('task', { name, type: kind, success_status: 0, ...program(name), ...retries }));
    else if (kind === 'lua') parts.push(table('task', { name, type: kind, script: 'x = 1', ...retries }));
    else parts.push(table('task', { name, type: kind, command: t.command, ...retries }));
  }
  parts.push(table('condition', { name: 'G1', type: 'command', success_status: 0, ...program('guard') }));
  parts.push(table('condition', { name: 'G2', type: 'time', time_specifications: [{ minute: guards.minute }] }));
  for (const { name, keys } of conditions) {
    parts.push(table('condition', { name, ...(keys.type === 'command' ? program(`test_${name}`) : {}), ...keys }));
    if (keys.type === 'bucket' || keys.type === 'event')
      parts.push(table('event', { name: `E_${name}`, type: 'cli', condition: name }));
  }
  return parts.join('\n');
};

/** Numbers in [0, 1) that are the same for the same seed. */
const randomFrom = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** How a scenario is played. */
export interface PlayOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  readonly lateness?: () => number;
  /** Wall-clock steps in ms, taken before each step of the scenario. */
  readonly clockSteps?: readonly number[];
  /** Gets every fact. */
  readonly listener?: (fact: Fact) => void;
}

/** Plays a scenario to its end. */
export const playScenario = async (
  s: Scenario,
  { level, lateness, clockSteps = [], listener }: PlayOptions,
): Promise<Daemon> => {
  const random = randomFrom(s.seed);
  const d = await daemon(tomlOf(s, s.conditions), {
    level,
    paused: s.paused,
    start: FIRST_HOUR + s.start,
    random,
    processes: Object.fromEntries([
      ...s.tasks.flatMap((t) => (t.kind === 'command' ? [[t.name, t.acts] as const] : [])),
      ['guard', s.guards.acts] as const,
      ...s.conditions.map((c) => [`test_${c.name}`, c.acts] as const),
    ]),
    lua: Object.fromEntries(s.tasks.map((t) => [t.name, [{ result: 'none', seconds: 0.5 + ODD_SECONDS }]] as const)),
    files: { one: tomlOf(s, s.conditions), two: tomlOf(s, s.others) },
    ...(lateness ? { lateness } : {}),
    ...(listener ? { listener } : {}),
  });
  for (const [i, { afterMs, step }] of s.steps.entries()) {
    await d.clock.advance(Math.floor(d.clock.mono()) + afterMs + ODD_MS - d.clock.mono());
    if (clockSteps[i]) d.clock.stepWall(clockSteps[i]);
    await d.submit(step);
  }
  await d.advance(40);
  await d.submit(s.end);
  await d.advance(60);
  // What hangs keeps exit waiting; kill is honoured then.
  if (!d.ending) await d.submit('kill');
  await d.advance(5);
  return d;
};
