import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { firstLine } from '../../src/describe/first-line.ts';
import { registry } from '../../src/items/registry.ts';

const machine = { isDirectory: () => true, isFile: () => true, platform: 'linux' };
const NOW = new Date(2026, 10, 28, 12, 0, 2).getTime();
const TASK = '[[task]]\nname = "T"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n';
const condition = (name: string, keys: string): string => `[[condition]]\nname = "${name}"\n${keys}\ntasks = ["T"]\n`;
const COMMAND = 'type = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []';

type At = number | 'any-tick' | 'on-event';

/** The first line of a file; `at`: when each condition is looked at next, of those that can be checked. */
const line = async (
  toml: string,
  at: Readonly<Record<string, At>>,
  state = 'running',
  looked = () => {},
): Promise<string | undefined> => {
  const config = await loadConfig('my.toml', `${TASK}${toml}`, registry, machine);
  const conditions = new Map(
    config.conditions.map((spec) => {
      const next = at[spec.name];
      const found =
        next === undefined ? { at: 'any-tick', ineligible: 'suspended' } : { at: next, ineligible: undefined };
      return [
        spec.name,
        {
          name: spec.name,
          spec,
          next: () => {
            looked();
            return found as { at: At; ineligible: undefined };
          },
        },
      ];
    }),
  );
  return firstLine({ file: 'my.toml', config, now: () => NOW, scheduler: { state, items: { conditions } } });
};

describe('the first line', () => {
  const OFTEN = condition('Often', 'type = "interval"\ninterval_seconds = 60');
  const RARE = condition('Rare', 'type = "time"\ntime_specifications = [{ hour = 13 }]');
  const TESTED = condition('Tested', COMMAND);

  test('has the earliest firing, at the tick on which it falls', async () => {
    expect(await line(RARE + OFTEN, { Rare: NOW + 3_598_000, Often: NOW + 60_000 })).toBe(
      'running my.toml: 2 conditions, 1 task; next Often at 12:01:05; Ctrl-C ends it',
    );
  });

  test('has the date of a firing that is not today', async () => {
    expect(await line(RARE, { Rare: NOW + 10 * 86_400_000 })).toContain('next Rare at 2026-12-08 12:00:05');
  });

  test('has a test only where no firing is known', async () => {
    expect(await line(TESTED + OFTEN, { Tested: 'any-tick', Often: NOW + 60_000 })).toContain('; next Often at');
    expect(await line(TESTED, { Tested: 'any-tick' })).toContain('; next test of Tested at 12:00:05; ');
  });

  test('names conditions that wait for the session, of those that run tasks', async () => {
    const session = (name: string): string => condition(name, 'type = "session"\nwhen = ["unlock"]');
    const idle = session('Idle').replace('tasks = ["T"]', '');
    const whole = session('A') + session('B') + session('C') + session('D') + idle;
    expect(await line(whole, { A: 'on-event' })).toContain('; waits for the session: A, B, C and 1 more; ');
    expect(await line(idle, {})).toContain('nothing in it will run by itself');
  });

  test('names events that are waited for, three at most', async () => {
    const event = (name: string, type: string, keys = '') =>
      `[[event]]\nname = "${name}"\ntype = "${type}"\ncondition = "C"\n${keys}`;
    const watched = ['W', 'X', 'Y', 'Z'].map((name) => event(name, 'fschange', 'watch = ["/tmp"]\n')).join('');
    const bucket = condition('C', 'type = "bucket"');
    expect(await line(bucket + watched, { C: 'on-event' })).toContain('; waits for events: W, X, Y and 1 more; ');
    expect(await line(bucket + event('Go', 'cli'), { C: 'on-event' })).toContain(
      '1 event; waits for the event Go; type "trigger Go" and Enter; ',
    );
  });

  test('says that nothing will run, and how a pause ends', async () => {
    expect(await line(OFTEN, {})).toContain("; nothing in it will run by itself: 'whenever check my.toml' says why; ");
    expect(await line(OFTEN, { Often: NOW }, 'paused')).toContain('; paused: type "resume" and Enter to go on; ');
  });

  test('is not written when the scheduler is ending', async () => {
    expect(await line(OFTEN, { Often: NOW }, 'ending')).toBeUndefined();
  });

  test('of many conditions lets other work in between', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `C${i}`);
    const toml = names.map((name) => condition(name, 'type = "interval"\ninterval_seconds = 60')).join('');
    const at = Object.fromEntries(names.map((name, i) => [name, NOW + 60_000 + i]));
    let turn = 0;
    let done = false;
    const count = () => {
      turn += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const turns = new Set<number>();
    const shown = await line(toml, at, 'running', () => turns.add(turn));
    done = true;
    expect(shown).toContain('120 conditions, 1 task; next C0 at 12:01:05; ');
    expect(turns.size).toBe(3);
  });
});
