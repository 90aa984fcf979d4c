import type { TraceContext } from '../log/record.ts';
import { Condition, type ConditionDeps } from './condition.ts';
import type { EarlierCondition, EarlierInstance } from './earlier.ts';
import type { EngineEvents, EnginePorts } from './engine-events.ts';
import { Event, type EventDeps } from './event.ts';
import type { EarlierItem, ItemDeps, OwnEvents, TaskInstance } from './instance.ts';
import type { Inbox, PendingEvents } from './ports.ts';
import type { ConditionSpec, Config, EventSpec, Spec, TaskSpec } from './spec.ts';
import { Task } from './task.ts';

/** What the registry needs to make items. */
interface RegistryDeps {
  readonly ports: EnginePorts;
  readonly inbox: Inbox;
  readonly pending: PendingEvents;
  readonly condition: ConditionDeps;
  readonly event: Omit<EventDeps, 'condition'>;
}

/** Of a configuration that takes the place of another one, nothing is from an earlier instance. */
const NOTHING: EarlierCondition = {};
const EMITTERS = { task: 'TASK', condition: 'CONDITION', event: 'EVENT' } as const;

/** The items of the running configuration, by name. Their numbers come from one counter and are never used twice. */
export class ItemRegistry {
  readonly tasks = new Map<string, Task>();
  readonly conditions = new Map<string, Condition>();
  readonly events = new Map<string, Event>();
  /** Items that a reload has removed and that are still busy: an item of the same name in a later file waits for them. */
  readonly drainingTasks = new Map<string, Task>();
  readonly drainingConditions = new Map<string, Condition>();
  /** What makes items: the start, then the last reload. */
  origin: TraceContext;
  readonly #deps: RegistryDeps;
  readonly #events: EngineEvents;
  /** Tasks that are not in the file any more, and that lists in progress still have. */
  readonly #retired = new Set<Task>();
  #lastId = 0;
  /** The items of the first configuration are made. */
  #starting = false;
  #ending = false;

  constructor(deps: RegistryDeps, origin: TraceContext) {
    this.#deps = deps;
    this.#events = deps.ports.events;
    this.origin = origin;
  }

  /** Makes everything of the first configuration. `earlier`: what an earlier instance has left. */
  fill(config: Config, earlier?: EarlierInstance): void {
    this.#starting = true;
    for (const spec of config.tasks) this.tasks.set(spec.name, this.task(spec, undefined, earlier?.task(spec)));
    for (const spec of config.conditions)
      this.conditions.set(spec.name, this.condition(spec, earlier?.condition(spec)));
    for (const spec of config.events) this.events.set(spec.name, this.event(spec));
    this.#starting = false;
  }

