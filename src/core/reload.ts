import type { TraceContext } from '../log/record.ts';
import type { Changes, EngineEvents } from './engine-events.ts';
import type { ItemRegistry } from './item-registry.ts';
import type { PendingEventSet } from './pending-events.ts';
import type { ConditionSpec, Config, Settings, Spec, TaskSpec, TaskTraits, Traits } from './spec.ts';

/** No key of a file holds it, so what is marked with it is like nothing in a file. */
const MARK = '\0';

/** A text that is equal for equal values; TOML integers, floats and texts of the same digits differ. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, v) => {
    if (typeof v === 'bigint') return { [MARK]: String(v) };
    if (typeof v === 'number' && !Number.isFinite(v)) return { [MARK]: String(v) };
    if (v && typeof v === 'object' && !Array.isArray(v))
      return Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)));
    return v;
  });

/** The common keys that make a condition another one: all but the name, `tags` and `suspended`. */
const essential = ({
  tasks,
  recurring,
  max_tasks_retries,
  execute_sequence,
  break_on_failure,
  break_on_success,
  only_when,
  hold_seconds,
  hooks,
  when_busy,
  window,
  shared,
  on_lost,
}: Traits) => [
  ...[tasks, recurring, max_tasks_retries, execute_sequence, break_on_failure, break_on_success],
  ...[only_when, hold_seconds, hooks, when_busy, window, shared, on_lost],
];

/** The common keys that make a task another one: all but the name and `tags`. */
const taskKeys = (traits: TaskTraits) => [
  ...[traits.retries, traits.retry_delay_seconds, traits.retry_factor, traits.retry_max_delay_seconds ?? null],
  ...[traits.retry_jitter, traits.retry_timeout_seconds, traits.where],
];

const equal = (a: Spec<unknown>, b: Spec<unknown>, more: (spec: never) => unknown = () => 0): boolean =>
  a.type === b.type && canonical([a.values, more(a as never)]) === canonical([b.values, more(b as never)]);

/** What only a start brings into force. */
const globalsOf = ({ plugins: _, ...globals }: Settings) => globals;

/** An item that is kept may be in another place now, or in another file. */
const move = (running: { -readonly [K in 'file' | 'locate']?: Spec<unknown>[K] }, wanted: Spec<unknown>): void => {
  running.locate = (key) => wanted.locate(key);
  if (wanted.file === undefined) delete running.file;
  else running.file = wanted.file;
};

/** What a reload does with one section of the file. */
interface Section<T, S extends Spec<unknown>> {
  readonly section: 'task' | 'condition' | 'event';
  readonly running: Map<string, T & { readonly spec: S }>;
  readonly wanted: readonly S[];
  readonly more?: (spec: never) => unknown;
  put(spec: S, old: (T & { readonly spec: S }) | undefined): void;
  remove(old: T & { readonly spec: S }): void;
}

/** How many items a reload left as they were, and so on. */
type ReloadCounts = { -readonly [K in keyof Changes]: number };

/** Makes one section of the running configuration the one wanted, and adds to `counts` what it did. */
const applySection = <T, S extends Spec<unknown>>(
  { section, running, wanted, more, put, remove }: Section<T, S>,
  counts: ReloadCounts,
  events: EngineEvents,
  origin: TraceContext,
): void => {
  for (const spec of wanted) {
    const { name } = spec;
    const old = running.get(name);
    const change = !old ? 'added' : equal(old.spec, spec, more) ? 'kept' : 'replaced';
    if (change !== 'kept') put(spec, old);
    else if (old) move(old.spec, spec);
    counts[change === 'replaced' ? 'changed' : change] += 1;
    events.emit('reload.item', origin, { section, name, change });
  }
  const names = new Set(wanted.map((spec) => spec.name));
  for (const [name, old] of running) {
    if (names.has(name)) continue;
    events.emit('reload.item', origin, { section, name, change: 'removed' });
    running.delete(name);
    counts.removed += 1;
    remove(old);
    events.emit('item.removed', origin, { section, name });
  }
};

/**
 * Makes the running configuration the one given, which has been checked as a whole. Equal items are not touched; a busy
 * item goes on to its end while the new one waits for it; the newest file wins.
 */
export const reload = (
  registry: ItemRegistry,
  pending: PendingEventSet,
  events: EngineEvents,
  running: Settings,
  config: Config,
  origin: TraceContext,
): Changes => {
  const counts = { added: 0, changed: 0, removed: 0, kept: 0 };
  if (canonical(globalsOf(config.settings)) !== canonical(globalsOf(running)))
    events.emit('reload.globals-differ', origin, {});
  const apply = <T, S extends Spec<unknown>>(section: Section<T, S>): void =>
    applySection(section, counts, events, origin);
  registry.origin = origin;
  const changed: string[] = [];
  apply({
    section: 'task',
    running: registry.tasks,
    wanted: config.tasks,
    more: (spec: TaskSpec) => taskKeys(spec.traits),
    put: (spec, old) => {
      registry.tasks.set(spec.name, registry.task(spec, old ?? registry.drainingTasks.get(spec.name)));
      // Runs in progress end with the task they began with.
      if (old) registry.retire(old);
    },
    remove: (old) => {
      registry.drain('task', old);
      events.emit('task.removed', origin, { task: old });
      registry.retire(old);
    },
  });
  apply({
    section: 'condition',
    running: registry.conditions,
    wanted: config.conditions,
    more: (spec: ConditionSpec) => essential(spec.traits),
    put: (spec, running) => {
      const { name } = spec;
      const old = running ?? registry.drainingConditions.get(name);
      const condition = registry.condition(spec);
      changed.push(name);
      // To the end of the map, which is in the order of the numbers.
      registry.conditions.delete(name);
      registry.conditions.set(name, condition);
      if (old?.busy) {
        events.emit('reload.condition-busy', origin, { name });
        condition.replace(old, origin);
      }
      running?.remove(origin, 'replaced');
      condition.join(origin);
    },
    remove: (old) => {
      pending.drop(old.name);
      registry.drain('condition', old);
      old.remove(origin, 'removed');
    },
  });
  apply({
    section: 'event',
    running: registry.events,
    wanted: config.events,
    more: (spec) => (spec as { condition: string }).condition,
    put: (spec, old) => {
      const event = registry.event(spec);
      registry.events.set(spec.name, event);
      if (old) registry.replaceEvent(old, event, origin);
      else void event.start(origin);
    },
    remove: (old) => old.close(origin),
  });
  // A condition that became one of a kind that nothing fires keeps no event of its predecessor.
  const fired = new Set(config.events.map((event) => event.condition));
  for (const name of changed) if (!fired.has(name)) pending.drop(name);
  return counts;
};
