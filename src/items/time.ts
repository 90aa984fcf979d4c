import type { Instants } from './common/instants.ts';
import { withJitter } from './common/tick-timing.ts';
import { type Calendar, createTimeCondition } from './common/time-condition.ts';
import { timeFields } from './common/time-fields.ts';
import { nearestZone, zoneOf } from './common/zone.ts';
import { conditionKind, type Firing } from './kind.ts';

/** Before any instant, in ms since 1970. */
const BEGINNING = Date.parse('0001-01-01T00:00:00Z');

/** The same firings, with the zone of the rule where it is not the local one. */
function* inZone(firings: Iterable<Firing>, timezone: string | undefined): Generator<Firing, void> {
  const shown = timezone !== undefined && timezone !== Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const firing of firings) yield shown ? { ...firing, by: `${firing.by} in ${timezone}` } : firing;
}

/** True when an instant of one of its specifications has come since the last check. */
export const time = conditionKind<typeof timeFields, Calendar>({
  type: 'time',
  emitter: 'TIME_CONDITION',
  doc: 'True when one of its instants has come since the last check. All specifications are tried.',
  fields: timeFields,
  delayable: false,
  guard: true,
  guardKeys: ['between'],
  compile: async ({ time_specifications = [], between, timezone }, report): Promise<Calendar> => {
    const { firings, instantsOf } = await import('./common/instants.ts');
    const { instantCounter: countingOf } = await import('./common/instants.ts');
    let zone = timezone;
    try {
      zoneOf(zone);
    } catch {
      report(
        ['timezone'],
        `timezone: expected a time zone such as "Europe/Rome" or "+02:00", found "${timezone}"${nearestZone(timezone ?? '')}`,
        { id: 'time-zone' },
      );
      zone = undefined;
    }
    const specifications: Instants[] = [];
    for (const [i, spec] of time_specifications.entries()) {
      const alone = spec.cron === undefined || Object.keys(spec).length === 1;
      if (!alone)
        report(
          ['time_specifications', i],
          'time_specifications: expected cron alone, it leaves no room for other keys',
          { id: 'conflicting-keys' },
        );
      try {
        if (alone) specifications.push(instantsOf(spec, zone));
      } catch (error) {
        report(
          ['time_specifications', i, 'cron'],
          `time_specifications (entry ${i + 1}, cron): ${(error as Error).message}`,
          { id: 'cron-syntax' },
        );
      }
    }
    if (between && between[0] === between[1])
      report(['between'], 'between: expected two different times, found the same one twice');
    const { timeWindow } = await import('./common/time-window.ts');
    const usable = specifications.length === time_specifications.length;
    return {
      specifications,
      window: timeWindow(usable ? time_specifications : [], between, zone),
      firings: (from) => firings(specifications, from),
      count: countingOf(specifications, zoneOf(zone)),
    };
  },
  create: createTimeCondition,
  forecast: ({ jitter_seconds, timezone }, { firings }, from) =>
    withJitter(inZone(firings(from), timezone), jitter_seconds),
  holdsFrom: (_, { window }, from) => (window.at(from) === undefined ? window.next(from) : from),
  never: ({ between }, { specifications }, from) => {
    if (specifications.length === 0 && between === undefined) return ['it has no specifications'];
    return specifications
      .filter(({ next }) => next(from) === undefined)
      .map(({ text, next }) => `${text}: ${next(BEGINNING) === undefined ? 'there is no such date' : 'is over'}`);
  },
});
