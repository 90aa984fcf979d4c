import type { TomlValue } from './toml.ts';

/** After how many values each field begins again; of days it differs from month to month. */
const ROUNDS = [60, 60, 24, Number.NaN, 12, 7] as const;

/** The field has a step that does not divide its round, such as every 7 of 60. */
const isUneven = (field: string, round: number): boolean => {
  const step = Number(/^\*\/(\d+)$/.exec(field)?.[1] ?? 1);
  return step > 1 && round % step !== 0;
};

/**
 * Warnings of `whenever check` about patterns that a person has meant so for as long as they were in the source: both days, of which either is
 * enough, and steps that do not divide a round. As the key `allow`.
 */
export const allowInherent = (
  specs: readonly { readonly [key: string]: TomlValue }[],
): { readonly allow?: readonly string[] } => {
  const found = new Set<string>();
  for (const { cron } of specs) {
    if (typeof cron !== 'string' || cron.startsWith('@')) continue;
    const fields = cron.split(' ');
    if (fields.length === 5) fields.unshift('0');
    const [day, weekday] = [fields[3]!, fields[5]!];
    if (day !== '*' && weekday !== '*' && !weekday.startsWith('+')) found.add('cron-days');
    if (ROUNDS.some((round, i) => isUneven(fields[i]!, round))) found.add('cron-uneven-step');
  }
  return found.size === 0 ? {} : { allow: [...found].sort() };
};
