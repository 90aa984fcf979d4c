import { type SourceProblem, UnreadableSource } from './host.ts';
import type { WhenItem, WhenItems } from './when-items.ts';

/** A section of a file of item definitions. */
interface Section {
  readonly name: string;
  readonly line: number;
  readonly values: ReadonlyMap<string, Value>;
}

interface Value {
  text: string;
  readonly line: number;
}

const NAME = /^[A-Za-z0-9][\w-]*$/;

/** What a line of a file of item definitions is. */
type Line =
  | { readonly kind: 'more' | 'blank' }
  | { readonly kind: 'section'; readonly name: string }
  | { readonly kind: 'value'; readonly key: string; readonly value: string }
  | { readonly kind: 'wrong'; readonly expected: string };

/** @param isFirst no section has begun. @param isOpen a value can go on */
const lineOf = (text: string, isFirst: boolean, isOpen: boolean): Line => {
  const trimmed = text.trim();
  if (trimmed === '' || /^[#;]/.test(trimmed)) return { kind: 'blank' };
  if (/^\s/.test(text) && isOpen) return { kind: 'more' };
  const name = /^\[(.*)\]$/.exec(trimmed)?.[1];
  if (name !== undefined)
    return NAME.test(name)
      ? { kind: 'section', name }
      : { kind: 'wrong', expected: 'expected the name of an item: letters, digits, _ and -' };
  const [, key, value = ''] = /^([^:=]+?)\s*[:=]\s*(.*)$/.exec(trimmed) ?? [];
  if (key === undefined || isFirst)
    return { kind: 'wrong', expected: 'expected [NAME of an item], or KEY: VALUE below one' };
  return { kind: 'value', key: key.toLowerCase(), value };
};

/** Reads sections with `key: value`; lines that are indented go on with a value. */
const readSections = (file: string, source: string): Section[] => {
  const sections: { name: string; line: number; values: Map<string, Value> }[] = [];
  const problems: SourceProblem[] = [];
  let last: Value | undefined;
  for (const [i, text] of source.split(/\r?\n/).entries()) {
    const found = lineOf(text, sections.length === 0, last !== undefined);
    if (found.kind === 'more') last!.text += `\n${text.trim()}`;
    if (found.kind === 'section') {
      sections.push({ name: found.name, line: i + 1, values: new Map() });
      last = undefined;
    }
    if (found.kind === 'value') {
      last = { text: found.value, line: i + 1 };
      sections.at(-1)!.values.set(found.key, last);
    }
    if (found.kind === 'wrong')
      problems.push({
        file,
        line: i + 1,
        column: text.search(/\S/) + 1,
        source,
        text: `${found.expected}, found "${text.trim()}"`,
      });
  }
  if (problems.length > 0) throw new UnreadableSource(problems);
  return sections;
};

const SUBTYPES: Readonly<Record<string, string>> = {
  interval: 'IntervalBasedCondition',
  time: 'TimeBasedCondition',
  command: 'CommandBasedCondition',
  idle_session: 'IdleTimeBasedCondition',
  event: 'EventBasedCondition',
  file_change: 'PathNotifyBasedCondition',
  user_event: 'EventBasedCondition',
};
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** The words of the file for events, and those of the export. */
const EVENTS: Readonly<Record<string, string>> = {
  startup: 'startup',
  shutdown: 'shutdown',
  suspend: 'system_suspend',
  resume: 'system_resume',
  connect_storage: 'device_attach',
  disconnect_storage: 'device_detach',
  join_network: 'network_join',
  leave_network: 'network_leave',
  screensaver: 'screensaver',
  exit_screensaver: 'screensaver_exit',
  lock: 'session_lock',
  unlock: 'session_unlock',
  charging: 'battery_charge',
  discharging: 'battery_discharging',
  battery_low: 'battery_low',
  command_line: 'command_line',
};

const OPERATORS: Readonly<Record<string, string>> = {
  equal: 'is',
  gt: 'gt',
  lt: 'lt',
  contains: 'contains',
  matches: 'matches',
};

/** Reads the values of one section; what is wrong is noted with its line. */
class SectionReader {
  readonly #section: Section;
  readonly #file: string;
  readonly #source: string;
  readonly #problems: SourceProblem[];

  constructor(section: Section, file: string, source: string, problems: SourceProblem[]) {
    this.#section = section;
    this.#file = file;
    this.#source = source;
    this.#problems = problems;
  }

  complain(key: string, expected: string): undefined {
    const value = this.#section.values.get(key);
    this.#problems.push({
      file: this.#file,
      line: value?.line ?? this.#section.line,
      column: 1,
      source: this.#source,
      text: `${this.#section.name}: expected ${key} ${expected}, found ${value === undefined ? 'nothing' : `"${value.text}"`}`,
    });
    return undefined;
  }

  text(key: string): string | undefined {
    return this.#section.values.get(key)?.text;
  }
  required(key: string): string {
    return this.text(key) ?? this.complain(key, 'to be given') ?? '';
  }
  flag(key: string, fallback: boolean): boolean {
    const text = this.text(key)?.toLowerCase();
    if (text === undefined) return fallback;
    if (!/^(?:1|yes|true|on|0|no|false|off)$/.test(text)) this.complain(key, 'as true or false');
    return /^(?:1|yes|true|on)$/.test(text);
  }
  number(key: string, min: number, max: number): number | null {
    const text = this.text(key);
    if (text === undefined) return null;
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(n >= min && n <= max)) this.complain(key, `as a number from ${min} to ${max}`);
    return n;
  }
  oneOf<T>(key: string, known: Readonly<Record<string, T>>): T | undefined {
    const word = this.text(key)?.toLowerCase();
    return (
      (word === undefined ? undefined : known[word]) ?? this.complain(key, `as one of ${Object.keys(known).join(', ')}`)
    );
  }
}

