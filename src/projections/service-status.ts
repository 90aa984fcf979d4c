import type { EventHandlers } from '../core/engine-events.ts';
import type { LiveCondition } from './condition-status.ts';
import type { SchedulerStatus } from './scheduler-status.ts';

/** What a service manager hears of, as it happens. */
export interface ServiceEvents {
  tick(): void;
  reloading(): void;
  /** @param refused nothing has changed. */
  reloaded(refused: boolean): void;
  stopping(): void;
  /** The status in words may be another one. */
  changed(): void;
}

/** The events of the engine that a service manager is notified of. */
export const serviceEvents = (service: ServiceEvents): EventHandlers => {
  const changed = (): void => service.changed();
  const stopping = (): void => service.stopping();
  return {
    'tick.started': () => service.tick(),
    'tick.finished': ({ due }) => {
      if (due > 0) service.changed();
    },
    'reload.started': () => service.reloading(),
    'reload.finished': () => service.reloaded(false),
    'reload.refused': () => service.reloaded(true),
    'reload.failed': () => service.reloaded(true),
    'shutdown.requested': stopping,
    'shutdown.interrupted': stopping,
    'shutdown.draining': changed,
    'run.started': changed,
    'run.finished': changed,
    'operation.done': changed,
    'condition.time-changed': changed,
    'scheduler.paused': changed,
    'pause.changed': changed,
    'scheduler.resumed': changed,
    'clock.changed': changed,
    'zone.changed': changed,
  };
};

/** What the status is made of. */
export interface ServiceView {
  readonly state: SchedulerStatus['state'];
  /** When the pause ends by itself, wall-clock ms; null: not before a command, or there is none. */
  readonly pausedUntil: number | null;
  readonly conditions: Iterable<Pick<LiveCondition, 'name' | 'busy' | 'next'>>;
  /** The last reload was refused. */
  readonly refused: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** `at 02:30`, `on Sun at 02:30`, `on 2026-12-24 at 02:30`. */
const shownMinute = (at: number, now: number): string => {
  const d = new Date(at);
  const time = `at ${two(d.getHours())}:${two(d.getMinutes())}`;
  if (at - now < DAY_MS) return time;
  if (at - now < 6 * DAY_MS) return `on ${d.toDateString().slice(0, 3)} ${time}`;
  return `on ${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${time}`;
};

/** `Backup`, `Backup and 2 more`. */
const named = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`;

/** Which condition is due next, and when. What is due within a minute has no time: the status would change all the time. */
const nextWords = (due: readonly { readonly name: string; readonly at: number }[], now: number): string | undefined => {
  const soon = due.find(({ at }) => at - now < MINUTE_MS);
  if (soon) return `next ${soon.name} within a minute`;
  const [first, ...others] = due;
  if (first === undefined) return undefined;
  const next = others.reduce((least, one) => (one.at < least.at ? one : least), first);
  return `next ${next.name} ${shownMinute(next.at, now)}`;
};

/** The status for a service manager: `12 conditions, next Backup at 02:30`. `now`: wall-clock ms. */
export const serviceStatus = ({ state, pausedUntil, conditions, refused }: ServiceView, now: number): string => {
  const all = [...conditions];
  const busy = all.filter((condition) => condition.busy).map(({ name }) => name);
  const count = `${all.length} ${all.length === 1 ? 'condition' : 'conditions'}`;
  if (state === 'ending') return busy.length === 0 ? 'ending' : `ending, waits for ${named(busy)}`;
  const due = all.flatMap((condition) => {
    const { ineligible, at } = condition.next();
    return condition.busy || ineligible !== undefined || typeof at !== 'number' ? [] : [{ name: condition.name, at }];
  });
  const parts = [
    count,
    busy.length === 0 ? undefined : `running ${named(busy)}`,
    state === 'paused'
      ? `paused${pausedUntil === null ? '' : ` until ${shownMinute(pausedUntil, now).replace(/^(at|on) /, '')}`}`
      : nextWords(due, now),
    refused ? 'the last reload was refused' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
};
