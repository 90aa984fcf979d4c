import type { TraceContext } from '../log/record.ts';
import { AskedWork } from './asked-work.ts';
import { CheckLoop } from './check-loop.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Condition, ConditionDeps } from './condition.ts';
import { ConditionCommands } from './condition-commands.ts';
import { conditionDefinition, sharedDefinitions } from './definitions.ts';
import type { EarlierInstance } from './earlier.ts';
import type { ConditionRef, Ending, EngineEvents, EnginePorts } from './engine-events.ts';
import { Guards } from './guards.ts';
import { type Busy, HookRuns } from './hook-runs.ts';
import type { CheckContext } from './instance.ts';
import { ItemRegistry } from './item-registry.ts';
import { Lifecycle } from './lifecycle.ts';
import { keptPause, Pauses } from './pauses.ts';
import { PendingEventSet } from './pending-events.ts';
import type { CommandResult, Inbox } from './ports.ts';
import { RunCommands } from './run-commands.ts';
import { SharedFirings } from './shared-firings.ts';
import { Shutdown } from './shutdown.ts';
import type { Config, TaskSpec } from './spec.ts';
import { SuspensionEnds } from './suspension-ends.ts';
import type { Task } from './task.ts';
import type { HookContext } from './task-run.ts';
import { TaskRunner } from './task-runner.ts';
import { type StartedTick, type Tick, Ticker } from './ticker.ts';
import { TimerQueue } from './timer-queue.ts';
import { TraceIds } from './trace-ids.ts';

/** What a scheduler is started with. */
export interface SchedulerOptions {
  readonly paused: boolean;
  /** When the program was started, monotonic ms; default: now. */
  readonly begun?: number;
  /** What an earlier instance has left; default: there was none. */
  readonly earlier?: EarlierInstance;
  /** Reads and checks a file for the `configure` command. @throws an error whose `lines` say what is wrong. */
  load(path: string): Promise<Config>;
}

/** How often the time zone of the machine is looked at. */
const ZONE_EVERY_MS = 60_000;

export type { Ending };

