import type { ConditionRef, EngineEventMap, EngineEventType, EventHandlers, TaskRef } from '../core/engine-events.ts';
import { hparamsOf } from '../core/hparams.ts';
import { RECORDED_RESULT } from '../core/outcome.ts';
import type { Clock } from '../core/ports.ts';
import { reasonText } from '../core/reasons.ts';
import type { OpenSpan, SpanFields, Spans } from '../journal/spans.ts';
import type { OutputExcerpts } from './run-outputs.ts';
import { checkReason, outcomeReason } from './state-reasons.ts';

/** A check that has begun: when (monotonic ms), and its span, once it is known that the condition was due. */
interface OpenCheck {
  readonly at: number;
  span?: OpenSpan | undefined;
}

const keyOf = ({ name }: ConditionRef): string => `condition/${name}`;

/** What ends a span, which may have begun before nothing listened any more. */
export const ENDS_SPAN: ReadonlySet<EngineEventType> = new Set([
  ...(['scheduler.ready', 'scheduler.resumed', 'scheduler.ended', 'tick.finished', 'check.finished'] as const),
  ...(['firing.released', 'firing.expired', 'firing.dropped'] as const),
  ...([
    'run.finished',
    'attempt.started',
    'attempt.finished',
    'hook.finished',
    'task.finished',
    'task.cancelled',
    'pending.removed',
    'process.finished',
    'script.finished',
  ] as const),
  ...(['reload.refused', 'reload.failed', 'reload.finished'] as const),
]);

