import { describe, expect, test } from 'vitest';
import { SafeCaller } from '../../src/call-safely.ts';
import type { ConditionInstance, EventInstance, TaskInstance } from '../../src/core/instance.ts';
import type { Config } from '../../src/core/spec.ts';
import { Daemon, load } from '../support/daemon.ts';
import { bucket, interval, TICK, task } from '../support/items.ts';
import { shown } from '../support/records.ts';

const FILE = TICK + task('T') + task('U') + interval('Bad', 5) + interval('Good', 5, 'recurring = true', '["U"]');
const boom = () => {
  throw new Error('a bug');
};
const later = async () => boom();

/** The configuration with something else in the place of what the kind of one item has made. */
const broken = ({ tasks, conditions, events, ...rest }: Config, name: string, body: object): Config => {
  const swap = <S extends { readonly name: string; readonly create: unknown }>(specs: readonly S[]): readonly S[] =>
    specs.map((spec) => (spec.name === name ? Object.create(spec, { create: { value: () => body } }) : spec));
  return { ...rest, tasks: swap(tasks), conditions: swap(conditions), events: swap(events) };
};

test('Listeners that fail are counted one by one, and those beyond a thousand together.', () => {
  const reports: string[] = [];
  const caller = new SafeCaller((text) => reports.push(text));
  for (let i = 0; i < 1002; i += 1) caller.failed(i, `listener ${i}`, new Error('a bug'));
  caller.failed(0, 'listener 0', 'again');
  expect(reports.slice(-2)).toEqual(['listener 998 failed: a bug', 'listener 999 failed: a bug']);
  caller.reportCounts();
  expect(reports.slice(-2)).toEqual(['listener 0 failed 2 times in all', 'other listeners failed 3 times in all']);
});

describe('What goes wrong inside one item stays there', () => {
  test.each<[string, string, Partial<ConditionInstance> | TaskInstance | EventInstance, string]>([
    ['a check', 'Bad', { due: () => 'any-tick', check: boom }, 'CONDITION active Bad/3 [PROC/ERR] internal error:'],
    [
      'a check later',
      'Bad',
      { due: () => 'any-tick', check: later },
      'CONDITION active Bad/3 [PROC/ERR] internal error:',
    ],
    [
      'a check with what is not an Error',
      'Bad',
      { due: () => 'any-tick', check: () => Promise.reject('Error: a bug') },
      'CONDITION active Bad/3 [PROC/ERR] internal error:',
    ],
    ['a task', 'T', { run: boom }, 'TASK active T/1 [PROC/ERR] (trigger: Bad) internal error:'],
    ['a task later', 'T', { run: later }, 'TASK active T/1 [PROC/ERR] (trigger: Bad) internal error:'],
    ['an event', 'Go', { start: boom }, 'EVENT active Go/6 [START/ERR] internal error:'],
    ['an event later', 'Go', { start: later }, 'EVENT active Go/6 [START/ERR] internal error:'],
  ])('%s that throws is an ERROR record, and the others go on', async (_, name, body, record) => {
    const one = new Daemon(broken(await load(FILE + bucket('Asked')), name, body), {});
    await one.advance(22);
    const errors = one.records.all.filter(({ level }) => level === 'error').map(shown);
    expect(errors.length).toBe(name === 'Go' ? 1 : 4);
    for (const error of errors) expect(error).toContain(`${record} Error: a bug`);
    expect(one.runs.filter((run) => run.endsWith(' Good'))).toEqual(
      [5, 10, 15, 20].map((second) => `${second} U OK Good`),
    );
    await one.submit('trigger Go');
    await one.advance(5);
    expect(one.runs.some((run) => run.endsWith(' Asked'))).toBe(true);
    await one.submit('exit');
    await one.advance(5);
    expect(one.ending).toBeDefined();
  });
});