const MOST = Number.MAX_SAFE_INTEGER;

/** `check for: success, status, 0` of a task. */
const taskCheck = (read: SectionReader): WhenItem => {
  const text = read.text('check for');
  if (text === undefined) return { success_status: 0 };
  if (text.toLowerCase() === 'nothing') return {};
  const [, outcome, source, value] =
    /^\s*(success|failure)\s*,\s*(status|stdout|stderr)\s*,\s*([\s\S]*)$/i.exec(text) ?? [];
  if (value === undefined || (source!.toLowerCase() === 'status' && !/^\d+$/.test(value.trim()))) {
    read.complain('check for', 'as nothing, or as OUTCOME, SOURCE, VALUE, such as success, status, 0');
    return {};
  }
  const key = `${outcome}_${source}`.toLowerCase();
  return { [key]: key.endsWith('status') ? Number(value) : value.trim() };
};

/** `check for: stdout, text` of a condition. */
const conditionCheck = (read: SectionReader): WhenItem => {
  const text = read.text('check for');
  if (text === undefined) return { expected_status: 0 };
  const [, source, value] = /^\s*(status|stdout|stderr)\s*,\s*([\s\S]*)$/i.exec(text) ?? [];
  if (value === undefined || (source!.toLowerCase() === 'status' && !/^\d+$/.test(value.trim()))) {
    read.complain('check for', 'as SOURCE, VALUE, such as status, 0');
    return {};
  }
  return source!.toLowerCase() === 'status'
    ? { expected_status: Number(value) }
    : { [`expected_${source!.toLowerCase()}`]: value.trim() };
};

const matching = (read: SectionReader): WhenItem => ({
  match_exact: read.flag('exact match', false),
  match_regexp: read.flag('regexp match', false) || read.flag('match regexp', false),
  case_sensitive: read.flag('case sensitive', false),
});

const taskOf = (name: string, read: SectionReader): WhenItem => {
  const lines = (read.text('environment variables') ?? '').split('\n').filter((line) => line.includes('='));
  return {
    task_name: name,
    command: read.required('command'),
    startup_dir: read.text('startup directory') ?? '',
    include_env: read.flag('import environment', true),
    environment_vars: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1)]),
    ),
    ...taskCheck(read),
    ...matching(read),
  };
};

