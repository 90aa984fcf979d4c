import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBus } from '../../src/adapters/bus/bus.ts';
import { eventually } from './support/eventually.ts';
import { PrivateBus } from './support/private-bus.ts';
import { have } from './support/programs.ts';
import { BUCKET, HEAD, Scheduled } from './support/scheduled.ts';
import { TestService } from './support/test-service.ts';

const EVENT = (rule: string, keys = '', bus = ':session', name = 'E') =>
  `[[event]]\nname = "${name}"\ntype = "dbus"\ncondition = "B"\nbus = "${bus}"\nrule = "${rule}"\n${keys}\n`;
const RULE = "type='signal',interface='org.example.Test',member='Happened'";
const FAST = { firstMs: 20, mostMs: 100 };

describe.skipIf(!have('dbus-daemon'))('D-Bus events on a bus of their own (needs dbus-daemon)', () => {
  const session = new PrivateBus();
  const system = new PrivateBus('system');
  let service: TestService;
  let daemon: Scheduled;
  beforeAll(async () => {
    await session.start();
    await system.start();
    service = await TestService.start(session.address);
  });
  afterEach(() => daemon.stop());
  afterAll(async () => {
    await session.close();
    await system.close();
  });
  const buses = () =>
    createBus({ DBUS_SESSION_BUS_ADDRESS: session.address, DBUS_SYSTEM_BUS_ADDRESS: system.address }, FAST);
  const start = async (toml: string, bus = buses(), level: 'trace' | 'info' = 'trace') => {
    daemon = await Scheduled.start(`${HEAD}${BUCKET()}${toml}`, { bus }, level);
    if (level === 'trace') await daemon.said(/EVENT_REGISTRY listener \[START\/OK\] all events are set up/);
  };
  const leadsToRun = async (act: () => void): Promise<void> => {
    const before = daemon.runs;
    act();
    await daemon.ran(before);
  };
  const count = (pattern: RegExp) => daemon.lines.filter((line) => pattern.test(line)).length;

  it('fire with each signal that matches, and say who sent what', async () => {
    await start(EVENT(RULE));
    for (let i = 0; i < 3; i++) await leadsToRun(() => service.emit('Happened', 's', ['x']));
    service.emit('Other');
    expect(daemon.lines.join('\n')).toMatch(
      /DEBUG EVENT active E\/3 \[PROC\/OK\] message org\.example\.Test\.Happened of :1\.\d+ about \/org\/example\/Test/,
    );
    expect(count(/message org\.example\.Test\.Other/)).toBe(0);
  });

  it('fire only with what the checks ask for; the others leave the subscription alone', async () => {
    await start(
      EVENT(
        RULE,
        'parameter_check = [{ index = 0, operator = "eq", value = "yes" }, { index = [1, 0], operator = "gt", value = 5 }]\nparameter_check_all = true',
      ),
    );
    service.emit('Happened', 'sau', ['no', [9]]);
    service.emit('Happened', 'sau', ['yes', [5]]);
    service.emit('Happened', '', []);
    await eventually(() => count(/the message does not hold what is expected/) === 3, 'three messages are refused');
    expect(daemon.runs).toBe(0);
    await leadsToRun(() => service.emit('Happened', 'sau', ['yes', [6]]));
    expect(count(/subscribed on the session bus/)).toBe(1);
  });

  it('lose nothing among many signals that do not match the checks', async () => {
    await start(EVENT(RULE, 'parameter_check = [{ index = 0, operator = "eq", value = 500 }]'));
    await leadsToRun(() => {
      for (let i = 0; i <= 1000; i++) service.emit('Happened', 'u', [i]);
    });
    await eventually(() => count(/does not hold/) === 1000, 'all the others are refused');
  });

  it('understand senders by their well-known name, also when its owner changes', async () => {
    await start(EVENT("type='signal',sender='org.example.Test',member='Happened'"));
    await leadsToRun(() => service.emit('Happened'));
    await service.releaseName();
    const other = await TestService.start(session.address);
    await leadsToRun(() => other.emit('Happened'));
    const before = count(/message org\.example/);
    service.emit('Happened');
    await leadsToRun(() => other.emit('Happened'));
    expect(count(/message org\.example/)).toBe(before + 1);
    await other.stop();
    await service.stop();
    service = await TestService.start(session.address);
  });

  it.each([
    ["path='/org/example/Test'", true],
    ["path='/org/example'", false],
    ["path_namespace='/org/example'", true],
    ["path_namespace='/org/exam'", false],
    ["arg0='a.b.c'", true],
    ["arg0namespace='a.b'", true],
    ["arg0namespace='a.bc'", false],
    ["arg1path='/x/'", true],
    ["arg1path='/x/y/z/'", false],
    ["arg2='7'", false],
  ])('understand %s: %s', async (part, fits) => {
    await start(
      EVENT(`type='signal',member='Happened',${part}`) +
        EVENT("type='signal',member='Happened'", '', ':session', 'All'),
    );
    await leadsToRun(() => service.emit('Happened', 'sou', ['a.b.c', '/x/y', 7]));
    expect(count(/EVENT active E\/3 \[PROC\/OK\] message/)).toBe(fits ? 1 : 0);
  });

  it('are subscribed to again after the bus was killed and restarted', async () => {
    await start(EVENT(RULE) + EVENT("type='signal',sender='org.example.Test'", '', ':session', 'F'));
    for (let round = 1; round <= 2; round++) {
      await leadsToRun(() => service.emit('Happened'));
      await session.stop();
      await eventually(
        () => count(/EVENT active [EF]\/\d \[PROC\/FAIL\] not subscribed/) === 2 * round,
        'each says so',
      );
      await session.start();
      service = await TestService.start(session.address);
      await eventually(() => count(/E\/3 \[PROC\/MSG\] subscribed/) === round + 1, 'E is subscribed again');
      await eventually(() => count(/F\/4 \[PROC\/MSG\] subscribed/) === round + 1, 'F is subscribed again');
      await leadsToRun(() => service.emit('Happened'));
    }
    // It comes and goes: one warning each, and the next one when it has been there for a while.
    expect(count(/^WARN /)).toBe(2);
  });

  it('warn once of a bus that is missing at the start, and do not keep other events from working', async () => {
    const late = new PrivateBus();
    const bus = createBus({ DBUS_SESSION_BUS_ADDRESS: late.address, DBUS_SYSTEM_BUS_ADDRESS: system.address }, FAST);
    await start(EVENT(RULE) + EVENT("type='signal',member='NameOwnerChanged'", '', ':system', 'F'), bus);
    const other = await TestService.start(system.address);
    await daemon.ran(0);
    await eventually(() => count(/WARN {2}EVENT active E\/3/) === 1, 'one warning');
    expect(daemon.lines.join('\n')).toMatch(/not subscribed on the session bus: connect ENOENT .*; trying again/);
    await late.start();
    const service = await TestService.start(late.address);
    await daemon.said(/E\/3 \[PROC\/MSG\] subscribed on the session bus/);
    await leadsToRun(() => service.emit('Happened'));
    expect(count(/^WARN/)).toBe(1);
    await other.stop();
    await daemon.stop();
    await late.close();
    await start(EVENT(RULE));
  });

  it('listen on the system bus', async () => {
    const other = await TestService.start(system.address);
    await start(EVENT(RULE, '', ':system'));
    await leadsToRun(() => other.emit('Happened'));
    await system.stop();
    await daemon.said(/WARN .*not subscribed on the system bus/);
    await system.start();
    const again = await TestService.start(system.address);
    await eventually(() => count(/subscribed on the system bus/) === 3, 'subscribed again');
    await leadsToRun(() => again.emit('Happened'));
  });

  it('find the session bus in XDG_RUNTIME_DIR, and say so when nobody tells where it is', async () => {
    await start(EVENT(RULE), createBus({ XDG_RUNTIME_DIR: session.folder }, FAST));
    await leadsToRun(() => service.emit('Happened'));
    await daemon.stop();
    await start(EVENT(RULE), createBus({}, FAST));
    await daemon.said(/WARN .*neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set/);
  });

  it('warn of a rule the bus does not take', async () => {
    // Ours knows the rules of the protocol; the policy of a bus may know more.
    const refusing = createBus({ DBUS_SESSION_BUS_ADDRESS: session.address }, FAST);
    daemon = await Scheduled.start(`${HEAD}${BUCKET()}${EVENT(RULE)}`, {
      bus: {
        call: refusing.call,
        subscribe: (bus, rule, listener) => refusing.subscribe(bus, { ...rule, text: 'nonsense' }, listener),
      },
    });
    await daemon.said(/WARN .*not subscribed on the session bus: the bus refuses the rule/);
  });
});
