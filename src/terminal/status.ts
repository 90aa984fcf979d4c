import { type ConditionReport, GROUPS, type Group, type StatusReport } from '../control/status.ts';
import { oneLine } from '../log/one-line.ts';
import { formatInstant, shortInstants, showDuration } from './instant.ts';
import { table } from './table.ts';
import { PLAIN, type Style, type Terminal } from './terminal.ts';
import { paragraph } from './wrap.ts';

const STYLES: Readonly<Record<Group, Style | undefined>> = {
  running: 'green',
  queued: 'cyan',
  checking: 'cyan',
  waiting: undefined,
  suspended: 'yellow',
  'given up': 'red',
  finished: 'dim',
  'without tasks': 'dim',
};

const nextOf = (now: number): ((one: ConditionReport) => readonly [at: string, wait: string]) => {
  const moment = shortInstants(now);
  return ({ group, next }) => {
    if (group === 'running' || group === 'checking') return ['now', ''];
    return next === null ? ['-', ''] : [moment(next), showDuration(Math.max(0, next - now))];
  };
};

const whyOf = ({ why, lastCheck, running }: ConditionReport): string => {
  if (running.length > 0) return oneLine(`${why} (${running.join(', ')})`);
  return oneLine(lastCheck ? `${lastCheck} (${why})` : why);
};

const headOf = ({ version, pid, config, state, started, now }: StatusReport, from: string | undefined): string => {
  // A plain log tells neither.
  const process = pid === 0 ? '' : `process ${pid}, `;
  const file = config === from ? '' : `, with ${oneLine(config)}`;
  const what = `${process}for ${showDuration(Math.max(0, now - started))}${file}`;
  if (from === undefined) return `whenever ${version} is ${state}: ${what}`;
  return `${from}, as of ${formatInstant(now)}: whenever ${version} ${state === 'ended' ? 'has ended' : `was ${state}`}: ${what}`;
};

/**
 * A status for a person: one line about the instance, one that counts, one for each condition. `from`: the file that it was
 * read from.
 */
export const formatStatus = (report: StatusReport, terminal: Terminal = PLAIN, from?: string): string => {
  const { now, counts, conditions } = report;
  const counted = GROUPS.filter((group) => counts[group] > 0).map((group) => `${counts[group]} ${group}`);
  const summary = counted.length === 0 ? 'There are no conditions.' : `Conditions: ${counted.join(', ')}`;
  const coming = nextOf(now);
  const rows = conditions.map((one) => [one.name, one.group, ...coming(one), whyOf(one)]);
  const columns = [
    { heading: 'CONDITION' },
    { heading: 'STATE', style: (cell: string) => STYLES[cell as Group] },
    { heading: 'NEXT' },
    { heading: 'IN', numeric: true },
    { heading: 'WHY' },
  ];
  const head = paragraph(headOf(report, from), terminal.width, 2) + paragraph(summary, terminal.width, 2);
  return `${head}${rows.length > 0 ? `\n${table(columns, rows, terminal)}` : ''}`;
};
