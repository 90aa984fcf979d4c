import { historyOfConfig } from '../adapters/history/find-history.ts';
import { suggest } from '../config/suggest.ts';
import type { Config } from '../core/spec.ts';
import { NO_STOPS, type Stops, stopsOf } from '../forecast/stops.ts';
import { upcomingFirings } from '../forecast/upcoming-firings.ts';
import { agree } from '../plural.ts';
import { formatInstant, isoInstant, showDuration } from '../terminal/instant.ts';
import { countText } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { loadConfigFile } from './load-config.ts';
import { type RangeOptions, rangeOf, rangeOptions } from './option-values.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { showProgress, stdoutTerminal, writeAll } from './stdio.ts';
import { type Subcommand, UsageError, wholeNumber } from './subcommand.ts';

type NextOptions = RangeOptions & { readonly all?: true; readonly count?: number; readonly json?: true };

/** How far ahead firings are searched without `--to`. */
const HORIZON_YEARS = 10;

/** The time from an instant to the same date ten years later, in ms. */
const horizonMs = (from: number): number => {
  const date = new Date(from);
  return date.setFullYear(date.getFullYear() + HORIZON_YEARS) - from;
};

/** Limits the memory that the rows take. */
const MAX_ROWS = 100_000;
/** Rows of `--all` without `--count`. */
const ROWS_OF_ALL = 20;

/** @throws UsageError when one of the conditions is not in the file. */
const checkNames = (names: readonly string[], { conditions }: Config): void => {
  const known = conditions.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) throw new UsageError(`no condition "${name}"${suggest(name, known)}`);
};

type Firings = ReturnType<typeof upcomingFirings>;

/** What has not ended yet, by the history of the file. @param now wall-clock ms */
const stopsOfFile = (file: string, config: Config, now: number): Stops => {
  const { reader } = historyOfConfig(file);
  return reader.exists ? stopsOf(reader.state(), config, now) : NO_STOPS;
};

const formatJson = (
  { coming, silent, ...rest }: Firings,
  { pausedUntil, suspendedUntil, held }: Stops,
  from: number,
  to: number,
): string => {
  const firings = coming.map(({ at, condition, by, tasks, guards, heldUntil }) => ({
    time: new Date(at).toISOString(),
    seconds: (at - from) / 1000,
    ...{ condition, by, tasks },
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
  return `${JSON.stringify({ firings, never: silent, ...rest, ...stops, until })}\n`;
};

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;

/** What a firing follows from, and what its guards make of it. */
const byCell = ({ by, guards, heldUntil }: Firings['coming'][number]): string => {
  if (guards === undefined) return by;
  const names = guards.join(', ');
  if (heldUntil === null) return `${by}; held for ${names} and missed`;
  if (heldUntil === undefined) return `${by}; if ${names} ${agree(guards.length, 'holds', 'hold')}`;
  return `${by}; held for ${names}, at the earliest until ${formatInstant(heldUntil)}`;
};

const formatTable = (
  { coming, silent, suspended, unforeseen, guards, later, more }: Firings,
  { pausedUntil, suspendedUntil, held }: Stops,
  from: number,
  to: number,
): string => {
  const rows = coming.map((firing) => [
    ...[formatInstant(firing.at), showDuration(firing.at - from)],
    ...[firing.condition, byCell(firing), firing.tasks.join(', ')],
  ]);
  const columns = [
    { heading: 'WHEN' },
    { heading: 'IN', numeric: true },
    { heading: 'CONDITION' },
    { heading: 'BY' },
    { heading: 'TASKS' },
  ];
  return [
    coming.length > 0 ? table(columns, rows, stdoutTerminal()) : 'Nothing will fire in this time.\n',
    more
      ? `(the first ${coming.length}; ${coming.length < MAX_ROWS ? '--count 0 shows all' : 'for more, give a later --from'})\n`
      : '',
    list(
      'Held now; runs when its guards hold:',
      [...held].map(
        ([condition, { since, until }]) =>
          `${condition}: since ${formatInstant(since)}, until ${formatInstant(until)} at the longest`,
      ),
    ),
    pausedUntil === undefined ? '' : `\nPaused: nothing fires before ${formatInstant(pausedUntil)}.\n`,
    list(
      'Suspended for a time:',
      [...suspendedUntil].map(([condition, end]) => `${condition}: not before ${formatInstant(end)}`),
    ),
    list('Not in this time:', later),
    list(
      'Will never fire:',
      silent.map(({ condition, reason }) => `${condition}: ${reason}`),
    ),
    list('Suspended in the file; fires after resume_condition:', suspended),
    list(
      'Cannot be foreseen:',
      unforeseen.map(({ condition, type }) => `${condition} (${type})`),
    ),
    list(
      'Guards, which run nothing themselves:',
      guards.map(({ condition, of }) => `${condition}, of ${of.join(', ')}`),
    ),
    `\nLooked ahead to ${formatInstant(to)}.\n`,
  ].join('');
};

export const nextCommand: Subcommand<NextOptions> = {
  name: 'next',
  help: 'show the next firing of each condition, what will never fire, and what cannot be foreseen',
  takes: [
    { form: '<CONFIG>', help: 'the configuration file', path: true, itemsOf: 'configuration' },
    { form: '[CONDITION...]', help: 'only these conditions', names: ['condition'] },
  ],
  options: [
    { flags: '-a, --all', help: 'every firing, not only the next one of each condition' },
    {
      flags: '-n, --count <N>',
      help: `how many rows, 0 for all, up to ${MAX_ROWS}; default: one for each condition, ${ROWS_OF_ALL} with --all`,
      parse: wholeNumber(0, MAX_ROWS),
    },
    ...rangeOptions(`${HORIZON_YEARS} years`),
    { flags: '--json', help: 'JSON instead of a table' },
  ],
  exitStatus: 'Status 0: something will fire; 1: nothing will fire; 2: wrong usage or configuration.',
  examples: ['whenever next my.toml --from 2026-03-28T20:00 --to 2026-03-29T08:00'],
  run: async ({ args: [file = '', ...names], options, now }) => {
    const config = await loadConfigFile(file);
    const { all = false, json = false } = options;
    const count = (options.count ?? (all ? ROWS_OF_ALL : 0)) || MAX_ROWS;
    const { from, to } = rangeOf(options, now, horizonMs(options.from ?? now));
    checkNames(names, config);
    const stops = options.from === undefined ? stopsOfFile(file, config, now) : NO_STOPS;
    const notBefore = (condition: string) =>
      Math.max(stops.pausedUntil ?? from, stops.suspendedUntil.get(condition) ?? from);
    const work = showProgress('looking ahead', countText('firings'), 16);
    const progress = (found: number, at: number) => work.at(found, Math.max(found / count, (at - from) / (to - from)));
    const firings = upcomingFirings(config, { from, to, count, all, conditions: names, notBefore, progress });
    work.clear();
    writeAll(1, (json ? formatJson : formatTable)(firings, stops, from, to));
    return firings.coming.length > 0 ? FOUND : NOTHING;
  },
};
