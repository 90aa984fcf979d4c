import { SafeCaller } from '../call-safely.ts';
import { expectMethod, expectObject, expectText, expectType, TYPES } from '../check-arguments.ts';
import { expectFilter, type MetricFilter, passThrough } from './filters.ts';
import { type Handler, NullHandler } from './handler.ts';
import {
  fieldsOf,
  type LogExtra,
  levelNumber,
  type Mapping,
  METRIC_LEVELS,
  type MetricLevel,
  type MetricRecord,
} from './record.ts';

/** The logger of the package: the parent of all its loggers. */
export const PACKAGE_LOGGER = 'whenever';
/** The logger of metric records. */
export const METRIC_LOGGER = 'whenever.metrics';

/** The calls that all loggers have. */
export abstract class LevelMethods {
  /** Makes a record and hands it on, if its level is enabled. */
  abstract log(level: MetricLevel, message: unknown, extra?: LogExtra): void;
  /** A logger that adds `fields` to each of its records, in the place of fields of the same name from its parent. */
  abstract child(fields: Mapping): ChildLogger;
  trace(message: unknown, extra?: LogExtra): void {
    this.log(METRIC_LEVELS.trace, message, extra);
  }
  debug(message: unknown, extra?: LogExtra): void {
    this.log(METRIC_LEVELS.debug, message, extra);
  }
  info(message: unknown, extra?: LogExtra): void {
    this.log(METRIC_LEVELS.info, message, extra);
  }
  warning(message: unknown, extra?: LogExtra): void {
    this.log(METRIC_LEVELS.warning, message, extra);
  }
  warn(message: unknown, extra?: LogExtra): void {
    this.log(METRIC_LEVELS.warn, message, extra);
  }
  error(message: unknown, extra?: LogExtra): void {
    this.log(METRIC_LEVELS.error, message, extra);
  }
  critical(message: unknown, extra?: LogExtra): void {
    this.log(METRIC_LEVELS.critical, message, extra);
  }
}

/** A logger with fields of its own, made by `child`; level, filters and handlers are those of the logger it comes from. */
export class ChildLogger extends LevelMethods {
  readonly fields: Mapping;
  readonly #logger: MetricLogger;

  /** @internal */
  constructor(logger: MetricLogger, fields: Mapping) {
    super();
    this.#logger = logger;
    this.fields = fields;
  }
  get name(): string {
    return this.#logger.name;
  }
  isEnabledFor(level: MetricLevel): boolean {
    return this.#logger.isEnabledFor(level);
  }
  isHeard(level: MetricLevel): boolean {
    return this.#logger.isHeard(level);
  }
  child(fields: Mapping): ChildLogger {
    expectObject('child', 'fields', fields);
    return new ChildLogger(this.#logger, { ...this.fields, ...fields });
  }
  log(level: MetricLevel, message: unknown, extra: LogExtra = {}): void {
    if (!this.isEnabledFor(level)) return;
    this.#logger.log(level, message, { ...extra, fields: { ...this.fields, ...extra.fields } });
  }
}

/**
 * One of a tree of loggers, in the manner of Python's logging: `a` is the parent of `a.b`, and the root, the empty name, of
 * all. A record that passes the level and the filters of its logger goes to its handlers, and to those of its parents as far as
 * `propagate` says.
 */
export class MetricLogger extends LevelMethods {
  readonly name: string;
  readonly parent: MetricLogger | undefined;
  /** Whether the handlers of the parents get records too. */
  propagate = true;
  readonly handlers: Handler[] = [];
  readonly filters: MetricFilter[] = [];
  /** The names of what belongs to it, for messages. */
  readonly #names: { readonly handler: string; readonly filter: string };
  #level: number;

  constructor(name: string, parent: MetricLogger | undefined) {
    super();
    this.name = name;
    const shown = name || 'the root logger';
    this.#names = { handler: `a handler of ${shown}`, filter: `a filter of ${shown}` };
    this.parent = parent;
    this.#level = parent === undefined ? METRIC_LEVELS.warning : METRIC_LEVELS.notset;
  }

