import { counted } from '../plural.ts';
import { CalendarError } from './calendar.ts';
import { calendarSpecs } from './calendar-specs.ts';
import type { Block, Converted, ConvertedItem } from './document.ts';
import { type ConvertHost, type SourceProblem, UnreadableSource } from './host.ts';
import { allowInherent } from './inherent-warnings.ts';
import { Names, validName } from './names.ts';
import { type ConvertedService, ServiceConverter, wrongValue } from './systemd-service.ts';
import { Specifiers, timeSpan } from './systemd-values.ts';
import type { TomlValue } from './toml.ts';
import { findUnit, templateOf, type Unit, type UnitDirectory } from './unit-file.ts';

/** How units are read. */
export interface SystemdOptions {
  /** Units of a user, or of the system; default: by the path, else of a user. */
  readonly form?: 'user' | 'system';
}

/** Misses of any age are made up for, as with Persistent=: a hundred years. */
const ANY_AGE = 3_155_760_000;
/** The default of AccuracySec=. */
const ACCURACY = 60;

/** One condition that a timer has become. */
type Keys = Record<string, TomlValue>;

/** What a timer has become. */
interface ConvertedTimer {
  readonly items: ConvertedItem[];
  readonly notes: string[];
  readonly differs: string[];
  readonly lost: string[];
}

/** Keys of timers that say when it is time after something else. */
const MONOTONIC = ['OnActiveSec', 'OnBootSec', 'OnStartupSec', 'OnUnitActiveSec', 'OnUnitInactiveSec'] as const;

/** Why a first run does not come at the same time. */
const SINCE: Readonly<Record<string, string>> = {
  OnActiveSec: 'counts from the start of the timer',
  OnBootSec: 'counts from the start of the machine',
  OnStartupSec: 'counts from the start of the service manager',
};

class TimerConverter {
  readonly #timer: Unit;
  readonly #names: Names;
  readonly #problems: SourceProblem[] = [];
  readonly #out: ConvertedTimer = { items: [], notes: [], differs: [], lost: [] };
  /** The smallest accuracy asked for, in seconds. */
  accuracy = ACCURACY;

  constructor(timer: Unit, names: Names) {
    this.#timer = timer;
    this.#names = names;
  }

  /** @param tail what all conditions have: tasks, guards, hooks. @throws UnreadableSource */
  convert(service: ConvertedService, tail: Keys): ConvertedTimer {
    const jitter = this.#jitter();
    this.#readAccuracy();
    const own = { ...(service.suspended ? { suspended: true } : {}), ...tail };
    const name = validName(this.#timer.stem);
    const catchUp = this.#timer.flag('Timer', 'Persistent') ? { catch_up: 'once', catch_up_limit: ANY_AGE } : {};
    const delay = jitter > 0 ? { jitter_seconds: jitter } : {};
    for (const keys of this.#calendars()) this.#add(name, { ...keys, ...catchUp, ...delay, recurring: true, ...own });
    for (const { recurring, seconds, suffix } of this.#intervals())
      this.#add(name + suffix, {
        type: 'interval',
        interval_seconds: seconds,
        ...(jitter > 0 ? { jitter_seconds: Math.min(jitter, seconds) } : {}),
        ...(recurring ? { recurring: true } : {}),
        ...own,
      });
    this.#rest();
    if (this.#problems.length > 0) throw new UnreadableSource(this.#problems);
    if (this.#out.items.length === 0) this.#out.lost.push(`${this.#timer.name} has no time that could be converted`);
    return this.#out;
  }

  /** Whole seconds up to which each run is held back. */
  #jitter(): number {
    const jitter = Math.ceil(this.#span('RandomizedDelaySec') ?? 0);
    if (jitter > 0 && this.#timer.flag('Timer', 'FixedRandomDelay'))
      this.#out.differs.push('FixedRandomDelay=: the delay is chosen anew each time');
    return jitter;
  }

  #readAccuracy(): void {
    this.accuracy = this.#span('AccuracySec') ?? ACCURACY;
    if (this.accuracy < 1)
      this.#out.differs.push('AccuracySec= of less than a second: instants fall on ticks of whole seconds');
  }

  #add(wanted: string, keys: Keys): void {
    this.#out.items.push({ section: 'condition', keys: { name: this.#names.take(wanted), ...keys } });
  }

  #span(key: string): number | undefined {
    const assignment = this.#timer.last('Timer', key);
    if (assignment === undefined) return undefined;
    const seconds = timeSpan(assignment.value);
    if (seconds === undefined || seconds === Number.POSITIVE_INFINITY) {
      this.#problems.push(wrongValue(assignment, 'a time span such as 30s or 1h 30min'));
      return undefined;
    }
    return seconds;
  }

  /** Conditions for OnCalendar=: one for each time zone. */
  #calendars(): Keys[] {
    const zones = new Map<string | undefined, { readonly [key: string]: TomlValue }[]>();
    for (const assignment of this.#timer.all('Timer', 'OnCalendar')) {
      try {
        const { specs, zone, differs } = calendarSpecs(assignment.value);
        zones.set(zone, [...(zones.get(zone) ?? []), ...specs]);
        this.#out.differs.push(...differs);
      } catch (error) {
        if (!(error instanceof CalendarError)) throw error;
        const { file, line, column, source } = assignment;
        this.#problems.push({ file, line, column: column + error.offset, source, text: error.message });
      }
    }
    return [...zones].map(([zone, specs]) => ({
      type: 'time',
      time_specifications: specs,
      ...(zone === undefined ? {} : { timezone: zone }),
      ...allowInherent(specs),
    }));
  }

