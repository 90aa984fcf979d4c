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
