import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expectOptions, TYPES } from '../../check-arguments.ts';
import type { Leaves } from '../../metrics/flatten.ts';
import { Handler, type HandlerOptions } from '../../metrics/handler.ts';
import { numberOf } from '../../metrics/number-of.ts';
import type { MetricRecord } from '../../metrics/record.ts';
import { snapshotRecord } from '../../metrics/record-snapshot.ts';
import { safeFileName } from '../../metrics/run-name.ts';
import { ownFiles } from '../files/own-files.ts';
import { AsyncFile } from './async-file.ts';
import { ErrorReporter, type OnMetricsError } from './error-reporter.ts';
import {
  type EventRecord,
  encodeEvent,
  encodeHead,
  type Hparams,
  type HparamValue,
  hparamsEvent,
  type SummaryValue,
  sessionEndEvent,
} from './event-record.ts';

/** How {@link TensorBoardHandler} is set up. */
export interface TensorBoardOptions extends HandlerOptions {
  /** The directory of the run; `tensorboard --logdir` takes the one above it. */
  readonly directory: string;
  readonly onError?: OnMetricsError;
  /** What the clock shows, ms since 1970; default: now. */
  readonly now?: () => number;
}

/** What a file begins with. */
type Head = Pick<EventRecord, 'seconds'>;

/** Event files of this process, so that two in one second have two names. */
let made = 0;

/**
 * Writes metric records as event files for TensorBoard, in the background. Numbers, booleans and texts that read as numbers
 * are scalars (of 32 bits, as the format has them), other texts are texts; other values are left out, with one report for each
 * name. The tag is the flattened name. A configuration goes to the hparams plugin, and as a text `hparams`, which shows the later ones too.
 */
export class TensorBoardHandler extends Handler {
  readonly path: string;
  readonly #file: AsyncFile<EventRecord | Head>;
  readonly #complaints: ErrorReporter;
  readonly #now: () => number;
  #begun = false;
  #configurations = 0;
  /** The last step of each tag, for records without a step. */
  readonly #steps = new Map<string, number>();

  constructor(options: TensorBoardOptions) {
    expectOptions(
      'TensorBoardHandler',
      options,
      { directory: TYPES.path, onError: TYPES.function, now: TYPES.function },
      'directory',
    );
    const { directory, onError, now = Date.now, ...shared } = options;
    super(shared);
    this.#now = now;
    const seconds = String(Math.floor(now() / 1000)).padStart(10, '0');
    const name = `events.out.tfevents.${seconds}.${safeFileName(hostname())}.${process.pid}.${made++}`;
    this.path = join(directory, name);
    ownFiles.claim(directory);
    const complaints = new ErrorReporter('TensorBoardHandler', 'tensorboard', onError);
    this.#complaints = complaints;
    this.#file = new AsyncFile<EventRecord | Head>(
      this.path,
      (event) => ('values' in event ? encodeEvent(event) : encodeHead(event.seconds)),
      { onError: (problem) => complaints.report(problem), sink: 'tensorboard' },
    );
  }
  emit(record: MetricRecord): void {
    const taken = this.#complaints.attempt(() => snapshotRecord(record));
    if (taken === undefined) return;
    const seconds = record.time / 1000;
    if (record.hparams === true) this.#configuration(taken.leaves, seconds);
    else this.#measurement(taken.leaves, seconds, record.step);
  }
  override flush(): Promise<void> {
    return this.#file.flush();
  }
  override async close(): Promise<void> {
    if (this.#configurations > 0) this.#push(sessionEndEvent(this.#now() / 1000));
    this.#configurations = 0;
    await this.#file.close();
  }

  #measurement({ names, values: leaves }: Leaves, seconds: number, step: number | undefined): void {
    const values: SummaryValue[] = [];
    for (const [i, tag] of names.entries()) {
      const made = this.#value(tag, leaves[i]);
      if (made !== undefined) values.push(made);
    }
    if (step !== undefined || values.length === 0) {
      if (values.length > 0) this.#push({ seconds, step: wholeStep(step ?? 0), values });
      return;
    }
    // A record without a step goes on where its tag is: points at one place would hide each other.
    for (const value of values) {
      const next = (this.#steps.get(value.tag) ?? -1) + 1;
      this.#steps.set(value.tag, next);
      this.#push({ seconds, step: next, values: [value] });
    }
  }

  #value(tag: string, value: unknown): SummaryValue | undefined {
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return { kind: 'scalar', tag, value: Number(value) };
    if (typeof value === 'string') {
      const number = numberOf(value);
      return number === undefined ? { kind: 'text', tag, text: value } : { kind: 'scalar', tag, value: number };
    }
    const what = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
    this.#complaints.reportOnce(tag, `${tag} is left out: expected a number or a text, got ${what}`);
    return undefined;
  }

  #configuration({ names, values }: Leaves, seconds: number): void {
    const hparams: Hparams = names.map((name, i) => [name, hparamOf(values[i])]);
    const group = createHash('sha256').update(JSON.stringify(hparams)).digest('hex');
    this.#push(hparamsEvent(hparams, seconds, group));
    const rows = hparams.map(([name, value]) => `| ${cell(name)} | ${cell(String(value))} |`);
    const text = ['| name | value |', '| --- | --- |', ...rows].join('\n');
    this.#push({ seconds, step: this.#configurations, values: [{ kind: 'text', tag: 'hparams', text }] });
    this.#configurations += 1;
  }

  #push(event: EventRecord): void {
    if (!this.#begun) this.#file.push({ seconds: event.seconds });
    this.#begun = true;
    this.#file.push(event);
  }
}

/** Steps are whole numbers there, of 64 bits: one that does not fit could not be written. */
const wholeStep = (step: number): number =>
  Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.trunc(step) || 0));

/** A cell of a table in Markdown. */
const cell = (text: string): string => text.replace(/[|\\]/g, '\\$&').replace(/\s+/g, ' ');

const hparamOf = (value: unknown): HparamValue => {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(', ') : String(value);
};
