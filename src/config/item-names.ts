import { parse } from 'smol-toml';
import type { Table } from './field.ts';

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

/** The items of a file, which is not checked. @throws Error when it is not TOML */
export const itemsOf = (text: string): readonly NamedItem[] => {
  const root = parse(text, { integersAsBigInt: true }) as Table;
  return (['condition', 'task', 'event'] as const).flatMap((section) => itemsIn(root, section));
};