/** Timespans, instants and metric records of the engine. While nothing listens only those of {@link ENDS_SPAN} are called. */
export const spanEvents = (spans: Spans, clock: Clock, outputs: OutputExcerpts): EventHandlers => {
  const checks = new WeakMap<ConditionRef, OpenCheck>();
  /** Why conditions were left out last: the same reason again is not reported. */
  const skipped = new WeakMap<ConditionRef, string>();
  /** Spans that are open, by what they stand for: a condition, a task, an execution, or a name. */
  const runs = new WeakMap<object, OpenSpan>();
  const waits = new Map<string, OpenSpan>();
  const holds = new WeakMap<ConditionRef, OpenSpan>();
  const endHold = (outcome: string) => {
    return ({ condition, held, reason }: EngineEventMap['firing.dropped']): void => {
      holds.get(condition)?.finish({ outcome, why: reasonText(reason), joined: held.joined });
      holds.delete(condition);
    };
  };
  /** Of tasks with retries: the attempt in progress, and the wait for the next one. */
  const attempts = new WeakMap<TaskRef, OpenSpan>();
  const delays = new WeakMap<TaskRef, OpenSpan>();
  const waited = (task: TaskRef, data: SpanFields): void => {
    const delay = delays.get(task);
    if (delay === undefined) return;
    delay.finish(data());
    delays.delete(task);
  };
  /** Since when tasks are queued, by their conditions, monotonic ms. */
  const queued = new WeakMap<ConditionRef, Map<TaskRef, number>>();
  const leaveQueue = ({ task, condition }: EngineEventMap['task.queued']): { readonly queued_ms?: number } => {
    const since = queued.get(condition)?.get(task);
    if (since === undefined) return {};
    queued.get(condition)!.delete(task);
    return { queued_ms: clock.mono() - since };
  };
  let startup: OpenSpan | undefined;
  let reload: OpenSpan | undefined;
  let pause: OpenSpan | undefined;
  let tick: OpenSpan | undefined;
  const open = (key: object, span: OpenSpan | undefined): void => {
    if (span) runs.set(key, span);
  };
  const close = (key: object, data: SpanFields): void => {
    const span = runs.get(key);
    if (span === undefined) return;
    span.finish(data());
    runs.delete(key);
  };

  return {
    'scheduler.loading': ({ config, begun }, trace) => {
      startup = spans.start('startup', null, trace, () => ({ file: config.file }), begun, trace.cause);
      spans.metric(() => hparamsOf(config), { hparams: true, origin: trace });
    },
    'scheduler.ready': ({ config }) => {
      const { conditions, tasks, events } = config;
      startup?.finish({
        ...{ outcome: 'success', conditions: conditions.length, tasks: tasks.length, events: events.length },
      });
      startup = undefined;
    },
    'scheduler.paused': ({ initial }, trace) => {
      pause = spans.start('pause', null, trace, () => ({}));
      if (!initial) spans.instant('skipped', null, trace, () => ({ condition: null, reason: 'paused' }));
    },
    'scheduler.resumed': (_, { cause }) => {
      pause?.finish({ by: cause });
      pause = undefined;
    },
    'scheduler.ended': (_, { cause }) => {
      pause?.finish({ by: cause });
      pause = undefined;
    },
    'tick.started': ({ paused, lateMs }, trace) => {
      tick = paused ? undefined : spans.start('tick', null, trace, () => ({ late_ms: lateMs }), undefined, trace.cause);
    },
    'tick.finished': ({ visited, due }) => {
      tick?.finish({ visited, due });
      tick = undefined;
    },
    'command.answered': ({ line, answer }, trace) => spans.instant('input', null, trace, () => ({ line, answer })),

    'check.skipped': ({ condition, reason }, trace) => {
      if (skipped.get(condition) === reason) return;
      skipped.set(condition, reason);
      spans.instant('skipped', keyOf(condition), trace, () => ({ condition: condition.name, reason }));
    },
    'check.started': ({ condition }) => {
      skipped.delete(condition);
      checks.set(condition, { at: clock.mono() });
    },
    'check.continued': ({ condition }, trace) => {
      const check = checks.get(condition);
      if (check)
        check.span = spans.start('check', keyOf(condition), trace, () => ({ condition: condition.name }), check.at);
    },
    'check.finished': ({ condition, result, continued }, trace) => {
      if (!continued && result.kind === 'failed' && result.notDue) return;
      const check = checks.get(condition);
      if (!check) return;
      checks.delete(condition);
      const span =
        check.span ?? spans.start('check', keyOf(condition), trace, () => ({ condition: condition.name }), check.at);
      span?.finish({ outcome: RECORDED_RESULT[result.kind], why: checkReason(result) });
    },
    'firing.held': ({ condition, held: { guard } }, trace) => {
      const span = spans.start('held', keyOf(condition), trace, () => ({ condition: condition.name, guard }));
      if (span) holds.set(condition, span);
    },
    'firing.released': endHold('released'),
    'firing.dropped': endHold('dropped'),
    'firing.expired': (expired, trace) => {
      endHold('expired')(expired);
      const { condition, held } = expired;
      const [first, last] = [held.since, clock.wall()];
      spans.instant('missed', keyOf(condition), trace, () => ({
        ...{ condition: condition.name, count: 1 + held.joined, first, last },
      }));
    },
    'run.started': ({ condition, result: { reason }, queued }, trace) => {
      const { tasks, execute_sequence: sequence } = condition.spec.traits;
      const start = () => ({
        ...{ condition: condition.name, tasks, sequence },
        ...(reason?.code === 'catching-up' ? { catch_up: true } : {}),
        ...(reason?.code === 'held' ? { held_ms: reason.ms } : {}),
        ...(queued === undefined ? {} : { queued_ms: Math.max(0, clock.wall() - queued.since) }),
      });
      open(condition, spans.start('run', keyOf(condition), trace, start, undefined, trace.run));
    },
    'run.finished': ({ condition, executed, failed, retriesLeft, ended, byCommand }, trace) => {
      const { tasks, recurring } = condition.spec.traits;
      close(condition, () => ({
        ...{ outcome: ended?.code ?? (failed ? 'failure' : 'success'), executed: executed.length, of: tasks.length },
      }));
      if (!failed || byCommand || recurring || retriesLeft <= 0) return;
      const left = Number.isFinite(retriesLeft) ? retriesLeft : 'unlimited';
      spans.instant('retry', keyOf(condition), trace, () => ({ condition: condition.name, left }));
    },
    'hook.started': ({ condition, hook }, trace) => {
      const { tasks } = condition.spec.traits;
      const start = () => ({ condition: condition.name, hook: hook.name, tasks });
      open(condition, spans.start('hook', keyOf(condition), trace, start, undefined, trace.run));
    },
    'hook.finished': ({ condition, executed, failed }) =>
      close(condition, () => ({
        ...{ outcome: failed ? 'failure' : 'success', executed: executed.length },
        of: condition.spec.traits.tasks.length,
      })),
    'task.queued': ({ task, condition }) => {
      const tasks = queued.get(condition) ?? new Map<TaskRef, number>();
      queued.set(condition, tasks);
      if (!tasks.has(task)) tasks.set(task, clock.mono());
    },
    'task.started': (started, trace) => {
      const [task, condition] = [started.task.name, started.condition.name];
      const start = () => ({ task, condition, ...leaveQueue(started) });
      open(started.task, spans.start('task', `task/${task}`, trace, start));
    },
    'task.cancelled': (cancelled) => void leaveQueue(cancelled),
    'attempt.started': ({ task, attempt: { number: attempt, of } }, trace) => {
      waited(task, () => ({}));
      const span = spans.start('attempt', `task/${task.name}`, trace, () => ({ task: task.name, attempt, of }));
      if (span) attempts.set(task, span);
    },
    'attempt.finished': ({ task, attempt: { number: attempt }, outcome, delayMs }, trace) => {
      attempts.get(task)?.finish({ outcome: outcome.kind, why: outcomeReason(outcome) });
      attempts.delete(task);
      if (delayMs === undefined) return;
      const start = () => ({ task: task.name, after: attempt, seconds: delayMs / 1000 });
      const delay = spans.start('delay', `task/${task.name}`, trace, start);
      if (delay) delays.set(task, delay);
    },
    'task.finished': ({ task, condition, outcome }, { run }) => {
      leaveQueue({ task, condition });
      waited(task, () => ({ ended: outcomeReason(outcome) }));
      close(task, () => {
        const output = run === null ? undefined : outputs.excerpt(`task/${task.name}`, run);
        return {
          ...{ outcome: outcome.kind, why: outcomeReason(outcome) },
          ...(outcome.attempts === undefined ? {} : { attempts: outcome.attempts }),
          ...(output === undefined ? {} : { output }),
        };
      });
    },
    'sequence.broken': ({ condition, task, on }, trace) =>
      spans.instant('broken', keyOf(condition), trace, () => ({ condition: condition.name, on, task: task.name })),

    'event.fired': ({ event, ineligible, triggered }, trace) => {
      const { condition } = event.spec;
      // A command that has no effect is not an occurrence of the event.
      if (!triggered || ineligible === undefined)
        spans.instant('fired', `event/${event.name}`, trace, () => ({ event: event.name, condition }));
      if (ineligible !== undefined)
        spans.instant('skipped', `condition/${condition}`, trace, () => ({ condition, reason: ineligible }));
    },
    'event.repeated': ({ event, count }, trace) =>
      spans.instant('fired', `event/${event.name}`, trace, () => ({
        ...{ event: event.name, condition: event.spec.condition, count },
      })),
    'pending.added': ({ condition }, trace) => {
      const wait = spans.start('wait', `condition/${condition}`, trace, () => ({ condition }));
      if (wait) waits.set(condition, wait);
    },
    'pending.removed': ({ condition, outcome }) => {
      waits.get(condition)?.finish({ outcome });
      waits.delete(condition);
    },

    'reload.started': ({ file }, trace) => {
      reload = spans.start('reload', null, trace, () => ({ file }), undefined, trace.cause);
    },
    'reload.refused': ({ lines }) => {
      reload?.finish({ outcome: 'failure', problems: lines.length });
      reload = undefined;
    },
    'reload.failed': () => {
      reload?.finish({ outcome: 'error' });
      reload = undefined;
    },
    'reload.finished': ({ config, changes }, trace) => {
      reload?.finish({ outcome: 'success', ...changes });
      reload = undefined;
      spans.metric(() => hparamsOf(config), { hparams: true, origin: trace });
    },

    'process.started': ({ execution, item, command, args }, trace) =>
      open(
        execution,
        spans.start('command', item, trace, () => ({ command, args }), undefined, execution.id),
      ),
    'process.finished': ({ execution, report }) => close(execution, () => report),
    'script.started': ({ execution, item }, trace) =>
      open(
        execution,
        spans.start('lua', item, trace, () => ({}), undefined, execution.id),
      ),
    'script.finished': ({ execution, report }) => close(execution, () => report),
    'item.measured': ({ message, ...traits }, trace) => spans.metric(() => message, { ...traits, origin: trace }),
    'instants.missed': ({ condition, ...missed }, trace) =>
      spans.instant('missed', `condition/${condition}`, trace, () => ({ condition, ...missed })),
  };
};
