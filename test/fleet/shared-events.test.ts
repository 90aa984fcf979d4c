import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskSpool } from '../../src/adapters/fleet/disk-spool.ts';
import { LogShipper } from '../../src/fleet/log-shipper.ts';
import { readFleetLog } from '../../src/fleet/read-log.ts';
import { followEvents, shareEvent } from '../../src/fleet/shared-events.ts';
import type { TopicEvent } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';
import { RecordingDecoder } from '../../src/journal/recording-decoder.ts';
import { unsharedEvents } from '../../src/projections/unshared-events.ts';
import { runSecrets } from '../../src/run-secrets.ts';
import { daemon } from '../support/daemon.ts';
import { FakeLogServer, FakeSharedLog } from '../support/fake-shared-log.ts';
import { Records, shown } from '../support/records.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'whenever-events-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const START = Date.parse('2026-03-02T10:00:00Z');

class Machines {
  readonly clock = new VirtualClock(START);
  readonly server = new FakeLogServer(this.clock);

  /** A program on a machine, with the events of the topic `disk` that it has. */
  add(node: string, session: string) {
    const { clock } = this;
    const log = new FakeSharedLog(this.server);
    const spool = new DiskSpool(join(directory, node), { session, now: () => clock.wall(), warn: () => {} });
    let connection: (connected: boolean) => void = () => {};
    const onConnection = (listener: typeof connection) => {
      connection = listener;
      return () => {};
    };
    const shipper = new LogShipper({ node, log, spool, clock, onConnection });
    const journal = new Journal(clock);
    journal.onShared((event) => shareEvent((kind, value, now) => spool.add(kind, value, now), event));
    const unfollow = followEvents(log, node, (machine, event) => journal.receive(machine, event));
    shipper.begin();
    const setConnected = (connected: boolean): void => {
      log.setConnected(connected);
      connection(connected);
    };
    const end = async (): Promise<void> => {
      unfollow();
      spool.close();
      await shipper.end(0);
    };
    const said = (): readonly string[] =>
      journal.getEvents('disk').map(({ machine = 'here', message }) => `${machine} ${JSON.stringify(message)}`);
    return { journal, spool, setConnected, end, said, log };
  }
}

