import type { SpanId } from '../journal/fact.ts';
import { ANNOTATION, annotationId, type NameTarget } from './annotation.ts';
import type { Logs } from './columns.ts';
import { type EventContext, TimespanContext, type ValueOrFunction } from './context.ts';
import type { MultiEventLog } from './multi-event-log.ts';
import { type LoggingOptions, logFor } from './options.ts';
import { NoOpLog } from './sink.ts';

/** The context of the process, which the functions here use when they are given no other. */
export const timespans: TimespanContext = new TimespanContext();

/**
 * Begins to keep events: puts a new log in the place of the sink and answers it, so that more consumers can be added. What nobody has
 * read of the log before is read by {@link fetchLogs} all the same.
 * @throws TypeError for an option that is not known; Error when figures of the machine are wanted and the context has none
 */
export const enableLogging = (options: LoggingOptions = {}, context: TimespanContext = timespans): MultiEventLog => {
  const log = logFor(options, context);
  context.sink = log;
  return log;
};

/** Ends it: from now on telling costs nothing. What nobody has read stays readable until {@link fetchLogs}. */
export const disableLogging = (context: TimespanContext = timespans): void => {
  context.sink = new NoOpLog();
};

/**
 * Everything that has come since the last time, as columns that are equally long: row by row one event. It is handed out once, and
 * what is handed out never changes. The start of a span that was still open comes again with its finish, at the front. With nothing
 * to read the columns are empty. A sink that has no columns (`LocalEventLog`) is read by its own `fetch`.
 */
export const fetchLogs = (context: TimespanContext = timespans): Logs => context.fetchLogs();

/**
 * A span begins; `category` and `id` are those of its finish. Both `id` and `timeline` may be functions, called only when somebody
 * listens.
 */
export const timespanStart = (
  category: string,
  id: ValueOrFunction<SpanId>,
  timeline?: ValueOrFunction<unknown>,
  belongs?: EventContext,
  context: TimespanContext = timespans,
): void => context.start(category, id, timeline, belongs);

/** A span ends; see {@link timespanStart}. */
export const timespanFinish = (
  category: string,
  id: ValueOrFunction<SpanId>,
  timeline?: ValueOrFunction<unknown>,
  belongs?: EventContext,
  context: TimespanContext = timespans,
): void => context.finish(category, id, timeline, belongs);

/** Something happens that has no duration. */
export const timespanInstant = (
  category: string,
  timeline?: ValueOrFunction<unknown>,
  belongs?: EventContext,
  context: TimespanContext = timespans,
): void => context.instant(category, timeline, belongs);

/**
 * Gives a name to an item (`task/Backup`) or to the id of a span (`task-9`): renderings show it in the place of the automatic one. It
 * is an event like others: told when nobody listens, it is lost.
 * @throws TypeError when `target` cannot be named, or the name is empty
 */
export const logsAnnotate = (target: NameTarget, name: string, context: TimespanContext = timespans): void => {
  const id = annotationId(target, name);
  context.start(ANNOTATION, id);
  context.finish(ANNOTATION, id);
};