  /** The level set here; 0: that of the nearest parent which has one counts. */
  get level(): number {
    return this.#level;
  }
  setLevel(level: MetricLevel): void {
    this.#level = levelNumber(level);
  }
  /** The level that counts. */
  get effectiveLevel(): number {
    return this.#level !== 0 || this.parent === undefined ? this.#level : this.parent.effectiveLevel;
  }
  isEnabledFor(level: MetricLevel): boolean {
    return levelNumber(level) >= this.effectiveLevel;
  }
  /** Whether a record of this level would reach a handler that uses it: check before building something expensive. */
  isHeard(level: MetricLevel): boolean {
    if (!this.isEnabledFor(level)) return false;
    for (let at: MetricLogger | undefined = this; at !== undefined; at = at.propagate ? at.parent : undefined)
      if (at.handlers.some((handler) => !(handler instanceof NullHandler))) return true;
    return false;
  }
  addHandler(handler: Handler): void {
    expectMethod('addHandler', 'handler', handler, 'handle');
    if (!this.handlers.includes(handler)) this.handlers.push(handler);
  }
  removeHandler(handler: Handler): void {
    const at = this.handlers.indexOf(handler);
    if (at >= 0) this.handlers.splice(at, 1);
  }
  addFilter(filter: MetricFilter): void {
    expectFilter('addFilter', filter);
    if (!this.filters.includes(filter)) this.filters.push(filter);
  }
  removeFilter(filter: MetricFilter): void {
    const at = this.filters.indexOf(filter);
    if (at >= 0) this.filters.splice(at, 1);
  }
  child(fields: Mapping): ChildLogger {
    expectObject('child', 'fields', fields);
    return new ChildLogger(this, { ...fields });
  }
  /** Makes a record and hands it on; one below the level costs a comparison or two. */
  log(level: MetricLevel, message: unknown, extra: LogExtra = {}): void {
    const number = levelNumber(level);
    if (number < this.effectiveLevel) return;
    const { step, hparams, rank, localRank, item, run, cause, time = Date.now(), measured } = extra;
    const fields = fieldsOf(extra);
    const { name } = this;
    // One shape for all records, and no spreading: a thousand of them may come in one tick.
    const made: MetricRecord = {
      name,
      level: number,
      message,
      time,
      step,
      hparams,
      rank,
      localRank,
      item,
      run,
      cause,
      fields,
      measured,
    };
    handlers.call(this.filters, this.#names.filter, pass, made, this);
  }
  /** Hands a record to all handlers: one that throws takes it from no other. */
  hand(record: MetricRecord): void {
    for (let at: MetricLogger | undefined = this; at !== undefined; at = at.propagate ? at.parent : undefined)
      for (const handler of [...at.handlers]) handlers.call(handler, at.#names.handler, handle, record, handler);
  }
}

const pass = (made: MetricRecord, logger: MetricLogger): void => {
  const record = passThrough(logger.filters, made);
  if (record !== undefined) logger.hand(record);
};
const handle = (record: MetricRecord, handler: Handler): unknown => handler.handle(record);

/** Calls all handlers; what they throw is reported to the logger of the package. */
export const handlers = new SafeCaller((problem) => logPackageError(problem));

const loggers = new Map<string, MetricLogger>();

/** The logger of that name, always the same one; the root without a name. */
export const getLogger = (name = ''): MetricLogger => {
  if (name !== '') expectText('getLogger', 'name', name);
  const known = loggers.get(name);
  if (known !== undefined) return known;
  const parent = name === '' ? undefined : getLogger(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
  const made = new MetricLogger(name, parent);
  loggers.set(name, made);
  return made;
};

// A library is silent: records of the package go nowhere unless the host asks for them.
const own = getLogger(PACKAGE_LOGGER);
own.addHandler(new NullHandler());
own.propagate = false;

/** Logs an error of the program around the package. */
export const logPackageError = (problem: string): void => own.error(problem);

/** The logger of the metrics. */
export const metricLogger: MetricLogger = getLogger(METRIC_LOGGER);

/** Whether the records of the package reach the handlers of the root logger; they do not unless it is called. */
export const propagatePackageLogs = (enabled = true): void => {
  expectType('propagatePackageLogs', 'enabled', enabled, TYPES.flag);
  own.propagate = enabled;
};
