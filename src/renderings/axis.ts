import { showNs } from './duration.ts';

const [S, MIN, H, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

/** Distances between marks, ms. */
const STEPS: readonly number[] = [
  ...[0.001, 0.01, 0.1].flatMap((ms) => [ms, 2 * ms, 5 * ms]),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * S),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MIN),
  ...[1, 2, 3, 6, 12].map((n) => n * H),
  ...[1, 2, 7, 14, 28, 91, 182, 365].map((n) => n * DAY),
];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A mark of a time axis. */
export interface AxisLabel {
  /** Share of the whole, 0 to 1. */
  readonly at: number;
  readonly label: string;
}

/** Of an axis: monotonic ns, and the wall clock at its beginning, if that is known. */
export interface AxisRange {
  readonly from: number;
  readonly to: number;
  readonly time: number | undefined;
}

/** Local time, as exact as the distance of marks asks for; a midnight is told by its day. */
const labelOf = (ms: number, step: number): string => {
  const d = new Date(ms);
  const [h, min, s] = [d.getHours(), d.getMinutes(), d.getSeconds()].map((n) => String(n).padStart(2, '0'));
  if (step >= DAY || (step >= MIN && h === '00' && min === '00')) return `${d.getDate()} ${MONTHS[d.getMonth()]}`;
  if (step >= MIN) return `${h}:${min}`;
  return step >= S ? `${h}:${min}:${s}` : `${h}:${min}:${s}.${String(d.getMilliseconds()).padStart(3, '0')}`;
};

/** Marks at whole minutes, hours or days of local time, at most as many as there is room for; without a clock, since the beginning. */
export const axisLabels = ({ from, to, time }: AxisRange, room: number): AxisLabel[] => {
  const length = (to - from) / 1e6;
  if (length <= 0) return [{ at: 0, label: time === undefined ? '0' : labelOf(time, 1) }];
  const least = time === undefined ? 0 : 1;
  const fits = (step: number) => {
    // Labels of short steps are longer.
    const letters = time === undefined || step >= MIN ? 8 : step >= S ? 10 : 14;
    return step >= least && (length / step) * letters <= room;
  };
  const step = STEPS.find(fits) ?? Math.ceil(length / (365 * DAY)) * 365 * DAY;
  const zero = time ?? 0;
  /** What has to be added to local time, ms; it may change on the way. */
  const offsetAt = (ms: number): number => (time === undefined ? 0 : new Date(ms).getTimezoneOffset() * MIN);
  const offset = offsetAt(zero);
  const marks: AxisLabel[] = [];
  for (let i = Math.ceil((zero - offset) / step); ; i++) {
    const local = i * step;
    const at = local + (step < H ? offset : offsetAt(local + offset)) - zero;
    if (at > length || marks.length > room) return marks;
    if (at < 0) continue;
    marks.push({ at: at / length, label: time === undefined ? showNs(at * 1e6) : labelOf(time + at, step) });
  }
};
