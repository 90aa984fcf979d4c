import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertCrontab } from '../../src/convert/crontab.ts';
import { firingsOf, HOST, loadConverted } from '../support/converted.ts';
import { settings } from '../support/property.ts';

const DAY = 86_400_000;
const FROM = Date.UTC(2027, 6, 1) - 1;
/** A year with 29 February in it. */
const TO = FROM + 366 * DAY;

/** What a converted line fires at in a zone. */
const converted = async (pattern: string, zone: string, from = FROM, to = TO): Promise<number[]> => {
  const config = await loadConverted(
    convertCrontab('-', `CRON_TZ=${zone}\n${pattern} true-job\n`, HOST, { form: 'user' }),
  );
  return firingsOf(config, 'true_job', from, to);
};

/** What croner says, which reads the pattern as it is in the crontab. */
const byCroner = (pattern: string, zone: string, from = FROM, to = TO): number[] => {
  const [, , day, , weekday] = pattern.split(/\s+/);
  // Both days have to fit when one begins with a star: croner knows only the star alone.
  const both = day!.startsWith('*') || weekday!.startsWith('*');
  const cron = new Cron(pattern, { paused: true, timezone: zone, domAndDow: both });
  const found: number[] = [];
  for (let at = cron.nextRun(new Date(from)); at && at.getTime() <= to; at = cron.nextRun(at)) found.push(at.getTime());
  return found;
};

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

/** Which values a field has, read by the rules of crontab(5) and nothing else. */
const valuesOf = (field: string, min: number, max: number, names: readonly string[] = []): Set<number> => {
  const number = (word: string) =>
    /^\d/.test(word) ? Number(word) : names.indexOf(word.toLowerCase()) + (names === MONTHS ? 1 : 0);
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range, step] = part.split('/');
    const [low, high] = range === '*' ? [min, max] : range!.split('-').map(number);
    for (let n = low!; n <= (high ?? (step ? max : low!)); n += Number(step ?? 1)) values.add(max === 7 ? n % 7 : n);
  }
  return values;
};

/** Minute for minute in UTC, with the rule of cron for the two days. */
const byHand = (pattern: string): number[] => {
  const [minute, hour, day, month, weekday] = pattern.split(' ') as [string, string, string, string, string];
  const minutes = [...valuesOf(minute, 0, 59)].sort((a, b) => a - b);
  const hours = [...valuesOf(hour, 0, 23)].sort((a, b) => a - b);
  const [days, months, weekdays] = [
    valuesOf(day, 1, 31),
    valuesOf(month, 1, 12, MONTHS),
    valuesOf(weekday, 0, 7, DAYS),
  ];
  const both = day.startsWith('*') || weekday.startsWith('*');
  const found: number[] = [];
  for (let at = FROM + 1; at <= TO; at += DAY) {
    const date = new Date(at);
    const [fits, fitsToo] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    if (!months.has(date.getUTCMonth() + 1) || !(both ? fits && fitsToo : fits || fitsToo)) continue;
    for (const h of hours) for (const m of minutes) found.push(at + (h * 60 + m) * 60_000);
  }
  return found;
};

const field = (min: number, max: number, names: readonly string[] = []): fc.Arbitrary<string> => {
  const value = fc.integer({ min, max });
  const word = (n: number) =>
    names.length === 0 || n - (names === MONTHS ? 1 : 0) >= names.length
      ? fc.constant(String(n))
      : fc.constantFrom(String(n), names[n - (names === MONTHS ? 1 : 0)]!);
  const single = value.chain(word);
  const range = fc
    .tuple(value, value)
    .chain(([a, b]) => fc.tuple(word(Math.min(a, b)), word(Math.max(a, b))))
    .map(([a, b]) => `${a}-${b}`);
  const step = fc.integer({ min: 1, max: max + 5 });
  const part = fc.oneof(
    single,
    range,
    fc.tuple(range, step).map(([r, n]) => `${r}/${n}`),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: step.map((n) => `*/${n}`) },
    { weight: 4, arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')) },
  );
};

/** Times are few, so that a year is not too long; days and months are anything. */
const patterns = fc
  .tuple(
    field(0, 59),
    fc.integer({ min: 0, max: 23 }).map(String),
    field(1, 31),
    field(1, 12, MONTHS),
    field(0, 7, DAYS),
  )
  .map((fields) => fields.join(' '));

describe('a pattern of a crontab fires at the same instants when it is converted', () => {
  test('as by the rules of cron, minute for minute over a year with 29 February (random patterns)', async () => {
    await fc.assert(
      fc.asyncProperty(patterns, async (pattern) => {
        expect(await converted(pattern, 'UTC')).toEqual(byHand(pattern));
      }),
      { ...settings(60), examples: [['0-0 0 1-1/1 */1 0-sun'], ['0 5 2 * sun-sun']] },
    );
  });

  const table = [
    '*/20 */11 * * *',
    '0 */6 * * *',
    '30 2 * * *',
    '0 9-17/2 * * mon-fri',
    '15,45 8 1,15 * *',
    '0 0 1,15 * 5',
    '0 0 */2 * 1',
    '0 0 13 * */2',
    '5 4 * * sun',
    '0 22 * * 1-5',
    '0 0 29 2 *',
    '59 23 31 dec *',
    '0 12 1-7 * 1',
    '20-40/7 3 * jun-aug *',
  ];
  for (const zone of ['UTC', 'Asia/Kolkata', 'America/New_York', 'Europe/Rome', 'Australia/Lord_Howe'])
    test(`as by croner in ${zone}, apart from the days on which clocks change`, async () => {
      const changes = changesOf(zone);
      const calm = (at: number) => !changes.some((change) => Math.abs(at - change) < DAY);
      for (const pattern of table) {
        const ours = (await converted(pattern, zone)).filter(calm);
        expect(ours.length, pattern).toBeGreaterThan(0);
        expect(ours, `${pattern} in ${zone}`).toEqual(byCroner(pattern, zone).filter(calm));
      }
    });

  test.each(['yearly', 'annually', 'monthly', 'weekly', 'daily', 'midnight', 'hourly'])(
    'as by croner for @%s',
    async (name) => {
      const cron = new Cron(`@${name}`, { paused: true, timezone: 'UTC' });
      const found: number[] = [];
      for (let at = cron.nextRun(new Date(FROM)); at && at.getTime() <= TO; at = cron.nextRun(at))
        found.push(at.getTime());
      expect(await converted(`@${name}`, 'UTC')).toEqual(found);
    },
  );
});

/** Instants between which the clock of a zone is set. */
function changesOf(zone: string): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  const offset = (at: number) => format.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value;
  const found: number[] = [];
  for (let at = FROM; at < TO; at += DAY) if (offset(at) !== offset(at + DAY)) found.push(at + DAY / 2);
  return found;
}
