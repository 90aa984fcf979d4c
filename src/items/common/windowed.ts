import { type ConditionInstance, type Due, wrapInstance } from '../../core/instance.ts';
import { failed, NOT_DUE } from '../../core/outcome.ts';
import type { Clock } from '../../core/ports.ts';
import type { ReasonOf } from '../../core/reasons.ts';

type OutsideWindow = ReasonOf<'outside-window'>;

/** What a window does to a condition. `hold`: nothing, as a guard holds what fires outside. */
export type Outside = 'instants' | 'phase' | 'rest' | 'drop' | 'hold';

/** A condition within its window: outside it does not fire, and is no guard that holds. */
export const windowed = (
  inner: ConditionInstance,
  window: { closed(wall: number): OutsideWindow | undefined },
  outside: Outside,
  clock: Clock,
): ConditionInstance => {
  /** Why it is closed, and until when that is known; undefined: it is open. */
  let reason: OutsideWindow | undefined;
  let known = Number.NEGATIVE_INFINITY;
  let opening: Due = 'on-event';
  let reported: OutsideWindow | undefined;
  const closedAt = (wall: number): OutsideWindow | undefined => {
    if (reason !== undefined && wall < known) return reason;
    const before = reason;
    reason = window.closed(wall);
    known = reason?.opens ?? Number.POSITIVE_INFINITY;
    if (reason !== before) opening = reason?.opens === undefined ? 'on-event' : { wall: reason.opens };
    return reason;
  };
  closedAt(clock.wall());
  const check: ConditionInstance['check'] = (context, begin) => {
    const closed = closedAt(context.wall);
    if (closed === undefined) return inner.check(context, begin);
    if (outside === 'rest') {
      if (reported === closed) return NOT_DUE;
      reported = closed;
      return failed(closed);
    }
    const result = inner.check(context, begin);
    if (result instanceof Promise) return result.then((ended) => (ended.kind === 'passed' ? failed(closed) : ended));
    return result.kind === 'passed' ? failed(closed) : result;
  };
  const isChecked = outside === 'phase' || outside === 'rest' || outside === 'drop';
  return wrapInstance(inner, {
    // What it was checked for last may be another thing than what it waits for now.
    ...(isChecked ? { check, waitsFor: () => closedAt(clock.wall()) ?? inner.waitsFor?.() } : {}),
    ...(outside === 'rest'
      ? {
          due: () => (reason === undefined ? inner.due() : opening),
        }
      : {}),
    ...(inner.ask
      ? {
          ask: (context, begin) => {
            const closed = closedAt(context.wall);
            if (closed === undefined) return inner.ask!(context, begin);
            return { holds: false, reason: closed, ...(closed.opens === undefined ? {} : { notBefore: closed.opens }) };
          },
        }
      : {}),
    timeChanged: (change) => {
      reason = undefined;
      closedAt(clock.wall());
      return inner.timeChanged?.(change);
    },
  });
};
