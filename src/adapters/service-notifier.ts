import { execFile } from 'node:child_process';
import { lastLine } from '../last-line.ts';
import type { ServiceEnvironment } from './service-environment.ts';

/** How long one notification may take, ms: the manager answers when it has read it. */
const SEND_MS = 10_000;
/** A change of the status is reported when nothing has changed for so long, ms: what is over at once is not reported. */
const SETTLE_MS = 1000;
/** The status is reported at most once in so many ms. */
const STATUS_MS = 5000;
/** A sign of life is a process: it is sent at most once in so many ms, also for a watchdog that is shorter. */
const SHORTEST_FEED_MS = 250;
/** A timer of Node that would be longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Hands assignments such as `READY=1` to the service manager. Rejects when that is not possible. */
export type Send = (assignments: readonly string[]) => Promise<void>;

/** Node has no datagram sockets of the file system: `systemd-notify` sends, and waits until the manager has read it. */
export const systemdNotify =
  (socket: string): Send =>
  (assignments) =>
    new Promise((resolve, reject) => {
      const env = { NOTIFY_SOCKET: socket, ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }) };
      execFile('systemd-notify', assignments, { env, timeout: SEND_MS }, (error, _, stderr) => {
        if (!error) resolve();
        else if (error.code === 'ENOENT') reject(new Error('the command systemd-notify is not in the PATH'));
        else reject(new Error(lastLine(stderr) ?? error.message));
      });
    });

/** What the notifications are about. */
export interface Notified {
  /** The longest time between two ticks, ms. */
  readonly longestSleepMs: number;
  /** The status in words. */
  status(): string;
}

/**
 * Notifies the service manager: one message after the other, as few as possible. The watchdog gets a sign of life while the event loop
 * turns and ticks come: at half of its time, so that a pause, a long sleep and a long tick are not taken for a program that hangs.
 */
export class ServiceNotifier {
  readonly #watchdogMs: number | undefined;
  readonly #send: Send;
  readonly #warn: (text: string) => void;
  readonly #mono: () => number;
  #notified: Notified | undefined;
  /** What was reported last, and when. */
  #status = '';
  #statusAt = Number.NEGATIVE_INFINITY;
  #statusTimer: NodeJS.Timeout | undefined;
  #watchdogTimer: NodeJS.Timeout | undefined;
  #tickAt = 0;
  #stopping = false;
  /** A sign of life is being sent. */
  #feeding = false;
  #reported = false;
  #sent: Promise<void> = Promise.resolve();

  /** @param warn called once when the manager cannot be notified. */
  constructor(
    { socket, watchdogMs }: ServiceEnvironment,
    warn: (text: string) => void,
    send: Send = systemdNotify(socket),
    mono: () => number = () => performance.now(),
  ) {
    this.#watchdogMs = watchdogMs;
    this.#warn = warn;
    this.#send = send;
    this.#mono = mono;
  }

  /** The program is ready. */
  begin(notified: Notified): void {
    this.#notified = notified;
    this.#tickAt = this.#mono();
    this.#notify('READY=1', ...this.#statusNow());
    if (this.#watchdogMs === undefined) return;
    const between = Math.min(Math.max(this.#watchdogMs / 2, SHORTEST_FEED_MS), LONGEST_TIMER_MS);
    this.#watchdogTimer = setInterval(() => this.#feed(), between).unref();
  }

  /** A tick begins. */
  tick(): void {
    this.#tickAt = this.#mono();
  }

  /** The configuration is being loaded again. */
  reloading(): void {
    if (!this.#stopping) this.#notify('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }
  /** That is over. */
  reloaded(): void {
    if (!this.#stopping) this.#notify('READY=1', ...this.#statusNow());
  }

  /** The program is about to end. */
  stopping(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#notify('STOPPING=1', ...this.#statusNow());
  }

  /** The status may be another one. */
  changed(): void {
    if (this.#statusTimer !== undefined || this.#notified === undefined) return;
    const wait = Math.max(SETTLE_MS, this.#statusAt + STATUS_MS - this.#mono());
    this.#statusTimer = setTimeout(() => {
      this.#statusTimer = undefined;
      const changes = this.#statusNow();
      if (changes.length > 0) this.#notify(...changes);
    }, wait).unref();
  }

  /** Resolves when everything is sent. */
  async close(): Promise<void> {
    clearTimeout(this.#statusTimer);
    clearInterval(this.#watchdogTimer);
    await this.#sent;
  }

  #feed(): void {
    const { longestSleepMs } = this.#notified!;
    // At its end the program does not tick any more. A tick may come late where the machine is busy.
    const alive = this.#stopping || this.#mono() - this.#tickAt <= 2 * longestSleepMs;
    if (!alive || this.#feeding) return;
    this.#feeding = true;
    this.#notify('WATCHDOG=1');
    void this.#sent.then(() => (this.#feeding = false));
  }

  /** The status as an assignment, if it is another one than before. */
  #statusNow(): readonly string[] {
    const status = this.#notified?.status();
    if (status === undefined || status === this.#status) return [];
    this.#status = status;
    this.#statusAt = this.#mono();
    return [`STATUS=${status}`];
  }

  #notify(...assignments: readonly string[]): void {
    this.#sent = this.#sent
      .then(() => this.#send(assignments))
      .catch((error: Error) => {
        if (!this.#reported) this.#warn(`the service manager cannot be notified: ${error.message}`);
        this.#reported = true;
      });
  }
}
