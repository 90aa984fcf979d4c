import type { Context } from './record.ts';

const texts = new WeakMap<Context, string>();
let last: Context | undefined;
let json = '';

/** The part of a JSON record that is the same for all records of one logger (`logging.md` §5). */
export const contextJson = (context: Context): string => {
  // Records in a row are often of one logger, and each is written by everybody who wants it.
  if (context === last) return json;
  let text = texts.get(context);
  if (text === undefined) {
    const { action, emitter, item, itemId } = context;
    text = JSON.stringify({ action, emitter, item, item_id: itemId });
    texts.set(context, text);
  }
  last = context;
  json = text;
  return text;
};