  /** Intervals for what counts from something else: the first run, if it comes at another time, and those that follow. */
  #intervals(): { recurring: boolean; seconds: number; suffix: string }[] {
    const { differs } = this.#out;
    const spans = MONOTONIC.map((key) => [key, this.#span(key)] as const).filter(
      ([, seconds]) => seconds !== undefined,
    );
    const first = spans.filter(([key]) => key in SINCE);
    const again = spans.filter(([key]) => !(key in SINCE));
    for (const [key] of first) differs.push(`${key}= ${SINCE[key]}; here it counts from the start of the scheduler`);
    if (again.some(([key]) => key === 'OnUnitInactiveSec'))
      differs.push('OnUnitInactiveSec= counts from the end of a run; the interval does not stop while the tasks run');
    const calendar = this.#timer.all('Timer', 'OnCalendar').length > 0;
    if (again.length > 0 && first.length === 0 && !calendar)
      differs.push(
        `nothing but ${again[0]![0]}=: systemd waits until something else has started the unit; here the first run is one interval after the start`,
      );
    const whole = (seconds: number) => Math.max(1, Math.ceil(seconds));
    for (const [key, seconds] of spans)
      if (!Number.isInteger(seconds) || seconds! < 1)
        differs.push(`${key}=: intervals are whole seconds, one at least`);
    const length = again.length === 0 ? undefined : whole(Math.min(...again.map(([, seconds]) => seconds!)));
    const starts = first.map(([, seconds]) => whole(seconds!)).filter((seconds) => seconds !== length);
    if (length !== undefined && starts.length > 0)
      differs.push(
        `the runs after the first one come every ${length} s from the start of the scheduler, and not from the first run`,
      );
    return [
      ...starts.map((seconds) => ({
        recurring: false,
        seconds,
        suffix: length === undefined && !calendar ? '' : '_first',
      })),
      ...(length === undefined ? [] : [{ recurring: true, seconds: length, suffix: '' }]),
    ];
  }

