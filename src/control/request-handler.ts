import type { CommandResult, SharedWithScripts, StateAnswer } from '../core/ports.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Config } from '../core/spec.ts';
import type { HistoryState } from '../history/history-state.ts';
import { type LastOutcome, lastOutcome } from '../history/last-outcome.ts';
import type { Punctuality } from '../history/usual.ts';
import { itemOf, type Journal } from '../journal/journal.ts';
import type { LogHub } from '../log/log.ts';
import type { Level, LogRecord } from '../log/record.ts';
import type { ConditionStatus } from '../projections/condition-status.ts';
import type { Refusal } from '../projections/refusal.ts';
import type { LiveOutputs } from '../projections/run-outputs.ts';
import type { SchedulerStatus } from '../projections/scheduler-status.ts';
import { runSecrets } from '../run-secrets.ts';
import type { TracePropagation } from '../tracing/trace-propagation.ts';
import { type BugReport, createBugReport } from './bug-report.ts';
import { type EnvironmentAnswer, environmentAnswer } from './environment.ts';
import { helloAnswer } from './hello.ts';
import { disconnected, LockRequests } from './locks.ts';
import { LossyStream } from './lossy-stream.ts';
import { type OutputAnswer, OutputFollower } from './output-stream.ts';
import { ANSWERS, answerQuery, lastEvents, type QuerySource } from './queries.ts';
import type { Request, RequestOf, ResponseStream } from './request.ts';
import { type PluginStatus, type StatusInput, type StatusReport, statusReport } from './status.ts';
import { type ProcessVitals, vitalsAnswer } from './vitals.ts';

/** What the answers are made from. */
export interface RequestHandlerDeps {
  readonly scheduler: Scheduler;
  readonly schedulerStatus: SchedulerStatus;
  readonly journal: Journal;
  /** What is known of runs, also those of earlier instances. */
  readonly history: { readonly state: HistoryState };
  /** Why the last reload was refused. */
  readonly refusal: { readonly now: Refusal | undefined };
  /** What is overdue. */
  readonly overdue: { of(condition: string): Punctuality | undefined };
  /** The plugins that take part. */
  readonly plugins?: { readonly status: readonly PluginStatus[] };
  readonly log: LogHub;
  readonly config: Config;
  /** What runs have written. */
  readonly outputs: LiveOutputs;
  /** Where the history is kept. */
  readonly historyDirectory?: string;
  /** The least severe level that is logged. */
  readonly level: Level;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** The absolute path of a file. */
  readonly absolutePath: (file: string) => string;
  readonly started: number;
  readonly pid: number;
  /** What commands inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly versions: Readonly<Record<string, string>>;
  /** What programs share with scripts. */
  readonly shared: SharedWithScripts;
  /** Resolves after so many ms, or when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How late the last ticks began, ms. */
  readonly lateness: { readonly last: readonly number[] };
  /** Hands on the trace of those that give commands; absent: nothing is traced. */
  readonly trace?: TracePropagation;
  /** Measures the process; absent: `vitals` is not answered. */
  readonly measure?: () => ProcessVitals;
}

/** The result of an input command. */
export interface CtlResult {
  readonly kind: CommandResult['kind'];
  readonly said: string;
  /** The command had no effect, because its effect was there already. */
  readonly idle: boolean;
  /** The run that the command `run` began, and how it ended. */
  readonly run?: { readonly id: string; readonly outcome: string };
  /** The cause of all that the command led to: `whenever story CAUSE` shows it. */
  readonly cause?: string;
}

/** Smaller differences between the two clocks are not a change of the clock, in ms. */
const SAME_MS = 1000;

const ctlResult = (answer: CommandResult): CtlResult =>
  answer.kind === 'done'
    ? {
        ...{ kind: 'done', said: answer.said ?? 'done', idle: answer.idle ?? false },
        ...(answer.run ? { run: answer.run } : {}),
      }
    : { kind: answer.kind, said: answer.reason, idle: false };

/** Answers the requests of the control socket. */
export class RequestHandler implements QuerySource {
  readonly #deps: RequestHandlerDeps;
  readonly #locks: LockRequests;

