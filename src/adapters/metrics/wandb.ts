import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expectOptions, TYPES } from '../../check-arguments.ts';
import type { Environment } from '../../metrics/filters.ts';
import { Handler, type HandlerOptions } from '../../metrics/handler.ts';
import type { MetricRecord } from '../../metrics/record.ts';
import { snapshotRecord } from '../../metrics/record-snapshot.ts';
import { ErrorReporter, type OnMetricsError } from './error-reporter.ts';

/**
 * The script of the thread of the package: the package exits at SIGINT, throws out of its callbacks and
 * writes to standard output, none of which a daemon can bear. On a thread of its own none of it reaches the process.
 */
const WANDB_WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const load = () => {
  const loaded = require(workerData.path);
  return loaded.default ?? loaded.wandb ?? loaded;
};
const problem = (error, lost) => parentPort.postMessage({ what: 'problem', problem: String(error?.message ?? error), lost });
process.on('uncaughtException', (error) => problem(error, false));
process.on('unhandledRejection', (error) => problem(error, false));
let run;
let options = workerData.options;
// What failed is tried again with the next record.
const begin = async () => {
  run ??= await load().init(options);
  return run;
};
let last = Promise.resolve();
const orders = {
  init: (order) => { options = order.options; return begin(); },
  log: async (order) => (await begin()).log(order.data, order.step),
  flush: () => {},
  finish: async (order) => { await run?.finish(order.exitStatus); },
};
parentPort.on('message', (order) => {
  last = last.then(() => orders[order.what](order)).catch((error) => problem(error, order.what === 'log'));
  last.then(() => { if (order.what !== 'log' && order.what !== 'init') parentPort.postMessage({ what: order.what, id: order.id }); });
});
`;

/** The package, which users install by themselves. */
const WANDB_PACKAGE = '@wandb/sdk';
/** How long the end waits for what is still to be sent, in ms. */
const CLOSE_MS = 10_000;

/** A package that a back end needs is not there; the message has the command that installs it. */
export class MissingPackage extends Error {
  override readonly name: string = 'MissingPackage';
}

/** How {@link WandbHandler} is set up. */
export interface WandbOptions extends HandlerOptions {
  /** The name of the run as its pages show it. */
  readonly runName: string;
  /** Where the package may keep files. */
  readonly directory: string;
  readonly project?: string;
  readonly entity?: string;
  readonly onError?: OnMetricsError;
  /** Default: that of the process. */
  readonly environment?: Environment;
  /** Where the package is looked for: beside this file; default: beside whenever, then beside the program that runs. */
  readonly from?: string;
  /** How long `close` waits, in ms; default 10 s. */
  readonly closeMs?: number;
}

/** Files beside which the package may be installed: this program, and the one that uses it as a library. */
const places = (): readonly string[] => {
  const own = typeof __filename === 'string' ? [__filename] : [];
  const [, main] = process.argv;
  // A command in a folder for commands is a link to where the program is.
  return main !== undefined && existsSync(main) ? [...own, realpathSync(main)] : own;
};

/** Modes of W&B in which nothing may leave the machine. The package has none of them. */
const SILENT_MODES = ['offline', 'dryrun', 'disabled'];

/** @throws Error when the environment asks for what the package cannot do */
const expectOnline = ({ WANDB_MODE: mode }: Environment): void => {
  if (mode !== undefined && SILENT_MODES.includes(mode))
    throw new Error(
      `the metrics back end "wandb" does not support WANDB_MODE=${mode}: ${WANDB_PACKAGE} sends records at once; unset it, or write files with --metrics tensorboard or --metrics async`,
    );
};

/** The file of the package. @throws MissingPackage */
const findPackage = (from: readonly string[]): string => {
  for (const place of from) {
    try {
      return createRequire(pathToFileURL(place)).resolve(WANDB_PACKAGE);
    } catch {
      // Not there.
    }
  }
  throw new MissingPackage(
    `the metrics back end "wandb" needs the package ${WANDB_PACKAGE}, which is not installed; install it beside whenever with: npm install ${WANDB_PACKAGE} (add --global if whenever was installed so)`,
  );
};

type Answer =
  | { readonly what: 'problem'; readonly problem: string; readonly lost: boolean }
  | { readonly what: 'flush' | 'finish'; readonly id: number };

/**
 * Sends metric records to Weights & Biases with the package `@wandb/sdk`, which is found when the handler is made and works on a
 * thread of its own. It reads the account and the server from the environment (WANDB_API_KEY, WANDB_BASE_URL). The
 * first configuration becomes that of the run; the package cannot change it, so later ones are logged under `config/`.
 */
export class WandbHandler extends Handler {
  readonly #complaints: ErrorReporter;
  readonly #worker: Worker;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #closeMs: number;
  readonly #waiting = new Map<number, () => void>();
  #configured = false;
  #lastId = 0;
  #gone = false;

  /** @throws MissingPackage, Error for a WANDB_MODE that the package does not have */
  constructor(options: WandbOptions) {
    expectOptions(
      'WandbHandler',
      options,
      {
        ...{ runName: TYPES.name, directory: TYPES.path, project: TYPES.text, entity: TYPES.text },
        ...{ onError: TYPES.function, environment: TYPES.table },
        ...{ from: TYPES.text, closeMs: TYPES.amount },
      },
      'runName',
      'directory',
    );
    const {
      runName,
      directory,
      project,
      entity,
      onError,
      environment = process.env,
      from,
      closeMs = CLOSE_MS,
      ...shared
    } = options;
    super(shared);
    expectOnline(environment);
    this.#complaints = new ErrorReporter('WandbHandler', 'wandb', onError);
    this.#closeMs = closeMs;
    const path = findPackage(from === undefined ? places() : [from]);
    const named = { ...(project === undefined ? {} : { project }), ...(entity === undefined ? {} : { entity }) };
    this.#options = { ...named, name: runName, dir: directory, settings: { silent: true } };
    const workerData = { path, options: { ...this.#options, config: {} } };
    this.#worker = new Worker(WANDB_WORKER, { eval: true, workerData, stdin: false, stdout: true, stderr: true });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      if (answer.what === 'problem' && answer.lost) this.#complaints.drop(answer.problem, answer.problem);
      else if (answer.what === 'problem') this.#complaints.reportOnce(answer.problem, answer.problem);
      else this.#settle(answer.id);
    });
    this.#worker.on('error', (error) => this.#complaints.report(error.message));
    this.#worker.on('exit', () => {
      this.#gone = true;
      for (const id of [...this.#waiting.keys()]) this.#settle(id);
    });
  }
  emit(record: MetricRecord): void {
    if (this.#gone) return;
    this.#complaints.attempt(() => {
      const { names, values } = snapshotRecord(record).leaves;
      const flat = Object.fromEntries(names.map((name, i) => [name, values[i]]));
      if (record.hparams !== true) this.#worker.postMessage({ what: 'log', data: flat, step: record.step });
      else if (this.#configured) this.#worker.postMessage({ what: 'log', data: under('config', flat) });
      else this.#worker.postMessage({ what: 'init', options: { ...this.#options, config: flat } });
      this.#configured = true;
    });
  }
  /** Resolves when all records are handed to the package. */
  override flush(): Promise<void> {
    return this.#ask('flush');
  }
  override async close(exitStatus = 0): Promise<void> {
    if (this.#gone) return;
    await this.#ask('finish', exitStatus);
    this.#gone = true;
    await this.#worker.terminate();
  }

  #ask(what: 'flush' | 'finish', exitStatus?: number): Promise<void> {
    if (this.#gone) return Promise.resolve();
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      this.#worker.ref();
      const timer = setTimeout(() => {
        this.#complaints.report(`no answer within ${this.#closeMs / 1000} s, what was not sent by then is lost`);
        this.#settle(id);
      }, this.#closeMs);
      this.#waiting.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
      this.#worker.postMessage({ what, id, exitStatus });
    });
  }

  #settle(id: number): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
  }
}

const under = (prefix: string, flat: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(flat).map(([key, value]) => [`${prefix}/${key}`, value]));
