/** Names of patterns. */
export const CRON_NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * SUN',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** The seven fields of a pattern, second to year. @throws Error when there are not five to seven. */
export const cronFields = (pattern: string): string[] => {
  const text = pattern.trim();
  const fields = (CRON_NICKNAMES[text.toLowerCase()] ?? text).replaceAll('?', '*').split(/\s+/);
  if (text === '' || fields.length < 5 || fields.length > 7) {
    const found = text === '' ? 'nothing' : `"${pattern}"`;
    if (text.toLowerCase() === '@reboot')
      throw new Error(
        'expected a pattern of times, found "@reboot"; for the start: a condition of type "session" with when = "start"',
      );
    throw new Error(
      `expected five fields (minute, hour, day of month, month, day of week), six with seconds first, seven with years last, or one of ${Object.keys(CRON_NICKNAMES).join(', ')}, found ${found}`,
    );
  }
  if (fields.length === 5) fields.unshift('0');
  if (fields.length === 6) fields.push('*');
  return fields;
};

/** After how many values each field begins again; of days it differs from month to month. Years do not. */
export const CRON_ROUNDS = [60, 60, 24, Number.NaN, 12, 7] as const;

/** The step of a field, a star with every nth value, that does not divide its round; undefined: it is even, or has none. @param index from 0 */
export const unevenStep = (field: string, index: number): number | undefined => {
  const round = CRON_ROUNDS[index];
  const step = Number(/^\*\/(\d+)$/.exec(field)?.[1] ?? 1);
  return round !== undefined && step > 1 && round % step !== 0 ? step : undefined;
};

/** Keys of a specification in the order of the fields of a pattern. */
const FIELD_KEYS = ['second', 'minute', 'hour', 'day', 'month'] as const;

/** The fields of a specification that can have a step, by their place in a pattern of cron. */
export const stepFields = (
  fields: Readonly<Record<string, unknown>>,
): readonly (readonly [index: number, field: string, key: string])[] =>
  typeof fields.cron === 'string'
    ? cronFields(fields.cron).map((field, i) => [i, field, 'cron'] as const)
    : FIELD_KEYS.map((key, i) => [i, typeof fields[key] === 'string' ? fields[key].trim() : '*', key] as const);

/** Whether a pattern names a day of the month and one of the week without the plus that asks for both. */
export const namesBothDays = (fields: readonly string[]): boolean =>
  fields[3] !== '*' && fields[5] !== '*' && fields[5]?.startsWith('+') === false;
