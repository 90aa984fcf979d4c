import { type ConditionStatus, GROUPS, type StatusReport } from '../control/status.ts';
import { showDuration, showInstant } from './instant.ts';
import { table } from './table.ts';

const STATE_WORDS = { running: 'running', paused: 'paused', ending: 'ending' } as const;

const nextOf = ({ group, next }: ConditionStatus, now: number): string => {
  if (group === 'running') return 'now';
  return next === null ? '-' : `${showInstant(next)}, in ${showDuration(Math.max(0, next - now))}`;
};

const whyOf = ({ why, running }: ConditionStatus): string =>
  running.length > 0 ? `${why} (${running.join(', ')})` : why;

/** A status for a person: one line about the instance, one that counts, one for each condition. */
export const showStatus = (report: StatusReport): string => {
  const { version, pid, config, state, started, now, counts, conditions, unknown } = report;
  const head = `whenever ${version} is ${STATE_WORDS[state]}: process ${pid}, for ${showDuration(now - started)}, with ${config}\n`;
  const counted = GROUPS.filter((group) => counts[group] > 0).map((group) => `${counts[group]} ${group}`);
  const summary = counted.length === 0 ? 'There are no conditions.\n' : `Conditions: ${counted.join(', ')}\n`;
  const rows = conditions.map((one) => [one.name, one.group, nextOf(one, now), whyOf(one), one.tasks.join(', ')]);
  const columns = ['CONDITION', 'STATE', 'NEXT', 'WHY', 'TASKS'].map((heading) => ({ heading }));
  const missing = unknown.map((name) => `There is no condition ${name}.\n`).join('');
  return `${head}${summary}${rows.length > 0 ? `\n${table(columns, rows)}` : ''}${missing}`;
};
