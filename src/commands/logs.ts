import type { RequestOf } from '../control/request.ts';
import type { LogFact } from '../journal/fact.ts';
import { FORMATS, jsonWithIds } from '../log/format.ts';
import { printedColours, printedJson } from '../log/one-line.ts';
import type { Level } from '../log/record.ts';
import { follow } from './follow.ts';
import { type CliOptions, countField, FOUND, NOTHING, printUnknown, send, sourceFile } from './query.ts';
import { wantsColour } from './stdio.ts';
import { sinceOption, writeAll, writeStderr } from './values.ts';

/** A record as --log-json with --log-ids writes it. */
const recordJson = ({ cause, run, ...record }: LogFact): string =>
  printedJson(jsonWithIds({ ...record, origin: cause === null ? undefined : { cause, run } }));

/** A record for a person. Those of a file can hold any names. */
const recordLine = (record: LogFact): string => printedColours(FORMATS[wantsColour() ? 'colour' : 'plain'](record));

/** `whenever logs`. Status 1 when there are no such records. `now`: wall-clock ms. */
export const logs = async (given: CliOptions, now: number): Promise<number> => {
  const { level, item, since } = given;
  const request: RequestOf<'logs'> = {
    request: 'logs',
    ...countField(given),
    ...(typeof level === 'string' ? { level: level as Level } : {}),
    ...(typeof item === 'string' ? { item } : {}),
    ...(since === undefined ? {} : { since: sinceOption(since, now) }),
  };
  const show: (record: LogFact) => string = given.json === true ? recordJson : recordLine;
  if (given.follow === true && sourceFile(given) === undefined) {
    if (typeof item === 'string' && given.json !== true) await printUnknown([item], 'item', given);
    return follow<LogFact>({ ...request, follow: true }, given, show);
  }
  const records = (await send(request, given)) as readonly LogFact[];
  writeAll(1, records.map(show).join(''));
  if (records.length > 0) return FOUND;
  const unknown = typeof item === 'string' && given.json !== true && (await printUnknown([item], 'item', given));
  if (!unknown && given.json !== true) writeStderr('There are no such records.\n');
  return NOTHING;
};
