import type { SpanFact, SpanId } from '../journal/fact.ts';
import type { SpanName } from '../journal/span-names.ts';
import type { Consumer } from './multi-event-log.ts';
import { OpenSpans } from './open-spans.ts';

/** A value of the mapping that is the timeline of an event. */
const timelineValue = ({ timeline }: SpanFact, key: string): unknown =>
  typeof timeline === 'object' && timeline !== null && Object.hasOwn(timeline, key)
    ? (timeline as Readonly<Record<string, unknown>>)[key]
    : undefined;
const textOf = (event: SpanFact, key: string): string | undefined => {
  const value = timelineValue(event, key);
  return typeof value === 'string' ? value : undefined;
};
const bytesOf = (event: SpanFact, key: string): number => {
  const value = timelineValue(event, key);
  return typeof value === 'number' && value > 0 ? value : 0;
};

/** The category as one of the daemon's, so that no name is misspelt here; programs emit others as well. */
const nameOf = ({ category }: SpanFact): SpanName => category as SpanName;
const ofTask = (event: SpanFact): boolean => event.item?.startsWith('task/') === true;
const shown = (id: SpanId): string => (typeof id === 'object' ? JSON.stringify(id) : String(id));

/**
 * Column `bytes`: the bytes of output that are held at this moment, of all commands together. What a command said (both streams, as
 * far as it was kept) counts from its finish to the finish of the task or check that ran it, which judges it; then it is let go.
 */
export const BytesAllocd = (): Consumer<number> => {
  /** By item, which runs one command at a time. */
  const held = new Map<string, number>();
  let total = 0;
  return (event) => {
    const { edge, item } = event;
    const category = nameOf(event);
    if (item === null || edge === 'instant') return total;
    if (category === 'task' || category === 'check') {
      total -= held.get(item) ?? 0;
      if (edge === 'start') held.set(item, 0);
      else held.delete(item);
    } else if (category === 'command' && edge === 'finish') {
      const before = held.get(item);
      if (before === undefined) return total;
      const bytes = bytesOf(event, 'stdout_bytes') + bytesOf(event, 'stderr_bytes');
      held.set(item, before + bytes);
      total += bytes;
    }
    return total;
  };
};

/** Column `tasknames`: at the start of a task its name with the id of this run of it, `Backup [task-9]`; else null. */
export const TaskNames = (): Consumer<string | null> => (event) => {
  if (nameOf(event) !== 'task' || event.edge !== 'start') return null;
  const name = textOf(event, 'task') ?? event.item?.replace(/^task\//, '') ?? 'task';
  return `${name} [${shown(event.id)}]`;
};

/**
 * Column `taskfuncnames`: what a task executes: at the start of its command the name of the program without its folder (`rsync`), at
 * the start of its script `lua`; else null. Tasks that steer the scheduler execute nothing.
 */
export const TaskFunctionNames = (): Consumer<string | null> => (event) => {
  if (event.edge !== 'start' || !ofTask(event)) return null;
  const category = nameOf(event);
  if (category === 'lua') return 'lua';
  const command = category === 'command' ? textOf(event, 'command') : undefined;
  return command === undefined ? null : command.replace(/^.*[/\\](?=.)/s, '');
};

/**
 * Column `taskdeps`: at the finish of a task `[its id, [ids of the tasks it had to wait for]]`; else null. In a sequence that is the
 * task before it in the same run, in a run whose tasks go together it is none.
 */
export const TaskDependencies = (): Consumer<readonly [SpanId, readonly SpanId[]] | null> => {
  /** The last task of each run in sequence. */
  const sequences = new Map<string, SpanId>();
  const waitedFor = new OpenSpans<readonly SpanId[]>();
  const seeRun = (event: SpanFact): void => {
    const { edge, id } = event;
    if (typeof id !== 'string') return;
    if (edge === 'finish') sequences.delete(id);
    else if (edge === 'start' && timelineValue(event, 'sequence') === true) sequences.set(id, null);
  };
  const startTask = ({ category, id, run }: SpanFact): void => {
    const last = run === null ? undefined : sequences.get(run);
    waitedFor.put(category, id, last === undefined || last === null ? [] : [last]);
    if (run !== null && last !== undefined) sequences.set(run, id);
  };
  return (event) => {
    const { edge, category, id } = event;
    if (nameOf(event) === 'run') seeRun(event);
    if (nameOf(event) !== 'task') return null;
    if (edge === 'start') startTask(event);
    return edge === 'finish' && id !== null ? [id, waitedFor.take(category, id) ?? []] : null;
  };
};

/**
 * Column `taskargs`: at the start of a task's command `[id of the task, [[position, argument], …]]`, position 0 is the program; else
 * null, as when the start of the task was not seen.
 */
export const TaskArguments = (): Consumer<readonly [SpanId, readonly (readonly [number, string])[]] | null> => {
  const tasks = new Map<string, SpanId>();
  return (event) => {
    const { edge, id, item } = event;
    const category = nameOf(event);
    if (item === null || edge === 'instant') return null;
    if (category === 'task') {
      if (edge === 'start') tasks.set(item, id);
      else tasks.delete(item);
      return null;
    }
    const task = tasks.get(item);
    if (category !== 'command' || edge !== 'start' || task === undefined) return null;
    const args = timelineValue(event, 'args');
    const words = [timelineValue(event, 'command'), ...(Array.isArray(args) ? args : [])];
    return [task, words.map((word, position) => [position, String(word)] as const)];
  };
};

/** Column `taskresult`: at the finish of a task `[its id, its outcome]`: success, failure, none or error; else null. */
export const TaskResult = (): Consumer<readonly [SpanId, string] | null> => (event) => {
  if (nameOf(event) !== 'task' || event.edge !== 'finish') return null;
  const outcome = textOf(event, 'outcome');
  return outcome === undefined ? null : [event.id, outcome];
};
