import { callInstance } from '../adapters/control-client.ts';
import type { OutputPart } from '../control/output-stream.ts';
import type { Request } from '../control/request.ts';
import type { VitalsAnswer } from '../control/vitals.ts';
import type { LogFact } from '../journal/fact.ts';
import type { LiveMessage, PageMessage, Vitals } from './api.ts';
import type { Want } from './live-pages.ts';
import { pause } from './pause.ts';

/** Records are gathered for so long, in ms. */
const GATHER_MS = 100;
/** Records of one message. */
const MOST_RECORDS = 1000;
/** How often vitals are asked for, in ms, and how many are kept: an hour. */
const VITALS_MS = 2000;
const MOST_VITALS = 1800;
/** A stream that ended while it is still wanted is opened again after so long, in ms. */
const AGAIN_MS = 500;
/** Without news of a run of an item its output is asked for again after so long, in ms. */
const LOOK_MS = 10_000;
/** Streams at once; others wait until one is not wanted any more. The instance has 256 connections for everything. */
const MOST_STREAMS = 64;

type Send = (message: LiveMessage, want: Want) => void;

/** What pages want of the daemon besides its status: each thing is followed once, while at least one page wants it. */
export class Streams {
  readonly #path: string;
  readonly #send: Send;
  readonly #running = new Map<Want, AbortController>();
  /** By item, what ends the wait for its next run. */
  readonly #next = new Map<string, AbortController>();
  readonly #call: typeof callInstance;
  #samples: Vitals[] = [];

  /** @param call sends the requests */
  constructor(path: string, send: Send, call = callInstance) {
    this.#path = path;
    this.#send = send;
    this.#call = call;
  }

  /** The samples of the last hour, as far as pages wanted them. */
  get samples(): readonly Vitals[] {
    return this.#samples;
  }

  /** Begins what is newly wanted and ends what is not wanted any more. */
  want(wants: ReadonlyMap<Want, PageMessage>): void {
    for (const [want, stop] of this.#running)
      if (!wants.has(want)) {
        this.#running.delete(want);
        stop.abort();
      }
    for (const [want, message] of wants)
      if (!this.#running.has(want) && this.#running.size < MOST_STREAMS) {
        const stop = new AbortController();
        this.#running.set(want, stop);
        void this.#keep(want, message, stop.signal);
      }
  }

  /** Called when an item may have begun to run. */
  begun(item: string): void {
    this.#next.get(item)?.abort();
  }

  async #keep(want: Want, message: PageMessage, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (message.type === 'vitals') await this.#vitals(want, signal);
        else if (message.type === 'logs') await this.#logs(want, message, signal);
        else await this.#outputs(want, message.item, signal);
      } catch {
        // The daemon has ended, which pages see by its state: it is tried again until no page wants it.
      }
      await pause(AGAIN_MS, signal);
    }
  }

  async #vitals(want: Want, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const answer = (await this.#call(this.#path, { request: 'vitals' }, () => {}, signal)) as
        | VitalsAnswer
        | undefined;
      if (answer === undefined) return;
      const { time, rss, heapUsed, loopDelay, utilization, late, running } = answer;
      const sample: Vitals = { time, rss, heapUsed, loopDelay, utilization, late, running };
      this.#samples = [...this.#samples.slice(1 - MOST_VITALS), sample];
      this.#send({ type: 'vitals', sample }, want);
      await pause(VITALS_MS, signal);
    }
  }

  async #logs(
    want: Want,
    { level, item }: PageMessage & { readonly type: 'logs' },
    signal: AbortSignal,
  ): Promise<void> {
    let records: LogFact[] = [];
    let timer: NodeJS.Timeout | undefined;
    const flush = () => {
      timer = undefined;
      this.#send({ type: 'logs', records: records.slice(-MOST_RECORDS) }, want);
      records = [];
    };
    const request: Request = {
      ...{ request: 'logs', follow: true, later: true },
      ...(level === undefined ? {} : { level }),
      ...(item === undefined ? {} : { item }),
    };
    const part = (found: unknown) => {
      const { dropped } = found as { readonly dropped?: number };
      if (dropped !== undefined) {
        this.#send({ type: 'dropped', count: dropped }, want);
        return;
      }
      records.push(found as LogFact);
      timer ??= setTimeout(flush, GATHER_MS);
    };
    try {
      await this.#call(this.#path, request, part, signal);
    } finally {
      clearTimeout(timer);
      if (records.length > 0) flush();
    }
  }

  /** Follows one run after the other. */
  async #outputs(want: Want, item: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // A run that begins while the answer is under way counts.
      const next = new AbortController();
      this.#next.set(item, next);
      await this.#output(want, item, signal);
      await pause(LOOK_MS, AbortSignal.any([signal, next.signal]));
      if (this.#next.get(item) === next) this.#next.delete(item);
    }
  }
  async #output(want: Want, item: string, signal: AbortSignal): Promise<void> {
    const part = (found: unknown) => {
      const one = found as OutputPart;
      if ('text' in one) this.#send({ type: 'output', item, text: one.text, stream: one.stream }, want);
      if ('leftOut' in one)
        this.#send(
          { type: 'output', item, text: `\n(${one.leftOut} bytes are left out here)\n`, stream: 'stderr' },
          want,
        );
    };
    const answer = (await this.#call(this.#path, { request: 'output', item, follow: true }, part, signal)) as
      | { readonly followed: boolean }
      | undefined;
    if (answer?.followed) this.#send({ type: 'output-end', item }, want);
  }
  close(): void {
    this.want(new Map());
  }
}
