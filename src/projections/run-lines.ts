import type { ConditionRef, EngineEventMap, HeldFiring } from '../core/engine-events.ts';
import type { Accounted } from '../core/instance.ts';
import type { Outcome } from '../core/outcome.ts';
import { type Reason, reasonText } from '../core/reasons.ts';
import {
  type AccountedInstants,
  type ClaimLine,
  type ElsewhereLine,
  fileOf,
  type HistoryLine,
  type HoldLine,
  lineInstant,
  type MissedLine,
  type RunOutcome,
} from '../history/history-line.ts';
import type { TraceContext } from '../log/record.ts';

/** When a line is written, and by which instance. */
export type LineStamp = Pick<HistoryLine, 'time' | 'session'>;

export const reasonCode = ({ reason }: { readonly reason?: Reason }): string => reason?.code ?? '';
export const whyOf = (outcome: { readonly kind: string; readonly reason?: Reason }): string =>
  outcome.reason === undefined ? outcome.kind : reasonText(outcome.reason);
export const seconds = (from: number, to: number): number => Math.max(0, Math.round(to - from)) / 1000;

/** The outcome of a task as lines have it. */
export const taskOutcome = ({ kind, reason }: Outcome): RunOutcome =>
  kind === 'none' && (reason?.code === 'cancelled' || reason?.code === 'replaced') ? reason.code : kind;

/** The instant that a run is for, also one that was held, and that before a restart. */
const firedAt = (reason: Reason | undefined): number | undefined => {
  const fired = reason?.code === 'held' ? reason.fired : reason;
  return fired?.code === 'instant' || fired?.code === 'held-before-start' ? fired.at : undefined;
};
const instantOf = (reason: Reason | undefined): Pick<ClaimLine, 'instant'> => {
  const at = firedAt(reason);
  return at === undefined ? {} : { instant: lineInstant(at) };
};

export const accountedLine = (accounted: Accounted | undefined): AccountedInstants => {
  if (accounted === undefined) return {};
  const { until, held, owed } = accounted;
  return {
    until: lineInstant(until),
    ...(held.length > 0 ? { held: held.map(lineInstant) } : {}),
    ...(owed > 0 ? { owed } : {}),
  };
};

/** What has fired a run, if files have changed. @param mask takes secrets out of a text */
const eventOf = (reason: Reason | undefined, mask: (text: string) => string): ClaimLine['event'] => {
  if (reason?.code !== 'event-came' || reason.event === undefined) return undefined;
  const { name, count, change } = reason.event;
  return { name, count, change: change.kind, path: mask(change.path) };
};

/** A run of a condition is about to begin. */
export const claimLine = (
  stamp: LineStamp,
  { condition: { name: condition, spec }, result, accounted }: EngineEventMap['run.started'],
  { run, cause }: TraceContext,
  mask: (text: string) => string,
): ClaimLine => {
  const { reason } = result;
  const event = eventOf(reason, mask);
  const why = event ? mask(whyOf(result)) : whyOf(result);
  const { time, session } = stamp;
  const code = reasonCode(result);
  const line = {
    kind: 'claim',
    time,
    session,
    condition,
    run: run!,
    cause,
    tasks: spec.traits.tasks,
    code,
    why,
  } as const;
  // Spreads take much longer than all the rest.
  const isShort = event === undefined && spec.file === undefined && accounted === undefined;
  if (isShort && firedAt(reason) === undefined) return line;
  return {
    ...line,
    ...instantOf(reason),
    ...(event ? { event } : {}),
    ...fileOf(spec),
    ...accountedLine(accounted),
  };
};

/** A hook of a condition is about to begin. */
export const hookClaimLine = (
  stamp: LineStamp,
  { condition: { name: condition, spec }, hook: { name: hook, reason: why } }: EngineEventMap['hook.started'],
  { run, cause }: TraceContext,
): ClaimLine => ({
  kind: 'claim',
  ...stamp,
  ...{ condition, run: run!, cause, tasks: spec.traits.tasks },
  ...{ code: hook, why, hook },
  ...fileOf(spec),
});

