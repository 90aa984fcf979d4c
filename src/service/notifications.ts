import type { ServiceEnvironment } from '../adapters/service-environment.ts';
import { ServiceNotifier } from '../adapters/service-notifier.ts';
import type { EventHandlers } from '../core/engine-events.ts';
import type { SchedulerStatus } from '../projections/scheduler-status.ts';
import { serviceEvents, serviceStatus } from '../projections/service-status.ts';

/** A daemon with nothing to do ticks as often as this, ms; with a longer tick at each tick. */
const LONGEST_SLEEP_MS = 60_000;

/** The notifications of a daemon to the service manager that has started it. */
export interface Notifications {
  /** Takes the events of the engine. */
  readonly observer: EventHandlers;
  /** The daemon is ready. */
  begin(status: Pick<SchedulerStatus, 'state' | 'pausedUntil' | 'items'>, tickSeconds: number): void;
  /** Resolves when everything is sent. */
  close(): Promise<void>;
}

/** @param warn called once when the manager cannot be notified. @param now wall-clock ms. */
export const createNotifications = (
  environment: ServiceEnvironment,
  warn: (text: string) => void,
  now: () => number,
): Notifications => {
  const notifier = new ServiceNotifier(environment, warn);
  let refused = false;
  const observer = serviceEvents({
    tick: () => notifier.tick(),
    reloading: () => notifier.reloading(),
    reloaded: (wasRefused) => {
      refused = wasRefused;
      notifier.reloaded();
    },
    stopping: () => notifier.stopping(),
    changed: () => notifier.changed(),
  });
  return {
    observer,
    begin: (status, tickSeconds) =>
      notifier.begin({
        longestSleepMs: Math.max(LONGEST_SLEEP_MS, tickSeconds * 1000),
        status: () => {
          const { state, pausedUntil, items } = status;
          return serviceStatus({ state, pausedUntil, conditions: items.conditions.values(), refused }, now());
        },
      }),
    close: () => notifier.close(),
  };
};
