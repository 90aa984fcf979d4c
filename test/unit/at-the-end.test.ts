import { expect, test } from 'vitest';
import { daemon } from '../support/daemon.ts';
import { interval, TICK, task } from '../support/items.ts';
import { shown } from '../support/records.ts';

const TOML = `${TICK}${task('T')}${interval('C', 5)}`;

/** A daemon whose task takes a minute more, after `exit`. */
const ending = async () => {
  const one = await daemon(TOML, { processes: { T: [{ seconds: 60 }] } });
  await one.advance(7);
  await one.submit('exit');
  return one;
};

test('While it ends, a signal that asks for a reload changes nothing, and another configuration is refused.', async () => {
  const one = await ending();
  const before = one.records.all.length;
  one.scheduler.reload('other.toml', 'SIGHUP');
  expect(one.records.all.slice(before).map(shown)).toEqual([]);
  const read = () => Promise.reject(new Error('it is not read'));
  expect(one.scheduler.configure('other.toml', read)).toEqual({
    ...{ kind: 'no-effect', reason: 'the scheduler is ending' },
  });
});

test('An end at once stays one: a later exit does not wait again.', async () => {
  const one = await ending();
  await one.submit('kill');
  await one.submit('exit');
  await one.advance(1);
  expect(one.ending).toBe('kill');
});
