import { type SourceProblem, UnreadableSource } from './host.ts';
import type { WhenItem, WhenItems } from './when-items.ts';

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isString = (value: unknown): boolean => typeof value === 'string';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const within = (min: number, max: number) => (value: unknown) =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

/** What a key of the export may be besides null. */
type Expected = readonly [is: (value: unknown) => boolean, as: string];

const TEXT: Expected = [isString, 'a text'];
const FLAG: Expected = [isBoolean, 'true or false'];
const STATUS: Expected = [within(0, 4_294_967_295), 'an integer, 0 or more'];
const TEXTS: Expected = [(value) => Array.isArray(value) && value.every(isString), 'an array of texts'];
const SECONDS: Expected = [within(0, 4_294_967_295), 'a whole number of seconds'];
const number = (min: number, max: number): Expected => [within(min, max), `an integer from ${min} to ${max}`];

/** The keys of the export that are read. */
const EXPORTED: Readonly<Record<string, Expected>> = {
  ...{ command: TEXT, startup_dir: TEXT, include_env: FLAG, environment_vars: [isTable, 'an object'] },
  ...{ success_status: STATUS, failure_status: STATUS, expected_status: STATUS },
  ...{ success_stdout: TEXT, success_stderr: TEXT, failure_stdout: TEXT, failure_stderr: TEXT },
  ...{ expected_stdout: TEXT, expected_stderr: TEXT, match_exact: FLAG, match_regexp: FLAG, case_sensitive: FLAG },
  ...{ subtype: TEXT, task_names: TEXTS, repeat: FLAG, exec_sequence: FLAG, suspended: FLAG },
  ...{ break_success: FLAG, break_failure: FLAG, event: TEXT, watched_paths: TEXTS },
  ...{ interval: SECONDS, idle_secs: SECONDS },
  ...{ year: number(0, 9999), month: number(1, 12), day: number(1, 31), weekday: number(0, 6) },
  ...{ hour: number(0, 23), minute: number(0, 59) },
  ...{ bus: TEXT, bus_name: TEXT, bus_path: TEXT, interface: TEXT, signal: TEXT, defer: FLAG, verify_all_checks: FLAG },
  param_checks: [(value) => Array.isArray(value) && value.every(Array.isArray), 'an array of arrays'],
};

/** The place of an offset of a text, counted from 1. */
const placeOf = (source: string, offset: number): { readonly line: number; readonly column: number } => {
  const before = source.slice(0, Math.max(0, offset)).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
};

/** The keys of an item that are not what they have to be. */
const wrongKeys = (file: string, source: string, item: WhenItem, name: string): SourceProblem[] => {
  const from = source.indexOf(JSON.stringify(item[name]));
  return Object.entries(item).flatMap(([key, value]) => {
    const expected = EXPORTED[key];
    if (value === null || expected === undefined || expected[0](value)) return [];
    const text = `${item[name]}: expected ${key} as ${expected[1]}, found ${JSON.stringify(value)}`;
    return [{ file, ...placeOf(source, source.indexOf(JSON.stringify(key), from)), source, text }];
  });
};

/** Reads what `when-command --export` writes: JSON with three arrays. @throws UnreadableSource */
export const readExport = (file: string, source: string): WhenItems => {
  const problems: SourceProblem[] = [];
  // The text begins with a brace.
  let root: Record<string, unknown>;
  try {
    root = JSON.parse(source);
  } catch (error) {
    const offset = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? source.length);
    const text = `expected JSON, as "when-command --export" writes it: ${(error as Error).message}`;
    throw new UnreadableSource([{ file, ...placeOf(source, offset), source, text }]);
  }
  const list = (key: string, name: string): WhenItem[] => {
    const items = root[key] ?? [];
    if (!Array.isArray(items) || !items.every((item) => isTable(item) && isString(item[name]))) {
      const text = `expected "${key}" as an array of objects with "${name}", as "when-command --export" writes it`;
      problems.push({ file, ...placeOf(source, source.indexOf(`"${key}"`)), source, text });
      return [];
    }
    problems.push(...(items as WhenItem[]).flatMap((item) => wrongKeys(file, source, item, name)));
    return items as WhenItem[];
  };
  const found = {
    tasks: list('tasks', 'task_name'),
    conditions: list('conditions', 'cond_name'),
    handlers: list('signalhandlers', 'handler_name'),
  };
  if (problems.length > 0) throw new UnreadableSource(problems);
  return found;
};
