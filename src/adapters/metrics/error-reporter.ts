import { messageOf } from '../../error-message.ts';
import { getLogger, PACKAGE_LOGGER } from '../../metrics/logger.ts';
import { dropCounts, type SinkName } from '../files/dropped.ts';

/** Called for each problem with metrics: none is thrown where a metric is logged. */
export type OnMetricsError = (problem: string) => void;

/** Different problems that one handler reports at most: a million bad names are not a million reports. */
const MOST = 100;

/** Warns on the logger `whenever`; when nothing listens there, as a warning of the process: records that are lost are never silent. */
export const warnPackage: OnMetricsError = (problem) => {
  const own = getLogger(PACKAGE_LOGGER);
  if (own.isHeard('warning')) own.warning(problem);
  else process.emitWarning(problem, 'WheneverWarning');
};

/** Reports the problems of one handler. */
export class ErrorReporter {
  readonly #who: string;
  readonly #sink: SinkName;
  readonly #onError: OnMetricsError;
  readonly #made = new Set<string>();

  /** @param sink counts what it leaves out */
  constructor(who: string, sink: SinkName, onError: OnMetricsError = warnPackage) {
    this.#who = who;
    this.#sink = sink;
    this.#onError = onError;
  }
  report(problem: string): void {
    try {
      this.#onError(`${this.#who}: ${problem}`);
    } catch {
      // There is nothing else to report it to.
    }
  }
  /** Reports it the first time only. */
  reportOnce(key: string, problem: string): void {
    if (this.#made.has(key) || this.#made.size >= MOST) return;
    this.#made.add(key);
    this.report(problem);
  }
  /** Counts a record that is left out, and reports the problem the first time. */
  drop(key: string, problem: string): void {
    dropCounts.add(this.#sink);
    this.reportOnce(key, problem);
  }
  /** Returns the result of `work`; undefined, with a report, when it throws. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      const problem = messageOf(error);
      this.drop(problem, `record left out: ${problem}`);
      return undefined;
    }
  }
}
