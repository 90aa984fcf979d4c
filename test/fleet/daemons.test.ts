import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fleetMachines } from '../support/fleet-machines.ts';
import { type Program, shellTask } from '../support/program.ts';

const { server, machine, newPlace } = fleetMachines();

const ITEMS = `${shellTask('Say', 'echo "fence $WHENEVER_FENCE"')}
[[condition]]
name = "Often"
type = "interval"
interval_seconds = 1
recurring = true
shared = true
tasks = ["Say"]
`;

const runs = ({ records }: Program): number[] =>
  records
    .filter(({ contents }) => contents.message.startsWith('running tasks'))
    .map(({ header }) => Math.round(Date.parse(header.time) / 1000));
const elsewhere = ({ told }: Program): number => told.filter((text) => /(one|two) runs it$/.test(text)).length;

/** The events of topic disk in a recording. */
const events = (file: string): [from: string | undefined, message: unknown][] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"kind":"event"') && line.includes('"disk"'))
    .map((line) => {
      const { machine: from, message } = JSON.parse(line) as { machine?: string; message: unknown };
      return [from, message];
    });

/** What the server holds of firings. */
const claimed = async (): Promise<{ key: string; state: string; since?: number }[]> => {
  const store = await server.connect();
  const found = new Map<string, { key: string; state: string; since?: number }>();
  const last = (await store.create('fire.end.1', '{}'))!;
  await new Promise<void>((resolve) => {
    store.watch('fire.', ({ key, value, revision }) => {
      if (revision === last) resolve();
      else found.set(key, { key, ...(JSON.parse(value) as { state: string; since?: number }) });
    });
  });
  return [...found.values()];
};

it('Two daemons run each end of a shared interval once, and share events; the server may be killed.', async () => {
  const recording = newPlace().file('two.ndjson');
  const [one, two] = [machine('one', '', ITEMS), machine('two', '', ITEMS, '--journal', recording)];
  const busy = (count: number) => () => runs(one).length + runs(two).length >= count;
  await Promise.all([one.record(/connected to the fleet/), two.record(/connected to the fleet/)]);
  // Each follows the log a moment after it is connected.
  await one.until(busy(3), 'three runs');
  one.send('log_event disk 1 --fleet');
  two.send('log_event disk 2 --fleet');
  await one.until(busy(4), 'one more run');
  await server.kill();
  await Promise.all([one.record(/no server of the fleet answers/), two.record(/no server of the fleet answers/)]);
  one.send('log_event disk 3 --fleet');
  const before = runs(one).length + runs(two).length;
  await server.start();
  await one.until(busy(before + 3), 'three runs with the server that was started again');
  for (const program of [one, two]) program.kill('SIGTERM');
  await Promise.all([one.ended, two.ended]);
  const heard = events(recording);
  // Those of two machines have no order.
  expect(heard.filter(([from]) => from === undefined)).toEqual([[undefined, 2]]);
  expect(heard.filter(([from]) => from === 'one')).toEqual([
    ['one', 1],
    ['one', 3],
  ]);
  expect(heard).toHaveLength(3);
  const claims = await claimed();
  // Each firing that was got has run, once, and each end was got, also those that waited for the server: but for what came at the end.
  expect(claims.filter(({ state }) => state === 'done')).toHaveLength(runs(one).length + runs(two).length);
  // A machine that was busy runs once for all the ends that have come, also for those that another one has run meanwhile.
  const accounted = claims.flatMap(({ key, since }) => {
    const last = Number(key.split('.')[2]);
    const count = Math.max(1, Math.round((last - (since ?? last - 1000)) / 1000));
    return Array.from({ length: count }, (_, i) => last / 1000 - i);
  });
  const ends = [...new Set(accounted)].sort((a, b) => a - b);
  expect(ends.slice(0, 3)).toEqual([ends[0], ends[0]! + 1, ends[0]! + 2]);
  expect(elsewhere(one) + elsewhere(two)).toBeGreaterThan(0);
});
