import type { ConditionReport, LastOutcome, StatusReport, TaskReport } from '../../src/control/status.ts';
import { PLAIN } from '../../src/terminal/terminal.ts';
import type { Effect, Input } from '../../src/top/inputs.ts';
import { type Key, readKey } from '../../src/top/keys.ts';
import { initialTop, type TopState } from '../../src/top/model.ts';
import { update } from '../../src/top/update.ts';

/** A Saturday, in any time zone. */
export const NOW = new Date(2026, 10, 28, 12, 3, 7).getTime();
const MINUTE = 60_000;

export const last = (outcome: LastOutcome['outcome'], more: Partial<LastOutcome> = {}): LastOutcome => ({
  ...{ time: NOW - 33 * MINUTE, outcome, failed: outcome === 'failure', seconds: 12, with: null, reason: null },
  ...{ lastLine: null, streak: { count: 1, time: NOW - 33 * MINUTE } },
  ...more,
});

export const condition = (name: string, more: Partial<ConditionReport> = {}): ConditionReport => ({
  ...{
    name,
    type: 'interval',
    group: 'waiting',
    state: 'waiting',
    next: NOW + 5 * MINUTE,
    why: 'not due',
    lastCheck: null,
  },
  ...{ tasks: [`T${name}`], running: [], last: null, suspendedUntil: null },
  ...more,
});

export const task = (name: string, more: Partial<TaskReport> = {}): TaskReport => ({
  ...{ name, type: 'command', state: 'idle', last: null },
  ...more,
});

const GROUPS = [
  'running',
  'queued',
  'held',
  'checking',
  'waiting',
  'suspended',
  'exhausted',
  'finished',
  'no-tasks',
] as const;

export const report = (
  conditions: readonly ConditionReport[],
  tasks: readonly TaskReport[] = [],
  more: Partial<StatusReport> = {},
): StatusReport => ({
  ...{
    version: '2.0.0',
    pid: 17,
    config: '/home/ann/my.toml',
    started: NOW - 125 * MINUTE,
    now: NOW,
    state: 'running',
  },
  ...{ pausedUntil: null, tickSeconds: 5, unknown: [], conditions, tasks },
  counts: Object.fromEntries(
    GROUPS.map((group) => [group, conditions.filter((one) => one.group === group).length]),
  ) as StatusReport['counts'],
  failed: conditions.filter((one) => one.last?.failed).map(({ name }) => name),
  ...more,
});

/** An instance with a bit of everything. */
export const BUSY = report(
  [
    condition('Nightly', {
      ...{ group: 'running', state: 'running', running: ['Copy'], tasks: ['Copy', 'Prune'] },
      why: 'its tasks are running since 12:02:25',
    }),
    condition('Backup', {
      tasks: ['Dump'],
      why: 'not due until 12:08:07',
      last: last('failure', {
        ...{ with: 'Dump', reason: 'exit code 3', lastLine: 'disk 日本語 full' },
        streak: { count: 3, time: NOW - 600 * MINUTE },
      }),
    }),
    condition('Mails', { last: last('success'), why: 'checked, exit code 1 \u001b[31m: 新しいメールはありません' }),
    condition('Off', { group: 'suspended', state: 'suspended', next: null, why: 'suspended = true in the file' }),
  ],
  [
    task('Copy', { state: 'running' }),
    task('Prune'),
    task('Dump', { last: last('failure', { reason: 'exit code 3' }) }),
    task('TMails'),
  ],
);

/** A view that has been told these things. */
export class View {
  state: TopState;
  readonly effects: Effect[] = [];

  constructor(width = 80, height = 20, terminal: Partial<TopState['terminal']> = {}) {
    this.state = initialTop({ ...PLAIN, unicode: true, width, height, ...terminal }, NOW);
  }
  take(...inputs: readonly Input[]): this {
    for (const input of inputs) {
      const { state, effects } = update(this.state, input);
      this.state = state;
      this.effects.push(...effects);
    }
    return this;
  }
  /** Keys by name, or as they are typed. */
  press(...keys: readonly string[]): this {
    return this.take(
      ...keys.map(
        (key) => ({ type: 'key', key: key.length === 1 ? readKey(key, { sequence: key }) : keyOf(key) }) as const,
      ),
    );
  }
  type(text: string): this {
    return this.press(...text);
  }
  /** What has to be done since the last call. */
  done(): readonly Effect[] {
    return this.effects.splice(0);
  }
}
const keyOf = (name: string): Key => ({ name, text: '' });

export const shown = (status: StatusReport = BUSY, ...size: ConstructorParameters<typeof View>): View =>
  new View(...size).take({ type: 'status', report: status, whole: true });

/** The task has begun. */
export const began = (name: string, time: number): Input => ({
  type: 'event',
  event: {
    ...{ seq: 1, time, mono: 0, topics: [`task/${name}`], item: `task/${name}`, run: 'run-1', cause: 'tick-1' },
    message: { action: 'transition', start: 'idle', finish: 'running', why: '' },
  },
});
