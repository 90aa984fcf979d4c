import type { Log, TraceContext } from '../log/record.ts';
import type { ItemRegistry } from './item-registry.ts';
import type { EventQueue } from './pending-events.ts';
import type { ConditionSpec, Config, Settings, Spec, Traits } from './spec.ts';

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

/** The common keys that make a condition another one: all but the name, `tags` and `suspended` (`scheduling.md` §8). */
const essential = ({
  tasks,
  recurring,
  max_tasks_retries,
  execute_sequence,
  break_on_failure,
  break_on_success,
}: Traits) => [tasks, recurring, max_tasks_retries, execute_sequence, break_on_failure, break_on_success];

const equal = (a: Spec<unknown>, b: Spec<unknown>, more: (spec: never) => unknown = () => 0): boolean =>
  a.type === b.type && canonical([a.values, more(a as never)]) === canonical([b.values, more(b as never)]);

/** How many items a reload has added, changed, removed and left alone. */
export type Changes = Readonly<Record<'added' | 'changed' | 'removed' | 'kept', number>>;

/** What a reload does with one section of the file. */
interface Plan<T, S extends Spec<unknown>> {
  readonly what: string;
  readonly running: Map<string, T & { readonly spec: S }>;
  readonly wanted: readonly S[];
  readonly more?: (spec: never) => unknown;
  put(spec: S, old: (T & { readonly spec: S }) | undefined): void;
  remove(old: T & { readonly spec: S }): void;
}

/**
 * Makes the running configuration the one given, which has been checked as a whole. Equal items are not touched; a busy
 * item goes on to its end while the new one waits for it; the newest file wins.
 */
export const reload = (
  roster: ItemRegistry,
  bucket: EventQueue,
  log: Log,
  running: Settings,
  config: Config,
  origin: TraceContext,
): Changes => {
  const counts = { added: 0, changed: 0, removed: 0, kept: 0 };
  const changes = log.for('CONFIGURATION', 'reconfigure').under(origin);
  if (canonical(config.settings) !== canonical(running)) {
    changes.warn(
      'PROC/MSG',
      'the globals of the file differ from the running ones: they take effect at the next start',
    );
  }
  const apply = <T, S extends Spec<unknown>>({ what, running, wanted, more, put, remove }: Plan<T, S>): void => {
    for (const spec of wanted) {
      const old = running.get(spec.name);
      if (old && equal(old.spec, spec, more)) {
        changes.debug('PROC/MSG', `${what} ${spec.name}: no change`);
        counts.kept += 1;
        continue;
      }
      put(spec, old);
      changes.debug('PROC/OK', `${what} ${spec.name} ${old ? 'replaced' : 'added'}`);
      counts[old ? 'changed' : 'added'] += 1;
    }
    const names = new Set(wanted.map((spec) => spec.name));
    for (const [name, old] of running) {
      if (names.has(name)) continue;
      changes.trace('PROC/MSG', `${what} ${name} is not in the new file and removed`);
      running.delete(name);
      counts.removed += 1;
      remove(old);
    }
  };
  const { tasks, conditions, events, leaving } = roster;
  roster.origin = origin;
  const changed: string[] = [];
  apply({
    what: 'task',
    running: tasks,
    wanted: config.tasks,
    put: (spec, old) => {
      tasks.set(spec.name, roster.task(spec, old ?? leaving.task(spec.name)));
      // Runs in progress end with the task they began with.
      if (old) roster.retire(old);
    },
    remove: (old) => {
      leaving.add('task', old);
      old.leave(origin);
      roster.depart('task', old.name);
      roster.retire(old);
    },
  });
  apply({
    what: 'condition',
    running: conditions,
    wanted: config.conditions,
    more: (spec: ConditionSpec) => essential(spec.traits),
    put: (spec, running) => {
      const old = running ?? leaving.condition(spec.name);
      const condition = roster.condition(spec);
      changed.push(spec.name);
      // To the end of the map, which is in the order of the numbers.
      conditions.delete(spec.name);
      conditions.set(spec.name, condition);
      if (old?.busy) {
        log
          .for('CONDITION_REGISTRY', 'new')
          .debug('PROC/OK', `condition ${spec.name} is busy: the new one waits for its end`, origin);
        condition.follow(old, origin);
      }
      running?.remove(origin, 'replaced');
      condition.join(origin);
    },
    remove: (old) => {
      bucket.drop(old.name);
      leaving.add('condition', old);
      old.remove(origin, 'gone');
      roster.depart('condition', old.name);
    },
  });
  apply({
    what: 'event',
    running: events,
    wanted: config.events,
    more: (spec) => (spec as { condition: string }).condition,
    put: (spec, old) => {
      const event = roster.event(spec);
      events.set(spec.name, event);
      if (old) roster.listener.replace(old, event, origin);
      else void roster.listener.add(event, origin);
    },
    remove: (old) => {
      roster.listener.remove(old, origin);
      roster.depart('event', old.name);
    },
  });
  // A condition that became one of a kind that nothing fires keeps no event of its predecessor.
  const fired = new Set(config.events.map((event) => event.condition));
  for (const name of changed) if (!fired.has(name)) bucket.drop(name);
  return counts;
};
