import type { Registry } from '../config/load.ts';
import { type Brought, type FireEvent, wrapInstance } from '../core/instance.ts';
import {
  type CheckResult,
  FAILED,
  FAILURE,
  INCONCLUSIVE,
  NONE,
  NOT_DUE,
  type Outcome,
  PASSED,
  SUCCESS,
  taskError,
} from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import type { Reason } from '../core/reasons.ts';
import type { Config, Traits } from '../core/spec.ts';
import { type CheckIntervalValues, withCheckInterval } from '../items/common/check-interval.ts';
import { taskPrefix } from '../items/common/task-prefix.ts';
import type {
  ConditionInstance,
  ConditionKind,
  CreateContext,
  EventInstance,
  EventKind,
  Firing,
  TaskInstance,
  TaskKind,
} from '../items/kind.ts';
import type { Assumable, AssumedEvent, AssumedKeys, AssumedOutcome, Assumptions } from './assumptions.ts';
import type { SimulationCounts } from './counts.ts';
import { VirtualClock } from './virtual-clock.ts';

const REASON = { code: 'assumed' } as const;
const OUTCOMES: Readonly<Record<AssumedOutcome, Outcome>> = {
  success: SUCCESS,
  failure: FAILURE,
  none: NONE,
  error: taskError(REASON),
};
const RESULTS: Readonly<Record<AssumedOutcome, CheckResult>> = {
  success: PASSED,
  failure: FAILED,
  none: INCONCLUSIVE,
  error: { kind: 'error', reason: REASON },
};

/** The tasks of the hooks of a condition. */
const hookTasks = ({ hooks }: Traits): readonly string[] => {
  if (hooks === undefined) return [];
  const { on_failure, on_recovery, on_success, on_miss, on_overdue } = hooks;
  return [on_failure, on_recovery, on_success, on_miss, on_overdue].flat();
};

/** Calls `occur` at each instant, until `gone`. */
const occurAt = async (
  clock: Clock,
  occurrences: readonly AssumedEvent[],
  occur: (occurrence: AssumedEvent) => void,
  gone: AbortSignal,
): Promise<void> => {
  for (const occurrence of occurrences) {
    const { at } = occurrence;
    if (at < clock.wall()) continue;
    if (clock instanceof VirtualClock) await clock.reach(at, gone);
    if (gone.aborted) return;
    occur(occurrence);
  }
};

/** What can be assumed of an event besides its instants. */
const EVENT_KEYS: Readonly<Record<string, AssumedKeys>> = {
  fschange: ['at', 'path'],
  cli: ['at', 'data'],
  dbus: ['at', 'data'],
};

/** An event that occurs at the instants assumed, as long as it is part of the configuration. */
const assumedEvent = ({ name, ports, log }: CreateContext<unknown>, assumptions: Assumptions): EventInstance => {
  const { clock } = ports;
  const gone = new AbortController();
  const occur = (fire: FireEvent, { path, data }: AssumedEvent): void => {
    const brought: Brought = {
      ...(path === undefined ? {} : { change: { kind: 'create', path } }),
      ...(data === undefined ? {} : { data: () => data }),
    };
    const shown = path === undefined ? data && `the data ${data}` : `${path} created`;
    fire(() => {
      if (shown !== undefined) log.debug('PROC/OK', `assumed: ${shown}`);
    }, brought);
  };
  return {
    start: (fire) => void occurAt(clock, assumptions.occurrences(name), (one) => occur(fire, one), gone.signal),
    // With a reason: the default error is expensive to create.
    close: () => gone.abort('gone'),
  };
};

/** A task that does nothing and ends as assumed. */
const assumedTask = ({ name, log, ports }: CreateContext<unknown>, assumptions: Assumptions): TaskInstance => {
  const { clock } = ports;
  const next = assumptions.ends('task', name, clock.wall());
  return {
    run: (context) => {
      const { origin, signal, condition, attempt } = context;
      const { outcome, durationMs } = next({ at: clock.wall(), condition, attempt: attempt?.number ?? 1 });
      log.debug('START/MSG', `${taskPrefix(context)}assumed: ${outcome} after ${durationMs / 1000} s`, origin);
      // Ended early by a command or a new run: it has no outcome.
      const end = (): Outcome =>
        signal.aborted ? { kind: 'none', reason: signal.reason as Reason } : OUTCOMES[outcome];
      return durationMs > 0 ? clock.sleep(durationMs, signal).then(end) : Promise.resolve(end());
    },
  };
};

/** A guard that holds from the first of these instants to the second, from the third to the fourth, and so on; without any: always. */
const assumedGuard =
  (instants: readonly number[]): NonNullable<ConditionInstance['ask']> =>
  ({ wall }) => {
    if (instants.length === 0) return { holds: true, reason: REASON };
    const next = instants.findIndex((at) => at > wall);
    const holds = (next < 0 ? instants.length : next) % 2 === 1;
    const notBefore = holds || next < 0 ? {} : { notBefore: instants[next]! };
    return { holds, reason: REASON, ...notBefore };
  };

/** The firings of a kind that is replaced, and that can be known all the same: those of a start. */
const foreseenBy = (kind: ConditionKind, { values, compiled, ports }: CreateContext<unknown>): Iterable<Firing> =>
  kind.forecast?.(values as never, compiled as never, ports.clock.wall()) ?? [];

