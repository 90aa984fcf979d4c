import { CalendarError } from './calendar.ts';
import { calendarSpec } from './calendar-spec.ts';
import type { ConvertedItem } from './document.ts';
import { type SourceProblem, UnreadableSource } from './host.ts';
import { allowInherent } from './inherent-warnings.ts';
import { type UniqueNames, validName } from './names.ts';
import type { ConvertedService } from './systemd-service.ts';
import { timeSpan } from './systemd-values.ts';
import type { TomlValue } from './toml.ts';
import { type Unit, wrongValue } from './unit-file.ts';

/** Misses of any age are made up for, as with Persistent=: a hundred years. */
const ANY_AGE = 3_155_760_000;
/** The default of AccuracySec=. */
export const ACCURACY = 60;

/** One condition that a timer has become. */
export type Keys = Record<string, TomlValue>;

/** What a timer has become. */
interface ConvertedTimer {
  readonly items: ConvertedItem[];
  readonly notes: string[];
  readonly differs: string[];
  readonly lost: string[];
}

/** Keys of timers that say when it is time after something else. */
const MONOTONIC = ['OnActiveSec', 'OnBootSec', 'OnStartupSec', 'OnUnitActiveSec', 'OnUnitInactiveSec'] as const;

/** Whole seconds, one at least. */
const whole = (seconds: number): number => Math.max(1, Math.ceil(seconds));

/** Why a first run does not come at the same time. */
const SINCE: Readonly<Record<string, string>> = {
  OnActiveSec: 'counts from the start of the timer',
  OnBootSec: 'counts from the start of the machine',
  OnStartupSec: 'counts from the start of the service manager',
};

/** Why what follows a first run does not come at the same time. */
const secondRun = (seconds: number, isAfterEnd: boolean): string =>
  isAfterEnd
    ? `the second run comes ${seconds} s after the start of the scheduler, and not after the end of the first one`
    : `the runs after the first one come every ${seconds} s from the start of the scheduler, and not from the first run`;

/** Makes conditions of a timer. */
export class TimerConverter {
  readonly #timer: Unit;
  readonly #names: UniqueNames;
  readonly #problems: SourceProblem[] = [];
  readonly #out: ConvertedTimer = { items: [], notes: [], differs: [], lost: [] };
  /** The smallest accuracy asked for, in seconds. */
  accuracy = ACCURACY;

  constructor(timer: Unit, names: UniqueNames) {
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
    for (const { seconds, suffix, keys } of this.#intervals())
      this.#add(name + suffix, {
        type: 'interval',
        interval_seconds: seconds,
        ...keys,
        ...(jitter > 0 ? { jitter_seconds: Math.min(jitter, seconds) } : {}),
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
        const { spec, zone, differs } = calendarSpec(assignment.value);
        zones.set(zone, [...(zones.get(zone) ?? []), spec]);
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
  #intervals(): { seconds: number; suffix: string; keys: Keys }[] {
    const { differs } = this.#out;
    const spans = MONOTONIC.map((key) => [key, this.#span(key)] as const).filter(
      ([, seconds]) => seconds !== undefined,
    );
    const first = spans.filter(([key]) => key in SINCE);
    const again = spans.filter(([key]) => !(key in SINCE));
    for (const [key] of first) differs.push(`${key}= ${SINCE[key]}; here it counts from the start of the scheduler`);
    const calendar = this.#timer.all('Timer', 'OnCalendar').length > 0;
    if (again.length > 0 && first.length === 0 && !calendar)
      differs.push(
        `nothing but ${again[0]![0]}=: systemd waits until something else has started the unit; here the first run is one interval after the start`,
      );
    // One that has come when the timer starts: the interval begins with it.
    const isAtOnce = again.length > 0 && first.some(([, seconds]) => seconds === 0);
    for (const [key, seconds] of spans)
      if (!Number.isInteger(seconds) || (seconds! < 1 && !isAtOnce))
        differs.push(`${key}=: intervals are whole seconds, one at least`);
    const starts = (isAtOnce ? first.filter(([, seconds]) => seconds !== 0) : first).map(([, s]) => whole(s!));
    const suffix = again.length === 0 && !calendar ? '' : '_first';
    if (again.length === 0) return starts.map((seconds) => ({ seconds, suffix, keys: {} }));
    const length = whole(Math.min(...again.map(([, seconds]) => seconds!)));
    const others = starts.filter((seconds) => seconds !== length);
    const afterEnd = this.#afterEnd(again);
    if (others.length > 0) differs.push(secondRun(length, 'after_end' in afterEnd));
    const keys = { ...(isAtOnce ? { start: 'at once' } : {}), ...afterEnd, recurring: true };
    return [...others.map((seconds) => ({ seconds, suffix, keys: {} })), { seconds: length, suffix: '', keys }];
  }

  /** Whether an interval counts from the end of each run. */
  #afterEnd(again: readonly (readonly [key: string, ...unknown[]])[]): Keys {
    const afterEnd = again.filter(([key]) => key === 'OnUnitInactiveSec').length;
    if (afterEnd === 0) return {};
    if (afterEnd === again.length) return { after_end: true };
    this.#out.differs.push(
      'OnUnitInactiveSec= counts from the end of a run; beside OnUnitActiveSec= it does not wait for that',
    );
    return {};
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
