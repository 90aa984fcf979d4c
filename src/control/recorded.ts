import type { Standing } from '../core/standing.ts';
import type { Chapter } from '../journal/fact.ts';
import { Journal } from '../journal/journal.ts';
import type { Recording } from '../journal/recording.ts';
import type { Source } from './archive.ts';
import { type StatusReport, statusReport } from './status.ts';

/** What the start of the scheduler has told about itself. */
const startOf = (message: unknown): { readonly file?: string; readonly tickSeconds?: number } =>
  typeof message === 'object' && message !== null && (message as { action?: unknown }).action === 'start'
    ? (message as { file?: string })
    : {};

/** What questions are answered from when a recording or a log is read: everything as it was at its last fact. */
export const recordingSource = (recording: Recording, path: string): Source => {
  const { head, facts } = recording;
  const last = facts.at(-1);
  const clock = { wall: () => last?.time ?? 0, mono: () => last?.mono ?? 0 };
  const journal = new Journal(clock, { storyLength: 0, topicLength: 0, recordsLength: 0 });
  let config = path;
  let tickSeconds = 0;
  let state: StatusReport['state'] = 'running';
  for (const fact of facts) {
    journal.restore(fact);
    if (fact.kind !== 'event' || !fact.topics.includes('scheduler')) continue;
    const { action, line, answer } = fact.message as Readonly<Record<string, unknown>>;
    const start = startOf(fact.message);
    config = start.file ?? config;
    tickSeconds = start.tickSeconds ?? tickSeconds;
    if (action === 'end') state = 'ended';
    else if (action === 'command' && answer === 'done' && (line === 'pause' || line === 'resume'))
      state = line === 'pause' ? 'paused' : 'running';
  }
  const standings = (): Standing[] => {
    const latest = new Map<string, Chapter>();
    for (const chapter of journal.stories.chapters)
      if (chapter.lastTime >= (latest.get(chapter.key)?.lastTime ?? 0)) latest.set(chapter.key, chapter);
    return [...journal.states]
      .filter(([key, at]) => key.startsWith('condition/') && at !== 'removed')
      .map(([key, at]) => ({
        ...{ name: key.slice('condition/'.length), type: '', state: at, tasks: [], due: undefined },
        why: latest.get(key)?.why ?? '',
      }));
  };
  return {
    archive: journal,
    status: (only) =>
      statusReport(
        {
          ...{ pid: head?.pid ?? 0, config, started: head?.started ?? facts[0]?.time ?? 0, now: last?.time ?? 0 },
          ...{ state, tickMs: tickSeconds * 1000, standings: standings() },
          pending: () => false,
          taskRuns: (task) => journal.states.get(`task/${task}`) === 'running',
        },
        only,
      ),
  };
};
