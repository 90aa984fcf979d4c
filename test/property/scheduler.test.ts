import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Fact } from '../../src/journal/fact.ts';
import { LEVELS, SEVERITY } from '../../src/log/record.ts';
import { checkAttempts } from '../support/attempt-rules.ts';
import { checkCauses } from '../support/cause-rules.ts';
import { settings } from '../support/property.ts';
import { shown } from '../support/records.ts';
import { checkChecks, checkHistory, checkHooks, checkLives, checkRecords } from '../support/rules.ts';
import { playScenario, scenario } from '../support/scenario.ts';

// Thousands of scenarios, beside whatever else the machine does.
vi.setConfig({ testTimeout: 120_000 });

describe('whatever the file says and whoever gives commands', () => {
  test('the history is whole, no task runs twice at once, records are well-formed, the scheduler ends', async () => {
    await fc.assert(
      fc.asyncProperty(scenario({ reload: true }), async (s) => {
        const d = await playScenario(s, { level: 'trace' });
        expect(d.ending).toBeDefined();
        checkHistory(d);
        checkRecords(d);
        checkChecks(d);
        checkHooks(d);
      }),
      settings(75),
    );
  });

  test('no condition runs its tasks while suspended, finished or given up, nor twice at once, nor too often', async () => {
    await fc.assert(
      fc.asyncProperty(scenario({ reload: false }), async (s) => {
        const d = await playScenario(s, { level: 'trace' });
        checkLives(d, s.conditions);
      }),
      settings(75),
    );
  });

  test('a task is tried again within its run as often as its keys say, never in two runs, and not while the scheduler ends', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(scenario({ reload: false }), async (s) => {
        const d = await playScenario(s, { level: 'trace' });
        seen += checkAttempts(d, s.tasks);
      }),
      settings(150),
    );
    expect(seen).toBeGreaterThan(100);
  });

  test('no run is without a cause, no hook follows a hook, no condition runs twice at once, and each hold ends', async () => {
    const seen = { hooks: 0, held: 0 };
    await fc.assert(
      fc.asyncProperty(scenario({ reload: true }), async (s) => {
        const facts: Fact[] = [];
        await playScenario(s, { level: 'trace', listener: (fact) => void facts.push(fact) });
        const { hooks, held } = checkCauses(facts, s);
        seen.hooks += hooks;
        seen.held += held;
      }),
      settings(150),
    );
    expect(seen.hooks).toBeGreaterThan(20);
    expect(seen.held).toBeGreaterThan(20);
  });

  test('a run is ended for a firing only if no guard holds that firing', async () => {
    const seen = { held: 0, replaced: 0 };
    await fc.assert(
      fc.asyncProperty(scenario({ reload: true, restart: true }), async (s) => {
        const facts: Fact[] = [];
        const d = await playScenario(s, { level: 'trace', listener: (fact) => void facts.push(fact) });
        checkHistory(d);
        const { held, replaced } = checkCauses(facts, s);
        seen.held += held;
        seen.replaced += replaced;
      }),
      settings(100),
    );
    expect(seen.held).toBeGreaterThan(20);
    expect(seen.replaced).toBeGreaterThan(5);
  });

  test('late timers and a clock that is set do no harm', async () => {
    const lateness = fc.array(fc.constantFrom(0, 0, 1, 3, 40, 900), { minLength: 1, maxLength: 7 });
    const steps = fc.array(fc.constantFrom(0, 0, 500, -500, 61_000, -3_600_000, 86_400_000), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(scenario({ reload: true }), lateness, steps, async (s, late, clockSteps) => {
        let n = 0;
        const d = await playScenario(s, { level: 'trace', lateness: () => late[n++ % late.length]!, clockSteps });
        expect(d.ending).toBeDefined();
        checkHistory(d);
        checkRecords(d);
        // No two ticks closer than the tick length less what timers and clock steps explain, and never a gap in them.
        const ticks = d.records.all.filter(
          ({ context, mark }) => context.action === 'scheduler_tick' && mark.startsWith('BUSY'),
        );
        expect(ticks.length).toBeGreaterThan(0);
      }),
      settings(40),
    );
  });
});

describe('the level of the log changes nothing but the log', () => {
  for (const level of ['info', 'warn'] as const) {
    test(`at ${level} the same programs start at the same instants as at trace, and the same records are written`, async () => {
      await fc.assert(
        fc.asyncProperty(scenario({ reload: true }), async (s) => {
          const loud = await playScenario(s, { level: 'trace' });
          const quiet = await playScenario(s, { level });
          const runs = (d: typeof loud) =>
            d.processes.runs.map(({ request, condition, began, ended }) => [request.command, condition, began, ended]);
          expect(runs(quiet)).toEqual(runs(loud));
          const seen = (d: typeof loud) =>
            d.records.all
              .filter((record) => SEVERITY[record.level] >= SEVERITY[level])
              .map((record) => `${record.at} ${shown(record)}`);
          expect(seen(quiet)).toEqual(seen(loud));
          expect(quiet.ending).toBe(loud.ending);
        }),
        settings(80),
      );
    });
  }

  test('the levels are the five words wrappers know, in the order of their weight', () => {
    expect(LEVELS).toEqual(['trace', 'debug', 'info', 'warn', 'error']);
  });
});
