import { booleanField, integerField } from '../../config/field.ts';
import { driftMs } from '../../core/clock-drift.ts';
import { EndController, type EndSignal } from '../../core/end-signal.ts';
import { type CheckResult, failed, NOT_DUE } from '../../core/outcome.ts';
import type { Blocked } from '../../core/ports.ts';
import type { Reason } from '../../core/reasons.ts';
import type { Logger, TraceContext } from '../../log/record.ts';
import type {
  AskContext,
  BeginRun,
  CheckContext,
  ConditionInstance,
  CreateContext,
  Due,
  GuardAnswer,
} from '../kind.ts';

/** Keys of the conditions whose tests are expensive: command, lua, dbus, wmi. */
export const checkIntervalFields = {
  check_after: integerField({
    min: 1,
    doc: 'Seconds between two tests; the first comes as many seconds after the start. Default: every tick.',
  }),
  recur_after_failed_check: booleanField({
    fallback: false,
    doc: 'After a success, count the next one only when a test has failed in between.',
  }),
} as const;

/** What a check says as the answer of a guard: what is not positive does not hold. */
const answerOf = ({ kind, reason }: CheckResult): GuardAnswer => ({
  holds: kind === 'passed',
  ...(reason ? { reason } : {}),
});

const CANCELLED = failed({ code: 'cancelled' });

/** The result of a test that cannot be ended: when it is to be ended, what comes of it does not count. */
export const untilAborted = (test: Promise<CheckResult>, signal: EndSignal): Promise<CheckResult> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(CANCELLED), { once: true });
    test.then(resolve, reject);
  });

const UNCOUNTED = failed({ code: 'success-not-counted' });

export interface CheckIntervalValues {
  readonly check_after: number | undefined;
  readonly recur_after_failed_check: boolean;
}

/**
 * A check with `check_after` and the persistent-success filter around it. The reference moves after
 * every attempt, whatever came of it; a reset makes both as at start. `label` is the word records begin with: `command`. `test`
 * is given the log of its run, the run, what ends it, and whether it is asked as a guard; there is none while the item `isBlocked`.
 */
export const withCheckInterval = (
  {
    name,
    values,
    log,
    ports,
    earlier,
  }: Pick<CreateContext<CheckIntervalValues>, 'name' | 'values' | 'log' | 'ports' | 'earlier'>,
  label: string,
  check: (log: Logger, origin: TraceContext, signal: EndSignal, asked: boolean) => Promise<CheckResult>,
  isBlocked: () => Blocked | undefined = () => undefined,
): ConditionInstance => {
  const waitMs = (values.check_after ?? 0) * 1000;
  let reference = ports.clock.mono();
  /** How many ms before its time it counts: something once the time between two ticks is meant. */
  let early = 0;
  /** Ends the test in progress, or the last one. */
  let running: EndController | undefined;
  let lastFailed = earlier?.counted !== true;
  const setFailed = (failed: boolean, origin: TraceContext): void => {
    if (values.recur_after_failed_check && failed !== lastFailed)
      ports.events.emit('success.counted', origin, { condition: name, counted: !failed });
    lastFailed = failed;
  };
  /** Numbers have variables of their own: reading one from an object can allocate. */
  let dueAt = Number.NaN;
  let next: Due = 'any-tick';
  const blocked = (): Reason | undefined => {
    const obstacle = isBlocked();
    return obstacle && { code: 'blocked', message: obstacle.why };
  };
  /** A check of its own, so that a visit that is not due allocates no closure. */
  const run = (context: CheckContext, begin: BeginRun): Promise<CheckResult> => {
    reference = context.mono;
    early = driftMs(waitMs, context.tickMs);
    dueAt = Number.NaN;
    const origin = begin();
    const own = log.under(origin);
    own.debug('START/MSG', `${label}: test begins`);
    const ending = new EndController();
    running = ending;
    return check(own, origin, ending, false).then((result) => {
      // The filter is as if there had been no test.
      if (ending.aborted) return CANCELLED;
      if (result.kind !== 'passed') {
        setFailed(true, origin);
        return result;
      }
      const counts = lastFailed || !values.recur_after_failed_check;
      setFailed(false, origin);
      if (counts) return result;
      own.debug('END/MSG', `${label}: positive, but does not count until a test has failed`);
      return UNCOUNTED;
    });
  };
  /** As a guard: neither the reference nor the filter matters, and neither changes. */
  const ask = async ({ signal }: AskContext, begin: BeginRun): Promise<GuardAnswer> => {
    const reason = blocked();
    if (reason !== undefined) return { holds: false, reason };
    const origin = begin();
    const own = log.under(origin);
    own.debug('START/MSG', `${label}: asked as a guard`);
    return answerOf(await check(own, origin, signal, true));
  };
  return {
    ask,
    askEveryMs: waitMs,
    due: () => {
      if (waitMs === 0 || isBlocked() !== undefined) return 'any-tick';
      const at = reference + waitMs;
      if (at !== dueAt) {
        dueAt = at;
        next = { mono: at, early };
      }
      return next;
    },
    waitsFor: () => {
      const leftMs = reference + waitMs - ports.clock.mono();
      return leftMs > 0 ? { code: 'check-after', leftMs } : blocked();
    },
    check: (context, begin) => {
      const left = reference + waitMs - context.mono;
      if (left > early) {
        if (log.wants('trace')) {
          const seconds = (left / 1000).toFixed(1);
          log.trace('START/MSG', `${label}: not tested yet, check_after has ${seconds} s left`, context.origin);
        }
        return NOT_DUE;
      }
      const reason = blocked();
      if (reason !== undefined) return { kind: 'failed', notDue: true, reason };
      return run(context, begin);
    },
    cancelCheck: () => running?.abort(CANCELLED.reason),
    reset: () => {
      reference = ports.clock.mono();
      early = 0;
      dueAt = Number.NaN;
      lastFailed = true;
    },
  };
};
