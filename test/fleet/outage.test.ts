import { describe, expect, it } from 'vitest';
import { FleetDaemons } from '../support/fleet-daemons.ts';
import { FLEET_WITH_TASK } from '../support/fleet-nodes.ts';

const FILE = (keys = ''): string => `${FLEET_WITH_TASK}
[[condition]]
name = "C"
type = "interval"
interval_seconds = 10
tasks = ["T"]
recurring = true
shared = true
${keys}
`;
const INSTANT = '2026-03-02T12:00:';

describe('instants while the server is away', () => {
  it('are run or reported, each once, when two daemons wait for it.', async () => {
    const fleet = new FleetDaemons(FILE());
    for (const name of ['a', 'b']) await fleet.add(name);
    await fleet.advance(17);
    fleet.setUp(false);
    await fleet.advance(62);
    fleet.setUp(true);
    await fleet.advance(60);
    const { counts, open } = await fleet.verify();
    expect(open).toEqual([]);
    expect(counts).toMatchObject({ reported: 5, unproven: 0, open: 0 });
    // The last instants are not looked at yet.
    expect(fleet.runs - counts.run).toBeLessThanOrEqual(2);
    expect(fleet.all.flatMap(({ reports }) => reports.filter(({ kind }) => kind === 'missed'))).toEqual([]);
  });

  it('are reported by one of those that skip them.', async () => {
    const fleet = new FleetDaemons(FILE());
    for (const name of ['a', 'b']) await fleet.add(name, { withoutEngine: 'skip' });
    await fleet.advance(17);
    fleet.setUp(false);
    await fleet.advance(30);
    fleet.setUp(true);
    await fleet.advance(60);
    expect((await fleet.verify()).counts).toMatchObject({ reported: 3, open: 0 });
    const reports = fleet.all.flatMap((one) => one.reports.filter(({ kind }) => kind === 'missed'));
    const [first, last] = ['20', '40'].map((second) => Date.parse(`${INSTANT}${second}Z`));
    expect(reports).toEqual([{ kind: 'missed', condition: 'C', count: 3, first, last }]);
  });

  it('are run by the machines that are connected, and not reported by the one that is not.', async () => {
    const fleet = new FleetDaemons(FILE());
    const [a] = [await fleet.add('a'), await fleet.add('b')];
    await fleet.advance(17);
    a.store.setConnected(false);
    await fleet.advance(90);
    a.store.setConnected(true);
    await fleet.advance(60);
    expect((await fleet.verify()).counts).toMatchObject({ reported: 0, open: 0 });
    expect(fleet.all.flatMap(({ reports }) => reports.filter(({ kind }) => kind === 'missed'))).toEqual([]);
  });
});

it('Instants that come while the only machine is busy are reported with the next run.', async () => {
  const fleet = new FleetDaemons(FILE());
  await fleet.add('a', {}, { t: [{ seconds: 27 }] });
  await fleet.advance(120);
  const { counts } = await fleet.verify();
  expect(counts.open).toBe(0);
  expect(counts.reported).toBeGreaterThan(4);
});

it('A firing that waits for a server does not run in a pause that begins meanwhile, but on one machine after it.', async () => {
  const keys = 'type = "time"\ntime_specifications = [{ cron = "* * * * *" }]';
  const fleet = new FleetDaemons(FILE().replace('type = "interval"\ninterval_seconds = 10', keys));
  for (const name of ['a', 'b']) await fleet.add(name);
  await fleet.advance(10);
  fleet.setUp(false);
  await fleet.advance(60);
  for (const { daemon } of fleet.all) await daemon.submit('pause');
  fleet.setUp(true);
  await fleet.advance(30);
  expect(fleet.runs).toBe(0);
  for (const { daemon } of fleet.all)
    expect(daemon.status.conditions()[0]).toMatchObject({
      why: expect.stringContaining('it has fired, and waits for the end of the pause, since'),
    });
  await fleet.all[1]!.daemon.submit('resume');
  await fleet.advance(5);
  await fleet.all[0]!.daemon.submit('resume');
  await fleet.advance(5);
  expect(fleet.all.map(({ daemon }) => daemon.processes.runs.length)).toEqual([0, 1]);
  await fleet.advance(60);
  expect((await fleet.verify()).counts).toMatchObject({ run: 2, open: 0 });
});

it('Instants during a pause of the only machine are open because of that, and reported after it.', async () => {
  const fleet = new FleetDaemons(FILE());
  const a = await fleet.add('a');
  await fleet.advance(17);
  await a.daemon.submit('pause');
  await fleet.advance(50);
  const [from, to] = ['20', '50'].map((second) => Date.parse(`${INSTANT}${second}Z`));
  expect((await fleet.verify()).open).toEqual([{ from, to, count: 4, cause: { kind: 'paused', machines: ['a'] } }]);
  await a.daemon.submit('resume');
  await fleet.advance(60);
  expect((await fleet.verify()).counts).toMatchObject({ reported: 5, open: 0 });
});

it('Instants of a time of day that come while a firing waits for the fleet are no misses: the next firing stands for them.', async () => {
  const keys = 'type = "time"\ntime_specifications = [{ cron = "* * * * *" }]\non_miss = ["T"]';
  const fleet = new FleetDaemons(FILE().replace('type = "interval"\ninterval_seconds = 10', keys));
  for (const name of ['a', 'b']) await fleet.add(name);
  await fleet.advance(90);
  fleet.setUp(false);
  await fleet.advance(220);
  fleet.setUp(true);
  await fleet.advance(20);
  for (const { daemon } of fleet.all) {
    const said = daemon.lines.filter((line) => line.includes('2 instants came'));
    expect(said).toEqual([
      expect.stringMatching(/INFO .*while it waited for the fleet, and the next firing stands for/),
    ]);
    expect(daemon.lines.filter((line) => line.includes('missed'))).toEqual([]);
  }
  expect(fleet.runs).toBe(3);
  const runs = fleet.all.flatMap(({ history }) => history.lines.filter((line) => line.kind === 'claim'));
  expect(runs.map((line) => 'instant' in line && line.instant)).toEqual(
    ['12:01', '12:02', '12:05'].map((at) => `2026-03-02T${at}:00.000Z`),
  );
});

it('The row of a run for several instants has the last one, after which it is called.', async () => {
  const fleet = new FleetDaemons(FILE());
  await fleet.add('a');
  await fleet.advance(17);
  fleet.setUp(false);
  await fleet.advance(35);
  fleet.setUp(true);
  await fleet.advance(4);
  const instants = fleet.all[0]!.history.lines.flatMap((line) => (line.kind === 'claim' ? [line.instant] : []));
  expect(instants).toEqual(['10', '20', '50'].map((second) => `${INSTANT}${second}.000Z`));
});
