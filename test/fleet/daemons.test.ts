import { afterEach, beforeEach, expect, it } from 'vitest';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { NatsServer } from '../support/nats-server.ts';
import { Place, type Program, shellTask, TICK } from '../support/program.ts';

const server = new NatsServer();
const places: Place[] = [];
beforeEach(() => server.start());
afterEach(async () => {
  for (const place of places) await place.clear();
  await server.remove();
});

/** Starts a machine of the fleet. */
const machine = (name: string): Program => {
  const place = new Place();
  places.push(place);
  return place.start(['--log-json', '-L', 'info'], {
    toml: `${TICK}[fleet]\nservers = ["${server.url}"]\nname = "${name}"\n${shellTask('Say', 'echo "fence $WHENEVER_FENCE"')}
[[condition]]\nname = "Often"\ntype = "interval"\ninterval_seconds = 1\nrecurring = true\nshared = true\ntasks = ["Say"]\n`,
  });
};

const runs = ({ records }: Program): number[] =>
  records
    .filter(({ contents }) => contents.message.startsWith('running tasks'))
    .map(({ header }) => Math.round(Date.parse(header.time) / 1000));
const elsewhere = ({ told }: Program): number => told.filter((text) => /(one|two) runs it$/.test(text)).length;

/** What the server holds of firings. */
const claimed = async (): Promise<{ key: string; state: string }[]> => {
  const store = new NatsStore({ servers: [server.url], node: 'test' }, () => {});
  const found = new Map<string, { key: string; state: string }>();
  await new Promise<void>((resolve) => {
    store.onConnection((up) => up && resolve());
  });
  const last = (await store.create('fire.end.1', '{}'))!;
  await new Promise<void>((resolve) => {
    store.watch('fire.', ({ key, value, revision }) => {
      if (revision === last) resolve();
      else found.set(key, { key, state: (JSON.parse(value) as { state: string }).state });
    });
  });
  await store.close();
  return [...found.values()];
};

it('Two daemons run each end of a shared interval once; the server may be killed.', async () => {
  const [one, two] = [machine('one'), machine('two')];
  const busy = (count: number) => () => runs(one).length + runs(two).length >= count;
  await Promise.all([one.record(/connected to the fleet/), two.record(/connected to the fleet/)]);
  await one.until(busy(3), 'three runs');
  await server.kill();
  await Promise.all([one.record(/no server of the fleet answers/), two.record(/no server of the fleet answers/)]);
  const before = runs(one).length + runs(two).length;
  await server.start();
  await one.until(busy(before + 3), 'three runs with the server that was started again');
  for (const program of [one, two]) program.kill('SIGTERM');
  await Promise.all([one.ended, two.ended]);
  const claims = await claimed();
  // Each firing that was got has run, once, and each end was got, also those that waited for the server: but for what came at the end.
  expect(claims.filter(({ state }) => state === 'done')).toHaveLength(runs(one).length + runs(two).length);
  const ends = claims.map(({ key }) => Number(key.split('.')[2]) / 1000).sort((a, b) => a - b);
  expect(ends.slice(0, 3)).toEqual([ends[0], ends[0]! + 1, ends[0]! + 2]);
  expect(elsewhere(one) + elsewhere(two)).toBeGreaterThan(0);
});
