import { HistoryReader } from '../adapters/history/reader.ts';
import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { HelloAnswer } from '../control/hello.ts';
import type { OutputAnswer, OutputPart } from '../control/output-stream.ts';
import type { EventsAnswer, ExplainAnswer, StoryAnswer } from '../control/queries.ts';
import type { Request } from '../control/request.ts';
import type { CtlResult } from '../control/request-handler.ts';
import type { StatusReport } from '../control/status.ts';
import type { VitalsAnswer } from '../control/vitals.ts';
import type { CommandResult } from '../core/ports.ts';
import type { HistoryRun } from '../history/history-entries.ts';
import { CommandAccess } from '../host/command-access.ts';
import type { EventBuffer, EventsOptions, Gaps } from '../host/event-stream.ts';
import { checkQuery, type HistoryQuery, runsOf } from '../host/history-access.ts';
import type { RecordsOptions } from '../host/journal-access.ts';
import { LEVEL, SIGNAL } from '../host/options.ts';
import type { RunOptions, RunResult } from '../host/run-results.ts';
import type { LogEventOptions, LogFact, TopicEvent, Transition } from '../journal/fact.ts';
import { toJson, topicsOf } from '../journal/json.ts';
import type { Dropped } from '../journal/subscribers.ts';
import { levelOf } from '../log/record.ts';
import { type CancelSignal, onAbort, type SignalOptions } from '../subscription.ts';
import { type ClientStream, type ConnectionChange, type FollowRequest, FollowStream } from './client-stream.ts';
import { type Connection, RequestRefusedError } from './connection.ts';
import { type Lock, type LockOptions, takeLock } from './held-lock.ts';
import { ClientStates } from './shared-states.ts';

/** Which log records are read, and how. */
export interface LogsOptions extends EventsOptions, Omit<RecordsOptions, 'n'> {
  /** False: the loop ends after the records that are kept; default: it goes on with each later one. */
  readonly follow?: boolean | undefined;
  /** How many of those that are kept come first, the last ones; 0: all; default: none, or with `follow: false` all. */
  readonly count?: number | undefined;
}

/** How output is read: as it is now. */
export interface OutputOptions extends SignalOptions {
  readonly follow?: false | undefined;
}
/** How output is followed. */
export interface FollowOutputOptions extends EventsOptions {
  readonly follow: true;
}

/** Without what is undefined. */
const given = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

const STREAM = { limit: TYPES.positive, signal: SIGNAL } as const;

/** The result of a command as `Daemon.submit` has it. */
const commandResult = ({ kind, said, idle, run, cause }: CtlResult): CommandResult => {
  const of = cause === undefined ? {} : { cause };
  return kind === 'done'
    ? ({ kind, said, ...(idle ? { idle } : {}), ...(run ? { run } : {}), ...of } as CommandResult)
    : { kind, reason: said, ...of };
};

/** What is lost of the output is counted in characters, as the instance counts it in bytes. */
const OUTPUT_GAPS: Gaps<OutputPart | ConnectionChange> = {
  lost: (part) => ('leftOut' in part ? part.leftOut : 'text' in part ? part.text.length : 0),
  gap: (leftOut) => ({ leftOut }),
};

/**
 * Asks the running instance of this user; made by `connect`. Each method throws NotRunningError when no instance is running,
 * ConnectionLostError when it ends before it has answered, NoAnswerError when it is silent, RequestRefusedError with the reason when it
 * refuses, ClientClosedError after {@link close}, TypeError for an argument that does not fit, and the reason of a signal that is aborted.
 */
export class Client extends CommandAccess {
  /** The shared states of Lua scripts. */
  readonly state: ClientStates;
  readonly #connection: Connection;
  readonly #streams = new Set<EventBuffer<never>>();
  #forgetSignal: () => void = () => {};

  /** For `connect`. @internal */
  constructor(connection: Connection, signal: CancelSignal | undefined) {
    super();
    this.#connection = connection;
    this.state = new ClientStates(connection);
    this.#forgetSignal = onAbort(signal, () => void this.close());
  }

