import { expectFunction, expectOptions, TYPES } from '../check-arguments.ts';
import { expectFilter, type MetricFilter, passThrough } from './filters.ts';
import { levelNumber, type MetricLevel, type MetricRecord } from './record.ts';

/** What all handlers can be given. */
export interface HandlerOptions {
  /** Less severe records are left out; default: `info`. */
  readonly level?: MetricLevel;
  readonly filters?: readonly MetricFilter[];
}

/** Takes records from loggers and does something with them. */
export abstract class Handler {
  readonly filters: MetricFilter[];
  #level: number;

  /** @throws TypeError for an option that does not fit. */
  constructor(options: HandlerOptions = {}) {
    const call = new.target.name;
    expectOptions(call, options, { level: TYPES.level, filters: TYPES.list });
    const { level = 'info', filters = [] } = options;
    for (const filter of filters) expectFilter(call, filter);
    this.#level = levelNumber(level);
    this.filters = [...filters];
  }
  get level(): number {
    return this.#level;
  }
  setLevel(level: MetricLevel): void {
    this.#level = levelNumber(level);
  }
  addFilter(filter: MetricFilter): void {
    expectFilter('addFilter', filter);
    if (!this.filters.includes(filter)) this.filters.push(filter);
  }
  removeFilter(filter: MetricFilter): void {
    const at = this.filters.indexOf(filter);
    if (at >= 0) this.filters.splice(at, 1);
  }
  /** Takes a record if level and filters let it pass. */
  handle(record: MetricRecord): unknown {
    if (record.level < this.#level) return undefined;
    const passed = passThrough(this.filters, record);
    return passed === undefined ? undefined : this.emit(passed);
  }
  /** Does the work; must not wait. What it throws is contained by the logger. */
  abstract emit(record: MetricRecord): unknown;
  /** Resolves when everything taken so far is out, or cannot go out. Never rejects. */
  async flush(): Promise<void> {}
  /**
   * Flushes and lets go of everything; what comes later is dropped. May be called twice. The program ends with
   * `exitStatus`: 0 unless given.
   */
  async close(_exitStatus?: number): Promise<void> {}
  /** Closes it: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Takes records and does nothing with them. */
export class NullHandler extends Handler {
  emit(): void {}
}

/** Shows records as lines of text. */
export class LineHandler extends Handler {
  readonly #write: (line: string) => void;
  readonly #format: (record: MetricRecord) => string;

  constructor(write: (line: string) => void, format: (record: MetricRecord) => string, options?: HandlerOptions) {
    super(options);
    expectFunction('LineHandler', 'write', write);
    expectFunction('LineHandler', 'format', format);
    this.#write = write;
    this.#format = format;
  }
  emit(record: MetricRecord): void {
    this.#write(this.#format(record));
  }
}
