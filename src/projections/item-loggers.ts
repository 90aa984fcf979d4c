import type { ConditionRef, EventRef, TaskRef } from '../core/engine-events.ts';
import type { Log, Logger } from '../log/record.ts';

/** The loggers of one condition. */
interface ConditionLoggers {
  /** `CONDITION active NAME/ID` */
  readonly active: Logger;
  /** `CONDITION_REGISTRY tick NAME/ID` */
  readonly taken: Logger;
}

/** The loggers of items, each made once. */
export interface ItemLoggers {
  of(condition: ConditionRef): ConditionLoggers;
  ofItem(emitter: 'TASK' | 'EVENT', item: TaskRef | EventRef): Logger;
}

export const itemLoggers = (log: Log): ItemLoggers => {
  const conditions = new WeakMap<ConditionRef, ConditionLoggers>();
  const items = new WeakMap<TaskRef | EventRef, Logger>();
  return {
    of: (condition) => {
      let loggers = conditions.get(condition);
      if (loggers === undefined) {
        const { name, id } = condition;
        loggers = {
          active: log.for('CONDITION', 'active', name, id),
          taken: log.for('CONDITION_REGISTRY', 'tick', name, id),
        };
        conditions.set(condition, loggers);
      }
      return loggers;
    },
    ofItem: (emitter, item) => {
      let logger = items.get(item);
      if (logger === undefined) {
        logger = log.for(emitter, 'active', item.name, item.id);
        items.set(item, logger);
      }
      return logger;
    },
  };
};
