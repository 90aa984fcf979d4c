import { parse } from 'smol-toml';
import type { HostFs } from '../items/kind.ts';
import type { Table } from './field.ts';
import { ProblemList } from './problem.ts';

/** An item of a file. */
export interface NamedItem {
  readonly section: 'condition' | 'task' | 'event';
  readonly name: string;
  readonly type: string;
}

const itemsIn = (root: Table, section: NamedItem['section']): readonly NamedItem[] => {
  const list: unknown = root[section];
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const { name, type } = (item ?? {}) as Table;
    return typeof name === 'string' ? [{ section, name, type: typeof type === 'string' ? type : '' }] : [];
  });
};

const tableOf = (text: string): Table => parse(text, { integersAsBigInt: true }) as Table;

/** The tables of a file with those of the files that it includes. What is wrong with these is left out. */
const wholeOf = async (file: string, text: string, machine: HostFs): Promise<Table> => {
  const root = tableOf(text);
  if (root.include === undefined) return root;
  const { readIncluded } = await import('./include.ts');
  const parseOther = async (other: string): Promise<Table> => {
    try {
      return tableOf(other);
    } catch {
      return {};
    }
  };
  return (await readIncluded({ file, text }, root, parseOther, machine, new ProblemList())).root;
};

/** The items of a file and of those that it includes, which are not checked. Rejects when it is not TOML. */
export const itemsOf = async (file: string, text: string, machine: HostFs): Promise<readonly NamedItem[]> => {
  const root = await wholeOf(file, text, machine);
  return (['condition', 'task', 'event'] as const).flatMap((section) => itemsIn(root, section));
};
