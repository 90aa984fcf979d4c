import { expect, test } from 'vitest';
import type { CheckContext } from '../../src/core/instance.ts';
import type { Ports } from '../../src/core/ports.ts';
import { registry } from '../../src/items/registry.ts';
import { createLog } from '../../src/log/log.ts';
import { allocatedBy } from '../support/allocations.ts';
import { load } from '../support/daemon.ts';
import { fakeDesktop } from '../support/fake-desktop.ts';
import { begin, ORIGIN } from '../support/origin.ts';

const VISITS = 100_000;
const NOW = Date.parse('2026-03-02T12:00:00Z');
const LATER = 'check_after = 3600';
/** Keys with which a condition is not due for an hour; kinds that are absent look at something at every visit. */
const WAITING: Readonly<Record<string, string>> = {
  interval: 'interval_seconds = 3600',
  time: 'time_specifications = [{ hour = 2, minute = 30 }]',
  command: `command = "x"\ncommand_arguments = []\nstartup_path = "/"\n${LATER}`,
  lua: `script = "x = 1"\n${LATER}`,
  dbus: `bus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"\n${LATER}`,
  wmi: `query = "SELECT * FROM A"\n${LATER}`,
  session: 'when = ["resume", "shutdown"]',
  bucket: '',
  event: '',
};

test('Each kind that can wait has its keys here.', () => {
  const kinds = registry.condition.kinds.map(({ type }) => type).filter((type) => type !== 'idle');
  expect(Object.keys(WAITING).sort()).toEqual([...kinds].sort());
});

test.each(Object.entries(WAITING))(
  'A visit of a %s condition that is not due allocates nothing.',
  async (type, keys) => {
    const config = await load(
      `[[condition]]\nname = "C"\ntype = "${type}"\n${keys}\n`,
      'test.toml',
      type === 'wmi' ? 'win32' : 'linux',
    );
    const log = createLog(
      'info',
      () => NOW,
      () => {},
    );
    const clock = { wall: () => NOW, mono: () => 1234.5, sleep: async () => {}, turn: async () => {} };
    const instance = config.conditions[0]!.create({
      name: 'C',
      log: log.for('CONDITION', 'active', 'C', 1),
      logAs: (action) => log.for('CONDITION', action, 'C', 1),
      ports: { clock, random: Math.random, log, processes: {}, ...fakeDesktop() } as unknown as Ports,
      inbox: { submit: () => Promise.reject(new Error('not expected')) },
      own: { starting: false, occur: () => false, note: () => {} },
      pending: { add: () => {}, join: () => {}, has: () => false, take: () => undefined },
      locate: async () => undefined,
    });
    const context: CheckContext = { wall: NOW, mono: 1234.75, pauses: [], tickMs: 5000, origin: ORIGIN };
    const visit = () => {
      for (let i = 0; i < VISITS; i++) {
        instance.due();
        void instance.check(context, begin);
      }
    };
    expect(await instance.check(context, begin)).toMatchObject({ notDue: true });
    visit();
    // The engine may compile it meanwhile, which allocates as well; what a visit allocates it allocates each time.
    const rounds = [1, 2, 3].map(() => allocatedBy(visit) / VISITS);
    expect(Math.min(...rounds)).toBeLessThan(1);
  },
);
