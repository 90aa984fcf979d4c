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

type Send = (message: LiveMessage, want: Want) => void;

/** What pages want of the daemon besides its status: each thing is followed once, while at least one page wants it. */
export class Streams {
  readonly #path: string;
  readonly #send: Send;
  readonly #running = new Map<Want, AbortController>();
  #samples: Vitals[] = [];

  constructor(path: string, send: Send) {
    this.#path = path;
    this.#send = send;
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
      if (!this.#running.has(want)) {
        const stop = new AbortController();
        this.#running.set(want, stop);
        void this.#keep(want, message, stop.signal);
      }
  }

  async #keep(want: Want, message: PageMessage, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (message.type === 'vitals') await this.#vitals(want, signal);
        else if (message.type === 'logs') await this.#logs(want, message, signal);
        else await this.#output(want, message.item, signal);
      } catch {
        // The daemon has ended, which pages see by its state: it is tried again until no page wants it.
      }
      await pause(AGAIN_MS, signal);
    }
  }

  async #vitals(want: Want, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const answer = (await callInstance(this.#path, { request: 'vitals' }, () => {}, signal)) as
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
      await callInstance(this.#path, request, part, signal);
    } finally {
      clearTimeout(timer);
      if (records.length > 0) flush();
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
    const answer = (await callInstance(this.#path, { request: 'output', item, follow: true }, part, signal)) as
      | { readonly followed: boolean }
      | undefined;
    if (answer?.followed) this.#send({ type: 'output-end', item }, want);
  }
  close(): void {
    this.want(new Map());
  }
}
