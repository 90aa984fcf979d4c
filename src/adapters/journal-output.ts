import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { messageOf } from '../error-message.ts';
import type { Format } from '../log/format.ts';
import type { WriteRecord } from '../log/log.ts';
import type { LogRecord } from '../log/record.ts';
import { dropCounts } from './files/dropped.ts';

/** Where journald takes entries. */
const SOCKET = '/run/systemd/journal/socket';
/** Records that wait at the most; more are dropped and counted. */
const MOST_WAITING = 1000;
/** The longest time for one record: a program that hangs would let all that follow wait. */
const LONGEST_MS = 5000;

/** What the output needs. */
export interface JournalOutputOptions {
  /** Makes what the program reads. */
  readonly entry: Format;
  /** Makes the record of how many were dropped. */
  readonly lost: (count: number) => LogRecord;
  /** Called once when the journal cannot be written. Returns what takes the records from then on. */
  readonly fallBack: (reason: string) => WriteRecord;
  /** Called when records are left at the end. */
  readonly unwritten: (count: number) => void;
  /** For tests. */
  readonly program?: string;
  readonly socket?: string;
  readonly mostWaiting?: number;
}

/**
 * The journal of systemd with its fields, by `logger --journald`, one process for each record, one after the other: journald takes
 * datagrams on a Unix socket, which Node does not have.
 */
export class JournalOutput {
  readonly #options: JournalOutputOptions;
  #waiting: LogRecord[] = [];
  #dropped = 0;
  #running: ChildProcess | undefined;
  #current: LogRecord | undefined;
  #instead: WriteRecord | undefined;
  #idle: () => void = () => {};

  constructor(options: JournalOutputOptions) {
    this.#options = options;
    const { socket = SOCKET } = options;
    // Without a journal, logger ends with success.
    if (!existsSync(socket)) this.#giveUp(`the journal is missing: ${socket} does not exist`);
  }

  write(record: LogRecord): void {
    if (this.#instead) this.#instead(record);
    else if (this.#waiting.length >= (this.#options.mostWaiting ?? MOST_WAITING)) {
      this.#dropped += 1;
      dropCounts.add('log');
    } else {
      this.#waiting.push(record);
      this.#next();
    }
  }

  /** All records are written, or cannot be; waits at most `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    if (this.#current !== undefined) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        timer = setTimeout(resolve, limitMs);
      });
      clearTimeout(timer);
    }
    const left = this.#waiting.length + this.#dropped + (this.#current === undefined ? 0 : 1);
    if (left === 0) return;
    dropCounts.add('log', left - this.#dropped);
    this.#waiting = [];
    this.#dropped = 0;
    this.#running?.kill('SIGKILL');
    this.#options.unwritten(left);
  }

  #next(): void {
    if (this.#current !== undefined) return;
    if (this.#dropped > 0 && this.#waiting.length === 0) {
      this.#waiting.push(this.#options.lost(this.#dropped));
      this.#dropped = 0;
    }
    const record = this.#waiting.shift();
    if (record === undefined) this.#idle();
    else {
      this.#current = record;
      try {
        this.#start(record);
      } catch (error) {
        this.#ended(messageOf(error));
      }
    }
  }

  #start(record: LogRecord): void {
    const { program = 'logger', entry } = this.#options;
    // Hardly any daemon needs it so early.
    const { spawn } = process.getBuiltinModule('node:child_process');
    // Detached, so that Ctrl-C does not end it.
    const child = spawn(program, ['--journald'], {
      ...{ stdio: ['pipe', 'ignore', 'pipe'], detached: true, timeout: LONGEST_MS, killSignal: 'SIGKILL' },
    });
    this.#running = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, 1000);
    });
    child.once('error', ({ message }) => this.#ended(message));
    child.once('close', (code, signal) => {
      const how = said.trim().split('\n', 1)[0] || (signal ? `it was ended by ${signal}` : `exit code ${code}`);
      this.#ended(code === 0 ? undefined : `${program} --journald failed: ${how}`);
    });
    // What went wrong is the exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(entry(record));
  }

  /** @param problem undefined: the record is written */
  #ended(problem: string | undefined): void {
    if (this.#current === undefined) return;
    if (problem !== undefined) this.#giveUp(problem);
    this.#current = undefined;
    this.#running = undefined;
    this.#next();
  }

  #giveUp(reason: string): void {
    const { lost, fallBack } = this.#options;
    const instead = fallBack(reason);
    this.#instead = instead;
    if (this.#current) instead(this.#current);
    for (const record of this.#waiting) instead(record);
    if (this.#dropped > 0) instead(lost(this.#dropped));
    this.#waiting = [];
    this.#dropped = 0;
  }
}
