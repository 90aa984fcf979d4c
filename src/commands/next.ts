import { suggest } from '../config/suggest.ts';
import type { Config } from '../core/spec.ts';
import { upcomingFirings } from '../forecast/upcoming-firings.ts';
import { formatInstant, showDuration } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import { stdoutTerminal } from './stdio.ts';
import { countOption, rangeOption, UsageError, writeAll } from './values.ts';

/** Without `--to`, how far ahead firings are looked for, in ms: ten years. */
const HORIZON_MS = 10 * 366 * 86_400_000;

/** More rows than anything needs, and few enough to keep in memory. */
const MAX_ROWS = 100_000;

/** How many rows there are, where no number is given. */
const rowsOf = (given: Readonly<Record<string, unknown>>): number => {
  if (given.count !== undefined) return countOption('count', given.count, 1, MAX_ROWS);
  return given.all === true ? 20 : MAX_ROWS;
};

/** @throws UsageError when one of the conditions is not in the file. */
const checkNames = (names: readonly string[], { conditions }: Config): void => {
  const known = conditions.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) throw new UsageError(`there is no condition "${name}"${suggest(name, known)}`);
};

/**
 * `whenever next CONFIG`: the next firing of each condition, or all of them, as a table or as JSON. Status 0; 1 when nothing is to
 * come.
 */
export const next = (
  config: Config,
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  now: number,
): number => {
  const { from, to } = rangeOption(given, now, HORIZON_MS);
  checkNames(names, config);
  const range = { from, to, count: rowsOf(given), all: given.all === true, conditions: names };
  const { coming, silent, unforeseen, later } = upcomingFirings(config, range);
  const status = coming.length > 0 ? 0 : 1;
  if (given.json === true) {
    const firings = coming.map(({ at, condition, by, tasks }) => ({
      time: new Date(at).toISOString(),
      seconds: (at - from) / 1000,
      condition,
      by,
      tasks,
    }));
    writeAll(
      1,
      `${JSON.stringify({ firings, never: silent, unforeseen, later, until: new Date(to).toISOString() })}\n`,
    );
    return status;
  }
  const rows = coming.map(({ at, condition, by, tasks }) => [
    formatInstant(at),
    showDuration(at - from),
    condition,
    by,
    tasks.join(', '),
  ]);
  const columns = [
    { heading: 'WHEN' },
    { heading: 'IN', numeric: true },
    { heading: 'CONDITION' },
    { heading: 'BY' },
    { heading: 'TASKS' },
  ];
  const list = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  writeAll(
    1,
    [
      coming.length > 0 ? table(columns, rows, stdoutTerminal()) : 'Nothing will fire in this time.\n',
      list('Not in this time:', later),
      list(
        'Will never fire:',
        silent.map(({ condition, reason }) => `${condition}: ${reason}`),
      ),
      list(
        'Cannot be foreseen:',
        unforeseen.map(({ condition, type }) => `${condition} (${type})`),
      ),
      `\nLooked ahead to ${formatInstant(to)}.\n`,
    ].join(''),
  );
  return status;
};
