import type { Ledger } from '../journal/ledger.ts';
import type { Log, Logger, TraceContext } from '../log/record.ts';
import type { Condition } from './condition.ts';
import type { Operation } from './desk.ts';
import { hparamsOf } from './hparams.ts';
import { internalErrorText } from './internal-error.ts';
import type { ItemRegistry } from './item-registry.ts';
import type { EventQueue } from './pending-events.ts';
import type { CommandResult, Ports } from './ports.ts';
import { reload } from './reload.ts';
import type { Config, Settings } from './spec.ts';

/** Problems of a refused file that its event lists. */
const MOST_PROBLEMS = 20;

const done = (said: string): CommandResult => ({ kind: 'done', said });
/** What was queued for a condition that a reload has taken away since. */
const gone = (name: string): CommandResult => ({
  kind: 'no-effect',
  reason: `condition ${name} was replaced or removed before it was free`,
});

const WORDS = {
  suspend: { done: 'suspended', queued: 'its suspension is queued', idle: 'is suspended already' },
  resume: {
    done: 'resumed and reset',
    queued: 'its resumption is queued',
    idle: 'is not suspended: nothing to resume',
  },
} as const;

/** The commands that steer single items (`scheduling.md` §7.2, §7.3, §8). Nothing here waits. */
export class ConditionCommands {
  readonly #roster: ItemRegistry;
  readonly #bucket: EventQueue;
  readonly #log: Log;
  readonly #journal: Ledger;
  readonly #settings: Settings;
  readonly #load: (path: string) => Promise<Config>;
  readonly #command: Logger;
  /** The file that was loaded last; undefined: the one of the start. */
  file: string | undefined;
  #reloads: Promise<unknown> = Promise.resolve();

  constructor(
    roster: ItemRegistry,
    bucket: EventQueue,
    { log, journal }: Pick<Ports, 'log' | 'journal'>,
    settings: Settings,
    load: (path: string) => Promise<Config>,
  ) {
    this.#roster = roster;
    this.#bucket = bucket;
    this.#log = log;
    this.#journal = journal;
    this.#settings = settings;
    this.#load = load;
    this.#command = log.for('MAIN', 'command');
  }

  reset(names: readonly string[], origin: TraceContext): CommandResult {
    const { conditions } = this.#roster;
    if (names.length > 0) this.#command.debug('PROC/MSG', `resetting conditions: ${names.join(' ')}`, origin);
    else this.#command.trace('PROC/MSG', 'resetting all conditions', origin);
    if (conditions.size === 0 && names.length === 0) {
      this.#command.debug('PROC/MSG', 'there are no conditions to reset', origin);
      return { kind: 'no-effect', reason: 'there are no conditions' };
    }
    const log = this.#log.for('MAIN', 'reset_conditions').under(origin);
    const unknown: string[] = [];
    const queued: Condition[] = [];
    for (const name of names.length > 0 ? names : conditions.keys()) {
      const condition = conditions.get(name);
      if (!condition) {
        log.error('START/ERR', `there is no condition ${name}`);
        unknown.push(name);
        continue;
      }
      log.trace('START/OK', `resetting condition ${name}`);
      if (condition.request('reset', origin) === 'queued') {
        queued.push(condition);
        log.info('PROC/OK', `condition ${name} is busy: its reset is queued`);
      } else log.info('END/OK', `condition ${name} reset`);
    }
    if (unknown.length > 0) return { kind: 'no-effect', reason: `no such condition: ${unknown.join(', ')}` };
    const count = new Set(names).size || conditions.size;
    const told = count === 1 ? 'the condition is reset' : `${count} conditions are reset`;
    if (queued.length === 0) return done(told);
    const said = `busy, to be reset when they are free: ${queued.map(({ name }) => name).join(', ')}`;
    return { kind: 'done', said, later: Promise.all(queued.map(({ settled }) => settled)).then(() => done(told)) };
  }

  suspend(name: string, origin: TraceContext): CommandResult {
    return this.#changeState('suspend', name, origin);
  }

  resume(name: string, origin: TraceContext): CommandResult {
    return this.#changeState('resume', name, origin);
  }

