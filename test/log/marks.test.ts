import { describe, expect, test } from 'vitest';
import { json } from '../../src/log/format.ts';
import { daemon } from '../support/daemon.ts';
import { interval, TICK, task } from '../support/items.ts';

const script = (name: string) => `[[task]]\nname = "${name}"\ntype = "lua"\nscript = ""\n`;

describe('the status of a record', () => {
  test('is never IND: a run without outcome is IND in the history only.', async () => {
    const check = '[[condition]]\nname = "Unsure"\ntype = "lua"\nscript = ""\ntasks = ["L"]\n';
    const one = await daemon(TICK + script('L') + check + interval('C', 5, '', '["L"]'), {
      lua: { L: [{ result: 'none' }], Unsure: [{ result: 'none' }] },
    });
    await one.advance(12);
    const statuses = new Set(one.records.all.map((record) => JSON.parse(json(record)).contents.message_type.status));
    expect([...statuses].sort()).toEqual(['END', 'FAIL', 'MSG', 'NO', 'OK', 'START', 'YES']);
    expect(one.records.with('HIST/END').map(({ message }) => message)).toEqual(['IND/trigger:C no outcome']);
  });
});

describe('a duration in a record', () => {
  test.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])('goes by the monotonic clock: one that is set %s meanwhile is not in it.', async (_, ms) => {
    const one = await daemon(TICK + task('T') + script('L') + interval('C', 5, '', '["T", "L"]'), {
      processes: { T: [{ seconds: 3 }] },
      lua: { L: [{ result: 'none', seconds: 3 }] },
    });
    await one.until(6);
    one.clock.stepWall(ms);
    await one.until(9);
    one.clock.stepWall(ms);
    await one.until(12);
    const ends = one.records.all.filter(({ message }) => / (in|after) \d/.test(message));
    expect(ends.map(({ message }) => message)).toEqual([
      expect.stringContaining('succeeded in 3.00 s'),
      expect.stringContaining('no outcome after 3.00 s'),
    ]);
    const noon = Date.parse('2026-03-02T12:00:00Z');
    const times = ends.map((record) => JSON.parse(json(record)).header.time);
    expect(times).toEqual(
      [noon + 8000 + ms, noon + 11_000 + 2 * ms].map((at) => new Date(at).toISOString().replace('Z', '000')),
    );
  });
});
