import type { Context, LogRecord } from '../log/record.ts';
import type { LogFact } from './fact.ts';

const SECTION = /^(?:[A-Z]+_)?(CONDITION|TASK|EVENT)$|^(CONDITION|TASK|EVENT)_/;
const items = new WeakMap<Context, string | null>();

/** `condition/Backup` for the context of a record, null for one of the scheduler. */
export const itemOf = (context: Context): string | null => {
  let item = items.get(context);
  if (item === undefined) {
    const [, own, registry] = SECTION.exec(context.emitter) ?? [];
    const section = (own ?? registry)?.toLowerCase();
    item = context.item === null || section === undefined ? null : `${section}/${context.item}`;
    items.set(context, item);
  }
  return item;
};

/** A record as a fact. `mono`: its place on the monotonic clock, ms. */
export const factOf = (record: LogRecord, mono: number): LogFact => {
  const { seq = 0, time, level, context, mark, message, origin } = record;
  const [run, cause] = [origin?.run ?? null, origin?.cause ?? null];
  return { kind: 'log', seq, time, mono, item: itemOf(context), run, cause, level, context, mark, message };
};
