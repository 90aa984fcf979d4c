import type { EventHandlers } from '../core/engine-events.ts';
import type { TraceContext } from '../log/record.ts';

/** Publishes values under topics; the journal is one. */
export interface Publisher {
  /** @throws EventError for what JSON cannot hold, and for topics that are not names. */
  logEvent(
    topics: string | readonly string[],
    message: unknown,
    by: { readonly item?: string; readonly origin: TraceContext; readonly fleet?: boolean },
  ): void;
}

/** Problems of a refused file that its event lists. */
const MOST_PROBLEMS = 20;

/** The topic `scheduler`, what is overdue under `errors`, and what items publish. */
export const topicEvents = (publisher: Publisher): EventHandlers => {
  const scheduler = (action: string, origin: TraceContext, more: object): void =>
    publisher.logEvent('scheduler', { action, ...more }, { origin });
  return {
    'scheduler.started': ({ config: { file, settings }, paused }, trace) =>
      scheduler('start', trace, { file, tickSeconds: settings.tickSeconds, paused }),
    'scheduler.ended': ({ how }, trace) => scheduler('end', trace, { how }),
    'pause.changed': ({ until = null }, trace) => scheduler('pause', trace, { until }),
    'scheduler.resumed': ({ until }, trace) => {
      if (until !== undefined) scheduler('resume', trace, { until });
    },
    'clock.changed': ({ from, to }, trace) => scheduler('clock', trace, { from, to }),
    'zone.changed': ({ from, to }, trace) => scheduler('zone', trace, { from, to }),
    'shutdown.interrupted': ({ signal }, trace) => scheduler('signal', trace, { signal }),
    'command.answered': (answered, trace) => scheduler('command', trace, answered),
    'command.published': ({ topics, value, fleet = false }, trace) =>
      publisher.logEvent(topics, value, { origin: trace, fleet }),
    'reload.requested': ({ file, signal }, trace) =>
      signal === undefined ? scheduler('change', trace, { file }) : scheduler('signal', trace, { signal }),
    'reload.refused': ({ file, by, lines }, trace) =>
      scheduler('reload', trace, { file, by, result: 'refused', problems: lines.slice(0, MOST_PROBLEMS) }),
    'reload.finished': ({ file, by }, trace) => scheduler('reload', trace, { file, by, result: 'loaded' }),
    'condition.overdue': ({ condition: { name }, why }, trace) =>
      publisher.logEvent(
        'errors',
        { action: 'overdue', condition: name, why },
        { item: `condition/${name}`, origin: trace },
      ),
    'item.published': ({ item, topics, value, fleet = false }, trace) =>
      publisher.logEvent(topics, value, { item, origin: trace, fleet }),
  };
};
