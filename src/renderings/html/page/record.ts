import type { WallClock } from './clock.ts';
import { make } from './dom.ts';
import { button, facts } from './facts.ts';
import type { LogRecord } from './model.ts';

/** What the panel of a record can ask for. */
export interface RecordWishes {
  logOf(cause: string): void;
  showAt(record: LogRecord): void;
  close(): void;
}

/** The panel about one record: all of its message. */
export const recordPanel = (record: LogRecord, clock: WallClock, wishes: RecordWishes): Node[] => {
  const { wall, item, who, mark, message, cause, run } = record;
  return [
    make(
      'div',
      { class: 'head' },
      make('h3', {}, 'Record'),
      button('Show in the timeline', () => wishes.showAt(record)),
      ...(cause === null ? [] : [button(`Only ${cause}`, () => wishes.logOf(cause))]),
      ...(run === null ? [] : [button(`Only ${run}`, () => wishes.logOf(run))]),
      button('Close', () => wishes.close()),
    ),
    facts([
      ['time', clock.text(wall)],
      ['item', item],
      ['by', who],
      ['mark', mark],
      ['cause', cause],
      ['run', run],
    ]),
    make('pre', {}, message),
  ];
};
