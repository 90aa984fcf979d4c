import type { Attributes, Link, SpanContext, SpanStatus } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions/incubating';
import { RECORDED_RESULT } from '../core/outcome.ts';
import type { SpanName } from '../journal/span-names.ts';
import { lastLine } from '../last-line.ts';
import { gradeOf } from '../renderings/outcomes.ts';
import type { Rendering } from '../renderings/rendering.ts';
import type { Instant, Span } from '../renderings/span-data.ts';
import { parseTraceparent, type TraceIdentity } from '../tracing/trace-identity.ts';
import { spanAttributes } from './attributes.ts';

/** A span as OpenTelemetry has it. */
export interface OtlpSpan {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly links: Link[];
  /** Wall clock, ms since 1970; how long it took, ns. */
  readonly time: number;
  readonly ns: number;
  readonly status: SpanStatus;
  readonly attributes: ReturnType<typeof spanAttributes>;
  readonly events: readonly Instant[];
}

/** Causes, checks and failures that are kept for what follows from them. */
const MOST_KEPT = 4096;

/** The codes of a status: https://opentelemetry.io/docs/specs/otel/trace/api/#set-status. */
const [UNSET, ERROR] = [0, 2] as const;

/** The flag of what is recorded. */
const SAMPLED = 1;

/** Keeps the last ones. */
class Recent<T> extends Map<string, T> {
  keep(key: string, value: T): void {
    this.delete(key);
    this.set(key, value);
    if (this.size > MOST_KEPT) this.delete(this.keys().next().value!);
  }
}

/** Spans with the cause itself as their id, and how such causes are called. */
const ROOTS: ReadonlySet<string> = new Set<SpanName>(['tick', 'reload', 'startup']);
const isRoot = (cause: string | null): cause is string => cause !== null && /^(tick|reload|start)-/.test(cause);

/** The categories of spans in which others begin, the innermost first. */
const WITHIN: Readonly<Record<string, readonly SpanName[]>> = {
  command: ['attempt', 'task', 'check'],
  lua: ['attempt', 'task', 'check'],
  attempt: ['task'],
  delay: ['task'],
} satisfies Partial<Record<SpanName, readonly SpanName[]>>;

/** The outcome of a check that has led to a run. */
const PASSED = RECORDED_RESULT.passed;

const idOf = ({ id, category }: Span): string => (typeof id === 'string' ? id : `${category} ${JSON.stringify(id)}`);

/** Where a span is in the world. @param of the run or the cause, whose own span it is unless `span` says another one */
export const contextOf = (identity: TraceIdentity, of: string, span = of): SpanContext => ({
  traceId: identity.trace(of),
  spanId: identity.span(span),
  traceFlags: SAMPLED,
});

const isRun = ({ category }: Pick<Span, 'category'>): boolean => category === 'run' || category === 'hook';

/** What the conventions for CI/CD and for programs say. */
const kindOf = (span: Span): OtlpSpan['kind'] =>
  isRun(span) ? 'server' : span.category === 'command' ? 'client' : 'internal';

const nameOfSpan = (span: Span): string => {
  const { category, item, name, began } = span;
  if (category === 'command') return String(began.command).split('/').at(-1)!;
  if (category === 'attempt') return `attempt ${String(began.attempt)} of ${String(began.of)}`;
  return isRun(span) || category === 'task' || item === null ? name : category;
};

/**
 * Makes spans of OpenTelemetry of those of the journal. A run is a trace of its own, with its check, tasks, attempts, commands and scripts;
 * so is what else a cause leads to, such as the checks of a tick that do not pass. A run is linked to the tick or the wait that led to it,
 * a hook to the run, and both to the span of another program that gave the command.
 */
