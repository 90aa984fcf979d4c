import { expectMethod } from '../check-arguments.ts';
import { type Unsubscribe, unsubscriber } from '../subscription.ts';
import type { Family, Sample } from './exposition.ts';

/** What is used of a `Registry` of prom-client. */
export interface PromClientRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

/** What has families of Prometheus: a daemon. */
export interface FamilySource {
  collect(): readonly Family[];
}

/** A value as prom-client has it. */
interface PromClientValue {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** A registry that speaks OpenMetrics shows it. `timestamp`: seconds since 1970. */
  readonly exemplar?: { readonly labelSet: object; readonly value: number; readonly timestamp: number };
}

const bridgedValue = (family: string, { suffix, labels = {}, value, exemplar }: Sample): PromClientValue => ({
  ...(suffix === undefined ? {} : { metricName: `${family}${suffix}` }),
  ...{ labels, value },
  ...(exemplar && { exemplar: { labelSet: exemplar.labels, value: exemplar.value, timestamp: exemplar.time } }),
});

/** A metric of a registry whose values are those of a family at each scrape. */
class BridgedMetric {
  /** A registry that speaks OpenMetrics takes `_total` off. */
  name: string;
  readonly help: string;
  /** A registry has no infos. */
  readonly type: Exclude<Family['type'], 'info'>;
  /** How processes of a cluster are joined. */
  readonly aggregator = 'sum';
  readonly #family: string;
  readonly #families: () => ReadonlyMap<string, Family>;

  constructor({ name, help, type }: Family, families: () => ReadonlyMap<string, Family>) {
    this.name = name;
    this.help = help;
    this.type = type === 'info' ? 'gauge' : type;
    this.#family = name;
    this.#families = families;
  }
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values =
      this.#families()
        .get(this.#family)
        ?.samples.map((sample) => bridgedValue(name, sample)) ?? [];
    return Promise.resolve({ name, help, type, aggregator, values });
  }
  /** A registry calls it for all of its metrics; what a daemon has counted stays. */
  reset(): void {}
}

/**
 * Registers the families of a daemon in a `Registry` of prom-client, so that `registry.metrics()` has them beside those of the program.
 * They are collected at each scrape, once. Returns what takes them off again. Never imports prom-client. The daemon needs the
 * option `metrics`. @throws Error when a name is taken, and nothing is registered then
 */
export const registerInPromClient = (registry: PromClientRegistry, source: FamilySource): Unsubscribe => {
  for (const method of ['registerMetric', 'getSingleMetric', 'removeSingleMetric'])
    expectMethod('registerInPromClient', 'registry', registry, method);
  expectMethod('registerInPromClient', 'source', source, 'collect');
  let collected: ReadonlyMap<string, Family> | undefined;
  // All metrics of one scrape are asked before anything else happens.
  const families = (): ReadonlyMap<string, Family> => {
    if (collected === undefined) {
      collected = new Map(source.collect().map((family) => [family.name, family]));
      queueMicrotask(() => {
        collected = undefined;
      });
    }
    return collected;
  };
  const registered: (readonly [name: string, metric: BridgedMetric])[] = [];
  const leave = (): void => {
    for (const [name, metric] of registered)
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name);
  };
  try {
    for (const family of families().values()) {
      const metric = new BridgedMetric(family, families);
      registry.registerMetric(metric as never);
      registered.push([family.name, metric]);
    }
  } catch (error) {
    leave();
    throw error;
  }
  return unsubscriber(leave);
};
