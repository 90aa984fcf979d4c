import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import type { Options } from '../command-line.ts';
import { messageOf } from '../error-message.ts';
import type { Journal } from '../journal/journal.ts';
import { wantsColours } from '../log/colours.ts';
import type { Format, TraceIdsOf } from '../log/format.ts';
import { type FormatChoice, type FormatFacts, type FormatName, makeFormat } from '../log/format-choice.ts';
import { LogHub, type Sink, type WriteRecord } from '../log/log.ts';
import type { LoggingConfig, OutputConfig } from '../log/logging-config.ts';
import { outputFilter } from '../log/output-filter.ts';
import { RateLimiter, type SetTimer } from '../log/rate-limit.ts';
import { type Level, type LogRecord, SEVERITY } from '../log/record.ts';
import { agree, counted } from '../plural.ts';
import { JournalOutput } from './journal-output.ts';
import { isJournalStream } from './journal-stream.ts';
import {
  type LineOutput,
  logFile,
  noOutput,
  type OutputCallbacks,
  standardStream,
  writeStderr,
} from './line-output.ts';

/** Records held back until the outputs are known; the start writes a handful. */
const MOST_HELD = 10_000;

/** Colour on a terminal that has it; an option overrides that. */
const formatFor = ({ format, log }: Pick<Options, 'format' | 'log'>, terminal: boolean): FormatName => {
  if (log !== undefined && format === 'color') return 'plain';
  if (format !== undefined) return format;
  return log === undefined && wantsColours(terminal) ? 'color' : 'plain';
};

/** The format on a standard stream: plain records to the journal of systemd have priorities, and no time. */
const onStream = (choice: FormatChoice, fd: 1 | 2): FormatChoice =>
  choice.format === 'plain' && isJournalStream(fd) ? { format: 'journald' } : choice;

const later: SetTimer = (ms, act) => {
  const timer = setTimeout(act, ms).unref();
  return () => clearTimeout(timer);
};

/** The log of this run and everything it goes to. */
export class LogOutputs {
  readonly log: LogHub;
  readonly #options: Options;
  readonly #now: () => number;
  readonly #journal: Pick<Journal, 'record'>;
  readonly #facts: FormatFacts;
  readonly #outputs: LineOutput[] = [];
  readonly #rateLimiters: RateLimiter[] = [];
  /** Files that outputs are written to. */
  readonly #claimed = new Set<string>();
  /** The output of the command line. */
  readonly #main: LineOutput;
  /** The journal of systemd, where records go to it. */
  #native: JournalOutput | undefined;
  #held: LogRecord[] | undefined;
  #detach: () => void;

