/** A specification as the oracle knows it: what each part of the clock may show. Undefined: anything. */
export interface Wanted {
  readonly years?: readonly number[] | undefined;
  readonly months?: readonly number[] | undefined;
  readonly days?: readonly number[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays?: readonly number[] | undefined;
  readonly hours?: readonly number[] | undefined;
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
  /** It goes by real time: what the clock leaves out does not count, what it shows again does. */
  readonly realTime: boolean;
  /** What else a day has to be; its date, as if UTC. */
  readonly dayIs?: ((date: Date) => boolean) | undefined;
  /** Day of the month or weekday is enough, as in cron; else both must fit. */
  readonly eitherDay: boolean;
}

const QUARTER = 900;
const DAY = 86_400;
/** Seconds the clock is watched before the first answer: longer than any piece of it was ever repeated. */
const RUN_UP = 26 * 3600;

/** The clock on the wall of a zone, read by `Intl`, in seconds since 1970 as if it were UTC. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #quarters = new Map<number, number>();

  constructor(zone: string) {
    const two = '2-digit';
    this.#format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
  }

  /** What it shows at an instant (seconds). */
  read(at: number): number {
    const parts = this.#format.formatToParts(at * 1000);
    const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) / 1000;
  }
  /** How far it is ahead of UTC for a whole quarter of an hour; undefined when it is set meanwhile. */
  ahead(at: number): number | undefined {
    const quarter = Math.floor(at / QUARTER);
    const [now, then] = [this.#start(quarter), this.#start(quarter + 1)];
    return now === then ? now : undefined;
  }
  #start(quarter: number): number {
    let ahead = this.#quarters.get(quarter);
    if (ahead === undefined) {
      ahead = this.read(quarter * QUARTER) - quarter * QUARTER;
      this.#quarters.set(quarter, ahead);
    }
    return ahead;
  }
  /** The instants (seconds) at which it is set, in a piece of time. */
  settings(from: number, to: number): number[] {
    const ahead = (at: number) => this.read(at) - at;
    const found: number[] = [];
    let before = ahead(from);
    for (let at = from; at < to; at += DAY) {
      let [low, high] = [at, at + DAY];
      const was = before;
      before = ahead(high);
      if (before === was) continue;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (ahead(middle) === ahead(low)) low = middle;
        else high = middle;
      }
      found.push(high);
    }
    return found;
  }
}

const fitter = (wanted: Wanted): ((shown: number) => boolean) => {
  const allows = (list: readonly number[] | undefined, n: number) => list === undefined || list.includes(n);
  const table = (list: readonly number[] | undefined, size: number) =>
    Uint8Array.from({ length: size }, (_, n) => (allows(list, n) ? 1 : 0));
  const [hours, minutes, seconds] = [table(wanted.hours, 24), table(wanted.minutes, 60), table(wanted.seconds, 60)];
  let day = Number.NaN;
  let dayFits = false;
  return (shown) => {
    const today = Math.floor(shown / DAY);
    const second = shown - today * DAY;
    if (seconds[second % 60] === 0 || minutes[Math.floor(second / 60) % 60] === 0) return false;
    if (hours[Math.floor(second / 3600)] === 0) return false;
    if (today !== day) {
      day = today;
      const date = new Date(today * DAY * 1000);
      const byMonthDay = allows(wanted.days, date.getUTCDate());
      const byWeekday = allows(wanted.weekdays, date.getUTCDay());
      const both = wanted.days !== undefined && wanted.weekdays !== undefined;
      dayFits =
        allows(wanted.years, date.getUTCFullYear()) &&
        allows(wanted.months, date.getUTCMonth() + 1) &&
        wanted.dayIs?.(date) !== false &&
        (wanted.eitherDay && both ? byMonthDay || byWeekday : byMonthDay && byWeekday);
    }
    return dayFits;
  };
};

const anyFits = (fits: (at: number) => boolean, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if (fits(at)) return true;
  return false;
};

/**
 * The instants in `(from, to]`, seconds since 1970, found by looking at the clock every second. By real time, what it shows
 * counts; else what it leaves out counts when it goes on, and what it shows again does not.
 */
export const slowInstants = (wanted: Wanted, clock: WallClock, from: number, to: number): number[] => {
  const fits = fitter(wanted);
  const found: number[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  let ahead: number | undefined;
  let quarterEnds = Number.NEGATIVE_INFINITY;
  for (let at = from - RUN_UP; at <= to; at++) {
    if (at >= quarterEnds) {
      ahead = clock.ahead(at);
      quarterEnds = (Math.floor(at / QUARTER) + 1) * QUARTER;
    }
    const shown = ahead === undefined ? clock.read(at) : at + ahead;
    const firstLeft = wanted.realTime || latest === Number.NEGATIVE_INFINITY ? shown : latest + 1;
    const hit = (fits(shown) && (shown > latest || wanted.realTime)) || anyFits(fits, firstLeft, shown);
    latest = Math.max(latest, shown);
    if (hit && at > from) found.push(at);
  }
  return found;
};