/** Instants of a condition were not run for. */
export const missedLine = (
  stamp: LineStamp,
  condition: string,
  { reason, count, first, last, ranges }: EngineEventMap['instants.unmet']['unmet'][number],
  accounted: Accounted,
): MissedLine => ({
  kind: 'missed',
  ...stamp,
  ...{ condition, code: reason.code, why: reasonText(reason), count },
  ...{ first: lineInstant(first), last: lineInstant(last) },
  ranges: ranges.map(({ from, to }) => ({ from: lineInstant(from), to: lineInstant(to) })),
  ...accountedLine(accounted),
});

/** A firing was held for too long. */
export const expiredLine = (
  stamp: LineStamp,
  { condition: { name: condition }, held, reason, accounted }: EngineEventMap['firing.expired'],
): MissedLine => ({
  kind: 'missed',
  ...stamp,
  ...{ condition, code: reason.code, why: reasonText(reason), count: 1 + held.joined },
  ...{ first: lineInstant(held.since), last: lineInstant(held.since), ranges: [] },
  ...accountedLine(accounted),
});

/** A run was queued, and does not begin. */
export const droppedRunLine = (
  stamp: LineStamp,
  { condition: { name: condition }, result, since, count, reason, accounted }: EngineEventMap['run.dropped'],
): MissedLine => {
  const first = result.reason?.code === 'instant' ? result.reason.at : since;
  return {
    kind: 'missed',
    ...stamp,
    ...{ condition, code: reason.code, why: `its run was queued and does not begin: ${reasonText(reason)}`, count },
    ...{ first: lineInstant(first), last: lineInstant(since) },
    // Whatever fired since then is part of it.
    ranges: [{ from: lineInstant(first - 1), to: stamp.time }],
    ...accountedLine(accounted),
  };
};

/** A shared condition has fired, and does not run here. */
export const elsewhereLine = (
  stamp: LineStamp,
  { condition: { name: condition }, result, reason, accounted }: EngineEventMap['firing.elsewhere'],
): ElsewhereLine | MissedLine => {
  const fired = result.reason?.code === 'instant' ? lineInstant(result.reason.at) : stamp.time;
  const why = reasonText(reason);
  if (reason.code === 'fleet-taken')
    return {
      ...{ kind: 'elsewhere', ...stamp, condition, node: reason.node, why },
      ...instantOf(result.reason),
      ...accountedLine(accounted),
    };
  const ranges = [{ from: lineInstant(Date.parse(fired) - 1), to: stamp.time }];
  return {
    ...{ kind: 'missed', ...stamp, condition, code: reason.code, why, count: 1, first: fired, last: fired, ranges },
    ...accountedLine(accounted),
  };
};

/** Another machine has died in a run of a shared condition, and it is not repeated. */
export const lostRunLine = (stamp: LineStamp, { name: condition }: ConditionRef, reason: Reason): MissedLine => {
  const began = reason.code === 'fleet-lost' ? lineInstant(reason.began) : stamp.time;
  return {
    ...{ kind: 'missed', ...stamp, condition, code: reason.code, why: reasonText(reason), count: 1 },
    ...{ first: began, last: began, ranges: [] },
  };
};

/** What happened to a firing that guards hold back. @param reason why it was released or dropped */
export const holdLine = (
  stamp: LineStamp,
  how: HoldLine['how'],
  { name: condition }: ConditionRef,
  { since, result, guard, answer }: HeldFiring,
  { run, cause }: TraceContext,
  { accounted, reason }: { readonly accounted?: Accounted | undefined; readonly reason?: Reason },
): HoldLine => ({
  kind: 'hold',
  ...stamp,
  ...{ condition, run: run!, cause, how, since: lineInstant(since) },
  ...(how === 'held' ? instantOf(result.reason) : {}),
  ...{ why: reason === undefined ? whyOf(result) : reasonText(reason), guard },
  ...(answer?.reason === undefined ? {} : { answer: reasonText(answer.reason) }),
  ...accountedLine(accounted),
});
