import type { CommandResult } from '../core/ports.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Config } from '../core/spec.ts';
import { itemOf, type Journal } from '../journal/journal.ts';
import type { LogHub } from '../log/log.ts';
import type { Level, LogRecord } from '../log/record.ts';
import { ANSWERS, answerFrom, type Source } from './archive.ts';
import { type Bundle, makeBundle } from './bundle.ts';
import type { Request, RequestOf } from './request.ts';
import { type Overview, type StatusReport, statusReport } from './status.ts';

/** One who asked: gets parts, may be slow, may leave. */
export interface Asker {
  /** False when it does not read; the part is lost. */
  part(part: unknown): boolean;
  readonly gone: AbortSignal;
  ready(): Promise<void>;
}

/** What the office answers from. */
export interface OfficeFiles {
  readonly scheduler: Scheduler;
  readonly journal: Journal;
  readonly log: LogHub;
  readonly config: Config;
  /** The least severe level that is logged. */
  readonly level: Level;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Where a file is, as it is known from any directory. */
  readonly place: (file: string) => string;
  readonly started: number;
  readonly pid: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** What came of an input command. */
export interface CtlAnswer {
  readonly kind: CommandResult['kind'];
  readonly said: string;
  /** Everything was as it should be before. */
  readonly idle: boolean;
}

/** Two ways to say when it was started that differ by less say the same, in ms. */
const SAME_MS = 1000;

const told = (answer: CommandResult): CtlAnswer =>
  answer.kind === 'done'
    ? { kind: 'done', said: answer.said ?? 'done', idle: answer.idle ?? false }
    : { kind: answer.kind, said: answer.reason, idle: false };

/** Parts for one who may be slow: what does not get through is counted, and said when it reads again. */
class Feed {
  readonly #asker: Asker;
  #dropped = 0;
  #waiting = false;

  constructor(asker: Asker) {
    this.#asker = asker;
  }
  give(part: unknown): void {
    if (!this.#waiting && this.#asker.part(part)) return;
    this.#dropped += 1;
    if (this.#waiting) return;
    this.#waiting = true;
    void this.#asker.ready().then(() => {
      this.#waiting = false;
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (!this.#asker.gone.aborted && !this.#asker.part({ dropped })) this.#dropped = dropped;
    });
  }
}

/** Answers what is asked over the control socket. */
export class Office implements Source {
  readonly #files: OfficeFiles;

  constructor(files: OfficeFiles) {
    this.#files = files;
  }

  get archive(): Journal {
    return this.#files.journal;
  }

  /** Answers one request. @throws Error whose message is for the one who asked. */
  async answer(request: Request, asker: Asker): Promise<unknown> {
    switch (request.request) {
      case 'events':
        return request.follow ? this.#followEvents(request, asker) : ANSWERS.events(this, request);
      case 'logs':
        return request.follow ? this.#followLogs(request, asker) : ANSWERS.logs(this, request);
      case 'ctl':
        return this.#command(request, asker);
      case 'dump':
        return this.#bundle();
      default:
        return answerFrom(this, request);
    }
  }

  readonly status = (only: readonly string[]): StatusReport => statusReport(this.#overview(), only);

  #overview(): Overview {
    const { scheduler, journal, config, pid } = this.#files;
    const now = this.#files.now();
    return {
      ...{
        pid,
        started: this.#started(now),
        now,
        config: this.#files.place(scheduler.file),
        state: scheduler.overview.state,
      },
      tickMs: config.settings.tickSeconds * 1000,
      standings: scheduler.overview.standings(),
      pending: (condition) => scheduler.overview.pending(condition),
      told: (condition) => journal.lastOf(`condition/${condition}`),
    };
  }

  /** When it was started, by what the clock shows now. Wall-clock ms. */
  #started(now: number): number {
    const { started, scheduler } = this.#files;
    const byAge = now - scheduler.overview.age;
    return Math.abs(started - byAge) < SAME_MS ? started : byAge;
  }

  async #command({ line }: RequestOf<'ctl'>, asker: Asker): Promise<CtlAnswer> {
    const answer = await this.#files.scheduler.submit(line);
    if (answer.kind !== 'done' || !answer.later) return told(answer);
    asker.part(told(answer));
    return told(await answer.later);
  }

  async #followEvents({ topic = 'all', count }: RequestOf<'events'>, asker: Asker): Promise<null> {
    const { journal } = this.#files;
    const feed = new Feed(asker);
    const before = ANSWERS.events(this, { request: 'events', topic, ...(count === undefined ? {} : { count }) });
    for (const event of 'events' in before ? before.events : []) feed.give(event);
    const leave = journal.subscribeTopic(topic, (event) => feed.give(event));
    await left(asker);
    leave();
    return null;
  }

  async #followLogs(request: RequestOf<'logs'>, asker: Asker): Promise<null> {
    const { log, journal, scheduler, level } = this.#files;
    const feed = new Feed(asker);
    for (const record of ANSWERS.logs(this, request)) feed.give(record);
    const { item } = request;
    const detach = log.attach({
      level: request.level ?? level,
      everything: request.level !== undefined,
      write: (record: LogRecord) => {
        if (item === undefined || record.context.item === item || itemOf(record.context) === item)
          feed.give(journal.factOf(record));
      },
    });
    // A look at each visit begins, and ends, now.
    scheduler.wake();
    await left(asker);
    detach();
    scheduler.wake();
    return null;
  }

  #bundle(): Bundle {
    const { scheduler, config, now, versions } = this.#files;
    const { tasks, conditions, events } = scheduler.overview.items;
    const specs = (items: Iterable<{ readonly spec: Config['tasks'][number] | Config['events'][number] }>) =>
      [...items].map(({ spec }) => spec);
    return makeBundle({
      ...{ time: now(), versions, file: scheduler.file, settings: config.settings, status: this.status([]) },
      specs: {
        task: specs(tasks),
        condition: [...conditions].map(({ spec }) => spec),
        event: specs(events),
      },
      archive: this.archive,
    });
  }
}

const left = ({ gone }: Asker): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener('abort', () => resolve(), { once: true });
  });