describe('an event for all machines', () => {
  it('is published on each of them, once, with its machine and its time; one without the option stays where it is.', async () => {
    const machines = new Machines();
    const [one, two] = [machines.add('one', 'aa'), machines.add('two', 'bb')];
    const heard: TopicEvent[] = [];
    two.journal.subscribeTopic('disk', (event) => void heard.push(event as TopicEvent));
    await machines.clock.advance(5000);
    one.journal.logEvent(['disk', 'night'], { free: 12 }, { item: 'task/Look', fleet: true });
    one.journal.logEvent('disk', 'mine');
    two.journal.logEvent('disk', 2, { fleet: true });
    await machines.clock.advance(1000);
    expect(one.said()).toEqual(['here {"free":12}', 'here "mine"', 'two 2']);
    expect(two.said()).toEqual(['here 2', 'one {"free":12}']);
    expect(two.journal.getEvents('night')).toHaveLength(1);
    expect(heard.at(-1)).toMatchObject({
      ...{ machine: 'one', time: START + 5000, item: 'task/Look', run: null, message: { free: 12 } },
    });
    const { machines: logs } = await readFleetLog(one.log, Number.NEGATIVE_INFINITY);
    expect(logs.get('one')?.events).toMatchObject([{ topics: ['disk', 'night'], message: { free: 12 } }]);
  });

  it('comes when a machine is connected again, with the time that it had, and not twice.', async () => {
    const machines = new Machines();
    const [one, two] = [machines.add('one', 'aa'), machines.add('two', 'bb')];
    one.journal.logEvent('disk', 1, { fleet: true });
    await machines.clock.advance(1000);
    two.setConnected(false);
    one.journal.logEvent('disk', 2, { fleet: true });
    two.journal.logEvent('disk', 3, { fleet: true });
    await machines.clock.advance(60_000);
    expect(two.said()).toEqual(['one 1', 'here 3']);
    expect(one.said()).toEqual(['here 1', 'here 2']);
    two.setConnected(true);
    await machines.clock.advance(5000);
    expect(two.said()).toEqual(['one 1', 'here 3', 'one 2']);
    expect(two.journal.getEvents('disk')[2]?.time).toBe(START + 1000);
    expect(one.said()).toEqual(['here 1', 'here 2', 'two 3']);
    expect(one.journal.getEvents('disk')[2]?.time).toBe(START + 1000);
  });

  it('does not come twice when a server that has lost it gets it again.', async () => {
    const machines = new Machines();
    const [one, two] = [machines.add('one', 'aa'), machines.add('two', 'bb')];
    one.journal.logEvent('disk', 1, { fleet: true });
    await machines.clock.advance(1000);
    machines.server.lose(1);
    one.setConnected(true);
    one.journal.logEvent('disk', 2, { fleet: true });
    await machines.clock.advance(5000);
    expect(machines.server.numbers('aa')).toEqual([1, 2]);
    expect(two.said()).toEqual(['one 1', 'one 2']);
  });

  it('that was added before a program began is not published by it, also not its own of the instance before.', async () => {
    const machines = new Machines();
    const [one, two] = [machines.add('one', 'aa'), machines.add('two', 'bb')];
    one.journal.logEvent('disk', 1, { fleet: true });
    await machines.clock.advance(1000);
    two.setConnected(false);
    two.journal.logEvent('disk', 2, { fleet: true });
    await two.end();
    const again = machines.add('two', 'cc');
    await machines.clock.advance(5000);
    expect(machines.server.numbers('bb')).toEqual([1]);
    one.journal.logEvent('disk', 3, { fleet: true });
    await machines.clock.advance(1000);
    expect(again.said()).toEqual(['one 3']);
    expect(one.said()).toEqual(['here 1', 'two 2', 'here 3']);
  });

  it('holds no secret.', async () => {
    const machines = new Machines();
    const [one, two] = [machines.add('one', 'aa'), machines.add('two', 'bb')];
    runSecrets.add('hunter22');
    one.journal.logEvent('disk', { key: 'is hunter22' }, { fleet: true });
    await machines.clock.advance(1000);
    expect(machines.server.batches.map(({ text }) => text).join('')).not.toContain('hunter22');
    expect(two.said()).toHaveLength(1);
  });

  it('of another version that is none here is left out, and what comes after it is not.', async () => {
    const machines = new Machines();
    const [one, two] = [machines.add('one', 'aa'), machines.add('two', 'bb')];
    for (const value of [null, { time: 'now' }, { time: 1, topics: [''], item: null, message: 1 }, { dropped: 9 }])
      one.spool.add('event', value, true);
    one.journal.logEvent('disk', 1, { fleet: true });
    await machines.clock.advance(1000);
    expect(two.said()).toEqual(['one 1']);
  });

  it('is kept by recordings with its machine.', () => {
    const journal = new Journal(new VirtualClock(START));
    const facts: string[] = [];
    journal.subscribe((fact) => facts.push(JSON.stringify(fact)));
    journal.receive('one', { time: START - 1000, topics: ['disk'], item: null, message: 1 });
    const read = new Journal(new VirtualClock(START));
    const decoder = new RecordingDecoder((fact) => read.restore(fact));
    for (const [i, line] of facts.entries()) decoder.line(line, i + 1);
    expect(read.getEvents('disk')).toMatchObject([{ machine: 'one', time: START - 1000 }]);
  });
});

describe('what is for all machines', () => {
  const LOOK = `[[task]]
name = "Look"
type = "lua"
script = "x()"
[[condition]]
name = "C"
type = "interval"
interval_seconds = 60
tasks = ["Look"]
`;

  it('comes from a script, and from a command.', async () => {
    const one = await daemon(LOOK, { lua: { Look: [{ result: 'none', shared: [['disk', 12]] }] } });
    const shared: unknown[] = [];
    one.journal.onShared(({ topics, item, message }) => shared.push([topics, item, message]));
    await one.advance(65);
    await one.scheduler.submit('log_event disk 13 --fleet');
    await one.scheduler.submit('log_event disk 14');
    expect(shared).toEqual([
      [['disk', 'lua', 'task/Look'], 'task/Look', 12],
      [['disk'], null, 13],
    ]);
    expect(one.journal.getEvents('disk').map(({ message }) => message)).toEqual([12, 13, 14]);
  });

  it('stays on a machine without a fleet, with one warning for each item.', () => {
    const records = new Records(
      'info',
      () => 0,
      () => 0,
    );
    const journal = new Journal(new VirtualClock(START));
    journal.onShared(unsharedEvents(records.log, {}));
    for (const item of ['task/Look', 'task/Look', 'condition/C', undefined, undefined])
      journal.logEvent('disk', 1, { item, fleet: true });
    journal.logEvent('disk', 1, { item: 'task/Other' });
    expect(records.all.map(shown)).toEqual([
      'WARN  MAIN fleet [PROC/MSG] task/Look publishes an event of topic disk for all machines, but the file has no [fleet]: it stays on this one',
      expect.stringContaining('condition/C publishes an event of topic disk for all machines'),
      expect.stringContaining('an event of topic disk is for all machines'),
    ]);
    expect(journal.getEvents('disk')).toHaveLength(6);
  });
});
