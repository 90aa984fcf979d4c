import type { RequestOf } from '../control/request.ts';
import type { LogFact } from '../journal/fact.ts';
import { FORMATS, jsonWithIds } from '../log/format.ts';
import { printedColours, printedJson } from '../log/one-line.ts';
import type { Level } from '../log/record.ts';
import { followed } from './follow.ts';
import { FOUND, fromOf, type Given, NOTHING, put, tellUnknown, wantsCount } from './inquiry.ts';
import { colours } from './screen.ts';
import { sinceOption, writeNote, writeOut } from './shared.ts';

/** A record as --log-json with --log-ids writes it. */
const recordJson = ({ cause, run, ...record }: LogFact): string =>
  printedJson(jsonWithIds({ ...record, origin: cause === null ? undefined : { cause, run } }));

/** A record for a person. Those of a file can hold any names. */
const recordLine = (record: LogFact): string => printedColours(FORMATS[colours() ? 'colour' : 'plain'](record));

/** `whenever logs`. Status 1 when there are no such records. `now`: wall-clock ms. */
export const logs = async (given: Given, now: number): Promise<number> => {
  const { level, item, since, follow } = given;
  const request: RequestOf<'logs'> = {
    request: 'logs',
    ...wantsCount(given),
    ...(typeof level === 'string' ? { level: level as Level } : {}),
    ...(typeof item === 'string' ? { item } : {}),
    ...(since === undefined ? {} : { since: sinceOption(since, now) }),
  };
  const show: (record: LogFact) => string = given.json === true ? recordJson : recordLine;
  if (follow === true && fromOf(given) === undefined) {
    if (typeof item === 'string' && given.json !== true) await tellUnknown([item], 'item', given);
    return followed<LogFact>({ ...request, follow }, given, show);
  }
  const records = (await put(request, given)) as readonly LogFact[];
  writeOut(1, records.map(show).join(''));
  if (records.length > 0) return FOUND;
  const unknown = typeof item === 'string' && given.json !== true && (await tellUnknown([item], 'item', given));
  if (!unknown && given.json !== true) writeNote('There are no such records.\n');
  return NOTHING;
};
