const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time that the page can show, and the length of the pieces in which runs are counted; ms. */
export interface MetricRange {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  readonly piece: number;
  readonly pieceName: string;
}

export const RANGES: readonly MetricRange[] = [
  { id: '15m', name: '15 min', length: 15 * MINUTE, piece: MINUTE, pieceName: 'per minute' },
  { id: '1h', name: '1 h', length: HOUR, piece: 5 * MINUTE, pieceName: 'per 5 minutes' },
  { id: '24h', name: '24 h', length: DAY, piece: HOUR, pieceName: 'per hour' },
  { id: '7d', name: '7 days', length: 7 * DAY, piece: DAY, pieceName: 'per day' },
];

/** Beginnings of pieces, the last one before `now`. Days begin at midnight in the zone: `offset` says by how much local time is ahead, ms. */
export const periodsIn = ({ length, piece }: MetricRange, now: number, offset: (at: number) => number): number[] => {
  const beginning = (at: number): number => {
    const local = Math.floor((at + offset(at)) / piece) * piece;
    // The clock may have been changed since.
    return local - offset(local - offset(at));
  };
  const starts: number[] = [];
  for (let at = now - length + piece; at <= now; at += piece) starts.push(beginning(at));
  const last = beginning(now);
  return [...new Set([...starts, last])].sort((a, b) => a - b);
};

/** How far local time is ahead of UTC in a zone, ms. A zone that the browser does not know is UTC. */
export const zoneOffset = (zone: string): ((at: number) => number) => {
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const options = { ...parts, second: 'numeric', hourCycle: 'h23' } as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone });
  } catch {
    return () => 0;
  }
  return (at) => {
    const of = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(of.year!, of.month! - 1, of.day, of.hour, of.minute, of.second);
    return local - Math.floor(at / 1000) * 1000;
  };
};