  #changeState(operation: Exclude<Operation, 'reset'>, name: string, origin: TraceContext): CommandResult {
    this.#command.debug('PROC/MSG', `${operation}_condition ${name} accepted`, origin);
    const state = this.#log.for('MAIN', 'condition_state').under(origin);
    const condition = this.#roster.conditions.get(name);
    if (!condition) {
      state.error('START/ERR', `cannot ${operation}: there is no condition ${name}`);
      return { kind: 'no-effect', reason: `no such condition: ${name}` };
    }
    state.debug('START/OK', `condition ${name}: ${operation}`);
    const how = condition.request(operation, origin);
    const log = this.#log.for('MAIN', `${operation}_condition`).under(origin);
    const words = WORDS[operation][how];
    if (how === 'queued') {
      log.info('PROC/OK', `condition ${name} is busy: ${words}`);
      const later = condition.settled.then(() =>
        condition.removed ? gone(name) : done(`condition ${name} ${WORDS[operation].done}`),
      );
      return { kind: 'done', said: `condition ${name} is busy: ${words}`, later };
    }
    log.info('END/OK', `condition ${name} ${words}`);
    return { kind: 'done', said: `condition ${name} ${words}`, ...(how === 'idle' ? { idle: true } : {}) };
  }

  trigger(name: string, origin: TraceContext): CommandResult {
    this.#command.debug('PROC/MSG', `trigger ${name} accepted`, origin);
    const log = this.#log.for('MAIN', 'event_trigger').under(origin);
    const event = this.#roster.events.get(name);
    if (!event?.spec.manual) {
      const reason = event
        ? `event ${name} is of type ${event.spec.type}, only cli events can be triggered`
        : `there is no event ${name}`;
      log.error('START/ERR', reason);
      return { kind: 'no-effect', reason };
    }
    log.debug('START/OK', `triggering event ${name}`);
    const { obstacle } = event;
    if (obstacle !== undefined) {
      event.drop(origin);
      const said = `event ${name}: condition ${event.spec.condition} is ${obstacle}, the event is dropped`;
      log.info('END/OK', said);
      return { kind: 'done', said, idle: true };
    }
    this.#log.for('EVENT_REGISTRY', 'trigger', name, event.id).debug('PROC/OK', 'event is being fired', origin);
    const fired = event.fire(origin);
    const said = `event ${name}: condition ${event.spec.condition} ${fired === 'pending' ? 'is pending' : 'was pending already'}`;
    log.info('END/OK', said);
    return done(said);
  }

  /** Reloads are carried out one after the other, in the background. */
  configure(path: string, by: TraceContext, read = this.#load): CommandResult {
    this.#command.debug('PROC/MSG', `configure ${path} accepted`, by);
    const later = this.#reloads.then(async (): Promise<CommandResult> => {
      const origin: TraceContext = { cause: this.#journal.cause('reload'), run: null };
      const log = this.#log.for('MAIN', 'reconfigure').under(origin);
      const tell = (result: string, more: object = {}) =>
        this.#journal.logEvent(
          'scheduler',
          { action: 'reload', file: path, by: by.cause, result, ...more },
          { origin },
        );
      const span = this.#journal.span('reload', null, origin, () => ({ file: path }), undefined, origin.cause);
      let config: Config;
      try {
        config = await read(path);
        if (read === this.#load) this.#refuseEmptied(config);
      } catch (error) {
        const lines = (error as { lines?: readonly string[] }).lines ?? [
          error instanceof Error ? error.message : String(error),
        ];
        for (const line of lines) log.error('START/FAIL', `configuration refused, nothing changed: ${line}`);
        tell('refused', { problems: lines.slice(0, MOST_PROBLEMS) });
        span?.finish(() => ({ outcome: 'failure', problems: lines.length }));
        return { kind: 'no-effect', reason: `refused, nothing changed:\n${lines.join('\n')}` };
      }
      try {
        const changes = reload(this.#roster, this.#bucket, this.#log, this.#settings, config, origin);
        this.file = config.file;
        tell('loaded');
        span?.finish(() => ({ outcome: 'success', ...changes }));
        this.#journal.metric(() => hparamsOf(config), { hparams: true, origin });
        log.info('END/OK', `configuration ${path} loaded`);
        return done(`configuration ${path} loaded`);
      } catch (error) {
        const reason = internalErrorText(error);
        log.error('END/FAIL', reason);
        span?.finish(() => ({ outcome: 'error' }));
        return { kind: 'no-effect', reason };
      }
    });
    this.#reloads = later;
    return { kind: 'done', said: `configuration ${path} is being loaded`, later, soon: true };
  }

  /** A file is empty for a moment when an editor or a copy begins to write it. */
  #refuseEmptied({ file, tasks, conditions, events }: Config): void {
    const running = this.#roster;
    if (tasks.length + conditions.length + events.length > 0) return;
    const count = running.tasks.size + running.conditions.size + running.events.size;
    if (count > 0) throw new Error(`${file}: it has no items, and the running configuration has ${count}`);
  }
}
