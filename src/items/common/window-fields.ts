import * as v from 'valibot';
import {
  choiceField,
  customField,
  eitherSchema,
  isDate,
  isTable,
  stringField,
  type Table,
} from '../../config/field.ts';
import type { WindowTraits } from '../../core/spec.ts';
import type { ConditionKind, HostFs, ReportProblem } from '../kind.ts';
import type { CompiledWindow } from './condition-window.ts';
import type { TimeFields } from './specification.ts';
import { dateSchema, momentSchema, specificationSchema } from './specification-keys.ts';

const HOLIDAYS = 'the path of an iCalendar file, or an array of dates and such paths';
const path = v.pipe(
  v.string(HOLIDAYS),
  v.regex(
    /^(?!~(?:[/\\]|$)|[A-Za-z][\w+.-]*:\/\/)[^\0]+$/,
    'the path of a file: "~" is not replaced, and a URL is not fetched',
  ),
);
const holidays = v.pipe(
  eitherSchema(Array.isArray, v.array(eitherSchema(isDate, dateSchema, path)), path),
  v.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value)),
);

/** A date, in the place of the path of a file. */
export const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

const momentField = (doc: string) =>
  customField<string | undefined, { extension: true; doc: string }>(
    'a date, or a date and time',
    momentSchema as v.GenericSchema<unknown, string>,
    { extension: true, doc },
  );

/** Keys of every condition that say when it counts at all. */
export const windowFields = {
  timezone: stringField({
    extension: true,
    examples: ['Europe/Rome', '+02:00'],
    doc: 'The time zone of its dates and times, such as "Europe/Rome", or an offset such as "+02:00". Default: local time.',
  }),
  from: momentField('Before this date, or date and time, it does not count.'),
  until: momentField('After this date, or date and time, it does not count; the day itself does.'),
  except: customField<readonly (string | TimeFields)[] | undefined, { extension: true; doc: string }>(
    'an array of dates and tables',
    v.array(
      eitherSchema(isTable, specificationSchema, dateSchema),
      'an array of dates and tables such as [2026-12-25, { month = 8 }]',
    ) as unknown as v.GenericSchema<unknown, readonly (string | TimeFields)[]>,
    {
      extension: true,
      doc: 'On these days it does not count: dates, and time specifications, each of which means all the time that it names.',
    },
  ),
  holidays: {
    ...customField<readonly string[] | undefined, { extension: true; doc: string; examples: readonly unknown[] }>(
      HOLIDAYS,
      holidays as unknown as v.GenericSchema<unknown, readonly string[]>,
      {
        extension: true,
        examples: ['holidays.ics'],
        doc: 'On these days it does not count, and they are no working days: dates, or iCalendar files, relative to the directory of this file, whose events of whole days count.',
      },
    ),
    inFile: (value: unknown, at: (file: string) => string): unknown =>
      (value as readonly string[]).map((one) => (isDay(one) ? one : at(one))),
  },
  only: customField<readonly TimeFields[] | undefined, { extension: true; doc: string; examples: readonly unknown[] }>(
    'an array of tables',
    v.array(
      specificationSchema,
      'an array of tables such as [{ weekday = "mon-fri", hour = "9-16" }]',
    ) as v.GenericSchema<unknown, readonly TimeFields[]>,
    {
      extension: true,
      examples: [[{ weekday: 'mon-fri', hour: '9-16' }]],
      doc: 'Its window: time specifications, each of which means all the time that it names. At other times it does not count: an interval keeps its phase, and nothing else is checked.',
    },
  ),
  outside: choiceField(['drop', 'hold'], {
    fallback: 'drop',
    extension: true,
    doc: 'Of a condition that events fire: what becomes of an event outside its window. hold: it is held until the window opens.',
  }),
} as const;

/** The keys of a window but for those that say how it is read. */
export const WINDOW_KEYS = ['from', 'until', 'except', 'holidays', 'only'] as const;

/** Compiles the window of a condition, if it has one: most have none, and do not wait for the import. */
export const readWindow = (
  given: Table,
  kind: Pick<ConditionKind, 'outside' | 'fired'>,
  report: ReportProblem,
  machine: HostFs,
): Promise<CompiledWindow> | undefined => {
  const keys = given as unknown as WindowTraits;
  if (keys.outside === 'hold' && kind.fired !== true)
    report(['outside'], 'outside: expected a condition of a type that events fire, as it is about events', {
      id: 'conflicting-keys',
    });
  if (keys.timezone === undefined && WINDOW_KEYS.every((key) => keys[key] === undefined)) return undefined;
  return import('./compile-window.ts').then(({ compileWindow }) => compileWindow(keys, kind, report, machine));
};
