import type { SafeCaller } from '../call-safely.ts';
import type { LogFact } from '../journal/fact.ts';
import type { WriteRecord } from '../log/log.ts';
import type { LogRecord } from '../log/record.ts';
import { subtreesOf } from '../log/subtree.ts';
import { getLogger, type MetricLogger } from '../metrics/logger.ts';
import { METRIC_LEVELS } from '../metrics/record.ts';

const loggers = new WeakMap<LogRecord['context'], MetricLogger>();

/** The logger of a subtree: `whenever.task.Backup`. */
const loggerOf = (context: LogRecord['context']): MetricLogger => {
  let logger = loggers.get(context);
  if (logger === undefined) {
    logger = getLogger(subtreesOf(context)[0]);
    loggers.set(context, logger);
  }
  return logger;
};

/** Hands the records of a daemon to the loggers of the library, and to `onRecord`, if there is one. */
export const forwardRecords = (
  factOf: (record: LogRecord) => LogFact,
  onRecord: ((record: LogFact) => void) | undefined,
  contained: SafeCaller,
): WriteRecord => {
  const who = {};
  return (record) => {
    const logger = loggerOf(record.context);
    const level = METRIC_LEVELS[record.level];
    const heard = logger.isHeard(level);
    if (!heard && onRecord === undefined) return;
    const fact = factOf(record);
    if (onRecord !== undefined) contained.call(who, 'onRecord', onRecord, fact, undefined);
    if (!heard) return;
    const { time, item, run, cause } = fact;
    const belongs = { item: item ?? undefined, run: run ?? undefined, cause: cause ?? undefined };
    logger.log(level, record.message, { time, ...belongs });
  };
};
