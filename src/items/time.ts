import type { TimeFields } from './common/specification.ts';
import { isWindow, specificationProblems } from './common/specification-problems.ts';
import { withJitter } from './common/tick-timing.ts';
import { type Calendar, TimeCondition } from './common/time-condition.ts';
import { timeFields } from './common/time-fields.ts';
import { inZone, isZone, zoneOf } from './common/zone.ts';
import { conditionKind, type ReportProblem } from './kind.ts';

/** Before any instant, in ms since 1970. */
const BEGINNING = Date.parse('0001-01-01T00:00:00Z');

/** Whether the keys of a specification go together; reports it if they do not. */
const isRight = (fields: TimeFields, index: number, report: ReportProblem): boolean => {
  const problems = specificationProblems(fields, false);
  for (const { key, text, id } of problems) {
    const where = key === undefined ? '' : ` (entry ${index + 1}, ${key})`;
    const path = ['time_specifications', index, ...(key ? [key] : [])];
    report(path, `time_specifications${where}: ${text}`, id ? { id } : {});
  }
  return problems.length === 0;
};

/** True when an instant of one of its specifications has come since the last check. */
export const time = conditionKind<typeof timeFields, Calendar>({
  type: 'time',
  emitter: 'TIME_CONDITION',
  doc: 'True when one of its instants has come since the last check. All specifications are tried.',
  fields: timeFields,
  delayable: false,
  guard: true,
  guardKeys: ['between'],
  outside: 'instants',
  shareable: { catch_up: ['skip', 'once'] },
  compile: async ({ time_specifications = [], between, timezone }, report, _, window): Promise<Calendar> => {
    // A wrong zone is reported with the other keys that every condition has.
    const zone = isZone(timezone) ? timezone : undefined;
    const right = time_specifications.filter((fields, i) => isRight(fields, i, report));
    if (between && between[0] === between[1])
      report(['between'], 'between: expected two different times, found the same one twice');
    const { compileInstants, TimeCalendar } = await import('./common/calendar.ts');
    const specifications = await compileInstants(right, zone, window?.holidays);
    const usable = right.length === time_specifications.length && right.every((fields) => isWindow(fields));
    const holding = usable ? right : [];
    return new TimeCalendar(specifications, zoneOf(zone), window, holding, between, zone, window?.holidays);
  },
  create: (context) => new TimeCondition(context),
  forecast: ({ jitter_seconds, timezone }, calendar, from) =>
    withJitter(inZone(calendar.firings(from), timezone), jitter_seconds),
  holdsFrom: (_, { window }, from) => (window.at(from) === undefined ? window.next(from) : from),
  never: ({ between }, calendar, from) => {
    const { specifications } = calendar;
    if (specifications.length === 0 && between === undefined) return ['it has no specifications'];
    const over = specifications
      .filter((one) => one.next(from) === undefined)
      .map((one) => `${one.text}: ${one.next(BEGINNING) === undefined ? 'there is no such date' : 'is over'}`);
    if (over.length === specifications.length) return over;
    for (const _ of calendar.firings(from)) return over;
    return [...over, 'never within its window'];
  },
});
