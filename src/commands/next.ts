import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { historyOfConfig } from '../adapters/history/find-history.ts';
import { zoneName } from '../adapters/local-zone.ts';
import { suggest } from '../config/suggest.ts';
import type { Config } from '../core/spec.ts';
import type { CalendarEvent } from '../forecast/icalendar.ts';
import { NO_STOPS, type Stops, stopsOf } from '../forecast/stops.ts';
import { type Forecast, type UpcomingFiring, upcomingFirings } from '../forecast/upcoming-firings.ts';
import { isoInstant, isoLocal } from '../terminal/instant.ts';
import { countText } from '../terminal/progress.ts';
import { loadConfigFile } from './load-config.ts';
import { calendarRange, calendarText, HORIZON_YEARS, horizonMs, type Month, parseMonth } from './next-calendar.ts';
import { firingText, formatTable, MAX_ROWS, moreText } from './next-text.ts';
import { type RangeOptions, rangeOf, rangeOptions } from './option-values.ts';
import { FOUND, JSON_OPTION, NOTHING } from './query-common.ts';
import { printMessage, showProgress, stdoutTerminal, writeAll } from './stdio.ts';
import { type Subcommand, UsageError, wholeNumber } from './subcommand.ts';

type NextOptions = RangeOptions & {
  readonly all?: true;
  readonly count?: number;
  readonly json?: true;
  readonly calendar?: true | Month;
  readonly ics?: true;
};

/** Rows of `--all` without `--count`. */
const ROWS_OF_ALL = 20;

/** @throws UsageError when one of the conditions is not in the file. */
const checkNames = (names: readonly string[], { conditions }: Config): void => {
  const known = conditions.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) throw new UsageError(`no condition "${name}"${suggest(name, known)}`);
};

/** What has not ended yet, by the history of the file. @param now wall-clock ms */
const stopsOfFile = (file: string, config: Config, now: number): Stops => {
  const { reader } = historyOfConfig(file);
  return reader.exists ? stopsOf(reader.state(), config, now) : NO_STOPS;
};

const formatJson = (
  { coming, silent, ...rest }: Forecast,
  { pausedUntil, suspendedUntil, held }: Stops,
  from: number,
  to: number,
): string => {
  const firings = coming.map(({ at, condition, by, timezone, tasks, guards, heldUntil }) => ({
    time: new Date(at).toISOString(),
    local: isoLocal(at),
    seconds: (at - from) / 1000,
    ...{ condition, by, timezone, tasks },
    ...(guards ? { guards } : {}),
    ...(heldUntil === undefined ? {} : { heldUntil: heldUntil === null ? null : new Date(heldUntil).toISOString() }),
  }));
  const until = new Date(to).toISOString();
  const stops = {
    pausedUntil: pausedUntil === undefined ? null : isoInstant(pausedUntil),
    suspendedUntil: Object.fromEntries([...suspendedUntil].map(([name, end]) => [name, isoInstant(end)])),
    held: Object.fromEntries(
      [...held].map(([name, { since, until: end }]) => [name, { since: isoInstant(since), until: isoInstant(end) }]),
    ),
  };
  return `${JSON.stringify({ firings, never: silent, ...rest, ...stops, until, zone: zoneName() })}\n`;
};

/** Which condition of which file fires when, the same at each call. */
const uidOf = (file: string, condition: string, at: number): string => {
  const item = createHash('sha256')
    .update(`${resolve(file)}\0${condition}`)
    .digest('hex')
    .slice(0, 16);
  return `${item}-${at / 1000}@whenever`;
};

const statusOf = ({ guards, heldUntil }: UpcomingFiring): CalendarEvent['status'] => {
  if (guards === undefined) return 'CONFIRMED';
  return heldUntil === null ? 'CANCELLED' : 'TENTATIVE';
};

/** Prints the firings as an iCalendar file, and on standard error what it does not have. */
const printCalendarFile = async (file: string, { coming, more }: Forecast, now: number): Promise<void> => {
  // A calendar without an event is none.
  if (coming.length === 0) return void printMessage('nothing will fire in this time');
  const { iCalendar } = await import('../forecast/icalendar.ts');
  const events = coming.map((firing) => ({
    ...{ uid: uidOf(file, firing.condition, firing.at), at: firing.at, status: statusOf(firing) },
    ...{ summary: firing.condition, description: `${firingText(firing)}\nTasks: ${firing.tasks.join(', ')}` },
  }));
  writeAll(1, iCalendar(`whenever: ${basename(file)}`, events, now));
  if (more) printMessage(`the file has ${moreText(coming.length)}`);
};

export const nextCommand: Subcommand<NextOptions> = {
  name: 'next',
  help: 'show the next firing of each condition, what will never fire, and what cannot be foreseen',
  takes: [
    { form: '<CONFIG>', help: 'the configuration file', path: true, itemsOf: 'configuration' },
    { form: '[CONDITION...]', help: 'only these conditions', names: ['condition'] },
  ],
  options: [
    { flags: '-a, --all', help: 'every firing, not only the next of each condition' },
    {
      flags: '-n, --count <N>',
      help: `how many rows, 0 for all, up to ${MAX_ROWS}; default: one for each condition, ${ROWS_OF_ALL} with --all`,
      parse: wholeNumber(0, MAX_ROWS),
    },
    ...rangeOptions(`${HORIZON_YEARS} years`),
    JSON_OPTION,
    { flags: '--ics', help: 'these rows as an iCalendar file', conflicts: ['json'] },
    {
      flags: '--calendar [MONTH]',
      help: 'how often on each day of a month such as 2026-12; default: now',
      parse: parseMonth,
      conflicts: ['json', 'ics', 'count', 'to'],
    },
  ],
  exitStatus: 'Status 0: something will fire; 1: nothing will fire; 2: wrong usage or configuration.',
  examples: ['whenever next my.toml --from 2026-03-28T20:00 --to 2026-03-29T08:00'],
  run: async ({ args: [file = '', ...conditions], options, now }) => {
    const config = await loadConfigFile(file);
    checkNames(conditions, config);
    const stops = options.from === undefined ? stopsOfFile(file, config, now) : NO_STOPS;
    const notBeforeFrom = (from: number) => (condition: string) =>
      Math.max(stops.pausedUntil ?? from, stops.suspendedUntil.get(condition) ?? from);
    if (options.calendar !== undefined) {
      const { month, from } = calendarRange(options, now);
      const query = { month, from, conditions, stops, notBefore: notBeforeFrom(from) };
      const { fires, text } = await calendarText(config, query, stdoutTerminal());
      writeAll(1, text);
      return fires ? FOUND : NOTHING;
    }
    const { all = false, json, ics } = options;
    const count = (options.count ?? (all ? ROWS_OF_ALL : 0)) || MAX_ROWS;
    const { from, to } = rangeOf(options, now, horizonMs(options.from ?? now));
    const work = showProgress('looking ahead', countText('firings'), 16);
    const progress = (found: number, at: number) => work.at(found, Math.max(found / count, (at - from) / (to - from)));
    const firings = upcomingFirings(config, {
      ...{ from, to, count, all, conditions, progress },
      notBefore: notBeforeFrom(from),
    });
    work.clear();
    if (ics) await printCalendarFile(file, firings, now);
    else if (json) writeAll(1, formatJson(firings, stops, from, to));
    else writeAll(1, formatTable(firings, stops, from, to, stdoutTerminal()));
    return firings.coming.length > 0 ? FOUND : NOTHING;
  },
};
