import type { LogRecord } from '../log/record.ts';
import type { TraceContext } from './fact.ts';
import { itemOf } from './item.ts';

/** Characters of an error that its event keeps. */
const LONGEST_ERROR = 8000;

/** An error as an event: a wrapper that only wants these needs no log. */
export const errorEvent = ({ context, mark, message, origin }: LogRecord) => {
  const { emitter, action } = context;
  const item = itemOf(context);
  const by: { item?: string; origin?: TraceContext } = {
    ...(item === null ? {} : { item }),
    ...(origin ? { origin } : {}),
  };
  return { message: { action: 'log', emitter, doing: action, mark, message: message.slice(0, LONGEST_ERROR) }, by };
};
