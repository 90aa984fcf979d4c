import type { Ledger, Track } from '../journal/ledger.ts';
import type { Logger, TraceContext } from '../log/record.ts';
import { Condition } from './condition.ts';
import type { Desk } from './desk.ts';
import { DrainingItems } from './draining-items.ts';
import { Event, type Surface } from './event.ts';
import type { ItemDeps } from './instance.ts';
import { Listener } from './listener.ts';
import type { Inbox, PendingEvents, Ports } from './ports.ts';
import type { ConditionSpec, Config, EventSpec, Spec, TaskSpec } from './spec.ts';
import { Task } from './task.ts';

/** What the roster needs to make items. */
export interface Workshop {
  readonly ports: Ports;
  readonly inbox: Inbox;
  readonly pending: PendingEvents;
  readonly desk: Desk;
  readonly tickMs: number;
}

/** The items of the running configuration, by name. Numbers come from one counter and are never used twice. */
export class ItemRegistry {
  readonly tasks = new Map<string, Task>();
  readonly conditions = new Map<string, Condition>();
  readonly events = new Map<string, Event>();
  readonly listener: Listener;
  readonly leaving = new DrainingItems();
  /** What makes items: the start, then the last reload. */
  origin: TraceContext;
  readonly #shop: Workshop;
  readonly #surface: Surface;
  /** Tasks that are no longer in the file, and that lists in progress still have. */
  readonly #retired = new Set<Task>();
  #lastId = 0;

  constructor(shop: Workshop, origin: TraceContext) {
    this.#shop = shop;
    this.origin = origin;
    const { log, journal, clock } = shop.ports;
    this.listener = new Listener(log);
    this.#surface = {
      pending: shop.pending,
      condition: (name) => this.conditions.get(name),
      listener: log.for('EVENT_REGISTRY', 'listener'),
      ...{ journal, clock, tickMs: shop.tickMs },
    };
  }

  /** Makes everything of a configuration, in the order of `config.md` §8. */
  fill(config: Config): void {
    for (const spec of config.tasks) this.tasks.set(spec.name, this.task(spec));
    for (const spec of config.conditions) this.conditions.set(spec.name, this.condition(spec));
    for (const spec of config.events) this.events.set(spec.name, this.event(spec));
  }

  /** Makes a task; it waits for the runs of the one it replaces. */
  task(spec: TaskSpec, predecessor?: Task): Task {
    this.#announce(spec, 'task');
    const id = this.#number();
    const log = this.#log('TASK', spec, id);
    const body = this.#make(spec, 'TASK', id, log);
    return new Task(spec, id, log, body, this.#track('task', spec, 'idle'), this.#journal, predecessor);
  }

  /** Makes a condition. */
  condition(spec: ConditionSpec): Condition {
    this.#announce(spec, 'condition');
    const building = this.#log('CONDITION', spec, 0);
    for (const task of spec.traits.tasks) {
      building.trace('PROC/MSG', `looking for task ${task}`, this.origin);
      building.debug('PROC/OK', `task ${task} added`, this.origin);
    }
    const id = this.#number();
    const active = this.#log('CONDITION', spec, id);
    const taken = this.#shop.ports.log.for('CONDITION_REGISTRY', 'tick', spec.name, id);
    const body = this.#make(spec, 'CONDITION', id, active);
    return new Condition(
      spec,
      id,
      { active, taken },
      body,
      this.#shop.desk,
      this.#journal.track(`condition/${spec.name}`, 'new'),
    );
  }

  /** Makes an event; it does not listen yet. */
  event(spec: EventSpec): Event {
    this.#announce(spec, 'event');
    const id = this.#number();
    const log = this.#log('EVENT', spec, id);
    return new Event(
      spec,
      id,
      log,
      this.#make(spec, 'EVENT', id, log),
      this.#surface,
      this.#journal.track(`event/${spec.name}`, 'new'),
    );
  }

  /** A task is no longer in the file, or another one has taken its place: it is closed when no list in progress has it. */
  retire(task: Task): void {
    this.#retired.add(task);
    void task.settled.then(() => {
      this.#retired.delete(task);
      task.close();
    });
  }

  /** All tasks that run or may yet. */
  get alive(): readonly Task[] {
    return [...this.tasks.values(), ...this.#retired];
  }

  /** An item has left the configuration. */
  depart(section: string, name: string): void {
    this.#journal.depart(`${section}/${name}`);
  }

  /** Everything is gone with the program. */
  close(origin: TraceContext): void {
    this.listener.end(this.events.values(), origin);
    for (const condition of this.conditions.values()) condition.remove(origin, 'ended');
    for (const task of this.tasks.values()) task.close();
  }

  #number(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  get #journal(): Ledger {
    return this.#shop.ports.journal;
  }

  #track(section: string, spec: Spec<unknown>, state: string): Track {
    const track = this.#journal.track(`${section}/${spec.name}`, 'new');
    if (track.state === 'new' || track.state === 'removed') track.to(state, 'it is in the file', this.origin);
    return track;
  }

  #log(emitter: string, spec: Spec<unknown>, id: number): Logger {
    return this.#shop.ports.log.for(emitter, 'active', spec.name, id);
  }

  #announce(spec: Spec<unknown>, what: string): void {
    this.#shop.ports.log
      .for(spec.emitter, 'new', spec.name, 0)
      .debug('INIT/MSG', `${what} of type ${spec.type} created`, this.origin);
  }

  #make<B>(spec: Spec<B>, emitter: string, id: number, log: Logger): B {
    const { ports, inbox, pending } = this.#shop;
    const surroundings: ItemDeps = {
      name: spec.name,
      log,
      logAs: (action) => ports.log.for(emitter, action, spec.name, id),
      ports,
      inbox,
      pending,
      locate: (key) => spec.locate(key),
    };
    return spec.create(surroundings);
  }
}
