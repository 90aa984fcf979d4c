import type { Config } from '../core/spec.ts';
import type { SharedEvent } from '../journal/fact.ts';
import type { Log } from '../log/record.ts';

/** Warns once of each item whose events are for all machines of a fleet, where this machine is in none. */
export const unsharedEvents = (log: Pick<Log, 'for'>, { fleet }: Pick<Config['settings'], 'fleet'>) => {
  const warned = new Set<string | null>();
  const why = fleet ? 'this program takes no part in the fleet of its file' : 'the file has no [fleet]';
  return ({ item, topics: [topic] }: SharedEvent): void => {
    if (warned.has(item)) return;
    warned.add(item);
    const what = item === null ? `an event of topic ${topic} is` : `${item} publishes an event of topic ${topic}`;
    log.for('MAIN', 'fleet').warn('PROC/MSG', `${what} for all machines, but ${why}: it stays on this one`);
  };
};