const timeKeys = (read: SectionReader): WhenItem => {
  const day =
    read.text('day of week') === undefined
      ? null
      : read.oneOf('day of week', Object.fromEntries(WEEKDAYS.map((name, i) => [name, i])));
  return {
    year: read.number('year', 0, 9999),
    month: read.number('month', 1, 12),
    day: read.number('day', 1, 31),
    hour: read.number('hour', 0, 23) ?? 0,
    minute: read.number('minute', 0, 59) ?? 0,
    weekday: day ?? null,
  };
};

/** The keys of each type of condition. */
const KEYS: Readonly<Record<string, (name: string, read: SectionReader) => WhenItem>> = {
  interval: (_, read) => {
    read.required('interval minutes');
    return { interval: (read.number('interval minutes', 1, MOST) ?? 0) * 60 };
  },
  time: (_, read) => timeKeys(read),
  command: (_, read) => ({ command: read.required('command'), ...conditionCheck(read), ...matching(read) }),
  idle_session: (_, read) => {
    read.required('idle minutes');
    return { idle_secs: (read.number('idle minutes', 1, MOST) ?? 0) * 60 };
  },
  event: (name, read) => {
    const event = read.oneOf('event type', EVENTS);
    return { event: event === 'command_line' ? `command_line:${name}` : event };
  },
  file_change: (_, read) => ({ watched_paths: [read.required('watched path')] }),
  user_event: (_, read) => ({ event: `dbus_signal:${read.required('event name')}` }),
};

const conditionOf = (name: string, read: SectionReader): WhenItem => {
  const type = read.text('based on')?.toLowerCase() ?? '';
  const subtype = read.oneOf('based on', SUBTYPES);
  const stop =
    read.text('break on') === undefined
      ? 'nothing'
      : read.oneOf('break on', { success: 'success', failure: 'failure', nothing: 'nothing' });
  return {
    cond_name: name,
    subtype,
    task_names: (read.text('task names') ?? '')
      .split(',')
      .map((task) => task.trim())
      .filter((task) => task !== ''),
    repeat: read.flag('repeat checks', true),
    exec_sequence: read.flag('sequential', true),
    suspended: read.flag('suspended', false),
    break_success: stop === 'success',
    break_failure: stop === 'failure',
    ...KEYS[type]?.(name, read),
  };
};

/** `0:1, not equal, text`: index, sub-index, operator, whether it is negated, value. */
const parameterCheck = (line: string): unknown[] | undefined => {
  const [, index, sub, not, operator, value] =
    /^(\d+)(?::([\w-]+))?\s*,\s*(not\s+)?(\w+)\s*,\s*(.*)$/i.exec(line) ?? [];
  const known = OPERATORS[operator?.toLowerCase() ?? ''];
  return known === undefined ? undefined : [Number(index), sub ?? null, known, not !== undefined, value];
};

const handlerOf = (name: string, read: SectionReader): WhenItem => {
  const lines = (read.text('parameters') ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const checks = lines.map(parameterCheck);
  if (checks.includes(undefined)) read.complain('parameters', 'as lines INDEX, OPERATOR, VALUE');
  return {
    handler_name: name,
    bus: read.text('bus') === undefined ? 'session' : read.oneOf('bus', { session: 'session', system: 'system' }),
    bus_name: read.required('bus name'),
    bus_path: read.required('object path'),
    interface: read.required('interface'),
    signal: read.required('signal'),
    defer: read.flag('defer', true),
    param_checks: checks,
    verify_all_checks: read.text('verify')?.toLowerCase() === 'all',
  };
};

/** Reads a file of item definitions. @throws UnreadableSource */
export const readDefinitions = (file: string, source: string): WhenItems => {
  const problems: SourceProblem[] = [];
  const found = { tasks: [] as WhenItem[], conditions: [] as WhenItem[], handlers: [] as WhenItem[] };
  for (const section of readSections(file, source)) {
    const read = new SectionReader(section, file, source, problems);
    const kind = read.oneOf('type', { task: 'task', condition: 'condition', signal_handler: 'handler' } as const);
    if (kind === 'task') found.tasks.push(taskOf(section.name, read));
    if (kind === 'condition') found.conditions.push(conditionOf(section.name, read));
    if (kind === 'handler') found.handlers.push(handlerOf(section.name, read));
  }
  if (problems.length > 0) throw new UnreadableSource(problems);
  return found;
};
