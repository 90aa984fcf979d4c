import { booleanField, integerField } from '../config/field.ts';
import type { Occurrences } from '../core/event-burst.ts';
import { type CheckResult, NOT_DUE, passed } from '../core/outcome.ts';
import { conditionKind } from './kind.ts';

const fields = {
  immediate: booleanField({
    fallback: false,
    extension: true,
    doc: 'Check as soon as an event has fired it, instead of at the next tick.',
  }),
  debounce_ms: integerField({
    min: 0,
    max: 60_000,
    fallback: 50,
    extension: true,
    doc: 'With immediate: how many milliseconds after the event, so that a burst of events counts once.',
  }),
} as const;

const FIRED = passed({ code: 'event-came' });

/** The reason of a check that an event has caused, with the file that has changed. */
const fired = ({ name, count, changes = [], more = 0 }: Occurrences): CheckResult => {
  const change = changes.at(-1);
  if (change === undefined) return FIRED;
  return passed({ code: 'event-came', event: { name, count, change }, more: changes.length - 1 + more });
};
const NO_EVENT = { code: 'no-event' } as const;

const bucketKind = (type: 'bucket' | 'event') =>
  conditionKind({
    type,
    emitter: 'BUCKET_CONDITION',
    doc:
      type === 'bucket'
        ? 'True once after an event has fired it; several events in a row count once.'
        : 'Another word for bucket.',
    fields,
    delayable: true,
    fired: true,
    shareable: {},
    create: ({ name, values, log, pending }) => ({
      ...(values.immediate ? { debounceMs: values.debounce_ms } : {}),
      due: () => (pending.has(name) ? 'any-tick' : 'on-event'),
      waitsFor: () => (pending.has(name) ? undefined : NO_EVENT),
      check: ({ origin }, begin) => {
        log.trace('START/MSG', 'bucket: looking for a pending event', origin);
        const pendingEvent = pending.take(name);
        if (pendingEvent === undefined) return NOT_DUE;
        log.debug('END/OK', 'bucket: an event was pending', begin(pendingEvent));
        return fired(pendingEvent.event);
      },
    }),
  });

/** True when an event has put the condition's name into the bucket. */
export const bucket = bucketKind('bucket');
/** The same under the other word. */
export const eventCondition = bucketKind('event');
