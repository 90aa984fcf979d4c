import { cronFields, namesBothDays, unevenStep } from '../items/common/cron-pattern.ts';
import type { TomlValue } from './toml.ts';

/**
 * Warnings of `whenever check` about patterns that a person has meant so for as long as they were in the source: both days, of which either is
 * enough, and steps that do not divide a round. As the key `allow`.
 */
export const allowInherent = (
  specs: readonly { readonly [key: string]: TomlValue }[],
): { readonly allow?: readonly string[] } => {
  const found = new Set<string>();
  for (const { cron } of specs) {
    if (typeof cron !== 'string') continue;
    const fields = cronFields(cron);
    if (namesBothDays(fields)) found.add('cron-days');
    if (fields.some((field, i) => unevenStep(field, i) !== undefined)) found.add('cron-uneven-step');
  }
  return found.size === 0 ? {} : { allow: [...found].sort() };
};
