import type { Log, Logger, TraceContext } from '../log/record.ts';
import type { Event } from './event.ts';

/** Starts and ends the listening of events, each by itself: one that cannot be set up disturbs no other [E3]. */
export class Listener {
  readonly #listener: Logger;
  readonly #install: Logger;
  readonly #uninstall: Logger;

  constructor(log: Log) {
    this.#listener = log.for('EVENT_REGISTRY', 'listener');
    this.#install = log.for('EVENT_REGISTRY', 'install');
    this.#uninstall = log.for('EVENT_REGISTRY', 'uninstall');
  }

  /** Begins to listen to a whole configuration. Without an event that listens there is nothing to start [E1]. */
  begin(events: Iterable<Event>, origin: TraceContext): void {
    const all = [...events];
    if (!all.some((event) => event.listens)) {
      for (const event of all) void event.start(origin);
      return;
    }
    this.#listener.debug('START/OK', 'events are being listened to', origin);
    void Promise.all(all.map((event) => this.add(event, origin))).then(() =>
      this.#listener.trace('START/OK', 'all events are set up, as far as they can be', origin),
    );
  }

  /** Begins to listen to one event; resolves when it is known whether that works. */
  async add(event: Event, origin: TraceContext): Promise<void> {
    const started = event.start(origin);
    if (!event.listens) return;
    await started;
    this.#install.trace('INIT/MSG', `event ${event.name} set up`, origin);
  }

  /** Listens to `next` instead of `old`. The old one hears for it until the new one does, so that nothing is lost between. */
  replace(old: Event, next: Event, origin: TraceContext): void {
    if (old.listens && next.listens) old.handOver(next);
    else this.remove(old, origin);
    const started = this.add(next, origin);
    if (old.listens && next.listens) void started.then(() => this.remove(old, origin));
  }

  /** Listens to it no longer. */
  remove(event: Event, origin: TraceContext): void {
    event.close(origin);
    if (event.listens) this.#uninstall.trace('END/MSG', `event ${event.name} taken down`, origin);
  }

  /** The program ends. */
  end(events: Iterable<Event>, origin: TraceContext): void {
    const all = [...events];
    const listens = all.some((event) => event.listens);
    if (listens) this.#listener.trace('START/MSG', 'listening to events ends', origin);
    for (const event of all) this.remove(event, origin);
    if (listens) this.#listener.debug('END/OK', 'no event is listened to any more', origin);
  }
}