export class OtlpSpans implements Rendering {
  readonly #identity: TraceIdentity;
  readonly #take: (span: OtlpSpan) => void;
  readonly #instant: ((instant: Instant, context: SpanContext) => void) | undefined;
  /** Open spans in which others begin, by item and category. */
  readonly #open = new Map<string, Span>();
  /** What the traces of spans are made of: the run, if it is known when they begin, or the cause. */
  readonly #traces = new WeakMap<Span, string>();
  /** Decisions within runs that are not over, by run. */
  readonly #events = new Map<string, Instant[]>();
  /** The spans of other programs that gave commands, by cause; checks that have passed, by run; why runs have failed. */
  readonly #remote = new Recent<SpanContext>();
  readonly #checks = new Recent<Pick<Span, 'start' | 'time'>>();
  readonly #waits = new Recent<Span>();
  readonly #failures = new Recent<{ readonly message: string; readonly type: string }>();
  /** What the last program or script of a task that has failed says of its error, by run and item. */
  readonly #errorTypes = new Recent<string>();
  /** Programs, scripts and attempts of tasks that have failed: the output is known at the end of the task. */
  readonly #held = new Map<string, OtlpSpan[]>();

  /** @param instant gets decisions, which have no duration, with the span they belong to */
  constructor(
    identity: TraceIdentity,
    take: (span: OtlpSpan) => void,
    instant?: (instant: Instant, context: SpanContext) => void,
  ) {
    this.#identity = identity;
    this.#take = take;
    this.#instant = instant;
  }

  begun(span: Span): void {
    const { category, item, run, cause, id } = span;
    this.#traces.set(span, run ?? cause ?? String(id));
    if (item !== null) this.#open.set(`${category} ${item}`, span);
    if (isRun(span) && run !== null) this.#events.set(run, []);
    if (item !== null && category === 'wait') this.#waits.keep(item, span);
    if (item !== null && category === 'attempt') {
      this.#errorTypes.delete(`${run} ${item}`);
      this.#release(item);
    }
  }

  ended(span: Span): void {
    const { category, item, run, outcome, ended } = span;
    const key = `${category} ${item}`;
    if (this.#open.get(key) === span) this.#open.delete(key);
    // Most ticks look at nothing.
    if (span.finish === undefined || (category === 'tick' && ended.due === 0)) return;
    if (category === 'check' && this.#isOfRun(span) && outcome === PASSED) this.#checks.keep(run!, span);
    const attributes = spanAttributes(span, this.#identity.session);
    const status = this.#status(span, attributes);
    // A run is an execution of tasks with the check before it.
    const { time, start } = (category === 'run' ? this.#checks.get(run ?? '') : undefined) ?? span;
    // One literal: spreading costs more than everything else here.
    const made: OtlpSpan = {
      name: nameOfSpan(span),
      kind: kindOf(span),
      context: this.#contextOf(span),
      parent: this.#parentOf(span),
      links: this.#linksOf(span),
      time,
      ns: span.finish - start,
      status,
      attributes,
      events: this.#eventsOf(span),
    };
    this.#handOn(made, span);
  }

  #handOn(made: OtlpSpan, { category, item }: Span): void {
    if (item === null || !item.startsWith('task/')) {
      this.#take(made);
      return;
    }
    const isTask = category === 'task';
    if (isTask) this.#release(item, made.attributes['whenever.output']);
    if (isTask || made.status.code !== ERROR) this.#take(made);
    else this.#held.set(item, [...(this.#held.get(item) ?? []), made]);
  }

  /** Hands on what has failed of a task, with the output of its last attempt. */
  #release(item: string, output?: Attributes[string]): void {
    for (const span of this.#held.get(item) ?? []) {
      if (output !== undefined) span.attributes['whenever.output'] = output;
      this.#take(span);
    }
    this.#held.delete(item);
  }

  instant(instant: Instant): void {
    const { category, run, cause, timeline } = instant;
    if (category === 'linked' && cause !== null) {
      const remote = parseTraceparent(String(timeline.traceparent));
      if (remote)
        this.#remote.keep(cause, {
          ...{ traceId: remote.traceId, spanId: remote.spanId, traceFlags: remote.flags, isRemote: true },
        });
    }
    const of = run ?? cause;
    if (of === null) return;
    const open = run === null ? undefined : this.#events.get(run);
    if (open === undefined) this.#instant?.(instant, this.#context(of, of));
    else open.push(instant);
  }

