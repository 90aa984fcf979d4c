import type { WindowTraits } from '../../core/spec.ts';
import type { ConditionKind, HostFs, ReportProblem } from '../kind.ts';
import { type CompiledWindow, conditionWindow, type WindowKeys, windowBounds } from './condition-window.ts';
import type { TimeFields } from './specification.ts';
import { specificationProblems } from './specification-problems.ts';
import { isDay, WINDOW_KEYS } from './window-fields.ts';
import { isZone, nearestZone } from './zone.ts';

/** Whether a zone is known; reports it if it is not. */
const hasZone = (timezone: string | undefined, report: ReportProblem): boolean => {
  if (isZone(timezone)) return true;
  report(
    ['timezone'],
    `timezone: expected a time zone such as "Europe/Rome" or "+02:00", found "${timezone}"${nearestZone(timezone ?? '')}`,
    { id: 'time-zone' },
  );
  return false;
};

/** The dates of holidays, those in files included. Reports files that cannot be read. */
const holidayDates = async (
  given: readonly string[],
  report: ReportProblem,
  { files, now }: HostFs,
): Promise<readonly string[]> => {
  const dates: string[] = [];
  for (const one of given) {
    if (isDay(one)) {
      dates.push(one);
      continue;
    }
    try {
      if (!files) throw new Error('files cannot be read here');
      const { holidaysOf } = await import('./holiday-files.ts');
      dates.push(...holidaysOf(await files.read(one), now?.() ?? Date.now()));
    } catch (error) {
      const { message } = error as Error;
      const text = message.includes(one) ? message : `${one}: ${message}`;
      report(['holidays'], `holidays: expected an iCalendar file: ${text}`);
    }
  }
  return [...new Set(dates)].sort();
};

const checkWindows = (
  key: 'only' | 'except',
  list: readonly (string | TimeFields)[],
  report: ReportProblem,
): boolean => {
  let right = true;
  for (const [i, fields] of list.entries()) {
    if (typeof fields === 'string') continue;
    for (const { key: inside, text, id } of specificationProblems(fields, true)) {
      right = false;
      const where = [`entry ${i + 1}`, ...(inside ? [inside] : [])].join(', ');
      report([key, i, ...(inside ? [inside] : [])], `${key} (${where}): ${text}`, id ? { id } : {});
    }
  }
  return right;
};

/**
 * What the keys of a window mean; without one: there are none, or they are wrong, which is reported. The dates of holiday files take the place of
 * their paths, so that a reload compares them.
 */
export const compileWindow = async (
  given: WindowTraits,
  { outside, fired }: Pick<ConditionKind, 'outside' | 'fired'>,
  report: ReportProblem,
  machine: HostFs,
): Promise<CompiledWindow> => {
  const keys = given.holidays ? { ...given, holidays: await holidayDates(given.holidays, report, machine) } : given;
  let right = hasZone(keys.timezone, report);
  right = checkWindows('only', (keys.only ?? []) as readonly TimeFields[], report) && right;
  right = checkWindows('except', (keys.except ?? []) as readonly (string | TimeFields)[], report) && right;
  if (keys.only?.length === 0) report(['only'], 'only: expected at least one table, found none: it would never count');
  if (!right || WINDOW_KEYS.every((key) => keys[key] === undefined)) return {};
  // Not their texts: a date alone lasts to its end, and there are offsets.
  const { begin, last } = windowBounds(keys as WindowKeys);
  if (last < begin) report(['until'], `until: expected a date after from (${keys.from}), found ${keys.until}`);
  const window = conditionWindow(keys as WindowKeys, outside ?? (fired ? keys.outside : 'rest'));
  return { window, traits: keys };
};
