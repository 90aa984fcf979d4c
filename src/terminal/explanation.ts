import type { ExplainAnswer } from '../control/archive.ts';
import type { ConditionStatus } from '../control/status.ts';
import type { Chapter } from '../journal/fact.ts';
import { showDuration, showInstant } from './instant.ts';
import { timesOf } from './story.ts';

const AFTER_TASKS = new Set(['running', 'checking']);

/** What a chapter says, without when. */
const clause = ({ key, start, finish, why }: Chapter): string => {
  const [section, name] = [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)];
  if (section === 'task') return finish === 'running' ? `task ${name} began: ${why}` : `task ${name} ${finish}: ${why}`;
  if (finish === 'running') return `it ran its tasks, because ${why}`;
  if (finish === 'checking') return `it was being checked: ${why}`;
  if (start === 'running') return `its run ended: ${why}`;
  if (start === finish || AFTER_TASKS.has(start)) return `it did not run: ${why}`;
  return `it became ${finish}: ${why}`;
};

const present = (condition: string, { group, next, why, running }: ConditionStatus): string => {
  if (group === 'running')
    return `${condition} is running: ${why}${running.length > 0 ? ` (${running.join(', ')})` : ''}.`;
  const state = group === 'due' ? 'is waiting' : group === 'without tasks' ? 'does nothing' : `is ${group}`;
  const coming = next === null ? '' : ` Its next tick is ${showInstant(next)}.`;
  return `${condition} ${state}: ${why}.${coming}`;
};

/** Why a condition did or did not run, in sentences, newest first. `now`: wall-clock ms. */
export const showExplanation = ({ condition, status, chapters }: ExplainAnswer, now: number): string => {
  const told = chapters.filter(({ key, finish }) => key.startsWith('task/') || finish !== 'checking');
  const sentences = told.map((chapter) => {
    const ago = now > chapter.lastTime ? `, ${showDuration(now - chapter.lastTime)} ago` : '';
    const cause = chapter.lastCause === null ? '' : ` [${chapter.lastCause}]`;
    return `  ${showInstant(chapter.lastTime)}${ago}: ${clause(chapter)}${timesOf(chapter)}.${cause}\n`;
  });
  const head = status ? `${present(condition, status)}\n` : '';
  return `${head}${sentences.length > 0 ? `What happened, newest first:\n${sentences.join('')}` : 'Nothing has happened to it yet.\n'}`;
};
