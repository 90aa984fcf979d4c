import { commandKeys, directoryNote } from './command-keys.ts';
import type { ConvertedItem } from './document.ts';
import { type ConvertHost, type SourceProblem, UnreadableSource } from './host.ts';
import { type UniqueNames, validName } from './names.ts';
import { environmentOf } from './systemd-environment.ts';
import { readExec } from './systemd-exec.ts';
import { UnitGuards } from './systemd-guards.ts';
import { limitsOf } from './systemd-limits.ts';
import { Specifiers, timeSpan } from './systemd-values.ts';
import type { TomlValue } from './toml.ts';
import { type Assignment, type Unit, wrongValue } from './unit-file.ts';

/** What a service has become. */
export interface ConvertedService {
  readonly items: readonly ConvertedItem[];
  /** The names of its tasks in order. */
  readonly tasks: readonly string[];
  /** Conditions without tasks that have to hold. */
  readonly guards: readonly string[];
  readonly notes: readonly string[];
  readonly differs: readonly string[];
  readonly lost: readonly string[];
  /** It ran as another user: its conditions begin suspended. */
  readonly suspended: boolean;
}

/** Keys without a meaning for whenever: what they say is about the log, or about systemd itself. */
const NO_MEANING: Readonly<Record<string, readonly string[]>> = {
  Unit: ['Description', 'Documentation', 'DefaultDependencies', 'StartLimitInterval', 'StartLimitIntervalSec'],
  Service: ['SyslogIdentifier', 'StandardOutput', 'StandardError', 'StandardInput', 'KillMode', 'GuessMainPID'],
};

/** Makes tasks and guards of a service. */
export class ServiceConverter {
  readonly #unit: Unit;
  readonly #host: ConvertHost;
  readonly #names: { readonly tasks: UniqueNames; readonly conditions: UniqueNames };
  readonly #isUser: boolean;
  readonly #user: string;
  readonly #specifiers: Specifiers;
  readonly #items: ConvertedItem[] = [];
  readonly #notes: string[] = [];
  readonly #differs: string[] = [];
  readonly #lost: string[] = [];
  readonly #problems: SourceProblem[] = [];

  constructor(
    unit: Unit,
    host: ConvertHost,
    names: { readonly tasks: UniqueNames; readonly conditions: UniqueNames },
    isUser: boolean,
  ) {
    this.#unit = unit;
    this.#host = host;
    this.#names = names;
    this.#isUser = isUser;
    this.#user = unit.text('Service', 'User') ?? (isUser ? host.user : 'root');
    this.#specifiers = new Specifiers(unit, host, isUser, this.#user);
  }

