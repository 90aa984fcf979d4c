import { suggest } from '../../config/suggest.ts';
import type { EventLines, Ports } from '../../core/ports.ts';
import { messageOf } from '../../error-message.ts';
import type { Logger, TraceContext } from '../../log/record.ts';

/** Invalid lines that are logged one by one. */
const MOST_LOGGED = 5;

/** Reads what a process writes to its events descriptor. */
export interface EventLineReader extends EventLines {
  /** Called when the process has ended: logs how many more invalid lines there were. */
  close(): void;
}

type Mapping = Readonly<Record<string, unknown>>;

/** What a line means. */
type Meaning =
  | { readonly topic: string | string[]; readonly value: unknown }
  | { readonly message: Mapping; readonly step?: number; readonly hparams?: true };

/** The keys that begin a line about metrics, with those that may be beside them. */
const METRIC_LINES = { metric: ['metric', 'step'], hparams: ['hparams'] } as const;
const FORMS = '{"topic": …, "value": …}, {"metric": {…}, "step": …} or {"hparams": {…}}';

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value in a few words. */
const shown = (value: unknown): string => {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

/** Python and others write numbers that JSON does not have. */
const notFinite = (text: string): string => {
  const [word] = /(?<![\w".-])-?(?:NaN|Infinity|nan|inf)(?![\w"])/.exec(text) ?? [];
  return word === undefined ? '' : `; JSON has no ${word}, expected a number, null, or the text "${word}"`;
};

const readMetric = (line: Mapping, kind: keyof typeof METRIC_LINES): Meaning | string => {
  const known = METRIC_LINES[kind];
  const strange = Object.keys(line).find((key) => !(known as readonly string[]).includes(key));
  if (strange !== undefined)
    return `unknown key "${strange}" beside "${kind}"${suggest(strange, known)} (there are: ${known.join(', ')})`;
  const message = line[kind];
  if (!isMapping(message)) return `"${kind}" has to be an object, such as {"loss": 0.5}, it is ${shown(message)}`;
  if (kind === 'hparams') return { message, hparams: true };
  const { step = null } = line;
  if (step === null) return { message };
  if (!Number.isSafeInteger(step)) return `"step" has to be a whole number, it is ${shown(step)}`;
  return { message, step: step as number };
};

/** What a line means, or why it is invalid. */
const read = (text: string): Meaning | string => {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}${notFinite(text)}`;
  }
  if (!isMapping(line)) return 'it is not a JSON object';
  if (!('topic' in line)) {
    if ('metric' in line) return readMetric(line, 'metric');
    if ('hparams' in line) return readMetric(line, 'hparams');
    if ('value' in line) return 'it has no "topic"';
    const [first = ''] = Object.keys(line);
    return `expected ${FORMS}${suggest(first, ['topic', ...Object.keys(METRIC_LINES)])}`;
  }
  if (!('value' in line)) return 'it has no "value"';
  const { topic, value } = line;
  if (typeof topic === 'string') return { topic, value };
  return Array.isArray(topic) && topic.every((one) => typeof one === 'string')
    ? { topic, value }
    : '"topic" is neither a text nor a list of texts';
};

/**
 * Emits each line `{"topic": …, "value": …}` of a process as an event, and each line `{"metric": {…}, "step": …}` or `{"hparams": {…}}`
 * as a metric record. Invalid lines are counted and logged, and never fatal.
 */
export const readEventLines = (
  events: Ports['events'],
  item: string,
  origin: TraceContext,
  log: Logger,
  prefix: string,
): EventLineReader => {
  let lines = 0;
  let bad = 0;
  const refuse = (why: string): void => {
    bad += 1;
    if (bad <= MOST_LOGGED) log.warn('PROC/FAIL', `${prefix}line ${lines} of its events is left out: ${why}`);
  };
  return {
    bad: (reason) => {
      lines += 1;
      refuse(reason);
    },
    line: (text) => {
      if (text.trim() === '') return;
      lines += 1;
      const found = read(text);
      if (typeof found === 'string') return refuse(found);
      try {
        if ('message' in found) events.emit('item.measured', origin, { item, ...found });
        else events.emit('item.published', origin, { item, topics: [found.topic, item].flat(), value: found.value });
      } catch (error) {
        refuse(messageOf(error));
      }
    },
    close: () => {
      if (bad > MOST_LOGGED)
        log.warn('PROC/FAIL', `${prefix}lines of its events that were left out: ${bad} of ${lines}`);
    },
  };
};
