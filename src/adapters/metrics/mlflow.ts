import { expectOptions, TYPES } from '../../check-arguments.ts';
import { messageOf } from '../../error-message.ts';
import type { Environment } from '../../metrics/filters.ts';
import { Handler, type HandlerOptions } from '../../metrics/handler.ts';
import { batchOf, type MlflowValue, MlflowValues } from '../../metrics/mlflow-values.ts';
import type { MetricRecord } from '../../metrics/record.ts';
import { snapshotRecord } from '../../metrics/record-snapshot.ts';
import { agree, counted } from '../../plural.ts';
import { dropCounts } from '../files/dropped.ts';
import { ErrorReporter, type OnMetricsError } from './error-reporter.ts';
import { MlflowClient, MlflowError } from './mlflow-client.ts';

/** How {@link MlflowHandler} is set up. */
export interface MlflowOptions extends HandlerOptions {
  /** The name of the run as its pages show it. */
  readonly runName: string;
  /** The address of the server; default: MLFLOW_TRACKING_URI. */
  readonly trackingUri?: string;
  /** Default: MLFLOW_EXPERIMENT_NAME, else MLFLOW_EXPERIMENT_ID, else the experiment 0. */
  readonly experimentName?: string;
  /** Default: that of the process. */
  readonly environment?: Environment;
  readonly onError?: OnMetricsError;
  /** How long `close` waits, in ms; default 1.5 s. */
  readonly closeMs?: number;
  /** The first pause after a failure, ms, which doubles up to a minute; default 1 s. */
  readonly retryMs?: number;
  /** Most values that wait; default 50,000. */
  readonly mostWaiting?: number;
}

/** How long values wait for others, ms. */
const GATHER_MS = 1000;
/** How long the end waits, ms: less than the program does. */
const CLOSE_MS = 1500;
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const MOST_WAITING = 50_000;
/** The experiment that every server has. */
const DEFAULT_EXPERIMENT = '0';

/** The state of a run by the exit status of the program: 1 is the end by "kill". */
const statusOf = (exitStatus: number): string => {
  if (exitStatus === 0) return 'FINISHED';
  return exitStatus === 1 ? 'KILLED' : 'FAILED';
};

/**
 * Sends metric records to an MLflow tracking server by its REST API, in the background. Numbers, booleans and texts that read as
 * numbers are metrics, with their step and time; other texts are left out. A configuration becomes params; a param
 * that has another value later becomes a tag. While the server does not answer, records wait, and it is tried again.
 */
export class MlflowHandler extends Handler {
  readonly #complaints: ErrorReporter;
  readonly #ending = new AbortController();
  readonly #client: MlflowClient;
  readonly #values: MlflowValues;
  readonly #experiment: { readonly name?: string | undefined; readonly id: string };
  readonly #runName: string;
  readonly #closeMs: number;
  readonly #retryMs: number;
  readonly #mostWaiting: number;
  /** A run of another program, which it ends. */
  readonly #joined: string | undefined;
  readonly #waiting: MlflowValue[] = [];
  #runId: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;
  /** The pause after the last failure, ms; 0: there was none. */
  #pauseMs = 0;
  #lost = 0;
  #closed = false;

