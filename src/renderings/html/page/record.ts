import type { WallClock } from './clock.ts';
import { make } from './dom.ts';
import { button, factList } from './facts.ts';
import type { PageRecord } from './page-model.ts';

/** What the panel of a record can ask for. */
export interface RecordActions {
  logOf(cause: string): void;
  showAt(record: PageRecord): void;
  close(): void;
}

/** The panel about one record: all of its message. */
export const recordPanel = (record: PageRecord, clock: WallClock, wishes: RecordActions): Node[] => {
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
    factList([
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
