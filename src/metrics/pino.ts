import { expected, expectMethod, expectOptions, TYPES } from '../check-arguments.ts';
import { Handler, type HandlerOptions } from './handler.ts';
import { getLogger } from './logger.ts';
import { isMapping, levelNumber, type Mapping, METRIC_LEVELS, type MetricRecord, type RecordExtra } from './record.ts';

/** The levels of pino, most severe first, with the numbers of this program from which on they are used. */
const PINO_LEVELS = [
  ['fatal', METRIC_LEVELS.critical, 60],
  ['error', METRIC_LEVELS.error, 50],
  ['warn', METRIC_LEVELS.warning, 40],
  ['info', METRIC_LEVELS.info, 30],
  ['debug', METRIC_LEVELS.debug, 20],
  ['trace', METRIC_LEVELS.notset, 10],
] as const;
type PinoLevel = (typeof PINO_LEVELS)[number][0];

/** What is used of a pino logger; loggers with the same methods do as well. */
export type PinoLogger = { [Name in PinoLevel]: (fields: object, message?: string) => void };

/** How {@link PinoHandler} is set up. Its level is `notset` unless given: pino has one of its own. */
export interface PinoHandlerOptions extends HandlerOptions {
  readonly logger: PinoLogger;
}

const levelOf = (level: number): PinoLevel => PINO_LEVELS.find(([, from]) => level >= from)?.[0] ?? 'trace';

/** The values that are there: `undefined` would be a key, too. */
const present = (fields: Mapping): Mapping =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/**
 * Hands the records of a logger, such as those of a daemon, to a pino logger: `logger`, `item`, `run`, `cause`, `step`,
 * `hparams` and the fields of the record are fields there. A mapping is the field `metric`, an error the field `err`. Never imports pino.
 */
export class PinoHandler extends Handler {
  readonly #logger: PinoLogger;
  #busy = false;

  constructor(options: PinoHandlerOptions) {
    super({ level: 'notset', ...options });
    expectOptions('PinoHandler', options, { logger: TYPES.table }, 'logger');
    for (const [name] of PINO_LEVELS) expectMethod('PinoHandler', 'logger', options.logger, name);
    this.#logger = options.logger;
  }
  emit({ name, level, message, item, run, cause, step, hparams, fields }: MetricRecord): void {
    // A pino logger whose records come back here would go on for ever.
    if (this.#busy) return;
    this.#busy = true;
    try {
      const about = present({ ...fields, logger: name, item, run, cause, step, hparams });
      const to = levelOf(level);
      if (isMapping(message)) this.#logger[to]({ ...about, metric: message });
      else if (message instanceof Error) this.#logger[to]({ ...about, err: message }, message.message);
      else this.#logger[to](about, String(message));
    } finally {
      this.#busy = false;
    }
  }
}

/** How {@link pinoDestination} is set up. */
export interface PinoDestinationOptions {
  /** The logger that gets the records of a pino logger without a `name`; default `pino`. */
  readonly logger?: string;
  /** The key of the message, where pino has another one; default `msg`. */
  readonly messageKey?: string;
}

/** What pino writes to. */
export interface PinoDestination {
  /** Takes lines of JSON, each with its end. */
  write(lines: string): void;
}

/** Keys that every record of pino has, and that say nothing about it in one process. */
const OF_PROCESS: readonly string[] = ['pid', 'hostname', 'v'];

const timeOf = (time: unknown): number | undefined => {
  const ms = typeof time === 'string' ? Date.parse(time) : time;
  return typeof ms === 'number' && Number.isFinite(ms) ? ms : undefined;
};

/** The number of a level of pino: a number, or its name if the logger writes names. */
const numberOfLevel = (level: unknown): number => {
  if (typeof level === 'number') return PINO_LEVELS.find(([, , of]) => level >= of)?.[1] || METRIC_LEVELS.trace;
  const name = String(level).toLowerCase();
  if (name === 'fatal') return METRIC_LEVELS.critical;
  return Object.hasOwn(METRIC_LEVELS, name) ? levelNumber(name as keyof typeof METRIC_LEVELS) : METRIC_LEVELS.info;
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * A destination for pino, `pino(pinoDestination())`: its records go to the loggers of this library, `getLogger(name)` with the
 * `name` of the pino logger, and so to their handlers. `item`, `run`, `cause` and `time` are those of the record, all other keys are its fields.
 */
export const pinoDestination = (options: PinoDestinationOptions = {}): PinoDestination => {
  expectOptions('pinoDestination', options, { logger: TYPES.name, messageKey: TYPES.name });
  const { logger: unnamed = 'pino', messageKey = 'msg' } = options;
  const take = (line: string): void => {
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch {
      record = undefined;
    }
    if (!isMapping(record)) {
      getLogger(unnamed).info(line);
      return;
    }
    const { level, time, name, item, run, cause, [messageKey]: message = '', ...others } = record;
    const rest = Object.fromEntries(Object.entries(others).filter(([key]) => !OF_PROCESS.includes(key)));
    const extra: RecordExtra = {
      ...{ time: timeOf(time), item: textOf(item), run: textOf(run), cause: textOf(cause) },
      ...(Object.keys(rest).length > 0 ? { fields: rest } : {}),
    };
    getLogger(textOf(name) || unnamed).log(numberOfLevel(level), message, extra);
  };
  return {
    write: (lines) => {
      expected('write', 'lines', lines, 'a text', typeof lines === 'string');
      for (const line of lines.split('\n')) if (line !== '') take(line);
    },
  };
};
