import { expectOptions, TYPES } from '../../check-arguments.ts';
import { Handler, type HandlerOptions } from '../../metrics/handler.ts';
import type { MetricRecord } from '../../metrics/record.ts';
import { type FrozenRecord, metricJsonLine, snapshotRecord } from '../../metrics/record-snapshot.ts';
import { AsyncFile } from './async-file.ts';
import { ErrorReporter, type OnMetricsError } from './error-reporter.ts';

/** How {@link AsyncStructuredHandler} is set up. */
export interface AsyncStructuredOptions extends HandlerOptions {
  /** The file, which is appended to. */
  readonly path: string;
  readonly onError?: OnMetricsError;
  /** Begin a new file at so many bytes, and keep so many files (default 5); default: one file without limit. */
  readonly rotateBytes?: number;
  readonly keep?: number;
}

/**
 * Writes metric records as lines of JSON, in the background: telling one costs no more than a copy of it. Names are flattened to
 * `a/b`; see {@link metricJsonLine} for the rest of a line. Lines are on their way to the file within a turn of the event loop, and
 * with the system when `flush` resolves, and at the end of the process.
 */
export class AsyncStructuredHandler extends Handler {
  readonly path: string;
  readonly #file: AsyncFile<FrozenRecord>;
  readonly #complaints: ErrorReporter;

  constructor(options: AsyncStructuredOptions) {
    expectOptions(
      'AsyncStructuredHandler',
      options,
      { path: TYPES.path, onError: TYPES.function, rotateBytes: TYPES.positive, keep: TYPES.amount },
      'path',
    );
    const { path, onError, rotateBytes, keep, ...shared } = options;
    super(shared);
    this.path = path;
    const complaints = new ErrorReporter('AsyncStructuredHandler', 'async', onError);
    this.#complaints = complaints;
    const line = (piece: FrozenRecord): string =>
      metricJsonLine(piece, (key, what) =>
        complaints.reportOnce(key, `${key} is null in ${path}, JSON cannot hold it: ${what}`),
      );
    this.#file = new AsyncFile(path, line, {
      ...{ onError: (problem) => complaints.report(problem), lines: true, sink: 'async' },
      ...(rotateBytes === undefined ? {} : { rotateBytes }),
      ...(keep === undefined ? {} : { keep }),
    });
  }
  emit(record: MetricRecord): void {
    const taken = this.#complaints.attempt(() => snapshotRecord(record));
    if (taken !== undefined) this.#file.push(taken);
  }
  override flush(): Promise<void> {
    return this.#file.flush();
  }
  override close(): Promise<void> {
    return this.#file.close();
  }
}
