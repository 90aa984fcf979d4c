import { createLog } from '../../src/log/log.ts';
import type { Level, Log, LogRecord } from '../../src/log/record.ts';

/** A record with the instant of the monotonic clock at which it was written, in ms since the start. */
export interface Written extends LogRecord {
  readonly at: number;
}

/** A run of a task as its two HIST records tell. */
export interface HistoryRun {
  readonly task: string;
  readonly id: number;
  readonly condition: string;
  readonly began: number;
  readonly ended: number | undefined;
  readonly outcome: 'OK' | 'FAIL' | 'IND' | 'ERR' | undefined;
}

/** `LEVEL EMITTER ACTION ITEM/ID [WHEN/STATUS] message`. */
export const shown = ({ level, context, mark, message }: LogRecord): string => {
  const { emitter, action, item, itemId } = context;
  return `${level.toUpperCase().padEnd(5)} ${emitter} ${action}${item === null ? '' : ` ${item}/${itemId}`} [${mark}] ${message}`;
};

/** The grammar of a HIST message. */
const IDENT = /^(OK|FAIL|IND|ERR)\/trigger:([a-zA-Z_][a-zA-Z0-9_]*) (.*)$/s;

/** Collects what is logged, and reads the history as the wrapper does. */
export class Records {
  readonly all: Written[] = [];
  readonly log: Log;

  /** @param mono ms of the monotonic clock; the first call is the start. @param seal numbers each record. */
  constructor(level: Level, wall: () => number, mono: () => number, seal: (record: LogRecord) => void = () => {}) {
    const start = mono();
    const log = createLog(level, wall, (record) => {
      this.all.push({ ...record, at: mono() - start });
    });
    log.numberWith({ record: seal });
    this.log = log;
  }

  /** Records of a mark, such as `HIST/END`. */
  with(mark: string): Written[] {
    return this.all.filter((record) => record.mark === mark);
  }

  /** The task runs in the order they began. @throws Error for a history a wrapper could not read. */
  get history(): HistoryRun[] {
    const runs: (HistoryRun & { ended: number | undefined; outcome: HistoryRun['outcome'] })[] = [];
    const open = new Map<string, (typeof runs)[number]>();
    for (const { at, context, mark, message } of this.all) {
      if (mark !== 'HIST/START' && mark !== 'HIST/END') continue;
      const { emitter, action, item, itemId } = context;
      const [, outcome, condition] = IDENT.exec(message) ?? [];
      if (emitter !== 'TASK' || action !== 'active' || item === null || itemId === null || !outcome || !condition)
        throw new Error(`malformed history: ${emitter} ${action} ${item}/${itemId} [${mark}] ${message}`);
      const key = `${item}/${itemId}`;
      const running = open.get(key);
      if (mark === 'HIST/START') {
        if (running) throw new Error(`${key} started twice at the same time`);
        const run = { task: item, id: itemId, condition, began: at, ended: undefined, outcome: undefined };
        runs.push(run);
        open.set(key, run);
      } else {
        if (!running) throw new Error(`${key} ended without a start`);
        if (running.condition !== condition) throw new Error(`${key} ended for ${condition}, not ${running.condition}`);
        running.ended = at;
        running.outcome = outcome as 'OK' | 'FAIL' | 'IND' | 'ERR';
        open.delete(key);
      }
    }
    return runs;
  }
}
