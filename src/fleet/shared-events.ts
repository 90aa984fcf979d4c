import type { SharedEvent } from '../journal/fact.ts';
import type { AddEntry } from './fleet-log.ts';
import { readBatch, type SharedLog } from './shared-log.ts';

/** Adds an event to the log of the fleet. It has to outlive the program. */
export const shareEvent = (add: AddEntry, { time, topics, item, message }: SharedEvent): void =>
  add('event', { time, topics, item, message } satisfies SharedEvent, true);

/** Whether another machine, perhaps with another version, has added an event as this one does. */
export const isEvent = (value: unknown): value is SharedEvent => {
  const { time, topics, item } = (value ?? {}) as Partial<SharedEvent>;
  const isOfItem = item === null || typeof item === 'string';
  return Number.isFinite(time) && Array.isArray(topics) && topics.every((one) => typeof one === 'string') && isOfItem;
};

/**
 * Calls `receive` with each event that other machines add from now on, once, in the order in which each has added them.
 * Events that `receive` throws at are left out. Returns how to end it.
 */
export const followEvents = (
  log: SharedLog,
  node: string,
  receive: (machine: string, event: SharedEvent) => void,
): (() => void) => {
  /** The last number of each run of a program. What a server has lost is added again, also to one that has it. */
  const last = new Map<string, number>();
  return log.follow(true, (batch) => {
    if (batch.node === node) return;
    for (const { n, kind, value } of readBatch(batch)) {
      if (n <= (last.get(batch.session) ?? 0)) continue;
      last.set(batch.session, n);
      if (kind !== 'event' || !isEvent(value)) continue;
      try {
        receive(batch.node, value);
      } catch {
        // A topic that is not a name, or a value that is too large here: no event of this version.
      }
    }
  });
};
