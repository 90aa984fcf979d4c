import type { Context } from './record.ts';

/** The root of all subtrees. */
export const ROOT = 'whenever';

/** The names after the root, and what logs there. */
export const SUBTREES = {
  scheduler: 'the scheduler itself: starting, ticks, commands, its end',
  configuration: 'reloads',
  task: 'tasks',
  condition: 'conditions and their checks',
  event: 'events',
  lua: 'the lines that scripts write',
} as const;
/** One of {@link SUBTREES}. */
export type Subtree = keyof typeof SUBTREES;

const ofEmitter = (emitter: string): Subtree => {
  if (emitter === 'CONFIGURATION') return 'configuration';
  if (emitter.startsWith('TASK') || emitter.endsWith('_TASK')) return 'task';
  if (emitter.startsWith('CONDITION') || emitter.endsWith('_CONDITION')) return 'condition';
  if (emitter.startsWith('EVENT') || emitter.endsWith('_EVENT')) return 'event';
  return 'scheduler';
};

/**
 * The subtrees a record belongs to, the most specific first. A script's line belongs to `lua` and to its item:
 * `whenever.lua.X`, `whenever.task.X`, `whenever.lua`, `whenever`.
 */
export const subtreesOf = ({ emitter, action, item }: Context): readonly string[] => {
  const own = `${ROOT}.${ofEmitter(emitter)}`;
  const script = action === 'exec_lua' ? `${ROOT}.lua` : undefined;
  const named = item === null ? [] : script ? [`${script}.${item}`, `${own}.${item}`] : [`${own}.${item}`];
  return [...named, script ?? own, ROOT];
};
