import { expectOptions, expectText, TYPES } from '../check-arguments.ts';
import { oneLine } from '../log/one-line.ts';
import { lineMaker, parsePattern } from '../log/pattern.ts';
import { timeFormatter, wrongConversion } from '../log/time-format.ts';
import { timestamp } from '../log/timestamp.ts';
import { formatMapping } from './filters.ts';
import { isMapping, levelName, type MetricRecord } from './record.ts';

/** How {@link linePattern} shows a record. */
export interface LinePatternOptions {
  /** How `{time}` is written, as `strftime` does, with `%f` for microseconds; default: 2026-03-31T11:38:45.986. */
  readonly timeFormat?: string;
}

/** The stack of an error, also of one that pino has made JSON of. */
const stackOf = (value: unknown): string | undefined =>
  value instanceof Error || (isMapping(value) && typeof value.stack === 'string') ? (value.stack as string) : undefined;

const errorStack = ({ message, fields }: MetricRecord): string | undefined =>
  [message, fields?.exc_info, fields?.err, fields?.error].map(stackOf).find((stack) => stack !== undefined);

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (value instanceof Error) return value.message;
  if (isMapping(value)) return formatMapping(value);
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
};

/** What a pattern can show of each record; any other name is a field. */
const OWN: Readonly<Record<string, (record: MetricRecord) => unknown>> = {
  level: ({ level }) => levelName(level),
  logger: ({ name }) => name,
  message: ({ message }) => message,
  item: ({ item }) => item,
  run: ({ run }) => run,
  cause: ({ cause }) => cause,
  step: ({ step }) => step,
  exc_info: errorStack,
  process: () => process.pid,
  // This folder imports no module of Node.
  thread: () => process.getBuiltinModule('node:worker_threads').threadId,
  rank: ({ rank }) => rank ?? (process.env.RANK || '0'),
};

/**
 * A format for a {@link LineHandler}: `linePattern('{time} {level:8} {logger}: {message} {host}')`. `{time}`, `{level}`, `{logger}`,
 * `{message}`, `{item}`, `{run}`, `{cause}`, `{step}`, `{rank}` and `{exc_info}`, an error with its stack, are of the record; `{process}` and
 * `{thread}` are numbers. Any other name is a field of it, as `{pathname}` and `{lineno}` are, empty where there is none. `{level:8}` is filled to 8 characters, `{step:>6}` on the left; `{{` is a brace. @throws RangeError
 * for a brace alone, or a conversion of the time that there is not
 */
export const linePattern = (pattern: string, options: LinePatternOptions = {}): ((record: MetricRecord) => string) => {
  expectText('linePattern', 'pattern', pattern);
  expectOptions('linePattern', options, { timeFormat: TYPES.text });
  const { timeFormat } = options;
  const parts = parsePattern(pattern, (name) => name);
  if ('index' in parts) {
    const found = parts.name === undefined ? 'a brace alone; "{{" is one' : `"{${parts.name}}"`;
    throw new RangeError(
      `linePattern: pattern: expected a name in braces at character ${parts.index + 1}, found ${found}`,
    );
  }
  const wrong = timeFormat === undefined ? undefined : wrongConversion(timeFormat);
  if (wrong) throw new RangeError(`linePattern: timeFormat: the conversion "${wrong.wrong}" is unknown`);
  const time = timeFormat === undefined ? timestamp : timeFormatter(timeFormat);
  return lineMaker<MetricRecord, string>(parts, (name) => {
    if (name === 'time') return (record) => time(record.time);
    const own = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
    return (record) => oneLine(shown(own === undefined ? record.fields?.[name] : own(record)));
  });
};
