import type { DaemonOptions } from './daemon.ts';
import { bucket, condition, every, night, probe } from './one-condition.ts';

/** A way in which a condition can stand, 12 s after Monday 2 March 2026, 12:00, unless it says when. */
export interface Standing {
  readonly title: string;
  readonly toml: string;
  readonly seconds?: number;
  readonly options?: DaemonOptions;
  /** Commands, given after the first second. */
  readonly lines?: readonly string[];
  /** Commands, given at the end. */
  readonly late?: readonly string[];
  readonly state: string;
  readonly why: string;
  /** The first sentences of `whenever explain`. */
  readonly told: string;
}

/** The rows of the decision list, each with what is told of it. */
export const STANDINGS: readonly Standing[] = [
  {
    title: 'no tasks are listed',
    toml: condition(every(5), '[]'),
    state: 'no-tasks',
    why: 'no tasks are listed',
    told: 'C has no tasks: no tasks are listed.',
  },
  {
    title: 'suspended in the file',
    toml: condition(every(5, 'suspended = true')),
    state: 'suspended',
    why: 'suspended = true in the file',
    told: 'C is suspended: suspended = true in the file.',
  },
  {
    title: 'suspended by a command',
    toml: condition(every(5)),
    lines: ['suspend_condition C'],
    state: 'suspended',
    why: 'suspended by a command (command-1)',
    told: 'C is suspended: suspended by a command (command-1).',
  },
  {
    title: 'finished',
    toml: condition(every(5, '')),
    state: 'finished',
    why: 'it is not recurring, and its tasks have run without a failure',
    told: 'C is finished: it is not recurring, and its tasks have run without a failure. Its last run succeeded at 2026-03-02 12:00:05 Mon, 7 s ago.',
  },
  {
    title: 'exhausted',
    toml: condition(every(5, 'max_tasks_retries = 1')),
    seconds: 22,
    options: { processes: { T: [{ end: { how: 'exit', code: 1 } }] } },
    state: 'exhausted',
    why: 'it is not recurring, its tasks failed, and there are no retries left',
    told: 'C is exhausted: it is not recurring, its tasks failed, and there are no retries left. Its last run failed at 2026-03-02 12:00:10 Mon, 12 s ago: task T: exit code 1 is not the success status 0. It has failed 2 times since 12:00.',
  },
  {
    title: 'busy with its tasks',
    toml: condition(every(5)),
    options: { processes: { T: [{ seconds: 60 }] } },
    state: 'running',
    why: 'its tasks are running since 12:00:05',
    told: 'C is running: its tasks are running since 12:00:05 (T).',
  },
  {
    title: 'busy with its check',
    toml: condition(probe()),
    options: { processes: { probe: [{ seconds: 60 }] } },
    state: 'checking',
    why: 'it is being checked since 12:00:05',
    told: 'C is checking: it is being checked since 12:00:05.',
  },
  {
    title: 'queued for a task that runs for another condition',
    toml: `[[condition]]\nname = "B"\n${every(5)}\ntasks = ["T"]\n${condition(every(5))}`,
    options: { processes: { T: [{ seconds: 60 }] } },
    state: 'queued',
    why: 'it waits since 12:00:05: task T runs for B',
    told: 'C is queued: it waits since 12:00:05: task T runs for B.',
  },
  {
    title: 'to be suspended as soon as it is free',
    toml: condition(every(5)),
    seconds: 7,
    options: { processes: { T: [{ seconds: 60 }] } },
    late: ['suspend_condition C'],
    state: 'running',
    why: 'its tasks are running since 12:00:05; a suspension follows when it is free (command-1)',
    told: 'C is running: its tasks are running since 12:00:05; a suspension follows when it is free (command-1) (T).',
  },
  {
    title: 'not due on the monotonic clock',
    toml: condition(every(3600)),
    state: 'waiting',
    why: 'not due until 13:00:00',
    told: 'C is waiting: not due until 13:00:00. It is checked next at 2026-03-02 13:00:00 Mon, in 59 min 48 s.',
  },
  {
    title: 'not due on the wall clock',
    toml: condition(night.replace('hour = 2', 'hour = 17')),
    state: 'waiting',
    why: 'not due until 17:30:00',
    told: 'C is waiting: not due until 17:30:00. It is checked next at 2026-03-02 17:30:00 Mon, in 5 h 29 min.',
  },
  {
    title: 'not due before another day',
    toml: condition(night),
    state: 'waiting',
    why: 'not due until 2026-03-03 02:30:00 Tue',
    told: 'C is waiting: not due until 2026-03-03 02:30:00 Tue. It is checked next at 2026-03-03 02:30:00 Tue, in 14 h 29 min.',
  },
  {
    title: 'all instants are over',
    toml: condition(night.replace('hour = 2', 'year = 2020')),
    state: 'waiting',
    why: 'none of its instants is still to come',
    told: 'C is waiting: none of its instants is still to come.',
  },
  {
    title: 'check_after',
    toml: condition(probe('success_status = 1\ncheck_after = 24')),
    state: 'waiting',
    why: 'check_after has 12 s left',
    told: 'C is waiting: check_after has 12 s left. It is checked next at 2026-03-02 12:00:25 Mon, in 13 s.',
  },
  {
    title: 'no event',
    toml: bucket(),
    state: 'waiting',
    why: 'no event has come',
    told: 'C is waiting: no event has come.',
  },
  {
    title: 'the scheduler is paused',
    toml: condition(every(3600)),
    lines: ['pause'],
    state: 'waiting',
    why: 'the scheduler is paused; not due until 13:00:00',
    told: 'C is waiting: the scheduler is paused; not due until 13:00:00.',
  },
];
