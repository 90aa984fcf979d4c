import { zoneName } from '../adapters/local-zone.ts';
import type { Stops } from '../forecast/stops.ts';
import type { Forecast, UpcomingFiring } from '../forecast/upcoming-firings.ts';
import { agree } from '../plural.ts';
import { formatInstant, showDuration } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Limits the memory that the rows take. */
export const MAX_ROWS = 100_000;

/** Lines under a title; nothing where there are none. */
export const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;

/** What a firing follows from, and what its guards make of it. */
export const firingText = ({ by, guards, heldUntil }: UpcomingFiring): string => {
  if (guards === undefined) return by;
  const names = guards.join(', ');
  if (heldUntil === null) return `${by}; held for ${names} and missed`;
  if (heldUntil === undefined) return `${by}; if ${names} ${agree(guards.length, 'holds', 'hold')}`;
  return `${by}; held for ${names}, at the earliest until ${formatInstant(heldUntil)}`;
};

/** Which zone times or days are in. */
export const zoneText = (what: 'Times' | 'Days', more = ''): string => `${what} are in ${zoneName()}${more}.\n`;

/** What there is to say of conditions that have no row. @param later what the list of those that fire at another time is called */
export const notesText = (
  { silent, suspended, unforeseen, guards, later }: Omit<Forecast, 'coming' | 'more'>,
  { pausedUntil, suspendedUntil, held }: Stops,
  laterTitle: string,
): string =>
  [
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
    list(laterTitle, later),
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
  ].join('');

/** The rows that are left out, and what shows them. */
export const moreText = (shown: number): string =>
  `the first ${shown}; ${shown < MAX_ROWS ? '--count 0 shows all' : 'for more, give a later --from'}`;

/** The firings as a table, and what else there is to say. */
export const formatTable = (forecast: Forecast, stops: Stops, from: number, to: number, terminal: Terminal): string => {
  const { coming, more } = forecast;
  const isElsewhere = coming.some(({ timezone }) => timezone !== undefined);
  const rows = coming.map((firing) => [
    ...[formatInstant(firing.at), showDuration(firing.at - from)],
    ...[firing.condition, firingText(firing), firing.tasks.join(', ')],
  ]);
  const columns = [
    { heading: 'WHEN' },
    { heading: 'IN', numeric: true },
    { heading: 'CONDITION' },
    { heading: 'BY' },
    { heading: 'TASKS' },
  ];
  return [
    coming.length > 0 ? table(columns, rows, terminal) : 'Nothing will fire in this time.\n',
    more ? `(${moreText(coming.length)})\n` : '',
    notesText(forecast, stops, 'Not in this time:'),
    `\nLooked ahead to ${formatInstant(to)}.\n`,
    zoneText('Times', isElsewhere ? '; rules are in the zones that they name' : ''),
  ].join('');
};