  /** What runs: the versions of the protocol and of the program, the process, the file, the requests that it answers. */
  async hello(options: SignalOptions = {}): Promise<HelloAnswer> {
    return (await this.#ask('hello', { request: 'hello' }, options)) as HelloAnswer;
  }
  /** How its process is: memory, the event loop, how late the last ticks were. Nothing is measured while nothing asks. */
  async vitals(options: SignalOptions = {}): Promise<VitalsAnswer> {
    return (await this.#ask('vitals', { request: 'vitals' }, options)) as VitalsAnswer;
  }
  /** How it stands, and each condition, or those that are named. */
  async status(conditions: readonly string[] = [], options: SignalOptions = {}): Promise<StatusReport> {
    expectType('status', 'conditions', conditions, TYPES.texts);
    return (await this.#ask('status', { request: 'status', conditions }, options)) as StatusReport;
  }
  /** What happened to items (`condition/Backup`, or `Backup` of any section), or because of causes (`tick-17`); oldest first. */
  async story(...queries: readonly string[] | readonly [...string[], SignalOptions]): Promise<readonly Transition[]> {
    const last = queries.at(-1);
    const options = typeof last === 'object' ? last : {};
    const items = queries.filter((one) => one !== options) as readonly string[];
    expectType('story', 'queries', items, TYPES.texts);
    return ((await this.#ask('story', { request: 'story', items }, options)) as StoryAnswer).chapters;
  }
  /** Why a condition did or did not run: its last reasons, newest first; `count`: at the most so many, 0: all. */
  async explain(condition: string, count = 0, options: SignalOptions = {}): Promise<ExplainAnswer> {
    expectType('explain', 'condition', condition, TYPES.text);
    expectType('explain', 'count', count, TYPES.amount);
    return (await this.#ask('explain', { request: 'explain', condition, count }, options)) as ExplainAnswer;
  }
  /** The last log records, newest first. */
  async records(query: RecordsOptions & SignalOptions = {}): Promise<readonly LogFact[]> {
    expectOptions('records', query, { n: TYPES.amount, since: TYPES.number, level: LEVEL, item: TYPES.text });
    const { n: count, since, level, item } = query;
    const fields = given({ count, since, level: levelOf(level), item });
    return ((await this.#ask('records', { request: 'logs', ...fields }, query)) as readonly LogFact[]).toReversed();
  }
  /**
   * The runs, the newest first, for `for await`, also those of earlier instances: they are read from the files of its history. It has none
   * if the instance keeps no history.
   */
  history(query: HistoryQuery & SignalOptions = {}): AsyncGenerator<HistoryRun, void, undefined> {
    checkQuery('history', query);
    expectOptions('history', query, { signal: SIGNAL });
    return this.#runs(query);
  }
  async *#runs(query: HistoryQuery & SignalOptions): AsyncGenerator<HistoryRun, void, undefined> {
    const { history } = await this.output('task/', { signal: query.signal });
    if (history === null) return;
    const reader = new HistoryReader(history);
    if (!reader.exists) return;
    for await (const run of runsOf((filter) => reader.entries(filter, true), query)) {
      if (query.signal?.aborted) return;
      yield run;
    }
  }

  /** The kept events of a topic, oldest first, or of all topics that have any. Reading creates nothing. */
  async getEvents(topic: string, options?: SignalOptions): Promise<readonly TopicEvent[]>;
  async getEvents(topic?: undefined, options?: SignalOptions): Promise<ReadonlyMap<string, readonly TopicEvent[]>>;
  async getEvents(
    topic?: string,
    options: SignalOptions = {},
  ): Promise<readonly TopicEvent[] | ReadonlyMap<string, readonly TopicEvent[]>> {
    if (topic !== undefined) {
      expectType('getEvents', 'topic', topic, TYPES.text);
      return this.#eventsOf(topic, options);
    }
    const answer = (await this.#ask('getEvents', { request: 'events' }, options)) as EventsAnswer;
    const found = new Map<string, readonly TopicEvent[]>();
    for (const one of 'topics' in answer ? answer.topics : []) {
      const events = one.total > 0 ? await this.#eventsOf(one.topic, options) : [];
      if (events.length > 0) found.set(one.topic, events);
    }
    return found;
  }
  async #eventsOf(topic: string, options: SignalOptions): Promise<readonly TopicEvent[]> {
    const answer = (await this.#ask('getEvents', { request: 'events', topic }, options)) as EventsAnswer;
    return 'events' in answer ? answer.events : [];
  }
  /** Logs an event under one topic or several. @throws EventError for what JSON cannot hold, and for topics that are not names. */
  async logEvent(
    topic: string | readonly string[],
    message: unknown,
    options: SignalOptions & LogEventOptions = {},
  ): Promise<void> {
    expectOptions('logEvent', options, { fleet: TYPES.flag, signal: SIGNAL });
    const { fleet, ...more } = options;
    const value = { topics: topicsOf(topic), value: toJson(message), ...given({ fleet }) };
    const { kind, said } = (await this.#ask('logEvent', { request: 'log_event', ...value }, more)) as CtlResult;
    if (kind !== 'done') throw new RequestRefusedError(said);
  }
  /**
   * The later events of a topic, for `for await`, from when `opened` of the stream has resolved. At most `limit` wait for the loop, and then
   * `{ dropped: n }` comes in the place of the oldest. The loop ends when the instance ends, or the signal is aborted; it throws
   * ConnectionLostError when the instance was killed or has crashed. With `reconnect` it goes on instead, see {@link ConnectionChange}.
   * @throws EventError for a topic that is not a name; TypeError for an option that does not fit.
   */
  events(topic: string, options: EventsOptions = {}): ClientStream<TopicEvent | Dropped | ConnectionChange> {
    topicsOf(topic);
    expectOptions('events', options, STREAM);
    const again = { request: 'events', topic, follow: true } as const;
    return this.#follow({ first: { ...again, later: true }, again }, options);
  }
  /** Log records, oldest first, for `for await`: as {@link events}. A level below the one that is logged makes the instance log more. */
  logs(options: LogsOptions = {}): ClientStream<LogFact | Dropped | ConnectionChange> {
    const { amount, number, text, flag } = TYPES;
    expectOptions('logs', options, { ...STREAM, since: number, level: LEVEL, item: text, follow: flag, count: amount });
    const { level, item, since, count, follow = true } = options;
    const again = { request: 'logs', ...given({ level: levelOf(level), item, since }) } as const;
    const kept = given({ count });
    if (!follow) {
      const rest = (answer: unknown): readonly LogFact[] => answer as readonly LogFact[];
      return this.#follow({ first: { ...again, ...kept }, rest }, { ...options, limit: Number.POSITIVE_INFINITY });
    }
    const first = { ...again, ...kept, follow, ...(count === undefined && since === undefined ? { later: true } : {}) };
    return this.#follow({ first, again: { ...again, follow } }, options);
  }

  /**
   * What the last run of an item wrote, or the one that is under way: `task/Backup`, `condition/Backup`, or `Backup` of any section. With
   * `follow` a stream of what the run that is under way writes, which ends with it; nothing if none is.
   */
  output(item: string, options: FollowOutputOptions): ClientStream<OutputPart>;
  output(item: string, options?: OutputOptions): Promise<OutputAnswer>;
  output(
    item: string,
    options: OutputOptions | FollowOutputOptions = {},
  ): ClientStream<OutputPart> | Promise<OutputAnswer> {
    expectType('output', 'item', item, TYPES.text);
    if (!options.follow) return this.#ask('output', { request: 'output', item }, options) as Promise<OutputAnswer>;
    expectOptions('output', options, STREAM);
    const first = { request: 'output', item, follow: true } as const;
    const rest = (answer: unknown): readonly OutputPart[] => {
      const { leftOut } = answer as OutputAnswer;
      return leftOut > 0 ? [{ leftOut }] : [];
    };
    return this.#follow({ first, rest }, options, OUTPUT_GAPS) as ClientStream<OutputPart>;
  }

  override async submit(line: string, options: SignalOptions = {}): Promise<CommandResult> {
    if (typeof line !== 'string') return { kind: 'refused', reason: 'a command is a line of text' };
    return new Promise((resolve, reject) => {
      const onPart = (part: unknown): void =>
        resolve({ ...commandResult(part as CtlResult), later: ended } as CommandResult);
      const answer = this.#connection.request({ request: 'ctl', line }, options.signal, { onPart });
      const ended = answer.then((result) => commandResult(result as CtlResult));
      ended.then(resolve, reject);
    });
  }
  /**
   * Runs the tasks of a condition at once, whatever its state, which stays what it is, and without asking its guards. Resolves when the run
   * has ended, with its outcome, or when it is clear that there will be none: the condition is busy, unknown, or has no tasks.
   */
  async run(condition: string, options: RunOptions = {}): Promise<RunResult> {
    return this.runCondition('run', condition, options);
  }
  /** Loads the running configuration file again, or another one. Resolves when it is in force; `refused` or `no-effect` with the reason. */
  async reload(file?: string, options: SignalOptions = {}): Promise<CommandResult> {
    if (file !== undefined) expectType('reload', 'file', file, TYPES.path);
    const { later, ...accepted } = (await this.submit(
      file === undefined ? 'reload' : `configure ${file}`,
      options,
    )) as CommandResult & { readonly later?: Promise<CommandResult> };
    return later ?? (accepted as CommandResult);
  }

  /**
   * Takes a lock of Lua scripts (`sync.lock`), and holds it until it is released, or the client is closed. @throws LockNotGrantedError when it
   * is not granted in time
   */
  async lock(name: string, options: LockOptions = {}): Promise<Lock> {
    return takeLock(this.#connection, name, options);
  }

  /** Ends all streams and requests, and releases all locks. Nothing else happens to the instance. */
  async close(): Promise<void> {
    this.#forgetSignal();
    for (const stream of [...this.#streams]) await stream.return();
    this.#connection.close();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(call: string, request: Request, { signal }: SignalOptions): Promise<unknown> {
    expectOptions(call, { signal }, { signal: SIGNAL });
    return this.#connection.request(request, signal);
  }
  #follow<T extends object>(
    request: FollowRequest<T>,
    options: EventsOptions,
    gaps?: Gaps<T | ConnectionChange>,
  ): FollowStream<T> {
    const open = this.#streams as Set<unknown> as Set<EventBuffer<T | ConnectionChange>>;
    return new FollowStream<T>(this.#connection, request, options, open, gaps);
  }
}
