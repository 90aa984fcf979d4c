import type { ConditionRef, EngineEventMap, EventHandlers } from '../core/engine-events.ts';
import { countsAsFailed } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { isGivenUp, type Reason, reasonText } from '../core/reasons.ts';
import type { HookTraits } from '../core/spec.ts';
import type { HookContext, HookName } from '../core/task-run.ts';
import { isMissedFor, type KeptOutput } from '../history/history-line.ts';
import type { HistoryState, RunSummary } from '../history/history-state.ts';
import { sinceText } from '../history/last-outcome.ts';
import type { Log, TraceContext } from '../log/record.ts';
import { counted } from '../plural.ts';
import { failureOf, failureText } from '../projections/run-failures.ts';
import type { LatestOutput } from '../projections/run-outputs.ts';
import { outcomeReason } from '../projections/state-reasons.ts';
import { Overdue, type OverdueFinding } from './overdue.ts';

/** The scheduler, as far as hooks need it. */
export interface HookScheduler {
  readonly items: { readonly conditions: ReadonlyMap<string, ConditionRef> };
  runHook(condition: ConditionRef, hook: HookContext, cause: string): void;
  reportOverdue(condition: ConditionRef, why: string, run: TraceContext | undefined): string;
}

/** What decides when hooks begin. */
interface HookEventsDeps {
  readonly state: HistoryState;
  readonly outputs: { latest(item: string): LatestOutput | undefined };
  readonly log: Log;
  readonly clock: Clock;
}

/** A run of a condition with hooks that is under way. */
interface OpenRun {
  /** How the runs before it have ended; undefined: there was none. */
  readonly streak: RunSummary['streak'] | undefined;
  /** When `on_failure` began last before it, wall-clock ms. */
  readonly failureHookAt: number;
  /** What the first task that has failed has written, or the last one. */
  shown: { readonly failed: boolean; readonly output: KeptOutput } | undefined;
}

/** What a hook is given, besides its name and that of its condition. */
type About = Omit<HookContext, 'name' | 'condition' | 'output'>;

/** The end of an output as a text of lines: the last line of standard error is the last one. */
const outputText = ({ log, stdout, stderr }: KeptOutput): string =>
  [log, stdout, stderr]
    .filter((text) => text !== undefined && text !== '')
    .map((text) => (text!.endsWith('\n') ? text : `${text}\n`))
    .join('');

const isMiss = ({ code }: Reason): boolean => isMissedFor(code);

/** Begins the hooks of conditions: by how their runs end, and by what they miss. Subscribes last. */
export class HookEvents {
  readonly #deps: HookEventsDeps;
  readonly #open = new WeakMap<ConditionRef, OpenRun>();
  #scheduler: HookScheduler | undefined;
  /** What is overdue. */
  readonly overdue: Overdue;

  constructor(deps: HookEventsDeps) {
    this.#deps = deps;
    const { state, clock } = deps;
    this.overdue = new Overdue({
      ...{ state, clock },
      found: (finding) => this.#overdue(finding),
    });
  }

  /** Called with the scheduler whose events it takes. */
  attach(scheduler: HookScheduler): void {
    this.#scheduler = scheduler;
  }

