import type { RequestOf } from '../control/request.ts';
import type { LogFact } from '../journal/fact.ts';
import { colour, jsonWithIds, plain } from '../log/format.ts';
import { printedColours, printedJson } from '../log/one-line.ts';
import { LEVELS, type Level } from '../log/record.ts';
import { countOption, instantOrAgo } from './option-values.ts';
import {
  FOUND,
  FROM_OPTION,
  follow,
  followOption,
  JSON_OPTION,
  NOTHING,
  printUnknown,
  QUERY_STATUS,
  type QueryOptions,
  send,
} from './query-common.ts';
import { printMessage, wantsColour, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

type LogsOptions = QueryOptions & {
  readonly count: number;
  readonly follow?: true;
  readonly level?: Level;
  readonly item?: string;
  readonly since?: ReturnType<typeof instantOrAgo>;
};

/** A record as --log-json with --log-ids writes it. */
const recordJson = ({ cause, run, ...record }: LogFact): string =>
  printedJson(jsonWithIds({ ...record, origin: cause === null ? undefined : { cause, run } }));

/** A record as a line of the plain log. Names in a file can hold control characters: they are escaped. */
const recordLine = (record: LogFact): string => printedColours((wantsColour() ? colour : plain)(record));

export const logsCommand: Subcommand<LogsOptions> = {
  name: 'logs',
  help: 'show the last log records',
  takes: [],
  options: [
    followOption('records'),
    {
      flags: '-L, --level <LEVEL>',
      help: 'this level and more severe ones; with --follow also less than is logged',
      choices: LEVELS,
    },
    { flags: '-i, --item <ITEM>', help: 'only records about this item', names: ['condition', 'task', 'event'] },
    {
      flags: '-s, --since <T>',
      help: 'not older than an instant, or than 30s, 10m, 2h, 1d, 1w',
      parse: instantOrAgo,
    },
    countOption('how many records, the last ones'),
    JSON_OPTION,
    FROM_OPTION,
  ],
  exitStatus: QUERY_STATUS,
  examples: ['whenever logs --follow --level trace --item Backup'],
  run: async ({ options, now }) => {
    const { level, item, since, count, json, from } = options;
    const request: RequestOf<'logs'> = {
      ...{ request: 'logs', count },
      ...(level === undefined ? {} : { level }),
      ...(item === undefined ? {} : { item }),
      ...(since === undefined ? {} : { since: since(now) }),
    };
    const format: (record: LogFact) => string = json ? recordJson : recordLine;
    const unknown = async () => item !== undefined && !json && (await printUnknown([item], 'item', options));
    if (options.follow && from === undefined) {
      await unknown();
      return follow<LogFact>({ ...request, follow: true }, options, format);
    }
    const records = (await send(request, options)) as readonly LogFact[];
    writeAll(1, records.map(format).join(''));
    if (records.length > 0) return FOUND;
    if (!(await unknown()) && !json) printMessage('no matching records');
    return NOTHING;
  },
};
