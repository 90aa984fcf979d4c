import { expected, TYPES } from '../check-arguments.ts';
import { suggest } from '../config/suggest.ts';

/** One place that metrics can go to. */
export interface Backend {
  readonly name: 'async' | 'tensorboard' | 'wandb' | 'mlflow' | 'prometheus';
  readonly doc: string;
  /** What it is written to when no run name is given, in the directory for metrics. */
  readonly file: string;
  /** What comes behind a run name. */
  readonly ending: string;
  /** The package it needs besides this program. */
  readonly needs?: string;
}

/** The back ends there are. */
export const BACKENDS: readonly Backend[] = [
  {
    name: 'async',
    doc: 'lines of JSON, written in the background',
    file: 'training_params_and_metrics_global{rank}',
    ending: '.jsonl',
  },
  {
    name: 'tensorboard',
    doc: 'event files for TensorBoard: numbers, texts and the configuration',
    file: '{time}_rank{rank}',
    ending: '/',
  },
  { name: 'wandb', doc: 'Weights & Biases', file: '{time}_rank{rank}', ending: '', needs: '@wandb/sdk' },
  { name: 'mlflow', doc: 'an MLflow tracking server, by its REST API', file: '{time}_rank{rank}', ending: '' },
  {
    name: 'prometheus',
    doc: 'a text file for the collector of a node exporter, and GET /metrics on a loopback port if one is given',
    file: 'whenever',
    ending: '.prom',
  },
];

/** The name of one of {@link BACKENDS}. */
export type BackendName = Backend['name'];

/** Their names, in order. */
export const BACKEND_NAMES: readonly BackendName[] = BACKENDS.map(({ name }) => name);

/** The back end of that name. */
export const backendOf = (name: BackendName): Backend => BACKENDS.find((backend) => backend.name === name)!;

/** Loggers that are not known; the message lists those that are. */
export class UnknownBackend extends RangeError {
  override readonly name: string = 'UnknownBackend';
}

/**
 * `async, tensorboard` as names, each once, in the order given; nothing for an empty text.
 * @throws UnknownBackend
 */
export const parseBackends = (loggers: string | readonly string[]): readonly BackendName[] => {
  const fits = TYPES.text[1](loggers) || TYPES.texts[1](loggers);
  expected('parseBackends', 'loggers', loggers, 'a text or a list of texts', fits);
  const words = (typeof loggers === 'string' ? loggers.split(',') : loggers).map((word) => word.trim());
  const names = new Set<BackendName>();
  for (const word of words) {
    if (word === '') continue;
    const known = BACKEND_NAMES.find((name) => name === word);
    if (known === undefined)
      throw new UnknownBackend(
        `unknown metrics back end "${word}"${suggest(word, BACKEND_NAMES)} (there are: ${BACKEND_NAMES.join(', ')})`,
      );
    names.add(known);
  }
  return [...names];
};