  /** @throws Error without the address of a server */
  constructor(options: MlflowOptions) {
    const { name, text, table, amount, positive, function: call } = TYPES;
    const first = { runName: name, trackingUri: text, experimentName: text, environment: table, onError: call };
    const rest = { closeMs: amount, retryMs: positive, mostWaiting: positive };
    expectOptions('MlflowHandler', options, { ...first, ...rest }, 'runName');
    const {
      runName,
      trackingUri,
      experimentName,
      environment = process.env,
      onError,
      closeMs,
      retryMs,
      mostWaiting,
    } = options;
    super(options);
    this.#complaints = new ErrorReporter('MlflowHandler', 'mlflow', onError);
    this.#client = new MlflowClient(trackingUri ?? environment.MLFLOW_TRACKING_URI, environment, this.#ending.signal);
    this.#values = new MlflowValues((tag, what) =>
      this.#complaints.reportOnce(tag, `${tag} is left out: expected a number or a text, got ${what}`),
    );
    const { MLFLOW_EXPERIMENT_NAME, MLFLOW_EXPERIMENT_ID, MLFLOW_RUN_ID } = environment;
    const id = MLFLOW_EXPERIMENT_ID || DEFAULT_EXPERIMENT;
    this.#experiment = { name: experimentName || MLFLOW_EXPERIMENT_NAME || undefined, id };
    this.#joined = MLFLOW_RUN_ID || undefined;
    this.#runId = this.#joined;
    this.#runName = runName;
    this.#closeMs = closeMs ?? CLOSE_MS;
    this.#retryMs = retryMs ?? RETRY_MS;
    this.#mostWaiting = mostWaiting ?? MOST_WAITING;
  }
  emit(record: MetricRecord): void {
    if (this.#closed) return;
    const made = this.#complaints.attempt(() => this.#values.of(snapshotRecord(record))) ?? [];
    // The oldest stay: the configuration is among them.
    const room = Math.max(0, this.#mostWaiting - this.#waiting.length);
    if (made.length > room) {
      this.#lose(made.length - room);
      this.#complaints.reportOnce('full', `values are dropped: ${this.#mostWaiting} wait for ${this.#client.base}`);
    }
    for (const one of made.slice(0, room)) this.#waiting.push(one);
    this.#schedule(this.#pauseMs || GATHER_MS);
  }
  /** Resolves when everything is sent, or the server does not take it now. */
  override async flush(): Promise<void> {
    await this.#work;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#send();
  }
  override async close(exitStatus = 0): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const limit = setTimeout(() => this.#ending.abort(new Error('the program ends')), this.#closeMs);
    await this.flush();
    await this.#end(statusOf(exitStatus));
    clearTimeout(limit);
    this.#lose(this.#waiting.length);
    this.#waiting.length = 0;
    if (this.#lost > 0)
      this.#complaints.report(`${counted(this.#lost, 'value')} ${agree(this.#lost, 'was', 'were')} not sent`);
  }

  #lose(count: number): void {
    this.#lost += count;
    dropCounts.add('mlflow', count);
  }

  #schedule(ms: number): void {
    if (this.#closed || this.#work !== undefined || this.#timer !== undefined || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, ms);
    this.#timer.unref();
  }

  #send(): Promise<void> {
    this.#work ??= this.#drain().finally(() => {
      this.#work = undefined;
      this.#schedule(this.#pauseMs || GATHER_MS);
    });
    return this.#work;
  }

  /** Sends what waits, until the server does not take it now. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      let count = 0;
      try {
        this.#runId ??= await this.#begin();
        const batch = batchOf(this.#runId, this.#waiting);
        count = batch.count;
        await this.#client.post('runs/log-batch', batch.body);
        this.#pauseMs = 0;
      } catch (error) {
        if (count === 0 || !(error instanceof MlflowError) || error.again) return this.#failed(error);
        this.#lose(count);
        this.#complaints.reportOnce(error.message, `${counted(count, 'value')} lost: ${error.message}`);
      }
      this.#waiting.splice(0, count);
    }
  }

  #failed(error: unknown): void {
    const longer = this.#pauseMs === 0 ? this.#retryMs : Math.min(this.#pauseMs * 2, LONGEST_RETRY_MS);
    this.#pauseMs = Math.max(longer, error instanceof MlflowError ? error.waitMs : 0);
    // How much is lost is said at the end.
    if (this.#closed) return;
    const problem = messageOf(error);
    this.#complaints.reportOnce(problem, `${problem}; records wait, and it is tried again`);
  }

  async #begin(): Promise<string> {
    const { name, id } = this.#experiment;
    return this.#client.begin(name === undefined ? id : await this.#client.experiment(name), this.#runName);
  }

  async #end(status: string): Promise<void> {
    if (this.#runId === undefined || this.#joined !== undefined) return;
    try {
      await this.#client.post('runs/update', JSON.stringify({ run_id: this.#runId, status, end_time: Date.now() }));
    } catch (error) {
      this.#complaints.report(`the run is not marked as ${status}: ${messageOf(error)}`);
    }
  }
}
