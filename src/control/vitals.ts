import type { Scheduler } from '../core/scheduler.ts';

/** What is measured of the process: memory in bytes, times in ms. */
export interface ProcessVitals {
  readonly rss: number;
  readonly heapUsed: number;
  /** The longest delay of a turn of the event loop since the request before; 0 for the first request. */
  readonly loopDelay: number;
  /** How much of the time since the request before the event loop was busy, from 0 to 1; of the first request: since the start. */
  readonly utilization: number;
}

/** The answer to `vitals`. Nothing is measured while nothing asks for it. */
export interface VitalsAnswer extends ProcessVitals {
  /** Wall-clock ms. */
  readonly time: number;
  /** For how long the scheduler has run, ms. */
  readonly uptime: number;
  /** How late the last tick began, ms; 0 before the first one. */
  readonly late: number;
  /** How late each of the last ticks began, ms, the oldest first; at most 16. Ticks without anything to do are left out. */
  readonly lateness: readonly number[];
  /** How many tasks run. */
  readonly running: number;
}

/** What `vitals` is answered from. */
interface VitalsDeps {
  readonly scheduler: Pick<Scheduler, 'age' | 'items'>;
  readonly journal: { stateOf(item: string): string | undefined };
  readonly lateness: { readonly last: readonly number[] };
  readonly measure?: () => ProcessVitals;
  readonly now: () => number;
}

/** @throws Error when the process is not measured */
export const vitalsAnswer = ({ scheduler, journal, lateness, measure, now }: VitalsDeps): VitalsAnswer => {
  if (!measure) throw new Error('vitals are not measured here');
  const { last } = lateness;
  let running = 0;
  for (const name of scheduler.items.tasks.keys()) if (journal.stateOf(`task/${name}`) === 'running') running += 1;
  return { time: now(), uptime: scheduler.age, ...measure(), late: last.at(-1) ?? 0, lateness: last, running };
};