  /** @throws UnreadableSource for a value that systemd would refuse */
  convert(): ConvertedService {
    const description = this.#unit.text('Unit', 'Description');
    if (description !== undefined) this.#notes.push(this.#specifiers.replace(description));
    const tasks = this.#commands();
    const guards = new UnitGuards(this.#unit, this.#specifiers, this.#names.conditions, this.#host);
    this.#items.push(...guards.items);
    this.#notes.push(...guards.notes);
    this.#differs.push(...guards.differs);
    this.#lost.push(...guards.lost);
    this.#problems.push(...guards.problems);
    this.#ofUnit();
    const unread = this.#unread();
    if (unread.length > 0) this.#lost.push(`no equivalent: ${unread.join(', ')}`);
    for (const specifier of this.#specifiers.unknown) this.#lost.push(`the specifier ${specifier} is left as it is`);
    if (this.#problems.length > 0) throw new UnreadableSource(this.#problems);
    return {
      items: this.#items,
      tasks,
      guards: guards.items.map(({ keys }) => keys.name as string),
      notes: this.#notes,
      differs: this.#differs,
      lost: this.#lost,
      suspended: this.#runsAsOther(),
    };
  }

  #runsAsOther(): boolean {
    if (this.#user === this.#host.user) return false;
    this.#differs.push(
      `it ran as ${this.#user}, and the scheduler runs everything as the user that starts it: suspended. Move it to a scheduler of ${this.#user}, or remove "suspended"`,
    );
    return true;
  }

  /** The tasks of all command lines, in the order in which systemd runs them. */
  #commands(): string[] {
    const unit = this.#unit;
    const base = validName(unit.stem);
    const keys = this.#commonKeys();
    const tasks: string[] = [];
    for (const [key, suffix] of [
      ['ExecStartPre', '_before'],
      ['ExecStart', ''],
      ['ExecStartPost', '_after'],
    ] as const)
      for (const assignment of unit.all('Service', key))
        for (const name of this.#tasksOf(assignment, base + suffix, keys, key === 'ExecStart')) tasks.push(name);
    if (unit.all('Service', 'ExecStart').length === 0) this.#lost.push('there is no ExecStart=');
    return tasks;
  }

  #tasksOf(assignment: Assignment, base: string, common: CommonKeys, isMain: boolean): string[] {
    const lines = readExec(assignment.value, this.#specifiers);
    if (lines === undefined) {
      this.#problems.push(wrongValue(assignment, 'a command line with closed quotes'));
      return [];
    }
    return lines.map(({ words, ignoresFailure, differs }) => {
      const name = this.#names.tasks.take(base);
      this.#differs.push(...differs);
      const keys = commandKeys({ words, ...common, judged: !ignoresFailure }, this.#host);
      const own = isMain ? { ...common.more, ...common.retries } : common.more;
      this.#items.push({ section: 'task', keys: { name, type: 'command', ...keys, ...own } });
      return name;
    });
  }

  /** Keys that all tasks of the service have. */
  #commonKeys(): CommonKeys {
    const directory = this.#directory();
    const note = directoryNote(directory, this.#host);
    if (note !== undefined) this.#notes.push(note);
    const { limits, lost } = limitsOf(this.#unit);
    this.#lost.push(...lost);
    const timeout = this.#timeout();
    return {
      directory,
      ...this.#environment(),
      more: {
        ...(timeout === undefined ? {} : { timeout_seconds: timeout }),
        ...(Object.keys(limits).length > 0 ? { limits } : {}),
      },
      retries: this.#retries(),
    };
  }

  #directory(): string {
    const home = this.#specifiers.replace('%h');
    const given = this.#unit.text('Service', 'WorkingDirectory');
    if (given === undefined) return this.#isUser ? home : '/';
    const path = this.#specifiers.replace(given.replace(/^-/, ''));
    if (given.startsWith('-') && !this.#host.isDirectory(path)) {
      this.#differs.push(`${path} does not exist here and may be missing: the command begins in /`);
      return '/';
    }
    return path === '~' ? home : path;
  }

  #environment(): Pick<CommonKeys, 'environment' | 'environmentFiles'> {
    const readByRoot = !this.#isUser && this.#user !== 'root';
    const { variables, files, differs, lost, problems } = environmentOf(this.#unit, this.#specifiers, readByRoot);
    this.#differs.push(...differs);
    this.#lost.push(...lost);
    this.#problems.push(...problems);
    return { environment: variables, environmentFiles: files };
  }

  /** Seconds, at least one; undefined: no limit. */
  #span(assignment: Assignment | undefined): number | undefined {
    if (assignment === undefined) return undefined;
    const seconds = timeSpan(assignment.value);
    if (seconds === undefined) this.#problems.push(wrongValue(assignment, 'a time span such as 30s or 1h 30min'));
    return seconds === undefined || seconds === 0 || seconds === Number.POSITIVE_INFINITY ? undefined : seconds;
  }

  #timeout(): number | undefined {
    const unit = this.#unit;
    const start = unit.all('Service', 'TimeoutStartSec', 'TimeoutSec').at(-1);
    const longest = this.#span(unit.last('Service', 'RuntimeMaxSec'));
    const type = unit.text('Service', 'Type') ?? 'simple';
    const limit = this.#span(start);
    const seconds = type === 'oneshot' ? limit : longest;
    if (
      type === 'oneshot' &&
      limit !== undefined &&
      unit.all('Service', 'ExecStart', 'ExecStartPre', 'ExecStartPost').length > 1
    )
      this.#differs.push('TimeoutStartSec= was the limit of all commands together; here it is that of each');
    if (type !== 'oneshot' && limit !== undefined) this.#lost.push('TimeoutStartSec= was about the start only');
    if (['forking', 'notify', 'notify-reload', 'dbus'].includes(type))
      this.#lost.push(`Type=${type}: a task has ended when its command has ended`);
    if (unit.flag('Service', 'RemainAfterExit'))
      this.#lost.push('RemainAfterExit=: a task that has ended can run again');
    return seconds === undefined ? undefined : Math.max(1, Math.ceil(seconds));
  }

  /** Restarts as attempts. */
  #retries(): Record<string, TomlValue> {
    const unit = this.#unit;
    const restart = unit.text('Service', 'Restart');
    const delay = this.#span(unit.last('Service', 'RestartSec'));
    const burst = Number(unit.text('Unit', 'StartLimitBurst') ?? 5);
    if (restart === undefined || restart === 'no') return {};
    if (restart === 'always' || restart === 'on-success')
      this.#differs.push(`Restart=${restart}: it is tried again after a failure only`);
    this.#differs.push(
      `Restart=${restart}: systemd tries again until StartLimitBurst= is reached within its interval; here there are ${burst} retries`,
    );
    return { retries: burst, retry_delay_seconds: delay ?? 0.1 };
  }

  /** What [Unit] says about other units. */
  #ofUnit(): void {
    const units = ['After', 'Wants', 'Requires'].flatMap((key) =>
      this.#unit.all('Unit', key).flatMap(({ value }) => value.split(/\s+/)),
    );
    if (units.some((name) => name === 'network-online.target'))
      this.#lost.push(
        'network-online.target: systemd waits for the network before the first start. only_when with a guard "Online" waits before each run: see recipe-guards.toml',
      );
    const others = [...new Set(units)].filter(
      (name) => !/^(?:network|network-online|basic|sysinit|local-fs|default|time-sync|nss-lookup)\.target$/.test(name),
    );
    if (others.length > 0) this.#lost.push(`the order of starts, and what it needs: ${others.join(', ')}`);
  }

  /** What nothing has been made of. */
  #unread(): string[] {
    for (const [section, keys] of Object.entries(NO_MEANING)) for (const key of keys) this.#unit.all(section, key);
    for (const key of ['Type', 'User', 'RestartSec', 'Restart', 'OnFailure', 'OnSuccess'])
      this.#unit.all(key.startsWith('On') ? 'Unit' : 'Service', key);
    this.#unit.all('Unit', 'StartLimitBurst');
    for (const key of ['WantedBy', 'Also', 'Alias', 'RequiredBy']) this.#unit.all('Install', key);
    return this.#unit.unread();
  }
}

interface CommonKeys {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFiles: readonly string[];
  readonly more: Readonly<Record<string, TomlValue>>;
  readonly retries: Readonly<Record<string, TomlValue>>;
}
