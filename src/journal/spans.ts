import type { SafeCaller } from '../call-safely.ts';
import { runSecrets } from '../run-secrets.ts';
import type { MetricFact, SpanFact, SpanId, TraceContext } from './fact.ts';
import { LARGEST, toJson } from './json.ts';
import { type InstantName, SPANS, type SpanName } from './span-names.ts';

/** Takes timespans besides the listeners of the journal: the process-wide log of timespans. */
export interface SpanSink {
  /** False: it drops everything, so nothing need be made. May change at any time. */
  readonly on: boolean;
  write(event: SpanFact): void;
  /** Gets metrics too. */
  metric?(fact: MetricFact): void;
}

/** What spans need of the journal they are part of. */
interface SpanDeps {
  readonly clock: { wall(): number; mono(): number };
  /** Calls the listeners. */
  readonly contained: SafeCaller;
  /** The number of the last fact. */
  readonly seq: { last: number };
  /** Hands a fact to the listeners of all facts. */
  hand(fact: SpanFact | MetricFact): void;
}

/** What is reported about a span, made only when it is wanted. */
export type SpanFields = () => Readonly<Record<string, unknown>>;

/** A timespan that has begun. */
export interface OpenSpan {
  readonly id: SpanId;
  finish(data: Readonly<Record<string, unknown>>): void;
}

/** What belongs to a metric record. */
export interface MetricTraits {
  /** Where in a row; 0 counts. */
  readonly step?: number;
  /** It is a configuration. */
  readonly hparams?: boolean;
  readonly item?: string;
  readonly origin?: TraceContext;
}

const NS = 1e6;

/** The listener of spans and metrics alone. */
export type SpanListener = (fact: SpanFact | MetricFact) => void;

interface Listening {
  /** For a person: `the metrics`. */
  readonly name: string;
  readonly take: SpanListener;
}

const SINK = 'the sink of timespans';
const write = (fact: SpanFact, sink: SpanSink): void => sink.write(fact);
const metric = (fact: MetricFact, sink: SpanSink): void => sink.metric?.(fact);

/** Timespans and metrics: made only while they are wanted. */
export class Spans {
  /** Whether they are wanted, as a value that changes. */
  readonly gate: { readonly on: boolean };
  readonly #deps: SpanDeps;
  readonly #sink: SpanSink | undefined;
  readonly #listeners = new Set<Listening>();
  /** Whether all facts are wanted. */
  #listening = false;
  /** Whether anything listens, besides the sink. */
  readonly #heard = { on: false };
  readonly #numbers = new Map<SpanName, number>();

  constructor(deps: SpanDeps, sink: SpanSink | undefined) {
    this.#deps = deps;
    this.#sink = sink;
    this.gate = sink === undefined ? this.#heard : this;
  }

  /** Whether anything wants them. */
  get on(): boolean {
    return this.#heard.on || this.#sink?.on === true;
  }
  get listening(): boolean {
    return this.#listening;
  }
  set listening(all: boolean) {
    this.#listening = all;
    this.#open();
  }

  subscribe(take: SpanListener, name = 'a listener to timespans'): () => void {
    const one = { name, take };
    this.#listeners.add(one);
    this.#open();
    return () => {
      this.#listeners.delete(one);
      this.#open();
    };
  }

  start(
    category: SpanName,
    item: string | null,
    origin: TraceContext,
    timeline: SpanFields,
    at?: number,
    id?: SpanId,
  ): OpenSpan | undefined {
    if (!this.on) return undefined;
    const known = id ?? this.#next(category);
    this.#emit('start', category, known, item, origin, timeline(), at);
    return {
      id: known,
      finish: (data) => {
        if (this.on) this.#emit('finish', category, known, item, origin, data);
      },
    };
  }

  instant(category: InstantName, item: string | null, origin: TraceContext, timeline: SpanFields): void {
    if (this.on) this.#emit('instant', category, null, item, origin, timeline());
  }

  /** @throws EventError for what JSON cannot hold. */
  metric(message: () => Readonly<Record<string, unknown>>, { step, hparams, item, origin }: MetricTraits = {}): void {
    if (!this.on) return;
    // A configuration is as large as it is.
    const json = runSecrets.maskIn(
      toJson(message(), hparams ? Number.POSITIVE_INFINITY : LARGEST, true) as MetricFact['message'],
    );
    const fact: MetricFact = {
      ...{ kind: 'metric', ...this.#envelope(item ?? null, origin), message: json },
      ...(step === undefined ? {} : { step }),
      ...(hparams === undefined ? {} : { hparams }),
    };
    this.#hand(fact);
    const sink = this.#sink;
    if (sink?.on) this.#deps.contained.call(sink, SINK, metric, fact, sink);
  }

  #open(): void {
    this.#heard.on = this.#listening || this.#listeners.size > 0;
  }

  #next(category: SpanName): string {
    const n = (this.#numbers.get(category) ?? 0) + 1;
    this.#numbers.set(category, n);
    return `${SPANS[category].id}-${n}`;
  }

  #emit(
    edge: SpanFact['edge'],
    category: SpanName | InstantName,
    id: SpanId,
    item: string | null,
    origin: TraceContext,
    timeline: unknown,
    at?: number,
  ): void {
    const { clock } = this.#deps;
    const [time, mono] = [clock.wall(), clock.mono()];
    const seq = ++this.#deps.seq.last;
    const { run, cause } = origin;
    const timestamp = Math.round((at ?? mono) * NS);
    // One literal: spreading costs more than everything else here.
    const fact: SpanFact = {
      kind: 'span',
      seq,
      time,
      mono,
      item,
      run,
      cause,
      edge,
      category,
      id,
      timeline: runSecrets.maskIn(timeline),
      timestamp,
    };
    this.#hand(fact);
    const sink = this.#sink;
    if (sink?.on) this.#deps.contained.call(sink, SINK, write, fact, sink);
  }

  #envelope(item: string | null, origin: TraceContext | undefined) {
    const { clock } = this.#deps;
    return {
      ...{ seq: ++this.#deps.seq.last, time: clock.wall(), mono: clock.mono(), item },
      ...{ run: origin?.run ?? null, cause: origin?.cause ?? null },
    };
  }

  /** First to those who take all facts, in order: what one of the others causes, as by failing, comes after it. */
  #hand(fact: SpanFact | MetricFact): void {
    if (this.listening) this.#deps.hand(fact);
    for (const one of this.#listeners) this.#deps.contained.call(one, one.name, one.take, fact, undefined);
  }
}
