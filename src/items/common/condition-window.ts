import type { ConditionInstance, TimeRange } from '../../core/instance.ts';
import type { Clock } from '../../core/ports.ts';
import type { ReasonOf } from '../../core/reasons.ts';
import type { WindowTraits } from '../../core/spec.ts';
import { dayOfText } from './dates.ts';
import type { Holidays } from './day-pattern.ts';
import type { TimeFields } from './specification.ts';
import { type WindowPart, windowPart } from './time-window.ts';
import { type Outside, windowed } from './windowed.ts';
import { changeBetween, firstAt, type Zone, zoneOf } from './zone.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** So many pieces of time are looked at for the next opening or closing: windows of minutes over some years. */
const MOST_PIECES = 50_000;
/** So many times a window and something else are asked in turn when both hold. */
const MOST_TURNS = 1000;

/** The keys that say when a condition counts at all. Dates and instants as text, as the file has them. */
export interface WindowKeys {
  readonly timezone?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly except?: readonly (string | TimeFields)[] | undefined;
  readonly holidays?: readonly string[] | undefined;
  readonly only?: readonly TimeFields[] | undefined;
}

export type OutsideWindow = ReasonOf<'outside-window'>;

/** When a condition counts: from a date, until a date, not on some days, only at some times. Instants are wall-clock ms. */
export interface ConditionWindow {
  readonly holidays: Holidays;
  /** Why it is closed at an instant; undefined: it is open. */
  closed(wall: number): OutsideWindow | undefined;
  /** The first instant from this one on at which it is open; undefined: none is known. */
  opens(from: number): number | undefined;
  /** The first instant after one at which it is closed; undefined: none is known. */
  closes(after: number): number | undefined;
  /** The pieces of time in `(from, to]` in which it is open. */
  pieces(from: number, to: number): Generator<TimeRange, void>;
  /** The first instant from one on at which it is open, and at which another thing holds, as `holdsFrom` says; undefined: none is known. */
  opensWith(holdsFrom: (from: number) => number | undefined, from: number): number | undefined;
  /** An event that comes outside is held until it opens. */
  readonly holdsEvents: boolean;
  /** The condition within it. */
  around(instance: ConditionInstance, clock: Clock): ConditionInstance;
}

