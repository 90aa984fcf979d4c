import { counted } from '../plural.ts';
import type { Block, Converted } from './document.ts';
import { type ConvertHost, type SourceProblem, UnreadableSource } from './host.ts';
import { UniqueNames } from './names.ts';
import { type ConvertedService, ServiceConverter } from './systemd-service.ts';
import { ACCURACY, type Keys, TimerConverter } from './systemd-timer.ts';
import { Specifiers } from './systemd-values.ts';
import { findUnit, templateOf, type Unit, type UnitDirectory } from './unit-file.ts';

/** How units are read. */
export interface SystemdOptions {
  /** Units of a user, or of the system; default: by the path, else of a user. */
  readonly form?: 'user' | 'system';
}

const HOOKS = [
  ['OnFailure', 'on_failure'],
  ['OnSuccess', 'on_success'],
] as const;

class SystemdConverter {
  readonly #directory: UnitDirectory;
  readonly #host: ConvertHost;
  readonly #isUser: boolean;
  readonly #tasks = new UniqueNames();
  readonly #conditions = new UniqueNames();
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
    const names = this.#timerNames();
    for (const [i, name] of names.entries()) {
      this.#host.progress?.(i, names.length);
      this.#guarded(() => this.#timer(name));
    }
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
