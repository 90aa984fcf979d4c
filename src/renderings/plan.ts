import type { MetricFact } from '../journal/fact.ts';
import type { ItemList } from './span-data.ts';

type Table = Readonly<Record<string, unknown>>;

const tableOf = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** The map that a configuration as a metric record holds; undefined when it is none. */
export const itemListOf = ({ hparams, message }: MetricFact): ItemList | undefined => {
  if (hparams !== true || !('condition' in message || 'task' in message || 'event' in message)) return undefined;
  const items = (section: string) =>
    Object.entries(tableOf(message[section])).map(([name, of]) => [name, tableOf(of)] as const);
  return {
    conditions: items('condition').map(([name, of]) => ({
      ...{ name, type: text(of.type), tasks: texts(of.tasks) },
      ...{ sequence: of.sequence === true, suspended: of.suspended === true },
    })),
    tasks: items('task').map(([name, of]) => ({ name, type: text(of.type) })),
    events: items('event').map(([name, of]) => ({ name, type: text(of.type), condition: text(of.condition) })),
  };
};
