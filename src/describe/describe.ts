import type { Config } from '../core/spec.ts';
import { counted } from '../plural.ts';
import { conditionSentences } from './conditions.ts';
import { eventWords } from './events.ts';
import { taskSentences } from './tasks.ts';
import { asSentence, every, joined } from './words.ts';

/** An item of the file and what it means. */
interface Described {
  readonly name: string;
  readonly type: string;
  readonly text: readonly string[];
}

/** What a file means, in sentences. */
export interface Description {
  readonly text: readonly string[];
  readonly conditions: readonly Described[];
  readonly tasks: readonly Described[];
  readonly events: readonly Described[];
  /** What nothing in the file uses, in sentences. */
  readonly unused: readonly string[];
}

const HOOKS = ['on_failure', 'on_recovery', 'on_success', 'on_miss', 'on_overdue'] as const;

/** Tasks that no condition and no hook runs. */
const unusedTasks = ({ tasks, conditions }: Config): string[] => {
  const used = new Set(
    conditions.flatMap(({ traits }) => [...traits.tasks, ...HOOKS.flatMap((hook) => traits.hooks?.[hook] ?? [])]),
  );
  return tasks.map(({ name }) => name).filter((name) => !used.has(name));
};

/** The whole of the file. */
const overview = ({ settings, tasks, conditions, events }: Config): string[] => {
  const items = [counted(conditions.length, 'condition'), counted(tasks.length, 'task')];
  const all = joined([...items, ...(events.length > 0 ? [counted(events.length, 'event')] : [])]);
  return [
    `${all}; conditions are checked ${every(settings.tickSeconds)}`,
    ...(settings.randomize ? ['checks are spread at random between two ticks'] : []),
    ...(settings.keepPause ? ['a pause goes on after a restart'] : []),
    ...(settings.history.enabled ? [] : ['no history of runs is kept']),
  ].map(asSentence);
};

/** Puts a configuration into words. */
export const describeConfig = (config: Config): Description => {
  const { conditions, tasks, events } = config;
  const unused = unusedTasks(config);
  const verb = unused.length === 1 ? 'is' : 'are';
  return {
    text: overview(config),
    conditions: conditions.map((spec) => ({
      name: spec.name,
      type: spec.type,
      text: conditionSentences(spec, config),
    })),
    tasks: tasks.map((spec) => ({ name: spec.name, type: spec.type, text: taskSentences(spec) })),
    events: events.map((spec) => ({
      name: spec.name,
      type: spec.type,
      text: [asSentence(`fires ${spec.condition} when ${eventWords(spec)}`)],
    })),
    unused: unused.length === 0 ? [] : [asSentence(`${joined(unused)} ${verb} run by no condition and no hook`)],
  };
};