/** A condition that checks nothing: true at the instants assumed, or with the outcomes assumed. */
const assumedCondition = (
  { name, values, log, ports }: CreateContext<unknown>,
  how: 'outcomes' | 'instants',
  assumptions: Assumptions,
  foreseen: Iterable<Firing>,
): ConditionInstance => {
  const guard = assumptions.guard(name);
  if (how === 'instants') {
    const assumed = assumptions.instants(name);
    const instants = [...assumed, ...[...foreseen].map(({ at }) => at)].sort((a, b) => a - b);
    return {
      ask: assumedGuard(guard),
      due: () => (instants[0] === undefined ? 'on-event' : { wall: instants[0] }),
      check: ({ wall }) => {
        const before = instants.length;
        while (instants[0] !== undefined && instants[0] <= wall) instants.shift();
        return instants.length < before ? PASSED : NOT_DUE;
      },
    };
  }
  const next = assumptions.ends('condition', name, ports.clock.wall());
  const { check_after, recur_after_failed_check = false } = values as Partial<CheckIntervalValues>;
  const instance = withCheckInterval(
    { name, values: { check_after, recur_after_failed_check }, log, ports },
    'assumed',
    async () => {
      const { outcome, durationMs } = next({ at: ports.clock.wall(), condition: name, attempt: 1 });
      if (durationMs > 0) await ports.clock.sleep(durationMs);
      return RESULTS[outcome];
    },
  );
  return guard.length > 0 ? { ...instance, ask: assumedGuard(guard) } : instance;
};

const countTask = (name: string, instance: TaskInstance, clock: Clock, counts: SimulationCounts): TaskInstance => {
  counts.addTask(name);
  let before: Outcome | undefined;
  return {
    ...instance,
    run: (context) => {
      const { attempt, hook } = context;
      // A hook is not a run of the condition, which may run meanwhile.
      const condition = hook === undefined ? context.condition : undefined;
      if (before && attempt && attempt.number > 1) counts.taskRetried(name, before);
      counts.taskStarted(condition);
      return instance.run(context).then((outcome) => {
        before = outcome;
        counts.taskEnded(name, condition, outcome, clock.wall());
        return outcome;
      });
    },
  };
};

const countCondition = (
  name: string,
  instance: ConditionInstance,
  clock: Clock,
  counts: SimulationCounts,
): ConditionInstance => {
  counts.addCondition(name);
  let missed = 0;
  return wrapInstance(instance, {
    check: (context, begin) => {
      counts.checking(name, clock.wall());
      const result = instance.check(context, begin);
      counts.missed(name, (instance.missed ?? 0) - missed);
      missed = instance.missed ?? 0;
      return result;
    },
  });
};

/** What can be assumed of each item of some configurations. Kinds that need no port from outside need no assumption. */
export const assumable = (registry: Registry, configs: readonly Config[]): Assumable => {
  const results = ['outcome', 'duration'] as const;
  const taken: Record<'task' | 'condition' | 'event', Map<string, AssumedKeys | string>> = {
    task: new Map(),
    condition: new Map(),
    event: new Map(),
  };
  const kinds = { task: registry.task.kinds, condition: registry.condition.kinds };
  const guards = new Set(configs.flatMap(({ conditions }) => conditions.flatMap(({ traits }) => traits.only_when)));
  const keys = (section: 'task' | 'condition', type: string, name: string): AssumedKeys | string => {
    const kind = kinds[section].find((kind) => kind.type === type);
    if (kind?.simulate === undefined) return 'the simulation does it itself';
    if (kind.simulate !== 'outcomes') return ['at'];
    return section === 'condition' && guards.has(name) ? [...results, 'at'] : results;
  };
  for (const { tasks, conditions, events } of configs) {
    // Two files can have different types under a name, and one of them may not use the item.
    const add = (section: 'task' | 'condition' | 'event', name: string, more: AssumedKeys | string) => {
      const known = taken[section].get(name);
      if (typeof more === 'string') taken[section].set(name, known ?? more);
      else taken[section].set(name, [...(typeof known === 'object' ? known : []), ...more]);
    };
    const run = new Set(conditions.flatMap(({ traits }) => [...traits.tasks, ...hookTasks(traits)]));
    const working = new Set(conditions.filter(({ traits }) => traits.tasks.length > 0).map(({ name }) => name));
    for (const { name, type } of tasks)
      add('task', name, run.has(name) ? keys('task', type, name) : 'no condition runs it');
    for (const { name, type } of conditions) add('condition', name, keys('condition', type, name));
    for (const { name, type, condition } of events)
      add('event', name, working.has(condition) ? (EVENT_KEYS[type] ?? ['at']) : `condition ${condition} has no tasks`);
  }
  return taken;
};

/** The kinds of a registry, counted; those that need ports from outside are replaced by assumptions. */
export const simulatedRegistry = (
  registry: Registry,
  assumptions: Assumptions,
  counts: SimulationCounts,
): Registry => ({
  task: {
    ...registry.task,
    kinds: registry.task.kinds.map(
      (kind): TaskKind => ({
        ...kind,
        create: (context) =>
          countTask(
            context.name,
            kind.simulate ? assumedTask(context, assumptions) : kind.create(context),
            context.ports.clock,
            counts,
          ),
      }),
    ),
  },
  condition: {
    ...registry.condition,
    kinds: registry.condition.kinds.map(
      (kind): ConditionKind => ({
        ...kind,
        create: (context) =>
          countCondition(
            context.name,
            kind.simulate
              ? assumedCondition(context, kind.simulate, assumptions, foreseenBy(kind, context))
              : kind.create(context),
            context.ports.clock,
            counts,
          ),
      }),
    ),
  },
  event: {
    ...registry.event,
    kinds: registry.event.kinds.map(
      (kind): EventKind => ({
        ...kind,
        create: (context): EventInstance => assumedEvent(context, assumptions),
      }),
    ),
  },
});
