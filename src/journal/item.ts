import type { Context } from '../log/record.ts';

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
