import { expected, expectObject, expectType, TYPES } from '../check-arguments.ts';
import type { SpanFact, SpanId } from '../journal/fact.ts';

/** A span from its start to its finish. */
export interface Timespan {
  readonly category: string;
  readonly id: SpanId;
  /** `condition/Backup`; null: the scheduler itself, or a program of one's own. */
  readonly item: string | null;
  readonly run: string | null;
  readonly cause: string | null;
  /** What was told at the start. */
  readonly began: unknown;
  /** What was told at the finish. */
  readonly timeline: unknown;
  /** Monotonic ns. */
  readonly start: number;
  /** Monotonic ns, never before `start` where both come from one clock. */
  readonly finish: number;
  /** Wall clock at the start, ms since 1970. */
  readonly time: number;
}

/** @throws TypeError */
const expectEdge = (edge: 'start' | 'finish', event: SpanFact): void => {
  expectObject('timespanOf', edge, event, 'an event of a span');
  expected('timespanOf', edge, event.edge, `an event whose edge is "${edge}"`, event.edge === edge);
  expectType('timespanOf', `${edge}.timestamp`, event.timestamp, TYPES.number);
};

/** The span with these edges. @throws TypeError */
export const timespanOf = (start: SpanFact, finish: SpanFact): Timespan => {
  expectEdge('start', start);
  expectEdge('finish', finish);
  return spanBetween(start, finish);
};

/** As `timespanOf`, for edges that are known to be such. */
export const spanBetween = (start: SpanFact, finish: SpanFact): Timespan => ({
  category: start.category,
  id: start.id,
  item: start.item,
  run: start.run,
  cause: start.cause,
  began: start.timeline,
  timeline: finish.timeline,
  start: start.timestamp,
  finish: finish.timestamp,
  time: start.time,
});