/** Ticks, checks, runs, carries out commands, ends. */
export class Scheduler {
  readonly inbox: Inbox = { submit: (line, origin) => this.submit(line, origin) };
  readonly #ports: EnginePorts;
  readonly #events: EngineEvents;
  readonly #ids = new TraceIds();
  readonly #pending: PendingEventSet;
  readonly #timers = new TimerQueue<Condition>();
  /** Suspensions that end by themselves. */
  readonly #suspensions = new SuspensionEnds();
  readonly #busy = new Set<Busy>();
  readonly #registry: ItemRegistry;
  readonly #commands: ConditionCommands;
  readonly #tickMs: number;
  readonly #clockWatch: ClockWatch;
  readonly #began: number;
  /** When the zone was looked at last, monotonic ms. */
  #zoneSeen: number;
  readonly #ticker: Ticker;
  readonly #shutdown: Shutdown;
  readonly #hooks: HookRuns;
  readonly #checks: CheckLoop;
  readonly #guards: Guards;
  readonly #shared: SharedFirings | undefined;
  readonly #lifecycle: Lifecycle;
  /** Does what other machines ask for. */
  readonly asked: AskedWork;
  /** The definitions of the shared conditions, by their names: the same map until a reload. */
  readonly sharedDefinitions: () => ReadonlyMap<string, string>;
  readonly #start: TraceContext;
  readonly #file: string;
  #resolveOver: () => void = () => {};
  readonly #over = new Promise<void>((resolve) => {
    this.#resolveOver = resolve;
  });

  /** It is paused at the start because an earlier instance was, until `until` if that is set (wall-clock ms). */
  readonly #keptPause: { readonly until?: number } | undefined;

  constructor(ports: EnginePorts, config: Config, options: SchedulerOptions) {
    const { clock, events } = ports;
    this.#ports = ports;
    this.#events = events;
    this.#file = config.file;
    this.#tickMs = config.settings.tickSeconds * 1000;
    this.#start = this.#ids.cause('start');
    const { begun, earlier } = options;
    this.#keptPause = options.paused ? undefined : keptPause(earlier, config.settings.keepPause, clock.wall());
    const paused = options.paused || this.#keptPause !== undefined;
    events.emit('scheduler.loading', this.#start, { config, begun, paused, ...this.#keptPause });
    this.#clockWatch = new ClockWatch(clock, () => {
      for (const condition of this.#registry.conditions.values()) condition.slept();
    });
    this.#began = this.#clockWatch.undisturbed;
    this.#zoneSeen = clock.mono();
    const { until } = this.#keptPause ?? {};
    const pauses = new Pauses(
      paused ? clock.wall() : undefined,
      until === undefined ? until : { at: until, lasts: false },
    );
    this.#shutdown = new Shutdown(ports, this.#busy, () => this.#guards.asking);
    this.#pending = new PendingEventSet(events, (name) => this.#onPending(name));
    this.#checks = new CheckLoop(ports, config.settings.randomize, {
      open: () => this.#lifecycle.open,
      schedule: (condition) => this.#schedule(condition),
      pending: (name) => this.#pending.causeOf(name),
      contextNow: (origin) => this.#context({ wall: clock.wall(), mono: clock.mono() }, origin),
    });
    this.#guards = new Guards({
      ...{ events, clock, tickMs: this.#tickMs },
      condition: (name) => this.#registry.conditions.get(name),
      open: () => this.#lifecycle.open,
      onChanged: () => this.#ticker.reconsider(),
    });
    const { fleet } = ports;
    const taskSpec = (name: string): TaskSpec | undefined => this.#registry.tasks.get(name)?.spec;
    this.#shared =
      fleet &&
      new SharedFirings({
        ...{ events, fleet, tickMs: this.#tickMs, wall: () => clock.wall(), pauses: () => pauses.spans },
        // One that a reload has removed can still ask.
        definition: ({ name, spec }) => this.sharedDefinitions().get(name) ?? conditionDefinition(spec, taskSpec),
      });
    fleet?.onLost((lost) => {
      const origin = this.#ids.cause('fleet');
      if (this.#lifecycle.state !== 'ending') this.#registry.conditions.get(lost.condition)?.lost(lost, origin);
    });
    this.#ticker = new Ticker(
      clock,
      this.#tickMs,
      (wall, mono) => {
        // At trace each check is a record, also of conditions that are not due.
        if (ports.log.everyCheck.on) return 0;
        const ends = Math.min(pauses.endsAt - wall, this.#suspensions.wait(wall));
        if (pauses.now) return Math.max(0, ends);
        return Math.max(0, Math.min(ends, this.#timers.wait(wall, mono), this.#guards.wait(wall, mono)));
      },
      [this.#timers, this.#suspensions, pauses],
      () => this.#lookAtClock(),
    );
    const cause = () => this.#ids.cause('event');
    const conditionDeps = this.#conditionDeps();
    const { runner, tasks, run } = conditionDeps;
    const onBusy = (busy: Busy, origin: TraceContext): void => this.#addBusy(busy, origin);
    const onFree = (busy: Busy, origin: TraceContext): void => {
      this.#busy.delete(busy);
      this.#reportIdle(origin);
    };
    this.#hooks = new HookRuns({
      ...{ events, runner, tasks, run, onBusy, onFree },
      endScripts: (run, released) => ports.lua.endRun(run, released),
    });
    this.#registry = new ItemRegistry(
      {
        ...{ ports, inbox: this.inbox, pending: this.#pending, condition: conditionDeps },
        event: { events, pending: this.#pending, clock, tickMs: this.#tickMs, cause },
      },
      this.#start,
    );
    this.asked = new AskedWork({
      ...{ events, registry: this.#registry, onBusy, onFree },
      open: () => this.#lifecycle.open,
      run: () => this.#ids.run(this.#ids.cause('fleet').cause),
      endScripts: (name) => ports.lua.endRun(name, () => {}),
    });
    const { conditions } = this.#registry;
    this.sharedDefinitions = this.#registry.perConfig(() =>
      sharedDefinitions(
        [...conditions.values()].map(({ spec }) => spec),
        taskSpec,
      ),
    );
    const { settings } = config;
    this.#commands = new ConditionCommands(this.#registry, this.#pending, events, this.#ids, settings, options.load);
    this.#lifecycle = new Lifecycle(
      {
        ...{ events, ids: this.#ids, clock, commands: this.#commands, busy: this.#busy },
        runs: new RunCommands(this.#registry, events),
        file: () => this.file,
        wake: () => this.wake(),
        over: this.#over,
      },
      this.#start,
      pauses,
    );
    this.#registry.fill(config, earlier);
    events.emit('scheduler.started', this.#start, { config, paused });
    for (const condition of this.#registry.conditions.values()) condition.join(this.#start);
    this.#registry.listen();
    events.emit('scheduler.ready', this.#start, { config });
  }

  /** Ticks until it is asked to end; then waits for running work, or ends it. Returns how it ended. */
  async run(): Promise<Ending> {
    const lifecycle = this.#lifecycle;
    if (lifecycle.pauses.now)
      this.#events.emit('scheduler.paused', this.#start, {
        ...{ initial: true, kept: this.#keptPause !== undefined },
        ...this.#keptPause,
      });
    const isEnding = (): boolean => lifecycle.ending !== undefined;
    while (!lifecycle.ending) {
      const tick = await this.#ticker.next();
      if (tick && !isEnding()) {
        await this.#tick(tick);
        this.#ticker.done();
      }
    }
    this.#registry.endRetries();
    this.#guards.end(lifecycle.endingBy);
    this.#shared?.end();
    if (lifecycle.ending === 'exit') await this.#shutdown.drain(() => lifecycle.ending !== 'exit', lifecycle.endingBy);
    if (lifecycle.ending === 'kill') await this.#shutdown.abort(this.#registry.alive, lifecycle.endingBy);
    this.#registry.close(lifecycle.endingBy);
    this.#events.emit('scheduler.ended', lifecycle.endingBy, { how: lifecycle.ending });
    this.#resolveOver();
    return lifecycle.ending;
  }

  /** Carries out one line of a command. */
  async submit(line: string, given?: TraceContext): Promise<CommandResult> {
    this.#lookAtClock();
    this.#endStopsBefore();
    if (/^\s*(?:configure|reload)\b/.test(line)) this.#lookAtZone();
    return this.#lifecycle.submit(line, given);
  }
  /** The context of a command, for a caller that has to know the cause. */
  commandContext(): TraceContext {
    return this.#ids.cause('command');
  }
  /** Publishes a value under topics, as the command `log_event` does. */
  logEvent(topics: string | readonly string[], value: unknown, fleet = false): CommandResult {
    return this.#lifecycle.publish(topics, value, fleet);
  }
  /** Called at a signal that asks to end; a second one does not wait. */
  interrupt(signal: string): void {
    this.#lifecycle.interrupt(signal);
  }
  /** Called at a signal that asks for the configuration to be loaded again, or without one when the file has changed. */
  reload(path: string, signal?: string): void {
    this.#lookAtZone();
    this.#lifecycle.reload(path, signal);
  }
  /** Loads the configuration that `read` returns; `path` is what it is called. */
  configure(path: string, read: (path: string) => Promise<Config>): CommandResult {
    this.#lookAtZone();
    return this.#lifecycle.replace(path, read);
  }
  /** Ends a sleep: something changed that it depends on, such as the level of the log. */
  wake(): void {
    this.#ticker.wake();
    this.#shutdown.wake();
  }

  /**
   * Begins a hook of a condition as a run of its own, unless the scheduler ends at once.
   * @param cause the run, the miss, or the condition being overdue, which led to it
   */
  runHook(condition: ConditionRef, hook: HookContext, cause: string): void {
    if (this.#lifecycle.ending !== 'kill') this.#hooks.run(condition, hook, cause);
  }
  /** Reports that a condition is overdue. @param run that of it which takes too long. Returns what it is called as a cause. */
  reportOverdue(condition: ConditionRef, why: string, run: TraceContext | undefined): string {
    const origin = run ?? this.#ids.cause('overdue');
    this.#events.emit('condition.overdue', origin, { condition, why });
    return origin.run ?? origin.cause;
  }

  /** The file of the running configuration. */
  get file(): string {
    return this.#commands.file ?? this.#file;
  }
  /** Whether it is paused, and whether it is about to end. */
  get state(): Lifecycle['state'] {
    return this.#lifecycle.state;
  }
  /** When the pause ends by itself, wall-clock ms; Infinity: not before a command, or there is none. */
  get pausedUntil(): number {
    return this.#lifecycle.pauses.endsAt;
  }
  /** How long it has run, in ms; a clock that was set changes nothing. */
  get age(): number {
    return this.#clockWatch.undisturbed - this.#began;
  }
  /** The items of the running configuration, in the order of the file. */
  get items(): Pick<ItemRegistry, 'tasks' | 'conditions' | 'events'> {
    return this.#registry;
  }
  /** The firings that are held, and what is known of guards. */
  get guards(): Pick<Guards, 'held' | 'guard'> {
    return this.#guards;
  }
  /** Whether an event for this condition waits for its next check. */
  isPending(condition: string): boolean {
    return this.#pending.has(condition);
  }

  #onPending(name: string): void {
    const condition = this.#registry.conditions.get(name);
    if (!condition) return;
    this.#schedule(condition);
    void this.#checks.debounce(condition);
  }

  #schedule(condition: Condition): void {
    if (condition.removed) this.#timers.drop(condition);
    else this.#timers.schedule(condition, condition.due);
    this.#ticker.reconsider();
  }

  #addBusy(busy: Busy, origin: TraceContext): void {
    this.#busy.add(busy);
    if (this.#busy.size === 1) this.#events.emit('scheduler.busy', origin, { busy: 1 });
  }
  #reportIdle(origin: TraceContext): void {
    if (this.#busy.size > 0) return;
    this.#events.emit('scheduler.idle', origin, {});
    this.#shutdown.wake();
  }

  #scheduleSuspension(condition: Condition): void {
    this.#suspensions.schedule(condition);
    this.#ticker.reconsider();
  }

  #conditionDeps(): ConditionDeps {
    const { clock } = this.#ports;
    const events = this.#events;
    return {
      ...{
        events,
        clock,
        runner: new TaskRunner(events),
        guards: this.#guards,
        ...(this.#shared ? { shared: this.#shared } : {}),
      },
      tasks: (names) =>
        names.map((name) => this.#registry.tasks.get(name)).filter((task): task is Task => task !== undefined),
      onBusy: (condition) => this.#addBusy(condition, condition.origin),
      onFree: (condition) => {
        this.#busy.delete(condition);
        this.#ports.lua.endRun(condition.name, (lock) => condition.lockReleased(lock));
        void this.#checks.debounce(condition);
        this.#reportIdle(condition.origin);
      },
      onDueChanged: (condition) => this.#schedule(condition),
      onSuspensionEnd: (condition) => this.#scheduleSuspension(condition),
      dropEvent: (name) => this.#pending.drop(name),
      run: (cause) => this.#ids.run(cause),
      state: () => this.#lifecycle.state,
    };
  }

  /** Reports that the wall clock was set, and lets all conditions look again that go by it. */
  #lookAtClock(): void {
    if (this.#ports.clock.steady) return;
    const change = this.#clockWatch.look();
    if (this.#clockWatch.lookedAt - this.#zoneSeen >= ZONE_EVERY_MS) this.#lookAtZone();
    if (!change) return;
    const { kind, from, to } = change;
    const origin = this.#ids.cause('clock');
    this.#events.emit('clock.changed', origin, { kind, from, to });
    // What was over before the clock was set is over.
    this.#endStops(from, origin);
    if (kind === 'set-back') this.#lifecycle.pauses.shift(from - to);
    this.#guards.timeChanged();
    this.#lifecycle.clockSet(to - from, origin);
    for (const condition of this.#registry.conditions.values()) {
      condition.moveSuspensionEnd(to - from, origin);
      condition.timeChanged(change, origin);
    }
  }

  /** Looks whether the machine is in another time zone, and lets all conditions look again that go by local time. */
  #lookAtZone(): void {
    this.#zoneSeen = this.#ports.clock.mono();
    const change = this.#ports.localZone?.look();
    if (!change) return;
    const origin = this.#ids.cause('clock');
    if ('problem' in change) {
      this.#events.emit('zone.failed', origin, change);
      return;
    }
    this.#events.emit('zone.changed', origin, change);
    this.#ports.lua.renew?.();
    this.#guards.timeChanged();
    for (const condition of this.#registry.conditions.values())
      condition.timeChanged({ kind: 'zone', ...change }, origin);
  }

  /** A command finds over what the next tick would end. */
  #endStopsBefore(): void {
    const { clock } = this.#ports;
    const wall = clock.wall();
    if (this.#lifecycle.pauses.endsAt > wall && this.#suspensions.wait(wall) > 0) return;
    this.#endStops(wall, this.#ids.cause('clock'));
  }

  /** Ends the pause and the suspensions whose ends have come. `wall`: wall-clock ms. */
  #endStops(wall: number, origin: TraceContext): void {
    this.#lifecycle.endPauseAt(wall, origin);
    this.#suspensions.endUntil(wall, origin);
  }

  #context(at: Tick, origin: TraceContext): CheckContext {
    return { ...at, origin, pauses: this.#lifecycle.pauses.spans, tickMs: this.#tickMs };
  }

  async #tick({ wall, mono, lateMs }: StartedTick): Promise<void> {
    const { log } = this.#ports;
    const origin = this.#ids.cause('tick');
    this.#endStops(wall, origin);
    const paused = this.#lifecycle.pauses.now;
    this.#events.emit('tick.started', origin, { busy: this.#busy.size, paused, mono, lateMs });
    if (paused) return;
    // In the order they were made, at every level: conditions may wait for each other's tasks.
    const due = this.#timers.due(wall, mono).sort((a, b) => a.id - b.id);
    const visited = log.everyCheck.on ? [...this.#registry.conditions.values()] : due;
    await this.#checks.runChecks(visited, due, this.#context({ wall, mono }, origin));
    if (this.#lifecycle.open) this.#guards.tick({ wall, mono }, origin);
    this.#events.emit('tick.finished', origin, { visited: visited.length, due: due.length });
  }
}