  end(): void {
    for (const item of [...this.#held.keys()]) this.#release(item);
  }

  #context(trace: string, span: string): SpanContext {
    return contextOf(this.#identity, trace, span);
  }
  #contextOf(span: Span): SpanContext {
    return this.#context(this.#traces.get(span)!, idOf(span));
  }
  /** Whether it belongs to the trace of its run. */
  #isOfRun(span: Span): boolean {
    return span.run !== null && this.#traces.get(span) === span.run;
  }

  /** The span it is part of; undefined: it is the first of its trace. */
  #parentOf(span: Span): SpanContext | undefined {
    const { category, run, cause, outcome } = span;
    if (isRun(span) || ROOTS.has(category)) return undefined;
    const outer = this.#outerOf(span);
    if (outer) return this.#contextOf(outer);
    // A check that does not pass is all there is of its run.
    if (this.#isOfRun(span)) return category !== 'check' || outcome === PASSED ? this.#context(run!, run!) : undefined;
    return isRoot(cause) ? this.#context(cause, cause) : undefined;
  }
  /** The open span in which another one has begun. */
  #outerOf(span: Span): Span | undefined {
    for (const one of WITHIN[span.category] ?? []) {
      const open = this.#open.get(`${one} ${span.item}`);
      if (open !== undefined && this.#traces.get(open) === this.#traces.get(span)) return open;
    }
    return undefined;
  }

  /** What led to a run, or to a check that is all there is of it. */
  #linksOf(span: Span): Link[] {
    const { category, item, cause, outcome } = span;
    if (cause === null || !(isRun(span) || (category === 'check' && this.#isOfRun(span) && outcome !== PASSED)))
      return [];
    const links: Link[] = [];
    if (category === 'hook' || isRoot(cause)) links.push({ context: this.#context(cause, cause) });
    const wait = item === null ? undefined : this.#waits.get(item);
    if (wait?.cause === cause) links.push({ context: this.#contextOf(wait) });
    const remote = this.#remote.get(cause);
    if (remote) links.push({ context: remote });
    return links;
  }

  /** The decisions within a run that is over. */
  #eventsOf(span: Span): readonly Instant[] {
    const { run } = span;
    const events = isRun(span) && run !== null ? this.#events.get(run) : undefined;
    if (events !== undefined) this.#events.delete(run!);
    return events ?? [];
  }

  /**
   * The reason of a failure and the last line that was written, and `error.type` for the attributes. A run says what the first task that failed
   * says, a task what its last program or script says.
   */
  #status(span: Span, attributes: Attributes): SpanStatus {
    const { category, run, outcome, ended, name, item } = span;
    const executes = category === 'command' || category === 'lua';
    // What a condition asks and is not so is an answer.
    if ((executes && item?.startsWith('condition/')) || gradeOf(outcome) !== 'bad') return { code: UNSET };
    const why = String(ended.why ?? ended.rule ?? outcome);
    const line = typeof ended.output === 'string' ? lastLine(ended.output) : undefined;
    const message = line === undefined ? why : `${why}: ${line}`;
    const key = `${run} ${item}`;
    const said = executes ? attributes[ATTR_ERROR_TYPE] : this.#errorTypes.get(key);
    const type = String(said ?? outcome);
    if (executes) this.#errorTypes.keep(key, type);
    if (category === 'task' && run !== null && !this.#failures.has(run))
      this.#failures.keep(run, { message: `${name}: ${message}`, type });
    const failure = (isRun(span) && run !== null ? this.#failures.get(run) : undefined) ?? { message, type };
    attributes[ATTR_ERROR_TYPE] = failure.type;
    return { code: ERROR, message: failure.message };
  }
}
