import type { EventHandlers } from '../core/engine-events.ts';
import type { Log } from '../log/record.ts';
import { conditionRecords } from './condition-records.ts';
import { itemLoggers } from './item-loggers.ts';
import { itemRecords } from './item-records.ts';
import type { LastLines } from './run-outputs.ts';
import { runRecords } from './run-records.ts';
import { schedulerRecords } from './scheduler-records.ts';

/**
 * The log records of the engine: marks, levels and texts of every event, each in one of the groups. What items do is logged by their
 * kinds.
 */
export const logRecords = (log: Log, outputs: LastLines): EventHandlers => {
  const loggers = itemLoggers(log);
  return {
    ...schedulerRecords(log),
    ...conditionRecords(log, loggers),
    ...runRecords(log, loggers, outputs),
    ...itemRecords(log, loggers),
  };
};
