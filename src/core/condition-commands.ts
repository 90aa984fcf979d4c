import type { TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import { showInstant } from './duration.ts';
import type { EndTime } from './end-time.ts';
import type { EngineEvents, Operation } from './engine-events.ts';
import { internalErrorText } from './internal-error.ts';
import type { ItemRegistry } from './item-registry.ts';
import type { PendingEventSet } from './pending-events.ts';
import type { CommandResult } from './ports.ts';
import { reload } from './reload.ts';
import type { Config, IncludedPaths, Settings } from './spec.ts';
import { INELIGIBLE, OPERATION_TEXTS } from './states.ts';
import type { TraceIds } from './trace-ids.ts';

const done = (said: string): CommandResult => ({ kind: 'done', said });
const noEffect = (reason: string): CommandResult => ({ kind: 'no-effect', reason });
/** What was queued for a condition that a reload has replaced or removed since. */
const gone = (name: string): CommandResult => noEffect(`condition ${name} was replaced or removed before it was free`);

/** The commands on items: reset, suspend, resume, trigger, and the reload of all. Nothing here waits. */
export class ConditionCommands {
  readonly #registry: ItemRegistry;
  readonly #pending: PendingEventSet;
  readonly #events: EngineEvents;
  readonly #ids: TraceIds;
  readonly #settings: Settings;
  readonly #load: (path: string) => Promise<Config>;
  /** The file that was loaded last; undefined: the one of the start. */
  file: string | undefined;
  #reloads: Promise<unknown> = Promise.resolve();

  constructor(
    registry: ItemRegistry,
    pending: PendingEventSet,
    events: EngineEvents,
    ids: TraceIds,
    settings: Settings,
    load: (path: string) => Promise<Config>,
  ) {
    this.#registry = registry;
    this.#pending = pending;
    this.#events = events;
    this.#ids = ids;
    this.#settings = settings;
    this.#load = load;
  }

  reset(names: readonly string[], origin: TraceContext): CommandResult {
    const { conditions } = this.#registry;
    const operation = 'reset';
    this.#events.emit('command.accepted', origin, { command: operation, args: names });
    if (conditions.size === 0 && names.length === 0) {
      this.#events.emit('operation.no-conditions', origin, {});
      return noEffect('there are no conditions');
    }
    const unknown: string[] = [];
    const queued: Condition[] = [];
    for (const name of names.length > 0 ? names : conditions.keys()) {
      const condition = conditions.get(name);
      if (condition === undefined) {
        this.#unknown(operation, name, origin);
        unknown.push(name);
        continue;
      }
      if (this.#request(condition, operation, origin) === 'queued') queued.push(condition);
    }
    if (unknown.length > 0) return noEffect(`no such condition: ${unknown.join(', ')}`);
    const count = new Set(names).size || conditions.size;
    const said = count === 1 ? 'the condition is reset' : `${count} conditions are reset`;
    if (queued.length === 0) return done(said);
    return {
      kind: 'done',
      said: `busy, to be reset when they are free: ${queued.map(({ name }) => name).join(', ')}`,
      later: Promise.all(queued.map(({ settled }) => settled)).then(() => done(said)),
    };
  }

  /** Suspends a condition, or ends its suspension. @param end when the suspension ends by itself. */
  changeState(
    operation: Exclude<Operation, 'reset'>,
    name: string,
    origin: TraceContext,
    end?: EndTime,
  ): CommandResult {
    const until = end === undefined ? '' : ` until ${showInstant(end.at)}`;
    this.#events.emit('command.accepted', origin, { command: operation, args: [`${name}${until}`] });
    const condition = this.#registry.conditions.get(name);
    if (condition === undefined) {
      this.#unknown(operation, name, origin);
      return noEffect(`no such condition: ${name}`);
    }
    const how = this.#request(condition, operation, origin, end);
    const answer = `${OPERATION_TEXTS[operation][how]}${how === 'done' ? until : ''}`;
    if (how !== 'queued')
      return { kind: 'done', said: `condition ${name} ${answer}`, ...(how === 'unneeded' ? { idle: true } : {}) };
    const later = condition.settled.then(() =>
      condition.removed ? gone(name) : done(`condition ${name} ${OPERATION_TEXTS[operation].done}${until}`),
    );
    return { kind: 'done', said: `condition ${name} is busy: ${answer}`, later };
  }

  #unknown(operation: Operation, name: string, origin: TraceContext): void {
    this.#events.emit('operation.unknown', origin, { operation, name, known: [...this.#registry.conditions.keys()] });
  }

  #request(
    condition: Condition,
    operation: Operation,
    origin: TraceContext,
    end?: EndTime,
  ): 'done' | 'queued' | 'unneeded' {
    const { name } = condition;
    this.#events.emit('operation.requested', origin, { operation, name });
    const how = condition.request(operation, origin, end);
    if (how !== 'done') this.#events.emit(`operation.${how}`, origin, { operation, name });
    return how;
  }

  /** The names of events of type cli. */
  get #manual(): readonly string[] {
    return [...this.#registry.events].filter(([, { spec }]) => spec.manual).map(([name]) => name);
  }

  /** Fires an event of type cli. @param data as JSON */
  trigger(name: string, origin: TraceContext, data?: string): CommandResult {
    this.#events.emit('command.accepted', origin, { command: 'trigger', args: [name] });
    const event = this.#registry.events.get(name);
    if (!event?.spec.manual) {
      const reason = event
        ? `event ${name} is of type ${event.spec.type}, only cli events can be triggered`
        : `there is no event ${name}`;
      this.#events.emit('trigger.refused', origin, { reason, name, known: event ? [] : this.#manual });
      return noEffect(reason);
    }
    this.#events.emit('trigger.requested', origin, { name });
    const { result, ineligible } = event.fire(origin, true, data === undefined ? undefined : { data: () => data });
    const { condition } = event.spec;
    const how = result === 'pending' ? 'is pending' : 'was pending already';
    const said = `event ${name}: condition ${condition} ${
      ineligible === undefined ? how : `is ${INELIGIBLE[ineligible].is}, the event is dropped`
    }`;
    this.#events.emit('trigger.answered', origin, { said });
    return { kind: 'done', said, ...(ineligible === undefined ? {} : { idle: true }) };
  }

  /** Reloads are carried out one after the other, in the background. */
  configure(path: string, by: TraceContext, read = this.#load): CommandResult {
    this.#events.emit('command.accepted', by, { command: 'configure', args: [path] });
    const later = this.#reloads.then(() => this.#reload(path, by, read));
    this.#reloads = later;
    return { kind: 'done', said: `configuration ${path} is being loaded`, later, soon: true };
  }

  async #reload(
    file: string,
    { cause: by }: TraceContext,
    read: (path: string) => Promise<Config>,
  ): Promise<CommandResult> {
    const origin = this.#ids.cause('reload');
    const events = this.#events;
    events.emit('reload.started', origin, { file });
    let config: Config;
    try {
      config = await read(file);
      if (read === this.#load) this.#refuseEmptied(config);
    } catch (error) {
      const lines = (error as { lines?: readonly string[] }).lines ?? [
        error instanceof Error ? error.message : String(error),
      ];
      const { included } = error as { included?: IncludedPaths };
      events.emit('reload.refused', origin, { file, by, lines, ...(included ? { included } : {}) });
      return noEffect(`refused, nothing changed:\n${lines.join('\n')}`);
    }
    try {
      const changes = reload(this.#registry, this.#pending, events, this.#settings, config, origin);
      this.file = config.file;
      events.emit('reload.finished', origin, { file, by, config, changes });
      return done(`configuration ${file} loaded`);
    } catch (error) {
      events.emit('reload.failed', origin, { error });
      return noEffect(internalErrorText(error));
    }
  }

  /** Refuses a file without items in the place of one that has some: it is empty for a moment when an editor or a copy begins to write it. */
  #refuseEmptied({ file, tasks, conditions, events }: Config): void {
    const running = this.#registry;
    if (tasks.length + conditions.length + events.length > 0) return;
    const count = running.tasks.size + running.conditions.size + running.events.size;
    if (count > 0) throw new Error(`${file}: it has no items, and the running configuration has ${count}`);
  }
}