  /**
   * @param hold keeps the first records until {@link LogOutputs.configure} or {@link LogOutputs.release}: the file may change where they go.
   * @param trace ids of traces for `--log-ids`.
   * @throws Error when the log file cannot be opened.
   */
  constructor(
    options: Options,
    now: () => number,
    hold: boolean,
    journal: Pick<Journal, 'record'>,
    trace?: TraceIdsOf,
  ) {
    this.#options = options;
    this.#now = now;
    this.#journal = journal;
    this.log = new LogHub(now);
    this.log.numberWith(journal);
    const { pid, env: environment } = process;
    this.#facts = {
      ...{ pid, host: hostname(), environment, ids: options.logIds, trace },
      get thread() {
        return process.getBuiltinModule('node:worker_threads').threadId;
      },
    };
    const care = this.#care(this.#mainFormat());
    this.#main =
      options.log !== undefined
        ? logFile(options.log, options.logAppend, care)
        : options.quiet || options.format === 'journal'
          ? noOutput
          : standardStream(1, care);
    this.#outputs.push(this.#main);
    if (hold) {
      const held: LogRecord[] = [];
      this.#held = held;
      const keep: WriteRecord = (record) => held.length < MOST_HELD && held.push(record);
      this.#detach = this.log.attach({ level: 'trace', write: keep });
    } else this.#detach = this.log.attach(this.#commandLine());
  }

  /** Opens the outputs of the file. @throws Error naming the output that cannot be opened. */
  configure({ levels, outputs }: LoggingConfig): void {
    this.log.setLevels(levels);
    const { log: file, quiet } = this.#options;
    const onStdout = file === undefined ? outputs.find(({ target }) => target === 'stdout') : undefined;
    const sinks = outputs.filter((plan) => plan !== onStdout && !(quiet && plan.target === 'stdout'));
    const others = sinks.map((plan) => this.#open(plan));
    this.#attach([onStdout ? this.#configured(onStdout) : this.#commandLine(), ...others]);
  }

  /** Writes what was held back to the output of the command line: the file has none. */
  release(): void {
    if (this.#held) this.#attach([this.#commandLine()]);
  }

  /** Writes no record to the output of the command line any more; the journal still gets them. */
  mute(): void {
    this.release();
    this.#detach();
    this.#detach = () => {};
  }

  /** The least severe level that goes anywhere, when no rule speaks. */
  level(plan: LoggingConfig | undefined): Level {
    const levels = [this.#options.logLevel, ...(plan?.outputs ?? []).flatMap(({ level }) => level ?? [])];
    return levels.reduce((least, level) => (SEVERITY[level] < SEVERITY[least] ? level : least));
  }

  /** Everything is out, or cannot go out; waits at most `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    this.release();
    for (const limiter of this.#rateLimiters) limiter.flush(this.#now());
    const end = performance.now() + limitMs;
    // First: what it cannot write may go to another output.
    await this.#native?.flush(limitMs);
    const left = Math.max(0, end - performance.now());
    await Promise.all(this.#outputs.map((output) => output.flush(left)));
  }

  #attach(sinks: readonly Sink[]): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#detach();
    const ends = sinks.map((sink) => this.log.attach(sink));
    this.#detach = () => {
      for (const end of ends) end();
    };
    for (const record of held) this.log.emit(record);
  }

  /** The format of the output of the command line. */
  #mainFormat(): Format {
    const choice: FormatChoice = { format: formatFor(this.#options, isatty(1)) };
    return makeFormat(this.#options.log === undefined ? onStream(choice, 1) : choice, this.#facts);
  }

  /** Writes records to the output of the command line. */
  #mainWriter(): WriteRecord {
    if (this.#options.format === 'journal') return this.#nativeWriter(1);
    const format = this.#mainFormat();
    return (record) => this.#main.write(format(record));
  }

  #commandLine(): Sink {
    return { level: this.#options.logLevel, write: this.#mainWriter() };
  }

  /** Writes records to the journal of systemd, or to a standard stream where that cannot be. */
  #nativeWriter(fd: 1 | 2): WriteRecord {
    this.#native ??= new JournalOutput({
      entry: makeFormat({ format: 'journal' }, this.#facts),
      lost: (count) => this.#lostRecord(count),
      unwritten: (count) => this.#say(`the journal: ${this.#lostText(count)}`),
      fallBack: (reason) => {
        this.#say(`the journal cannot be written (${reason}), records go to standard ${fd === 1 ? 'output' : 'error'}`);
        const format = makeFormat(onStream({ format: formatFor({}, isatty(fd)) }, fd), this.#facts);
        const output = this.#options.quiet && fd === 1 ? noOutput : standardStream(fd, this.#care(format));
        this.#outputs.push(output);
        return (record) => output.write(format(record));
      },
    });
    const native = this.#native;
    return (record) => native.write(record);
  }

  /** Standard output as configured by the file; options of the command line come first. */
  #configured(plan: OutputConfig): Sink {
    const { format, logLevel, levelGiven } = this.#options;
    const level = levelGiven ? undefined : plan.level;
    const ofFile = makeFormat(onStream(this.#choice(plan, 1), 1), this.#facts);
    const write: WriteRecord = format === undefined ? (record) => this.#main.write(ofFile(record)) : this.#mainWriter();
    return this.#sinkFor({ ...plan, ...(level ? { level } : {}) }, write, level ?? logLevel, levelGiven);
  }

  #open(plan: OutputConfig): Sink {
    const least = plan.level ?? this.#options.logLevel;
    if (plan.target === 'journal') return this.#sinkFor(plan, this.#nativeWriter(2), least, false);
    const fd = plan.target === 'stdout' ? 1 : plan.target === 'stderr' ? 2 : undefined;
    const choice = this.#choice(plan, fd);
    const format = makeFormat(fd === undefined ? choice : onStream(choice, fd), this.#facts);
    let output: LineOutput;
    try {
      if (fd === undefined) this.#claim(plan.target);
      output =
        fd === undefined
          ? logFile(plan.target, plan.append, this.#care(format))
          : standardStream(fd, this.#care(format));
    } catch (error) {
      throw new Error(`${plan.target}: ${messageOf(error)}`);
    }
    this.#outputs.push(output);
    return this.#sinkFor(plan, (record) => output.write(format(record)), least, false);
  }

  /** Two writers would tear each other's lines. @throws Error when the file is written by another one. */
  #claim(target: string): void {
    const path = resolve(target);
    const { log, journal } = this.#options;
    for (const [option, file] of [['--log', log] as const, ['--journal', journal] as const])
      if (file !== undefined && resolve(file) === path) throw new Error(`it is the file given with ${option}`);
    if (this.#claimed.has(path)) throw new Error('another output goes there already');
    this.#claimed.add(path);
  }

  #choice(plan: OutputConfig, fd: 1 | 2 | undefined): FormatChoice {
    const { format = fd === undefined ? 'plain' : formatFor({}, isatty(fd)), pattern, timeFormat } = plan;
    return {
      format,
      ...(pattern === undefined ? {} : { pattern }),
      ...(timeFormat === undefined ? {} : { timeFormat }),
    };
  }

  #sinkFor(plan: OutputConfig, write: WriteRecord, level: Level, free: boolean): Sink {
    let take = write;
    if (plan.repeatSeconds > 0) {
      const limiter = new RateLimiter(plan.repeatSeconds * 1000, later, write);
      this.#rateLimiters.push(limiter);
      take = (record) => limiter.write(record);
    }
    const filter = outputFilter(plan);
    return {
      level,
      write: take,
      ...(plan.level && !free ? { floor: plan.level } : {}),
      ...(filter ? { filter } : {}),
    };
  }

  #lostText(count: number): string {
    return `${counted(count, 'record')} could not be written and ${agree(count, 'is', 'are')} lost`;
  }

  /** Makes the record with the number of lost records. */
  #lostRecord(count: number): LogRecord {
    const context = { emitter: 'MAIN', action: 'starting', item: null, itemId: null };
    const message = this.#lostText(count);
    const record: LogRecord = { time: this.#now(), level: 'warn', context, mark: 'PROC/FAIL', message };
    this.#journal.record(record);
    return record;
  }

  #say(text: string): void {
    if (!this.#options.quiet) writeStderr(`whenever: ${text}\n`);
  }

  #care(format: Format): OutputCallbacks {
    const say = (text: string): void => this.#say(text);
    return {
      sink: 'log',
      onLost: (count) => format(this.#lostRecord(count)),
      onClosed: (why) => say(`log output closed (${why}), continuing without it`),
      onTrouble: (problem) => say(`the log cannot be written properly: ${problem}`),
    };
  }
}
