import { cronFields, namesBothDays, stepFields, unevenStep } from '../items/common/cron-pattern.ts';
import type { TomlValue } from './toml.ts';

/**
 * Warnings of `whenever check` about patterns that a person has meant so for as long as they were in the source: both days, of which either is
 * enough, and steps that do not divide a round. As the key `allow`.
 */
export const allowInherent = (
  specs: readonly { readonly [key: string]: TomlValue }[],
): { readonly allow?: readonly string[] } => {
  const found = new Set<string>();
  for (const spec of specs) {
    if (typeof spec.cron === 'string' && namesBothDays(cronFields(spec.cron))) found.add('cron-days');
    if (stepFields(spec).some(([i, field]) => unevenStep(field, i) !== undefined)) found.add('cron-uneven-step');
  }
  return found.size === 0 ? {} : { allow: [...found].sort() };
};
