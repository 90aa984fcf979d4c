import { integer } from '../../config/field.ts';
import type { Firing } from '../../core/body.ts';

/** Spreads the firings of many conditions, so that a herd does not start at once. */
export const jitterField = integer({
  min: 0,
  fallback: 0,
  extension: true,
  doc: 'Hold each firing back by a random time of up to this many seconds.',
});

/** The same firings, with words that say how late chance may make them. */
export function* heldBack(firings: Iterable<Firing>, seconds: number): Generator<Firing, void> {
  for (const { at, by } of firings) yield { at, by: seconds > 0 ? `${by}, up to ${seconds} s later` : by };
}
