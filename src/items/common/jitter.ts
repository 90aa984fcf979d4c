import { integer } from '../../config/field.ts';

/** Spreads the firings of many conditions, so that a herd does not start at once. */
export const jitterField = integer({
  min: 0,
  fallback: 0,
  extension: true,
  doc: 'Hold each firing back by a random time of up to this many seconds.',
});