  /** What else a timer can say. */
  #rest(): void {
    const { differs, lost } = this.#out;
    const timer = this.#timer;
    if (timer.flag('Timer', 'WakeSystem')) lost.push('WakeSystem=: the scheduler does not wake the machine');
    for (const key of ['OnClockChange', 'OnTimezoneChange'])
      if (timer.flag('Timer', key)) lost.push(`${key}=: there is no condition for it`);
    if (timer.text('Timer', 'RemainAfterElapse') === 'no') differs.push('RemainAfterElapse=no: the condition stays');
    for (const key of ['Unit', 'Persistent', 'FixedRandomDelay', 'DeferReactivation']) timer.all('Timer', key);
    for (const key of [
      'Description',
      'Documentation',
      'Requires',
      'Wants',
      'After',
      'Before',
      'PartOf',
      'DefaultDependencies',
    ])
      timer.all('Unit', key);
    for (const key of ['WantedBy', 'Also', 'Alias', 'RequiredBy']) timer.all('Install', key);
    const unread = timer.unread();
    if (unread.length > 0) lost.push(`no equivalent: ${unread.join(', ')}`);
  }
}

const HOOKS = [
  ['OnFailure', 'on_failure'],
  ['OnSuccess', 'on_success'],
] as const;

class SystemdConverter {
  readonly #directory: UnitDirectory;
  readonly #host: ConvertHost;
  readonly #isUser: boolean;
  readonly #tasks = new Names();
  readonly #conditions = new Names();
  readonly #services = new Map<string, ConvertedService>();
  readonly #blocks: Block[] = [];
  readonly #problems: SourceProblem[] = [];
  accuracy = ACCURACY;
  timers = 0;

  constructor(directory: UnitDirectory, host: ConvertHost, isUser: boolean) {
    this.#directory = directory;
    this.#host = host;
    this.#isUser = isUser;
  }

  /** @throws UnreadableSource with the problems of all units */
  convert(): Block[] {
    for (const name of this.#timerNames()) this.#guarded(() => this.#timer(name));
    if (this.#problems.length > 0) throw new UnreadableSource(this.#problems);
    return this.#blocks;
  }

  #guarded(convert: () => void): void {
    try {
      convert();
    } catch (error) {
      if (!(error instanceof UnreadableSource)) throw error;
      this.#problems.push(...error.problems);
    }
  }

  /** Timers of the directory, with the instances of templates that are enabled. */
  #timerNames(): string[] {
    const { units, enabled } = this.#directory;
    const names = new Set([...units.keys()].filter((name) => name.endsWith('.timer')));
    for (const name of enabled ?? []) if (findUnit(this.#directory, name) !== undefined) names.add(name);
    for (const name of names)
      if (name.endsWith('@.timer') && [...names].some((other) => other !== name && templateOf(other) === name))
        names.delete(name);
    return [...names].sort();
  }

  #addLost(name: string, text: string): void {
    this.#blocks.push({ kept: [], from: name, notes: [], differs: [], lost: [text], items: [] });
  }

  /** Why a timer cannot be converted; undefined: it can. */
  #obstacle(name: string, target: string): string | undefined {
    if (name.endsWith('@.timer')) return 'a template, of which no instance is enabled in timers.target.wants';
    if (!target.endsWith('.service')) return `it starts ${target}, which is not a service`;
    const service = this.#service(target);
    if (service === undefined) return `it starts ${target}, which is not in the directory`;
    return service.tasks.length === 0 ? `${target} has no command` : undefined;
  }

  #timer(name: string): void {
    this.timers += 1;
    const timer = findUnit(this.#directory, name)!;
    const target = timer.text('Timer', 'Unit') ?? `${timer.stem}.service`;
    const obstacle = this.#obstacle(name, target);
    if (obstacle !== undefined) this.#addLost(name, obstacle);
    else this.#convertTimer(timer, target, this.#service(target)!);
  }

