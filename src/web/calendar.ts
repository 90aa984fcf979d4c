import { HistoryReader } from '../adapters/history/reader.ts';
import type { Config } from '../core/spec.ts';
import { countFirings } from '../forecast/firing-counts.ts';
import { NO_STOPS, stopsOf } from '../forecast/stops.ts';
import { type UpcomingFiring, upcomingFirings } from '../forecast/upcoming-firings.ts';
import { isFailure } from '../history/history-state.ts';
import type { CalendarCell, Questions } from './api.ts';
import type { HistoryIndex } from './history-index.ts';
import { RequestError } from './request-checks.ts';

const HOUR_MS = 3_600_000;
/** The longest calendar, in ms. */
const LONGEST_MS = 62 * 24 * HOUR_MS;
/** Coming firings are counted for so long, in ms. */
const BUDGET_MS = 1500;

/** Coming firings of the timeline. */
const MOST_COMING = 2000;

/** What is known where firings are foreseen. */
export interface Foreseeable {
  readonly config: Config | undefined;
  /** The directory of the history. */
  readonly directory: string | undefined;
}

/** Until when each condition cannot fire because of a pause or a suspension, wall-clock ms. */
const firesFrom = (config: Config, directory: string | undefined, from: number): ((name: string) => number) => {
  const history = directory === undefined ? undefined : new HistoryReader(directory);
  const stops = history?.exists ? stopsOf(history.state(), config, Date.now()) : NO_STOPS;
  return (name) => Math.max(stops.pausedUntil ?? from, stops.suspendedUntil.get(name) ?? from);
};

/** The coming firings within a range, the soonest first; those of a pause or a suspension are left out. */
export const comingFirings = (
  { config, directory }: Foreseeable,
  { from, to }: { readonly from: number; readonly to: number },
  conditions: readonly string[],
  count: number,
): readonly UpcomingFiring[] => {
  if (config === undefined || to <= from) return [];
  const known = new Set(config.conditions.map(({ name }) => name));
  if (conditions.some((name) => !known.has(name))) return [];
  const notBefore = firesFrom(config, directory, from);
  return upcomingFirings(config, { from, to, count, all: true, conditions, notBefore }).coming;
};

/** What is coming from now on, for the timeline. */
export const comingUntil = (
  { until }: Questions['coming']['query'],
  foreseeable: Foreseeable,
): Questions['coming']['answer'] => {
  const firings = comingFirings(foreseeable, { from: Date.now(), to: until }, [], MOST_COMING);
  return { firings: firings.map(({ condition, at }) => [condition, at]) };
};

/** Each hour of each condition: what ran, what was missed, what is coming. @throws RequestError */
export const calendarOf = async (
  { since, until }: Questions['calendar']['query'],
  index: HistoryIndex | undefined,
  alive: boolean,
  { config, directory }: Foreseeable,
): Promise<Questions['calendar']['answer']> => {
  if (until - since > LONGEST_MS) throw new RequestError(400, 'a calendar has at most 62 days');
  const cells = new Map<string, { -readonly [K in keyof CalendarCell]: CalendarCell[K] }>();
  const cell = (condition: string, at: number) => {
    // From the beginning of the range: a zone may be half an hour, or a quarter, apart from UTC.
    const hour = since + Math.floor((at - since) / HOUR_MS) * HOUR_MS;
    const key = `${hour} ${condition}`;
    const found = cells.get(key) ?? { hour, condition, succeeded: 0, failed: 0, missed: 0, coming: 0 };
    cells.set(key, found);
    return found;
  };
  index?.count(since, until, alive, (condition, at, outcome, times) => {
    if (outcome === 'missed') cell(condition, at).missed += times;
    else if (outcome === 'success' || outcome === 'none') cell(condition, at).succeeded += times;
    else if (outcome !== 'running' && isFailure(outcome as Parameters<typeof isFailure>[0]))
      cell(condition, at).failed += times;
  });
  const from = Math.max(since, Date.now());
  let comingUntil = until;
  if (config !== undefined && from < until) {
    const parts = Array.from({ length: Math.ceil((until - since) / HOUR_MS) }, (_, i) => since + i * HOUR_MS);
    const limits = { notBefore: firesFrom(config, directory, from), budgetMs: BUDGET_MS };
    comingUntil = await countFirings(config, { from, to: until, parts, ...limits }, (condition, hour, count) => {
      cell(condition, hour).coming += count;
    });
  }
  return { cells: [...cells.values()].sort((a, b) => a.hour - b.hour), comingUntil };
};