  /** What a condition reports that notices by itself when it is true. */
  #ownEvents(name: string): OwnEvents {
    const { pending, cause } = this.#deps.event;
    return {
      starting: this.#starting,
      occur: (occurrence) => {
        const condition = this.conditions.get(name);
        // What a busy condition is when it is free is not known yet.
        if (condition === undefined || (!condition.busy && condition.ineligible !== undefined)) return false;
        if (pending.has(name)) pending.join(name, occurrence);
        else pending.add(name, cause().cause, occurrence);
        return true;
      },
      note: (reason) => this.conditions.get(name)?.note(reason, this.origin),
    };
  }

  /** Makes a task; it waits for the runs of the task it replaces. */
  task(spec: TaskSpec, predecessor?: Task, earlier?: EarlierItem): Task {
    const make = (id: number, instance: TaskInstance) => new Task(spec, id, instance, this.#deps.ports, predecessor);
    const task = this.#make('task', spec, make, [], earlier);
    if (this.#ending) task.endRetries('ending');
    this.#events.emit('task.created', this.origin, { task });
    return task;
  }

  /** Makes a condition. */
  condition(spec: ConditionSpec, earlier = NOTHING): Condition {
    const make = (id: number, instance: ReturnType<ConditionSpec['create']>) =>
      new Condition(spec, id, instance, this.#deps.condition, earlier);
    const condition = this.#make('condition', spec, make, spec.traits.tasks, earlier);
    this.#events.emit('condition.created', this.origin, { condition });
    const { interrupted } = earlier;
    const again = spec.traits.interrupted === 'rerun';
    if (interrupted) this.#events.emit('run.interrupted', this.origin, { condition, interrupted, again });
    return condition;
  }

  /** Makes an event; it does not listen yet. */
  event(spec: EventSpec): Event {
    const deps = { ...this.#deps.event, condition: (name: string) => this.conditions.get(name) };
    const event = this.#make('event', spec, (id, instance) => new Event(spec, id, instance, deps));
    this.#events.emit('event.created', this.origin, { event });
    return event;
  }

  /** A task is not in the file any more, or is replaced: it is closed when no list in progress has it. */
  retire(task: Task): void {
    task.endRetries('reload');
    this.#retired.add(task);
    void task.settled.then(() => {
      this.#retired.delete(task);
      task.close();
    });
  }

  /** Keeps an item that a reload has removed until it is free. */
  drain(...item: ['task', Task] | ['condition', Condition]): void {
    if (item[0] === 'task') keepUntil(this.drainingTasks, item[1], item[1].gone);
    else keepUntil(this.drainingConditions, item[1], item[1].settled);
  }

  /** Returns a function whose result is made once for each configuration. */
  perConfig<R>(make: () => R): () => R {
    let made: { readonly origin: TraceContext; readonly result: R } | undefined;
    return () => {
      if (made?.origin !== this.origin) made = { origin: this.origin, result: make() };
      return made.result;
    };
  }

  /** All tasks that run or may yet. */
  get alive(): readonly Task[] {
    return [...this.tasks.values(), ...this.#retired];
  }

  /** Called when the program is to end after running work: what fails is not tried again. */
  endRetries(): void {
    this.#ending = true;
    for (const task of this.alive) task.endRetries('ending');
  }

  /** Begins to listen to all events. */
  listen(): void {
    const all = [...this.events.values()];
    if (!all.some((event) => event.listens)) {
      for (const event of all) void event.start(this.origin);
      return;
    }
    const { origin } = this;
    this.#events.emit('listening.started', origin, { all: false });
    void Promise.all(all.map((event) => event.start(origin))).then(() =>
      this.#events.emit('listening.started', origin, { all: true }),
    );
  }

  /** Listens to `next` instead of `old`, which hands over its occurrences until the new one listens: none is lost between. */
  replaceEvent(old: Event, next: Event, origin: TraceContext): void {
    const both = old.listens && next.listens;
    if (both) old.handOver(next);
    else old.close(origin);
    const started = next.start(origin);
    if (both) void started.then(() => old.close(origin));
  }

  /** Closes everything: the program ends. */
  close(origin: TraceContext): void {
    const listens = [...this.events.values()].some((event) => event.listens);
    if (listens) this.#events.emit('listening.stopping', origin, {});
    for (const event of this.events.values()) event.close(origin);
    if (listens) this.#events.emit('listening.stopped', origin, {});
    for (const condition of this.conditions.values()) condition.remove(origin, 'ended');
    for (const task of this.tasks.values()) task.close();
  }

  #make<I, T>(
    section: 'task' | 'condition' | 'event',
    spec: Spec<I>,
    make: (id: number, instance: I) => T,
    tasks: readonly string[] = [],
    earlier?: EarlierItem,
  ): T {
    this.#events.emit('item.creating', this.origin, { section, spec, tasks });
    this.#lastId += 1;
    const id = this.#lastId;
    const { ports, inbox, pending } = this.#deps;
    const logAs = (action: string) => ports.log.for(EMITTERS[section], action, spec.name, id);
    const deps: ItemDeps = {
      ...{ name: spec.name, log: logAs('active'), logAs, ports, inbox, pending },
      own: this.#ownEvents(spec.name),
      ...(earlier ? { earlier } : {}),
      locate: (key) => spec.locate(key),
    };
    return make(id, spec.create(deps));
  }
}

const keepUntil = <T extends Task | Condition>(items: Map<string, T>, item: T, free: Promise<void>): void => {
  items.set(item.name, item);
  void free.then(() => {
    if (items.get(item.name) === item) items.delete(item.name);
  });
};