  #convertTimer(timer: Unit, target: string, service: ConvertedService): void {
    const { name } = timer;
    const isDisabled = this.#directory.enabled !== undefined && !this.#directory.enabled.has(name);
    const lostHooks: string[] = [];
    const hooks = this.#hooks(target, lostHooks);
    const converter = new TimerConverter(timer, this.#conditions);
    const tail: Keys = {
      ...(isDisabled && !service.suspended ? { suspended: true } : {}),
      tasks: service.tasks,
      ...(service.tasks.length > 1 ? { break_on_failure: true } : {}),
      ...(service.guards.length > 0 ? { only_when: service.guards, hold_seconds: 0 } : {}),
      ...hooks,
    };
    const { items, notes, differs, lost } = converter.convert(service, tail);
    this.accuracy = Math.min(this.accuracy, converter.accuracy);
    const disabled = isDisabled ? ['it is not enabled in timers.target.wants: suspended = true'] : [];
    const description = timer.text('Unit', 'Description');
    this.#blocks.push({
      kept: [],
      from: name,
      notes: [...(description === undefined ? [] : [description]), ...notes, ...disabled],
      differs,
      lost: [...lost, ...lostHooks],
      items,
    });
  }

  /** The tasks of a service, made at its first use. */
  #service(name: string): ConvertedService | undefined {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    const unit = findUnit(this.#directory, name);
    if (unit === undefined) return undefined;
    const service = new ServiceConverter(
      unit,
      this.#host,
      { tasks: this.#tasks, conditions: this.#conditions },
      this.#isUser,
    ).convert();
    this.#services.set(name, service);
    const { items, notes, differs, lost } = service;
    this.#blocks.push({ kept: [], from: name, notes, differs, lost, items });
    return service;
  }

  /** OnFailure= and OnSuccess= as hooks, where the units are in the directory. @param lost gets those that are not */
  #hooks(name: string, lost: string[]): Keys {
    const unit = findUnit(this.#directory, name)!;
    const specifiers = new Specifiers(unit, this.#host, this.#isUser, this.#host.user);
    const hooks: Record<string, string[]> = {};
    for (const [key, hook] of HOOKS)
      for (const target of unit.all('Unit', key).flatMap(({ value }) => value.split(/\s+/))) {
        const resolved = specifiers.replace(target);
        const service = resolved === name ? undefined : this.#service(resolved);
        if (service === undefined)
          lost.push(`${key}=${resolved} of ${name}: there is no such service in the directory`);
        else hooks[hook] = [...(hooks[hook] ?? []), ...service.tasks];
      }
    return { ...hooks, ...(hooks.on_failure === undefined ? {} : { after_failures: 0 }) };
  }
}

const general = (timers: number, isUser: boolean, accuracy: number): string[] => [
  `Read as units of ${isUser ? 'a user' : 'the system'}: ${counted(timers, 'timer')}. The other form: --form ${isUser ? 'system' : 'user'}.`,
  ...(accuracy < ACCURACY
    ? [`A timer asked for an accuracy below a minute: a tick is ${accuracy < 5 ? 1 : 5} s.`]
    : []),
  'A timer without Persistent= runs once after the machine has slept, if its time has passed; here what was missed is left out. catch_up = "once" makes up for it, also after a restart.',
  'In the hour that the clock leaves out or repeats, systemd and whenever choose other instants: see "Local time" in whenever.toml(5).',
  'Commands inherit the environment of the scheduler; services have that of the service manager, which is small.',
  'A condition of the unit that does not hold leaves a run out: guards with hold_seconds = 0 do the same.',
];

/**
 * Converts the timers of a directory, and the services that they start.
 * @throws UnreadableSource for what systemd would refuse
 */
export const convertSystemd = (
  directory: UnitDirectory,
  host: ConvertHost,
  { form }: SystemdOptions = {},
): Converted => {
  const isUser = form === undefined ? !/(?:^|\/)systemd\/system(?:\/|$)/.test(directory.path) : form === 'user';
  const converter = new SystemdConverter(directory, host, isUser);
  const blocks = converter.convert();
  return {
    from: `the timers in ${directory.path}`,
    general: general(converter.timers, isUser, converter.accuracy),
    settings: converter.accuracy < 5 ? { scheduler_tick_seconds: 1 } : {},
    defaults: {},
    blocks,
  };
};
