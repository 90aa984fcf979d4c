import type { Config } from '../core/spec.ts';
import { comingFirings } from '../forecast/next.ts';
import { showDuration, showInstant } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import { screen } from './screen.ts';
import { countOption, rangeOption, writeOut } from './shared.ts';

/** Without `--to`, how far ahead firings are looked for, in ms: ten years. */
const HORIZON_MS = 10 * 366 * 86_400_000;

/** More rows than anything needs, and few enough to keep in memory. */
const MOST_ROWS = 100_000;

/** `whenever next CONFIG`: the coming firings as a table or as JSON. Status 0; 1 when nothing is to come. */
export const next = (config: Config, given: Readonly<Record<string, unknown>>, now: number): number => {
  const { from, to } = rangeOption(given, now, HORIZON_MS);
  const { coming, silent } = comingFirings(config, {
    from,
    to,
    count: countOption('count', given.count, 1, MOST_ROWS),
  });
  if (given.json === true) {
    const firings = coming.map(({ at, condition, by, tasks }) => ({
      time: new Date(at).toISOString(),
      seconds: (at - from) / 1000,
      condition,
      by,
      tasks,
    }));
    writeOut(1, `${JSON.stringify({ firings, never: silent })}\n`);
    return coming.length > 0 ? 0 : 1;
  }
  const rows = coming.map(({ at, condition, by, tasks }) => [
    showInstant(at),
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
  writeOut(1, coming.length > 0 ? table(columns, rows, screen()) : 'Nothing will fire in this time.\n');
  const never = silent.map(({ condition, reason }) => `  ${condition}: ${reason}\n`).join('');
  if (never) writeOut(1, `\nWill never fire:\n${never}`);
  return coming.length > 0 ? 0 : 1;
};
