import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { upcomingFirings } from '../../src/forecast/upcoming-firings.ts';
import { registry } from '../../src/items/registry.ts';
import { NOTHING_ASSUMED } from '../../src/simulation/assumptions.ts';
import { SimulationCounts } from '../../src/simulation/counts.ts';
import { simulatedRegistry } from '../../src/simulation/simulated-kinds.ts';
import { runSimulation } from '../../src/simulation/simulation.ts';
import { daemon, fakeMachine, load } from '../support/daemon.ts';
import { task } from '../support/items.ts';

const TICK = 30;
/** Two weeks in which the clocks of Rome and New York are set, with two ends of months. */
const [FROM, TO] = [Date.parse('2026-03-26T06:00:00Z'), Date.parse('2026-04-09T06:00:00Z')];

const times = (specifications: string, more = '') =>
  `type = "time"\ntime_specifications = [${specifications}]\n${more}`;
const every = (keys: string) => `type = "interval"\n${keys}`;

/** A condition of each form, by its name; next shows only the first end of one with after_end. */
const FORMS: Readonly<Record<string, string>> = {
  Lists: times('{ weekday = ["mon", "thu"], hour = [9, 17] }'),
  Ranges: times('{ weekday = "fri-mon", hour = "22-5", minute = "*/20" }'),
  FromTheEnd: times('{ day = [1, -1], hour = 2, minute = 30 }'),
  Nth: times('{ weekday = "tue", nth = [-1, 1], hour = 8 }'),
  Workday: times('{ workday = [1, -1], hour = 8 }', 'holidays = [2026-04-01]'),
  EveryTenDays: times('{ every = "10 days", since = 2026-03-19, hour = 7 }'),
  EveryTwoWeeks: times('{ weekday = "mon", every = "2 weeks", since = 2026-01-05 }'),
  Once: times('{ at = 2026-03-29T02:30:00 }, { at = 2026-04-02T12:00:00-05:00 }'),
  ADateAlone: times('{ at = 2026-04-03 }'),
  ATimeAlone: times('{ at = 02:30:00 }'),
  Cron: times('{ cron = "*/40 1-3 * * *" }'),
  Sun: times('{ sun = "sunset", offset = "-30 min", place = [41.9, 12.5] }'),
  Bounds: times('{ minute = 0 }', 'from = 2026-03-28\nuntil = 2026-03-30T12:00:00'),
  Except: times('{ at = 07:00:00 }', 'except = [2026-04-03, { weekday = "sun" }]'),
  Holidays: times('{ at = 07:00:00 }', 'holidays = [2026-04-05, 2026-04-06]'),
  Only: times('{ minute = "*/15" }', 'only = [{ weekday = "mon-fri", hour = "2-3" }]'),
  Interval: every('interval = "7 h 30 min"'),
  AtOnce: every('interval = "1 h 30 min"\nstart = "at once"\nuntil = 2026-03-28'),
  Aligned: every('interval = "90 min"\nalign = true'),
  WindowOfAnInterval: every('interval = "50 min"\nonly = [{ weekday = "sat-sun", hour = "9-16" }]'),
};

const TOML = `scheduler_tick_seconds = ${TICK}\n${task('T')}${Object.entries(FORMS)
  .map(
    ([name, keys]) =>
      `[[condition]]\nname = "${name}"\nrecurring = true\ntasks = ["T"]\ntimezone = "Europe/Rome"\n${keys}\n`,
  )
  .join('')}`;

/** Firings by condition, each at the tick at or after its instant. */
const byCondition = (
  fired: Iterable<{ readonly at: number; readonly condition: string }>,
): Record<string, string[]> => {
  const found: Record<string, string[]> = {};
  for (const { at, condition } of fired) {
    const tick = new Date(Math.ceil(Math.round(at) / (TICK * 1000)) * TICK * 1000).toISOString().slice(5, 19);
    found[condition] ??= [];
    if (found[condition].at(-1) !== tick) found[condition].push(tick);
  }
  return found;
};

test('Each form fires at the same instants in next, in simulate and in the daemon.', async () => {
  const kept = new SimulationCounts(true);
  const simulated = await loadConfig('s.toml', TOML, simulatedRegistry(registry, NOTHING_ASSUMED, kept), fakeMachine);
  await runSimulation(simulated, kept, {
    ...{ instances: [{ from: FROM, to: TO }], seed: 1, level: 'error', sink: () => {}, progress: () => {} },
    load: () => Promise.reject(new Error('not here')),
  });

  const ran: { at: number; condition: string }[] = [];
  const d = await daemon(TOML, {
    ...{ start: FROM, level: 'error' },
    observers: ({ clock }) => [
      { 'run.started': ({ condition }) => ran.push({ at: clock.wall(), condition: condition.name }) },
    ],
  });
  await d.advance((TO - FROM) / 1000);

  const { coming } = upcomingFirings(await load(TOML), {
    from: FROM,
    to: TO,
    count: 100_000,
    all: true,
    conditions: [],
  });
  const next = byCondition(coming.map(({ at, condition }) => ({ at, condition })));
  expect(Object.keys(next).sort()).toEqual(Object.keys(FORMS).sort());
  expect(byCondition(kept.fired)).toEqual(next);
  expect(byCondition(ran)).toEqual(next);
});