  constructor(deps: RequestHandlerDeps) {
    this.#deps = deps;
    this.#locks = new LockRequests(deps.shared, deps.sleep);
  }

  get journal(): Journal {
    return this.#deps.journal;
  }

  /** Answers one request. @throws Error whose message is sent to the client. */
  async answer(request: Request, stream: ResponseStream): Promise<unknown> {
    switch (request.request) {
      case 'events':
        return request.follow ? this.#followEvents(request, stream) : ANSWERS.events(this, request);
      case 'logs':
        return request.follow ? this.#followLogs(request, stream) : ANSWERS.logs(this, request);
      case 'output':
        return this.#output(request, stream);
      case 'ctl':
        return this.#command(request, stream);
      case 'hello':
        return helloAnswer({ ...this.#deps, started: this.#started(this.#deps.now()) });
      case 'log_event':
        return ctlResult(this.#deps.scheduler.logEvent(request.topics, request.value, request.fleet));
      case 'state':
        return this.#state(request);
      case 'lock':
        return this.#locks.hold(request, stream);
      case 'vitals':
        return vitalsAnswer(this.#deps);
      case 'environment':
        return this.#environment(request);
      case 'dump':
        return this.#bugReport();
      default:
        return answerQuery(this, request);
    }
  }

  readonly status = (only: readonly string[]): StatusReport =>
    statusReport(this.#overview(this.#deps.schedulerStatus.conditions()), only);

  readonly statusOf = (name: string): StatusReport => {
    const condition = this.#deps.schedulerStatus.condition(name);
    return statusReport(this.#overview(condition ? [condition] : []), [name]);
  };

  /** The file of an item, if it is not the main one, or of a refusal, as it is known from any directory. */
  #fileOf({ file }: { readonly file?: string }): { readonly file?: string } {
    return file === undefined ? {} : { file: this.#deps.absolutePath(file) };
  }

  /** What answers are made from. @param conditions those that are asked for */
  #overview(conditions: readonly ConditionStatus[]): StatusInput {
    const { scheduler, schedulerStatus, journal, history, overdue, refusal, plugins, config, pid } = this.#deps;
    const now = this.#deps.now();
    return {
      ...{
        pid,
        started: this.#started(now),
        now,
        config: this.#deps.absolutePath(scheduler.file),
        state: scheduler.state,
        pausedUntil: schedulerStatus.pausedUntil,
        refused: refusal.now && { ...refusal.now, ...this.#fileOf(refusal.now) },
      },
      plugins: plugins?.status,
      tickMs: config.settings.tickSeconds * 1000,
      conditions: conditions.map((one) => (one.file === undefined ? one : { ...one, ...this.#fileOf(one) })),
      tasks: [...scheduler.items.tasks.values()].map(({ name, spec }) => ({
        ...{ name, type: spec.type, state: journal.stateOf(`task/${name}`) ?? 'idle' },
        ...this.#fileOf(spec),
      })),
      lastRun: (item): LastOutcome | null => {
        const summary = history.state.runsOf(item);
        return summary === undefined ? null : lastOutcome(summary);
      },
      lastMissed: (condition) => {
        const missed = history.state.condition(condition)?.missed;
        return missed && { time: missed.at, reason: missed.why };
      },
      overdue: (condition) => overdue.of(condition),
      pending: (condition) => schedulerStatus.pending(condition),
      lastReason: (condition) => journal.lastReasonOf(`condition/${condition}`),
    };
  }

  /** When the scheduler was started, by the present wall clock, which may have been set. Wall-clock ms. */
  #started(now: number): number {
    const { started, scheduler } = this.#deps;
    const byAge = now - scheduler.age;
    return Math.abs(started - byAge) < SAME_MS ? started : byAge;
  }

  async #state({ request: _, ...request }: RequestOf<'state'>): Promise<StateAnswer> {
    return runSecrets.maskIn(await this.#deps.shared.state(request));
  }

  async #command({ line, traceparent, baggage }: RequestOf<'ctl'>, stream: ResponseStream): Promise<CtlResult> {
    const { scheduler, journal, trace } = this.#deps;
    // Nothing follows from an empty line.
    const origin = line.trim() === '' ? undefined : scheduler.commandContext();
    if (origin && traceparent !== undefined && trace?.isSpan(traceparent))
      journal.spans.instant('linked', null, origin, () => ({ traceparent }));
    if (origin && baggage !== undefined) trace?.received(origin.cause, baggage);
    const of = origin?.cause === undefined ? {} : { cause: origin.cause };
    const answer = await scheduler.submit(line, origin);
    if (answer.kind !== 'done' || !answer.later) return { ...ctlResult(answer), ...of };
    stream.send({ ...ctlResult(answer), ...of });
    return { ...ctlResult(await answer.later), ...of };
  }

  /** What an item wrote; with `follow` as parts, until its run ends. A task comes before a condition of the same name. */
  async #output({ item: given, follow }: RequestOf<'output'>, stream: ResponseStream): Promise<OutputAnswer> {
    const { outputs, scheduler, historyDirectory: history = null } = this.#deps;
    const { tasks, conditions } = scheduler.items;
    const keys = given.includes('/') ? [given] : [`task/${given}`, `condition/${given}`];
    const there = (key: string) => (key.startsWith('task/') ? tasks : conditions).has(key.slice(key.indexOf('/') + 1));
    const item = keys.find(there);
    const name = item ?? keys[0]!;
    const answer = (more: Pick<OutputAnswer, 'followed' | 'leftOut'>): OutputAnswer => ({
      ...{ item: name, known: item !== undefined, history, latest: outputs.latest(name) ?? null, ...more },
    });
    const before = outputs.latest(name);
    if (!follow || !before?.running) return answer({ followed: false, leftOut: 0 });
    const follower = new OutputFollower(stream, outputs.mask, this.#deps.now);
    const leave = outputs.follow(name, follower);
    stream.send({ item: name, running: before.run });
    follower.begin(before.output);
    await Promise.race([follower.ended, disconnected(stream)]);
    leave?.();
    return answer({ followed: true, leftOut: follower.leftOut });
  }

  async #followEvents({ topic = 'all', count, later }: RequestOf<'events'>, stream: ResponseStream): Promise<null> {
    const { journal } = this.#deps;
    const parts = new LossyStream(stream);
    if (!later) for (const event of lastEvents(journal, topic, count)) parts.send(event);
    const leave = journal.subscribeTopic(topic, (event) => parts.send(event));
    await disconnected(stream);
    leave();
    return null;
  }

  async #followLogs(request: RequestOf<'logs'>, stream: ResponseStream): Promise<null> {
    const { log, journal, scheduler, level } = this.#deps;
    const parts = new LossyStream(stream);
    if (!request.later) for (const record of ANSWERS.logs(this, request)) parts.send(record);
    const { item } = request;
    const detach = log.attach({
      level: request.level ?? level,
      everything: request.level !== undefined,
      write: (record: LogRecord) => {
        if (item === undefined || record.context.item === item || itemOf(record.context) === item)
          parts.send(journal.factOf(record));
      },
    });
    // Records of each visit begin and end now, not at the next tick.
    scheduler.wake();
    await disconnected(stream);
    detach();
    scheduler.wake();
    return null;
  }

  #environment({ condition: name }: RequestOf<'environment'>): EnvironmentAnswer {
    const { scheduler, environment } = this.#deps;
    const { conditions, tasks } = scheduler.items;
    const condition = conditions.get(name)?.spec;
    const specs = (condition?.traits.tasks ?? []).map((task) => tasks.get(task)?.spec);
    return environmentAnswer(
      environment,
      condition,
      specs.filter((spec) => spec !== undefined),
    );
  }

  #bugReport(): BugReport {
    const { scheduler, config, now, versions } = this.#deps;
    const { tasks, conditions, events } = scheduler.items;
    const specs = (items: Iterable<{ readonly spec: Config['tasks'][number] | Config['events'][number] }>) =>
      [...items].map(({ spec }) => spec);
    return createBugReport({
      ...{ time: now(), versions, file: scheduler.file, settings: config.settings, status: this.status([]) },
      specs: {
        task: specs(tasks.values()),
        condition: [...conditions.values()].map(({ spec }) => spec),
        event: specs(events.values()),
      },
      journal: this.journal,
    });
  }
}
