import { describe, expect, test, vi } from 'vitest';
import { configWarnings } from '../../src/projections/config-warnings.ts';
import { load } from '../support/daemon.ts';
import { ORIGIN } from '../support/origin.ts';
import { Records } from '../support/records.ts';

const TASK = '[[task]]\nname = "T"\ntype = "internal"\ncommand = "pause"\n';
const condition = (name: string, keys: string): string =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = 60\ntasks = ["T"]\n${keys}\n`;
const USELESS = 'recurring = true\nmax_tasks_retries = 2';
/** As many conditions with a warning each. */
const many = (count: number): string =>
  `${TASK}${Array.from({ length: count }, (_, i) => condition(`C${i}`, USELESS)).join('')}`;

describe('what a valid file says that is surely not meant', () => {
  test('is a warning with its place, the item and what is meant instead, in the order of the file', async () => {
    const warnings = await (await load(`${TASK}${condition('A', USELESS)}${condition('B', USELESS)}`)).findWarnings();
    expect(warnings.map(({ line }) => line)).toEqual([
      'test.toml:11:1: condition "A": max_tasks_retries = 2 has no effect with recurring = true; to try a task again when it fails, give the task the key retries',
      'test.toml:18:1: condition "B": max_tasks_retries = 2 has no effect with recurring = true; to try a task again when it fails, give the task the key retries',
    ]);
    expect(warnings[0]).toMatchObject({
      ...{ path: ['condition', 0, 'max_tasks_retries'], item: 'condition "A"', position: { line: 11, column: 1 } },
    });
  });

  test.each([
    ['a condition that does not recur', 'max_tasks_retries = 2'],
    ['a condition without the key', 'recurring = true'],
    ['no retries, which is the default', 'recurring = true\nmax_tasks_retries = 0'],
  ])('is not %s', async (_, keys) => {
    expect(await (await load(`${TASK}${condition('A', keys)}`)).findWarnings()).toEqual([]);
  });

  test('is logged at the start: twenty one by one, then how many more there are', async () => {
    const logged = async (count: number) => {
      const records = new Records('warn', Date.now, Date.now);
      configWarnings(records.log)['scheduler.loading']?.(
        { config: await load(many(count)), begun: undefined, paused: false },
        ORIGIN,
      );
      await vi.waitFor(() => expect(records.all.length).toBeGreaterThanOrEqual(Math.min(count, 21)));
      return records.all.map(({ message }) => message);
    };
    expect(await logged(20)).toHaveLength(20);
    const more = await logged(23);
    expect(more).toHaveLength(21);
    expect(more.at(-1)).toBe("test.toml: and 3 more warnings, see 'whenever check test.toml'");
  });
});
