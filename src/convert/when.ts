import { commandKeys, directoryNote } from './command-keys.ts';
import type { Block, Converted, ConvertedItem } from './document.ts';
import type { ConvertHost } from './host.ts';
import { UniqueNames, validName } from './names.ts';
import { plainWords } from './shell.ts';
import type { TomlValue } from './toml.ts';
import { STOCK_EVENTS } from './when-events.ts';
import type { WhenItem, WhenItems } from './when-items.ts';
import { readWhen } from './when-source.ts';

type Keys = Record<string, TomlValue>;

/** How often When checks commands by default, in seconds. */
const SKIP_SECONDS = 60;
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** Syntax of Python that RE2 does not have. */
const NOT_RE2 = /\(\?(?:[=!]|<[=!]|P=|\()|\\[1-9]|[*+?}]\+|\(\?#/;

const text = (item: WhenItem, key: string): string => (typeof item[key] === 'string' ? (item[key] as string) : '');
const number = (item: WhenItem, key: string): number | undefined =>
  typeof item[key] === 'number' ? (item[key] as number) : undefined;
const isTrue = (item: WhenItem, key: string, fallback = false): boolean => (item[key] ?? fallback) === true;
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** What is said about one item. */
interface Remarks {
  readonly notes: string[];
  readonly differs: string[];
  readonly lost: string[];
}

const escaped = (literal: string): string => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** How output is compared: When removes blanks around it, and matches expressions at its beginning where that is asked for. */
const comparison = (
  item: WhenItem,
  expected: string,
  remarks: Remarks,
): { keys: Keys; expected: string } | undefined => {
  const exact = isTrue(item, 'match_exact');
  const sensitive = isTrue(item, 'case_sensitive') ? { case_sensitive: true } : {};
  if (!isTrue(item, 'match_regexp')) {
    if (!exact) return { keys: sensitive, expected };
    return {
      keys: { match_exact: true, match_regular_expression: true, ...sensitive },
      expected: `\\s*${escaped(expected)}\\s*`,
    };
  }
  if (NOT_RE2.test(expected)) {
    remarks.lost.push(
      `the expression "${expected}": RE2 does not have this syntax of Python, so the output is not looked at`,
    );
    return undefined;
  }
  return {
    keys: { match_regular_expression: true, ...sensitive },
    expected: exact ? `^\\s*(?:${expected})` : expected,
  };
};

/** What a task is judged by: When looks at the first of these that is given. */
const TASK_CRITERIA = [
  'success_status',
  'failure_status',
  'failure_stdout',
  'failure_stderr',
  'success_stdout',
  'success_stderr',
];

/** The criterion that counts, under the name of whenever. */
const criterion = (item: WhenItem, keys: readonly (readonly [from: string, to: string])[], remarks: Remarks): Keys => {
  const found = keys.find(([from]) => item[from] !== undefined && item[from] !== null && item[from] !== '');
  if (found === undefined) return {};
  const [from, to] = found;
  const value = item[from];
  if (typeof value === 'number') return { [to]: value };
  const compared = comparison(item, String(value), remarks);
  return compared === undefined ? {} : { ...compared.keys, [to]: compared.expected };
};

/** A value of a check of a signal with the type that it looks like. */
const typed = (value: unknown): TomlValue => {
  const word = String(value);
  if (/^-?\d{1,15}$/.test(word)) return Number(word);
  if (/^(?:true|false)$/i.test(word)) return word.toLowerCase() === 'true';
  return word;
};

const OPERATORS: Readonly<Record<string, readonly [string, string]>> = {
  is: ['eq', 'neq'],
  gt: ['gt', 'le'],
  lt: ['lt', 'ge'],
  contains: ['contains', 'ncontains'],
};

class WhenConverter {
  readonly #items: WhenItems;
  readonly #host: ConvertHost;
  readonly #tasks = new Map<string, string>();
  readonly #taskNames = new UniqueNames();
  readonly #conditionNames = new UniqueNames();
  readonly #eventNames = new UniqueNames();

  constructor(items: WhenItems, host: ConvertHost) {
    this.#items = items;
    this.#host = host;
  }

  convert(): Block[] {
    const { tasks, conditions, handlers } = this.#items;
    const made = [
      ...tasks.map((task) => this.#task(task)),
      ...conditions.map((condition) => this.#condition(condition)),
    ];
    const used = new Set(conditions.map((condition) => text(condition, 'event')));
    const unused = handlers
      .map((handler) => text(handler, 'handler_name'))
      .filter((name) => !used.has(`dbus_signal:${name}`));
    return [
      ...made,
      ...unused.map((name) => ({
        kept: [],
        from: `signal handler ${name}`,
        notes: [],
        differs: [],
        lost: ['no condition waits for it'],
        items: [],
      })),
    ];
  }

  #block(from: string, { notes, differs, lost }: Remarks, items: readonly ConvertedItem[]): Block {
    return { kept: [], from, notes, differs, lost, items };
  }

  #task(item: WhenItem): Block {
    const remarks: Remarks = { notes: [], differs: [], lost: [] };
    const original = text(item, 'task_name');
    const name = this.#taskNames.take(validName(original));
    this.#tasks.set(original, name);
    const variables = Object.entries((item.environment_vars ?? {}) as Record<string, unknown>).map(
      ([key, value]) => [key, String(value)] as const,
    );
    const directory = text(item, 'startup_dir') || this.#host.home;
    const note = directoryNote(directory, this.#host);
    if (note !== undefined) remarks.notes.push(note);
    const judged = criterion(
      item,
      TASK_CRITERIA.map((key) => [key, key] as const),
      remarks,
    );
    const keys: Keys = {
      name,
      type: 'command',
      ...this.#commandKeys(text(item, 'command'), directory, Object.fromEntries(variables), remarks),
      // When gives the whole environment if there are no variables, whatever it says.
      ...(variables.length > 0 && !isTrue(item, 'include_env', true) ? { include_environment: false } : {}),
      ...judged,
    };
    return this.#block(`task ${original}`, remarks, [{ section: 'task', keys }]);
  }

  #commandKeys(command: string, directory: string, environment: Record<string, string>, remarks: Remarks): Keys {
    if (command.includes('WHEN_COMMAND_'))
      remarks.differs.push(
        'WHEN_COMMAND_TASK and WHEN_COMMAND_CONDITION are called WHENEVER_TASK and WHENEVER_CONDITION',
      );
    const words = plainWords(command) ?? ['/bin/sh', '-c', command];
    return commandKeys({ words, directory, environment, judged: false }, this.#host);
  }

  #condition(item: WhenItem): Block {
    const remarks: Remarks = { notes: [], differs: [], lost: [] };
    const original = text(item, 'cond_name');
    const name = this.#conditionNames.take(validName(original));
    const tail = this.#tail(item, remarks);
    const items = this.#ofSubtype(item, name, tail, remarks);
    return this.#block(`condition ${original}`, remarks, items);
  }

  /** Keys that all conditions have. */
  #tail(item: WhenItem, remarks: Remarks): Keys {
    const wanted = strings(item.task_names);
    const missing = wanted.filter((task) => !this.#tasks.has(task));
    if (missing.length > 0) remarks.lost.push(`there are no tasks ${missing.join(', ')} in the file`);
    const tasks = [...new Set(wanted)].flatMap((task) => this.#tasks.get(task) ?? []);
    if (isTrue(item, 'break_success'))
      remarks.notes.push(
        'a task without criteria ends the sequence, too: it is a success here, and had no outcome in When',
      );
    return {
      ...(isTrue(item, 'repeat', true) ? { recurring: true } : {}),
      ...(isTrue(item, 'exec_sequence', true) ? {} : { execute_sequence: false }),
      ...(isTrue(item, 'break_success') ? { break_on_success: true } : {}),
      ...(isTrue(item, 'break_failure') ? { break_on_failure: true } : {}),
      ...(isTrue(item, 'suspended') ? { suspended: true } : {}),
      tasks,
    };
  }

  #ofSubtype(item: WhenItem, name: string, tail: Keys, remarks: Remarks): ConvertedItem[] {
    const condition = (keys: Keys): ConvertedItem[] => [{ section: 'condition', keys: { name, ...keys, ...tail } }];
    const subtype = text(item, 'subtype');
    if (subtype === 'IntervalBasedCondition')
      return condition({ type: 'interval', interval_seconds: number(item, 'interval') ?? 0 });
    if (subtype === 'TimeBasedCondition') return condition({ type: 'time', time_specifications: [timeSpec(item)] });
    if (subtype === 'IdleTimeBasedCondition')
      return condition({ type: 'idle', idle_seconds: number(item, 'idle_secs') ?? 0 });
    if (subtype === 'CommandBasedCondition') return condition(this.#commandCondition(item, remarks));
    if (subtype === 'PathNotifyBasedCondition') {
      const event = { type: 'fschange', watch: strings(item.watched_paths), recursive: true };
      return [...condition({ type: 'bucket' }), this.#event(name, event)];
    }
    if (subtype === 'EventBasedCondition') return this.#ofEvent(text(item, 'event'), name, condition, remarks);
    remarks.lost.push(`conditions of type ${subtype || 'unknown'} have no equivalent`);
    return [];
  }

  #event(condition: string, keys: Keys): ConvertedItem {
    return { section: 'event', keys: { name: this.#eventNames.take(condition), ...keys, condition } };
  }

  #commandCondition(item: WhenItem, remarks: Remarks): Keys {
    const keys = this.#commandKeys(text(item, 'command'), this.#host.home, {}, remarks);
    const expected = [
      ['expected_status', 'success_status'],
      ['expected_stdout', 'success_stdout'],
      ['expected_stderr', 'success_stderr'],
    ] as const;
    const judged = criterion(item, expected, remarks);
    if (Object.keys(judged).length === 0)
      remarks.differs.push('without a criterion it was never true; here it always is');
    return { type: 'command', ...keys, ...judged, check_after: SKIP_SECONDS };
  }

  #ofEvent(event: string, name: string, condition: (keys: Keys) => ConvertedItem[], remarks: Remarks): ConvertedItem[] {
    const [kind = '', of = ''] = event.split(':');
    if (kind === 'startup')
      return condition({ type: 'interval', interval_seconds: 0 }).map((item) => withoutRecurring(item));
    if (kind === 'command_line') {
      remarks.notes.push(`"when-command --run-condition ${of}" is "whenever ctl trigger ${name}" now`);
      return [...condition({ type: 'bucket' }), this.#event(name, { type: 'cli' })];
    }
    if (kind === 'dbus_signal') return this.#ofSignal(of, name, condition, remarks);
    const stock = STOCK_EVENTS[kind];
    if (stock === undefined) {
      remarks.lost.push(`the event ${kind || 'without a name'} has no equivalent`);
      return [];
    }
    if (stock.differs !== undefined) remarks.differs.push(stock.differs);
    if (stock.condition !== undefined) return condition(stock.condition);
    return [...condition({ type: 'bucket' }), this.#event(name, stock.event!)];
  }

  /** A signal that a person has defined. */
  #ofSignal(
    handler: string,
    name: string,
    condition: (keys: Keys) => ConvertedItem[],
    remarks: Remarks,
  ): ConvertedItem[] {
    const found = this.#items.handlers.find((one) => text(one, 'handler_name') === handler);
    if (found === undefined) {
      remarks.lost.push(`there is no signal handler ${handler} in the file`);
      return [];
    }
    const rule = [
      "type='signal'",
      `sender='${text(found, 'bus_name')}'`,
      `path='${text(found, 'bus_path')}'`,
      `interface='${text(found, 'interface')}'`,
      `member='${text(found, 'signal')}'`,
    ].join(',');
    const checks = this.#checks(found, remarks);
    const event = {
      type: 'dbus',
      bus: `:${text(found, 'bus') || 'session'}`,
      rule,
      ...(checks.length > 0 ? { parameter_check: checks } : {}),
      ...(checks.length > 1 && isTrue(found, 'verify_all_checks') ? { parameter_check_all: true } : {}),
    };
    const immediate = isTrue(found, 'defer', true) ? {} : { immediate: true };
    return [...condition({ type: 'bucket', ...immediate }), this.#event(name, event)];
  }

  #checks(handler: WhenItem, remarks: Remarks): Keys[] {
    const rows = Array.isArray(handler.param_checks) ? (handler.param_checks as readonly unknown[]) : [];
    return rows
      .filter((row): row is readonly unknown[] => Array.isArray(row))
      .map((row) => parameterCheck(row, remarks))
      .filter((check) => check !== undefined);
  }
}

/** The largest index of a parameter that can be checked. */
const LAST_INDEX = 63;

/** Where in the arguments a check looks: an index, or also what is at a place in it. */
const indexOf = (index: unknown, sub: unknown): TomlValue | undefined => {
  const first = Number(index);
  if (!Number.isInteger(first) || first < 0 || first > LAST_INDEX) return undefined;
  if (sub === null || sub === undefined || sub === '') return first;
  return [first, typeof sub === 'number' || /^\d{1,9}$/.test(String(sub)) ? Number(sub) : String(sub)];
};

/** A check of a parameter of a signal; undefined: there is no equivalent, which is said. */
const parameterCheck = (row: readonly unknown[], remarks: Remarks): Keys | undefined => {
  const [at, sub, compare, negated, value] = row;
  const shown = `the check of parameter ${at}${sub === null || sub === undefined || sub === '' ? '' : `:${sub}`}, ${negated ? 'not ' : ''}${compare} ${value}`;
  const lose = (why: string): undefined => {
    remarks.lost.push(`${shown}: ${why}`);
    return undefined;
  };
  const index = indexOf(at, sub);
  if (index === undefined) return lose(`there are parameters 0 to ${LAST_INDEX}`);
  if (compare === 'matches')
    return negated || NOT_RE2.test(String(value))
      ? lose('there is no operator for it')
      : { index, operator: 'match', value: `^(?:${value})` };
  const operators = OPERATORS[String(compare)];
  if (operators === undefined) return lose('there is no operator for it');
  const operator = operators[negated ? 1 : 0];
  const wanted = typed(value);
  if (typeof wanted !== 'number' && /^[gl]/.test(operator)) return lose('only numbers are ordered');
  if (typeof wanted !== 'string')
    remarks.differs.push(`${shown}: When converts to the type of the parameter; here it is a ${typeof wanted}`);
  return { index, operator, value: wanted };
};

/** It is true once, whatever it says. */
const withoutRecurring = ({ section, keys }: ConvertedItem): ConvertedItem => {
  const { recurring: _, ...rest } = keys;
  return { section, keys: rest };
};

/** The instants of a time condition: what is not given is every hour or every minute. */
const timeSpec = (item: WhenItem): Keys => {
  const [year, month, day, hour, minute, weekday] = ['year', 'month', 'day', 'hour', 'minute', 'weekday'].map((key) =>
    number(item, key),
  );
  const name = weekday === undefined ? undefined : WEEKDAYS[weekday];
  if (minute !== undefined) {
    const given = { year, month, day, weekday: name, hour, minute };
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Keys;
  }
  const any = (value: number | string | undefined) => value ?? '*';
  const weekdayField = name === undefined ? '*' : `${day === undefined ? '' : '+'}${name.toUpperCase()}`;
  const five = `* ${any(hour)} ${any(day)} ${any(month)} ${weekdayField}`;
  return { cron: year === undefined ? five : `0 ${five} ${year}` };
};

/**
 * Converts the items of When: what `when-command --export` has written, or a file of item definitions.
 * @throws UnreadableSource
 */
export const convertWhen = (file: string, source: string, host: ConvertHost): Converted => {
  const items = readWhen(file, source);
  return {
    from: `the items of When in ${file}`,
    general: [
      'UniqueNames have _ in the place of -. Variables are called WHENEVER_TASK and WHENEVER_CONDITION.',
      `Conditions of type command are checked every ${SKIP_SECONDS} s, which is the default of "skip seconds" in When. Its settings are not in the file.`,
      'Texts are searched in the output with blanks around it; When removes these.',
    ],
    settings: {},
    defaults: {},
    blocks: new WhenConverter(items, host).convert(),
  };
};