/** A window, and its keys as a reload compares them. */
export interface CompiledWindow {
  readonly window?: ConditionWindow;
  readonly traits?: WindowTraits;
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** The instant of a date or of a date and time, local or with an offset. A date alone: its midnight, or that of the next day. */
const instantOf = (text: string, zone: Zone, nextDay: boolean): number => {
  if (DATE.test(text)) return firstAt(zone, (dayOfText(text) + (nextDay ? 1 : 0)) * DAY);
  if (/(?:Z|[+-]\d\d:\d\d)$/.test(text)) return Date.parse(text);
  return firstAt(zone, Date.parse(`${text.replace(' ', 'T')}Z`));
};

/** The first and the last instant at which a window can be open. */
export const windowBounds = ({
  timezone,
  from,
  until,
}: WindowKeys): { readonly begin: number; readonly last: number } => {
  const zone = zoneOf(timezone);
  const end = until === undefined ? Number.POSITIVE_INFINITY : instantOf(until, zone, true);
  return {
    begin: from === undefined ? Number.NEGATIVE_INFINITY : instantOf(from, zone, false),
    last: until !== undefined && DATE.test(until) ? end - 1 : end,
  };
};

/** Closes at what one of the parts holds, or at what none of them does. */
interface Rule {
  readonly parts: readonly WindowPart[];
  readonly by: 'except' | 'only';
}

const isClosedBy = ({ parts, by }: Rule, local: number): WindowPart | boolean => {
  const part = parts.find(({ holds }) => holds(local));
  return by === 'except' ? (part ?? false) : part === undefined;
};

/** @param outside what it does to its condition; by default it drops what fires outside */
export const conditionWindow = (keys: WindowKeys, outside: Outside = 'drop'): ConditionWindow => {
  const { timezone, from, until, except = [], only } = keys;
  const zone = zoneOf(timezone);
  const holidays: Holidays = new Set(keys.holidays?.map(dayOfText));
  const { begin, last } = windowBounds(keys);
  const part = (fields: TimeFields) => windowPart(fields, timezone, holidays);
  const rules: Rule[] = [];
  if (except.length > 0)
    rules.push({
      by: 'except',
      parts: except.map((one) => (typeof one === 'string' ? { ...part({ at: one }), text: one } : part(one))),
    });
  if (only) rules.push({ by: 'only', parts: only.map(part) });
  const exceptions = rules.find(({ by }) => by === 'except')?.parts ?? [];
  const openings = rules.find(({ by }) => by === 'only')?.parts;
  /** Within this much local time what `only` says does not change. */
  const unit = Math.min(DAY, ...(openings ?? []).map((one) => one.unit));

  const closed = (wall: number): OutsideWindow | undefined => {
    const code = 'outside-window';
    if (wall < begin) return { code, by: 'from', text: from! };
    if (wall > last) return { code, by: 'until', text: until! };
    const local = zone.local(wall);
    if (holidays.has(Math.floor(local / DAY))) return { code, by: 'holidays' };
    for (const rule of rules) {
      const found = isClosedBy(rule, local);
      if (found !== false) return { code, by: rule.by, ...(found === true ? {} : { text: found.text }) };
    }
    return undefined;
  };

  /** The end of the piece of local time that an instant is in, or the change of the clocks before it. */
  const pieceEnd = (at: number, length: number): number => {
    const local = zone.local(at);
    const end = at + (Math.floor(local / length) + 1) * length - local;
    return changeBetween(zone, at, end)?.at ?? end;
  };
  const nextOf = (parts: readonly WindowPart[], at: number): number =>
    Math.min(...parts.map((one) => one.next(at) ?? Number.POSITIVE_INFINITY));

  /** Before this instant it does not open, when it is closed at `at`. */
  const skipTo = (at: number): number => {
    if (at < begin) return begin;
    const local = zone.local(at);
    if (holidays.has(Math.floor(local / DAY))) return pieceEnd(at, DAY);
    const exception = exceptions.find(({ holds }) => holds(local));
    return exception ? pieceEnd(at, exception.unit) : nextOf(openings ?? [], at);
  };

  /** Searches for an instant at which it is open. Returns where the search has ended. */
  const search = (start: number): { readonly at: number; readonly isOpen: boolean } => {
    let at = start;
    // What never holds is never next.
    for (let i = 0; i < MOST_PIECES && at <= last && Number.isFinite(at); i++) {
      if (closed(at) === undefined) return { at, isOpen: true };
      at = skipTo(at);
    }
    return { at, isOpen: false };
  };
  /** What a search found is right for all instants from its start to before `until`. */
  let known = { start: Number.NaN, local: Number.NaN, until: Number.NaN, found: undefined as number | undefined };
  const opens = (start: number): number | undefined => {
    // Each check of a window that never opens would search for long. The local zone can have changed since.
    if (start >= known.start && start < known.until && zone.local(known.start) === known.local) return known.found;
    const { at, isOpen } = search(start);
    // One that found nothing is good for half of the time that it has looked at.
    const until = isOpen ? at + 1 : start + (at <= last ? (at - start) / 2 : Number.POSITIVE_INFINITY);
    known = { start, local: zone.local(start), until, found: isOpen ? at : undefined };
    return known.found;
  };
  /** Before this instant it does not close, when it is open at `at`. */
  const keepTo = (at: number): number =>
    Math.min(
      last + 1,
      openings ? pieceEnd(at, unit) : Number.POSITIVE_INFINITY,
      holidays.size > 0 ? pieceEnd(at, DAY) : Number.POSITIVE_INFINITY,
      nextOf(exceptions, at),
    );
  const closes = (after: number): number | undefined => {
    let at = after;
    for (let i = 0; i < MOST_PIECES; i++) {
      at = Math.max(at + 1, keepTo(at));
      if (!Number.isFinite(at)) return undefined;
      if (closed(at) !== undefined) return at;
    }
    return undefined;
  };

  const window: ConditionWindow = {
    holidays,
    holdsEvents: outside === 'hold',
    around: (instance, clock) => windowed(instance, window, outside, clock),
    opensWith: (holdsFrom, start) => {
      for (let [at, turn] = [start, 0]; turn < MOST_TURNS; turn++) {
        const holds = holdsFrom(at);
        const open = holds === undefined ? undefined : opens(holds);
        if (open === undefined || open === holds) return open;
        at = open;
      }
      return undefined;
    },
    closed: (wall) => {
      const reason = closed(wall);
      if (reason === undefined || reason.by === 'until') return reason;
      const at = opens(wall);
      return at === undefined ? reason : { ...reason, opens: at };
    },
    opens,
    closes,
    *pieces(start, to) {
      for (let at = start; at < to; ) {
        const open = opens(at + 1);
        if (open === undefined || open > to) return;
        const end = closes(open) ?? Number.POSITIVE_INFINITY;
        yield { from: open - 1, to: Math.min(to, end - 1) };
        at = end - 1;
      }
    },
  };
  return window;
};
