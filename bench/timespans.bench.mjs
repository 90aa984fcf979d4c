// What an event of a timespan costs, with and without anybody listening, against the marks of Node.
import { alternate, amountRow, driver, runDriver } from './support.mjs';

export default async ({ quick }) => {
  const path = await driver('timespans');
  const count = quick ? 200_000 : 1_000_000;
  const one = (what) => async () => (await runDriver(path, [what, String(count)])).microseconds;
  const { five, nine, window, whole, nobody, mark } = await alternate(quick ? 3 : 7, {
    five: one('five'),
    nine: one('nine'),
    window: one('window'),
    whole: one('whole'),
    nobody: one('nobody'),
    mark: one('mark'),
  });
  const peer = { peerName: 'an empty performance.mark (half of a pair)', peer: mark };
  const unit = 'µs';
  return [
    amountRow({ figure: 'an event to a MultiEventLog with five consumers', unit, ours: five, ...peer, atMost: 5 }),
    amountRow({ figure: 'the same with nine, all that tasks have', unit, ours: nine, ...peer }),
    amountRow({ figure: 'the same with five, and a window of 100,000 rows', unit, ours: window, ...peer }),
    amountRow({ figure: 'the same with five, making the event included', unit, ours: whole, ...peer }),
    amountRow({ figure: 'an event that nobody listens to', unit, ours: nobody, ...peer }),
  ];
};
