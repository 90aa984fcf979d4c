import { expect, test } from 'vitest';
import { ConditionAccounts } from '../../src/history/accounts.ts';
import { scheduleOf } from '../../src/history/schedule.ts';
import { daemon, load } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { TICK, task } from '../support/items.ts';

const EACH_MINUTE = `${TICK}${task('T')}[[condition]]\nname = "C"\ntype = "time"\ntime_specifications = [{ cron = "* * * * *" }]\nrecurring = true\ntasks = ["T"]\nwhen_busy = "queue"\n`;

/** The verdicts about four minutes, after the run of the first one took long and `end` was given. */
const verdicts = async (end: string) => {
  const history = new FakeHistory();
  const processes = { T: (run: number) => ({ seconds: run === 0 ? 200 : 0 }) };
  const d = await daemon(EACH_MINUTE, { start: '2026-03-02T11:59:50Z', history, processes });
  await d.advance(150);
  await d.submit(end);
  await d.advance(90);
  const accounts = new ConditionAccounts('C');
  for (const line of history.lines) accounts.apply(line);
  const schedule = scheduleOf((await load(EACH_MINUTE)).conditions[0]!);
  return [0, 1, 2].map((minute) => {
    const { verdict, why } = accounts.verdict(Date.parse(`2026-03-02T12:0${minute}:00Z`), schedule, d.clock.wall());
    return [verdict, why];
  });
};

test('instants whose queued run does not begin are missed, with the reason', async () => {
  const ran = ['ran', expect.anything()];
  for (const [end, reason] of [
    ['cancel C', 'it was cancelled by a command'],
    ['suspend_condition C', 'suspended'],
    ['exit', 'ended with the scheduler'],
  ] as const) {
    const missed = ['missed', expect.stringContaining(`its run was queued and does not begin: ${reason}`)];
    expect(await verdicts(end), end).toEqual([ran, missed, missed]);
  }
});
