import type { Config, Spec } from './spec.ts';

const byName = <S extends Spec<unknown>>(
  specs: readonly S[],
  attributes: (spec: S) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(specs.map((spec) => [spec.name, { type: spec.type, ...attributes(spec) }]));

/** The configuration as one metric record: what runs can be compared by, and what timelines are drawn from. */
export const hparamsOf = ({ settings, conditions, tasks, events }: Config): Readonly<Record<string, unknown>> => ({
  settings: {
    scheduler_tick_seconds: settings.tickSeconds,
    randomize_checks_within_ticks: settings.randomize,
  },
  condition: byName(conditions, ({ traits }) => ({
    tasks: traits.tasks,
    sequence: traits.execute_sequence,
    recurring: traits.recurring,
    suspended: traits.suspended,
    max_tasks_retries: traits.max_tasks_retries,
    break_on_success: traits.break_on_success,
    break_on_failure: traits.break_on_failure,
  })),
  task: byName(tasks, ({ traits: { retries } }) => (retries > 0 ? { retries } : {})),
  event: byName(events, ({ condition }) => ({ condition })),
});
