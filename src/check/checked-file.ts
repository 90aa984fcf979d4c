import type { Table } from '../config/field.ts';
import type { HookValues } from '../config/hooks.ts';
import type { IncludedFiles } from '../config/included-files.ts';
import type { Path, Problem } from '../config/problem.ts';
import type { ParsedItem, ParsedSection } from '../config/section.ts';
import type { ConditionKind, EventKind, HostFs, ItemKind, TaskKind } from '../items/kind.ts';
import type { FindingOf } from './findings.ts';

/** A parsed file, for those who look for warnings: values with their defaults, and the tables as they were written. */
export interface CheckedFile {
  readonly file: string;
  readonly text: string;
  /** The files that it includes, whose items are among those below; not set: it includes none. */
  readonly included?: IncludedFiles;
  /** The tables of the file, to see which keys were written. */
  readonly root: Table;
  readonly globals: Table;
  readonly defaults: HookValues;
  readonly task: ParsedSection<TaskKind>;
  readonly condition: ParsedSection<ConditionKind>;
  readonly event: ParsedSection<EventKind>;
  /** The files that the program writes for this file: logs. */
  readonly ownFiles: readonly string[];
  readonly machine: HostFs;
  /** Wall-clock ms. */
  readonly now: number;
}

/** An item of any section. */
export type CheckedItem = ParsedItem<ItemKind>;

/** Where a warning points to, and what is to be written instead. */
export interface WarningPlace extends Pick<Problem, 'inside' | 'help'> {
  /** Default: `value`. */
  readonly at?: Problem['at'];
}

/** Warns about a key of an item, or about the item as a whole with `[]`. `key` is relative to the item. */
export type WarnAbout = (id: FindingOf<'warning'>, key: Path, text: string, place?: WarningPlace) => void;

/** Warns about an item, or about the file when that is undefined; then `key` is a place in the file. */
export type Warn = (
  item: CheckedItem | undefined,
  id: FindingOf<'warning'>,
  key: Path,
  text: string,
  place?: WarningPlace,
) => void;

/** Looks for warnings about one item. */
export type ItemWarnings = (item: CheckedItem, warn: WarnAbout, file: CheckedFile) => void | Promise<void>;

/** Looks for warnings about the items of a file as they belong together. */
export type FileWarnings = (file: CheckedFile, warn: Warn) => void | Promise<void>;

/** The table of an item as it was written. */
export const writtenTable = ({ root }: CheckedFile, { path }: CheckedItem): Table =>
  (root[path[0]!] as readonly Table[])[path[1] as number]!;