  readonly handlers: EventHandlers = {
    'run.started': ({ condition }) => {
      if (condition.spec.traits.hooks === undefined) return;
      const { state } = this.#deps;
      const streak = state.runsOf(`condition/${condition.name}`)?.streak;
      this.#open.set(condition, { streak, failureHookAt: this.#begunAt(condition, 'on_failure'), shown: undefined });
    },
    'task.finished': ({ condition, task, outcome }, { run }) => {
      const open = this.#open.get(condition);
      if (open === undefined || open.shown?.failed) return;
      const latest = this.#deps.outputs.latest(`task/${task.name}`);
      open.shown = { failed: countsAsFailed(outcome), output: latest?.run === run ? latest.output : {} };
    },
    'run.finished': (ended, trace) => {
      const { hooks } = ended.condition.spec.traits;
      const open = this.#open.get(ended.condition);
      if (hooks === undefined || open === undefined) return;
      this.#open.delete(ended.condition);
      if (ended.ended === undefined) this.#ended(ended, hooks, open, trace);
    },
    'instants.unmet': ({ condition: name, unmet }, trace) => {
      const condition = this.#scheduler?.items.conditions.get(name);
      if (condition === undefined || !condition.spec.traits.hooks?.on_miss.length) return;
      const missed = unmet.filter(({ reason }) => isMiss(reason));
      if (missed.length === 0) return;
      const streak = missed.reduce((sum, { count }) => sum + count, 0);
      const reason = missed.map((one) => reasonText(one.reason)).join('; ');
      this.#begin(condition, 'on_miss', { reason, streak }, trace.run ?? trace.cause);
    },
    'firing.expired': ({ condition, held, reason }, trace) =>
      this.#begin(
        condition,
        'on_miss',
        { reason: reasonText(reason), streak: 1 + held.joined },
        trace.run ?? trace.cause,
      ),
    'firing.elsewhere': ({ condition, reason }, trace) => {
      if (reason.code !== 'fleet-taken' && !isGivenUp(reason))
        this.#begin(condition, 'on_miss', { reason: reasonText(reason), streak: 1 }, trace.run ?? trace.cause);
    },
    'run.lost': ({ condition, reason, again }, trace) => {
      if (!again) this.#begin(condition, 'on_miss', { reason: reasonText(reason), streak: 1 }, trace.cause);
    },
    'hook.finished': ({ condition, hook, executed }, trace) => {
      const first = executed.find(({ outcome }) => countsAsFailed(outcome));
      if (first === undefined) return;
      const last = this.#deps.state.runsOf(`task/${first.task.name}`)?.last;
      const known = last?.run === trace.run ? { with: first.task.name, lastLine: last.lastLine } : undefined;
      const failure = failureOf(executed, known);
      if (failure === undefined) return;
      this.#deps.log
        .for('CONDITION', 'active', condition.name, condition.id)
        .warn('END/FAIL', `${hook.name} failed: ${failureText(failure)}`, trace);
    },
  };

  #ended(
    { condition, executed, failed }: EngineEventMap['run.finished'],
    hooks: HookTraits,
    { streak: before, failureHookAt, shown }: OpenRun,
    trace: TraceContext,
  ): void {
    const { state, clock } = this.#deps;
    const summary = state.runsOf(`condition/${condition.name}`);
    if (summary === undefined) return;
    const { last, streak } = summary;
    const about = {
      ...(last.with === null ? {} : { task: last.with }),
      ...(trace.run === null ? {} : { run: trace.run }),
    };
    const begin = (name: HookName, reason: string, count: number): void =>
      this.#begin(condition, name, { ...about, reason, streak: count }, trace.run ?? trace.cause, shown?.output);
    const decided = executed.find(({ task }) => task.name === last.with);
    const reason = decided ? outcomeReason(decided.outcome) : (last.reason ?? last.outcome);
    const { after_failures: least } = hooks;
    if (failed) {
      const begun = failureHookAt >= streak.since;
      if (least === 0 || (streak.count >= least && !begun)) begin('on_failure', reason, streak.count);
      return;
    }
    if (before?.failed && this.#reported(hooks, before, failureHookAt)) {
      const since = sinceText(before.since, clock.wall());
      begin('on_recovery', `it succeeded after ${counted(before.count, 'failure')} since ${since}`, before.count);
    }
    if (executed.some(({ outcome }) => outcome.kind === 'success')) begin('on_success', reason, streak.count);
  }

  /** Reports what is overdue, and begins the hook: once until the next success, and once for a run that takes too long. */
  #overdue({ condition, why, run, since }: OverdueFinding): void {
    const { state, outputs } = this.#deps;
    const cause = this.#scheduler?.reportOverdue(condition, why, run);
    if (cause === undefined) return;
    const streak = state.runsOf(`condition/${condition.name}`)?.streak;
    const about = { reason: why, streak: streak?.failed ? streak.count : 0 };
    if (run === undefined) {
      const begun = since !== undefined && this.#begunAt(condition, 'on_overdue') >= since;
      if (!begun) this.#begin(condition, 'on_overdue', about, cause);
      return;
    }
    const task = condition.spec.traits.tasks.find((name) => outputs.latest(`task/${name}`)?.run === run.run);
    const more = { ...(task === undefined ? {} : { task }), ...(run.run === null ? {} : { run: run.run }) };
    const output = task === undefined ? undefined : outputs.latest(`task/${task}`)?.output;
    this.#begin(condition, 'on_overdue', { ...about, ...more }, cause, output);
  }

  /** Whether `on_failure` has begun in a row of failures; without such a hook: whether it would have. */
  #reported(
    { on_failure, after_failures: least }: HookTraits,
    { count, since }: RunSummary['streak'],
    at: number,
  ): boolean {
    return on_failure.length > 0 ? at >= since : count >= Math.max(1, least);
  }

  /** When a hook of a condition began last, also in earlier instances, wall-clock ms. */
  #begunAt({ name }: ConditionRef, hook: HookName): number {
    return this.#deps.state.condition(name)?.hooks?.[hook] ?? Number.NEGATIVE_INFINITY;
  }

  #begin(condition: ConditionRef, name: HookName, about: About, cause: string, output: KeptOutput = {}): void {
    if (!condition.spec.traits.hooks?.[name].length) return;
    const context = { name, condition: condition.name, ...about, output: outputText(output) };
    this.#scheduler?.runHook(condition, context, cause);
  }
}
