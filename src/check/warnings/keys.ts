import { suggest } from '../../config/suggest.ts';
import { intervalSeconds, lengthKey, lengthText } from '../../items/common/interval-fields.ts';
import { type CheckedFile, type CheckedItem, type ItemWarnings, type Warn, writtenTable } from '../checked-file.ts';

/** A retry of a condition that is checked for ever is nothing: each success of its check runs the tasks anyway. */
export const uselessRetries: ItemWarnings = ({ shared }, warn) => {
  const { recurring, max_tasks_retries: retries } = shared;
  if (recurring !== true || retries === 0) return;
  warn(
    'useless-retries',
    ['max_tasks_retries'],
    `max_tasks_retries = ${String(retries)} has no effect with recurring = true; to try a task again when it fails, give the task the key retries`,
    { at: 'key' },
  );
};

/** The values of an item, with their defaults. */
const valuesOf = ({ shared, values }: CheckedItem): Readonly<Record<string, unknown>> => ({ ...shared, ...values });
const isEmpty = (x: unknown): boolean =>
  x === undefined ||
  x === 0 ||
  x === false ||
  (Array.isArray(x) ? x.length === 0 : typeof x === 'object' && x !== null && Object.keys(x).length === 0);

/** Keys that only have an effect with others. */
interface Dependent {
  readonly keys: readonly string[];
  /** At least one of these has to be set. */
  readonly need: readonly string[];
  /** The key of `need` that is named as what is missing. */
  readonly say: string;
  /** A value of the key that is as good as none. */
  readonly except?: unknown;
}

const CRITERIA = ['success_stdout', 'success_stderr', 'failure_stdout', 'failure_stderr'];
const OVERDUE = ['overdue_seconds', 'overdue'];

const DEPENDENT: readonly Dependent[] = [
  {
    keys: ['retry_delay_seconds', 'retry_factor', 'retry_max_delay_seconds', 'retry_jitter', 'retry_timeout_seconds'],
    need: ['retries'],
    say: 'retries',
  },
  { keys: ['hold_seconds'], need: ['only_when'], say: 'only_when' },
  { keys: ['after_failures'], need: ['on_failure', 'on_recovery'], say: 'on_failure' },
  { keys: ['on_overdue'], need: OVERDUE, say: 'overdue_seconds or overdue' },
  { keys: ['catch_up_limit'], need: ['catch_up'], say: 'catch_up = "once" or "all"' },
  {
    keys: ['match_exact', 'match_regular_expression', 'case_sensitive'],
    need: CRITERIA,
    say: 'a text to look for, such as success_stdout',
  },
  { keys: ['expect_all'], need: ['expected_results'], say: 'expected_results' },
];

/** Whether a key says nothing: it is not there, or off. */
const isUnset = (key: string, value: unknown): boolean =>
  isEmpty(value) || (key === 'catch_up' && value === 'skip') || (key === 'overdue' && value === 'off');

/** Keys without the one that they are about. */
export const dependentKeys: ItemWarnings = (item, warn, file) => {
  const written = writtenTable(file, item);
  const own = valuesOf(item);
  const defaults = file.defaults as Readonly<Record<string, unknown>>;
  const has = (key: string) => !isUnset(key, own[key] ?? (item.path[0] === 'condition' ? defaults[key] : undefined));
  for (const { keys, need, say } of DEPENDENT)
    for (const key of keys) {
      if (!Object.hasOwn(written, key) || isEmpty(own[key]) || !need.every((one) => !has(one))) continue;
      warn('key-without-effect', [key], `${key} has no effect without ${say}`, { at: 'key' });
    }
};

/** What a condition says that depends on `recurring`. */
export const recurringKeys: ItemWarnings = (item, warn, file) => {
  const { recurring, catch_up: catchUp } = valuesOf(item);
  const written = writtenTable(file, item);
  if (recurring === true || catchUp === undefined || catchUp === 'skip') return;
  if (Object.hasOwn(written, 'catch_up'))
    warn(
      'key-without-effect',
      ['catch_up'],
      `catch_up = "${String(catchUp)}" makes up for nothing with recurring = false: the condition ends with its first success`,
      {
        at: 'key',
        help: 'recurring = true',
      },
    );
};

/** `break_on_…` without a sequence. */
export const breakFlags: ItemWarnings = ({ shared }, warn) => {
  if (shared.execute_sequence !== false) return;
  for (const key of ['break_on_failure', 'break_on_success'])
    if (shared[key] === true)
      warn(
        'break-without-sequence',
        [key],
        `${key} has no effect with execute_sequence = false: all tasks begin at once`,
        { at: 'key' },
      );
};

/** An interval that is shorter than a tick. */
export const shortInterval: ItemWarnings = ({ values }, warn, { globals }) => {
  const [interval, tick] = [intervalSeconds(values), globals.scheduler_tick_seconds as number];
  if (interval === undefined || interval === 0 || interval >= tick) return;
  warn(
    'interval-below-tick',
    [lengthKey(values)],
    `${lengthText(values)} is shorter than a tick, which has ${tick} seconds: it fires once a tick`,
    {
      help: `interval_seconds = ${tick}, or scheduler_tick_seconds = ${interval} at the top of the file`,
    },
  );
};

/** Names in `allow` that are not those of warnings. */
export const unknownAllowed = async (file: CheckedFile, warn: Warn): Promise<void> => {
  const sections = [file.task, file.condition, file.event];
  const items = sections.flatMap((section) => section.items as readonly CheckedItem[]);
  // Most files allow nothing.
  if (file.globals.allow === undefined && items.every(({ shared }) => shared.allow === undefined)) return;
  const { FINDINGS } = await import('../findings.ts');
  const known = Object.entries(FINDINGS).flatMap(([id, { level }]) => (level === 'warning' ? [id] : []));
  const look = (item: CheckedItem | undefined, names: unknown): void => {
    if (!Array.isArray(names)) return;
    for (const [i, name] of (names as readonly string[]).entries())
      if (!known.includes(name))
        warn(item, 'unknown-warning', ['allow', i], `allow: there is no warning "${name}"${suggest(name, known)}`);
  };
  look(undefined, file.globals.allow);
  for (const item of items) look(item, item.shared.allow);
};
