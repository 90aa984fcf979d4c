import { integerField } from '../../config/field.ts';
import type { Firing } from '../../core/instance.ts';
import type { Random } from '../../core/ports.ts';

/** Spreads the firings of many conditions, so that a herd does not start at once. */
export const jitterField = integerField({
  min: 0,
  fallback: 0,
  extension: true,
  doc: 'Hold each firing back by a random time of up to this many seconds, by whole ticks: less than a tick changes nothing.',
});

/**
 * By how many ms a firing that is due at the tick `from` is held back: one of the ticks up to `until`, each as likely as the
 * others. A random time that is not on a tick would last until the next one, which can be much later than `until`.
 */
export const jitterDelay = (from: number, until: number, tickMs: number, random: Random): number =>
  until < from + tickMs ? 0 : Math.floor(random() * (Math.floor((until - from) / tickMs) + 1)) * tickMs;

/** The same firings, each with how late chance may make it. */
export function* withJitter(firings: Iterable<Firing>, seconds: number): Generator<Firing, void> {
  for (const firing of firings) yield seconds > 0 ? { ...firing, jitterMs: seconds * 1000 } : firing;
}

/** Reading the two clocks one after the other can put them this many ms apart. */
export const READING_MS = 50;
/** How much of the time between two ticks the clocks may drift apart meanwhile. */
const RATE = 0.001;

/**
 * How many ms before an instant planned for a tick a tick can be and still be that one: ticks fall on the wall clock, and waits are
 * counted on the monotonic clock. Without this, a reading that is off by less than a ms costs a whole tick.
 * @param waitMs the time from the tick it was planned at.
 */
export const driftMs = (waitMs: number, tickMs: number): number => Math.min(tickMs / 2, READING_MS + waitMs * RATE);
