import { describe, expect, test } from 'vitest';
import { type Daemon, daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';

const toml = (condition: string, more = ''): string => `
scheduler_tick_seconds = 1
${more}
[[task]]
name = "Backup"
type = "command"
command = "backup"
command_arguments = []
startup_path = "/"
success_status = 0
[[condition]]
name = "Nightly"
tasks = ["Backup"]
${condition}
`;
const nightly = (keys = 'recurring = true') =>
  toml(`type = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]\n${keys}`);

/** The instances of one history: each is started at an instant, and killed by the start of the next. */
class Instances {
  readonly history = new FakeHistory();
  async start(text: string, at: string, options: Parameters<typeof daemon>[1] = {}): Promise<Daemon> {
    return daemon(text, { start: at, level: 'warn', history: this.history, ...options });
  }
}

/** When the program was started, seconds after the instance. */
const runs = ({ processes, now, clock }: Daemon): number[] =>
  processes.runs.map(({ began }) => Math.round(now - (clock.mono() - began) / 1000));
const warnings = (instance: Daemon): string[] => instance.lines.map((line) => line.slice(line.indexOf('] ') + 2));

describe('a restart is a gap like any other', () => {
  test('the nightly job of a laptop that was off runs once after the start, with a record that says why', async () => {
    const all = new Instances();
    const text = nightly('recurring = true\ncatch_up = "once"');
    const evening = await all.start(text, '2026-11-25T22:00:00Z');
    await evening.submit('exit');
    const morning = await all.start(text, '2026-11-26T08:00:00Z');
    await morning.advance(5);
    expect(runs(morning)).toEqual([1]);
    expect(warnings(morning)).toEqual([
      expect.stringContaining(
        'time: missed hour=2 minute=30 at Thu Nov 26 2026 02:30:00, 19801 s ago: whenever was not running from Wed Nov 25 2026 22:00:00 to Thu Nov 26 2026 08:00:00',
      ),
    ]);
    const [missed] = all.history.of('missed');
    expect(missed).toMatchObject({
      condition: 'Nightly',
      code: 'instants-not-running',
      count: 1,
      first: '2026-11-26T02:30:00.000Z',
      owed: 1,
    });
    expect(all.history.of('claim')[0]).toMatchObject({ condition: 'Nightly', code: 'catching-up' });
    // Not again.
    await morning.submit('exit');
    const noon = await all.start(text, '2026-11-26T12:00:00Z');
    await noon.advance(60);
    expect(runs(noon)).toEqual([]);
    expect(noon.lines).toEqual([]);
  });

  test('without catch_up the misses are counted in one record, and nothing runs', async () => {
    const all = new Instances();
    await all.start(nightly(), '2026-11-20T22:00:00Z');
    const back = await all.start(nightly(), '2026-11-26T08:00:00Z');
    await back.advance(5);
    expect(runs(back)).toEqual([]);
    expect(warnings(back)).toHaveLength(1);
    expect(warnings(back)[0]).toContain('time: missed 6 instants, the first one hour=2 minute=30 at Sat Nov 21 2026');
    expect(all.history.of('missed')).toMatchObject([{ count: 6, last: '2026-11-26T02:30:00.000Z' }]);
    // What is accounted for is not counted again, even if it is killed at once.
    const again = await all.start(nightly(), '2026-11-26T08:00:10Z');
    await again.advance(5);
    expect(again.lines).toEqual([]);
  });

  test('an instant within the restart fires as soon as it can', async () => {
    const all = new Instances();
    const before = await all.start(nightly(), '2026-11-26T02:29:00Z');
    await before.advance(59);
    const after = await all.start(nightly(), '2026-11-26T02:30:20Z');
    await after.advance(5);
    expect(runs(after)).toEqual([1]);
    const third = await all.start(nightly(), '2026-11-26T02:30:30Z');
    await third.advance(600);
    expect(runs(third)).toEqual([]);
    expect(third.lines).toEqual([]);
  });

  test('"all" runs once for each, and the rest after another kill', async () => {
    const all = new Instances();
    const text = nightly('recurring = true\ncatch_up = "all"\ncatch_up_limit = 1000000');
    await all.start(text, '2026-11-20T22:00:00Z');
    const first = await all.start(text, '2026-11-24T08:00:00Z', { processes: { backup: [{ seconds: 0.1 }] } });
    await first.advance(2.5);
    expect(runs(first)).toHaveLength(2);
    const second = await all.start(text, '2026-11-24T08:00:03Z');
    await second.advance(30);
    expect(runs(first).length + runs(second).length).toBe(4);
    expect(warnings(second)).toEqual([]);
  });

  test('a clock that is behind at the start runs nothing twice', async () => {
    const all = new Instances();
    const before = await all.start(nightly(), '2026-11-26T02:29:00Z');
    await before.advance(120);
    expect(runs(before)).toHaveLength(1);
    const after = await all.start(nightly(), '2026-11-26T02:20:00Z');
    await after.advance(3600);
    expect(runs(after)).toEqual([]);
  });

  test('a clock that is behind for two starts runs nothing twice, also when a suspension has ended between them', async () => {
    const all = new Instances();
    const before = await all.start(nightly(), '2026-11-26T02:29:00Z');
    await before.advance(120);
    expect(runs(before)).toHaveLength(1);
    const second = await all.start(nightly(), '2026-11-26T02:20:00Z');
    await second.submit('suspend_condition Nightly');
    await second.advance(60);
    await second.submit('resume_condition Nightly');
    await second.advance(60);
    const third = await all.start(nightly(), '2026-11-26T02:25:00Z');
    await third.advance(3600);
    expect([runs(second), runs(third)]).toEqual([[], []]);
  });

  test('a clock that is hours behind at the start was wrong before, and the start after it goes on from that', async () => {
    const all = new Instances();
    const before = await all.start(nightly(), '2026-11-26T10:00:00Z');
    await before.submit('suspend_condition Nightly');
    await before.submit('resume_condition Nightly');
    await all.start(nightly(), '2026-11-26T02:00:00Z');
    const third = await all.start(nightly(), '2026-11-26T03:00:00Z');
    await third.advance(5);
    expect(all.history.of('missed')).toMatchObject([{ first: '2026-11-26T02:30:00.000Z', count: 1 }]);
  });

  test('what came in a pause after an instant that is held back is accounted for once', async () => {
    const all = new Instances();
    const text = toml(
      'type = "time"\ntime_specifications = [{ cron = "* * * * * *" }]\nrecurring = true\njitter_seconds = 40',
    ).replace('tick_seconds = 1', 'tick_seconds = 2');
    const before = await all.start(text, '2026-11-26T02:00:00Z');
    await before.advance(1);
    await before.submit('pause');
    await before.advance(1);
    await before.submit('resume');
    await before.advance(2);
    const after = await all.start(text, '2026-11-26T02:05:00Z');
    await after.advance(4);
    const missed = all.history.of('missed').flatMap(({ ranges }) => ranges);
    const second = Date.parse('2026-11-26T02:00:02Z');
    expect(missed.filter(({ from, to }) => Date.parse(from) < second && second <= Date.parse(to))).toHaveLength(1);
  });

  test('what came in a pause of the instance before was not missed by being off', async () => {
    const all = new Instances();
    const before = await all.start(nightly(), '2026-11-25T22:00:00Z');
    await before.submit('pause');
    await before.advance(6 * 3600);
    const after = await all.start(nightly(), '2026-11-26T08:00:00Z');
    await after.advance(5);
    expect(runs(after)).toEqual([]);
    expect(all.history.of('missed')).toMatchObject([{ code: 'instants-paused', count: 1 }]);
  });

  test('an instant that is held back by jitter_seconds is not lost', async () => {
    const all = new Instances();
    const text = nightly('recurring = true\njitter_seconds = 50');
    const random = () => 0.9;
    const before = await all.start(text, '2026-11-26T02:29:00Z', { random });
    await before.advance(70);
    expect(runs(before)).toEqual([]);
    const after = await all.start(text, '2026-11-26T02:30:20Z', { random });
    await after.advance(120);
    expect(runs(after)).toHaveLength(1);
  });

  test('an instant that is held back for long is not missed by a restart, and one that came while it was off is', async () => {
    const text = nightly('recurring = true\njitter_seconds = 3600');
    const random = () => 0.9;
    for (const [ended, expected] of [
      [40 * 60, [3240 - 1200]],
      [20 * 60, []],
    ] as const) {
      const all = new Instances();
      const before = await all.start(text, '2026-11-26T02:00:00Z', { random });
      await before.advance(ended);
      await before.submit('exit');
      const after = await all.start(text, '2026-11-26T02:50:00Z', { random });
      await after.advance(7200);
      expect(runs(after)).toEqual(expected);
      expect(all.history.of('missed')).toHaveLength(1 - expected.length);
    }
  });

  test('other instants than those of the file before were not promised', async () => {
    const all = new Instances();
    await all.start(nightly(), '2026-11-25T22:00:00Z');
    const text = nightly().replace('minute = 30', 'minute = 45');
    const after = await all.start(text, '2026-11-26T08:00:00Z');
    await after.advance(5);
    expect(after.lines).toEqual([]);
    expect(all.history.of('item').map(({ change }) => change)).toEqual(['added', 'changed']);
  });

  test('a condition that was renamed begins anew, and so does its old name when it comes back', async () => {
    const all = new Instances();
    const [text, renamed] = [nightly(), nightly().replace('"Nightly"', '"Night"')];
    await all.start(text, '2026-11-20T22:00:00Z');
    const second = await all.start(renamed, '2026-11-21T08:00:00Z');
    await second.advance(5);
    const third = await all.start(text, '2026-11-26T08:00:00Z');
    await third.advance(5);
    expect([...second.lines, ...third.lines]).toEqual([]);
    expect(all.history.of('item').map(({ condition, change }) => `${condition} ${change}`)).toEqual([
      'Nightly added',
      'Night added',
      'Nightly removed',
      'Nightly added',
      'Night removed',
    ]);
  });
});

describe('a run that was under way', () => {
  const running = { processes: { backup: [{ seconds: 3600 }] } };

  test('is reported as interrupted', async () => {
    const all = new Instances();
    const before = await all.start(nightly(), '2026-11-26T02:29:30Z', running);
    await before.advance(60);
    const after = await all.start(nightly(), '2026-11-26T02:35:00Z');
    await after.advance(60);
    expect(runs(after)).toEqual([]);
    expect(warnings(after)).toEqual([
      expect.stringContaining(
        'its run of 2026-11-26 02:30:00 Thu was interrupted when whenever ended, task Backup had not ended',
      ),
    ]);
    expect(all.history.of('run')).toMatchObject([{ condition: 'Nightly', outcome: 'interrupted', task: 'Backup' }]);
    const third = await all.start(nightly(), '2026-11-26T02:36:00Z');
    await third.advance(60);
    expect(third.lines).toEqual([]);
  });

  test('is repeated with interrupted = "rerun", once', async () => {
    const all = new Instances();
    const text = nightly('recurring = true\ninterrupted = "rerun"');
    const before = await all.start(text, '2026-11-26T02:29:30Z', running);
    await before.advance(60);
    const after = await all.start(text, '2026-11-26T02:35:00Z');
    await after.advance(60);
    expect(runs(after)).toEqual([1]);
    expect(all.history.of('claim').at(-1)).toMatchObject({
      code: 'interrupted-run',
      why: 'its run of 2026-11-26 02:30:00 was interrupted, and is repeated',
    });
    const third = await all.start(text, '2026-11-26T03:00:00Z');
    await third.advance(60);
    expect(runs(third)).toEqual([]);
  });

  test('counts as failed until it succeeds', async () => {
    const all = new Instances();
    const before = await all.start(nightly(), '2026-11-26T02:29:30Z', running);
    await before.advance(60);
    await all.start(nightly(), '2026-11-26T02:35:00Z');
    const { state } = all.history.open(() => 0);
    expect(state.runsOf('condition/Nightly')).toMatchObject({ runs: 1, streak: { failed: true, count: 1 } });
  });
});

describe('persistent = true', () => {
  const once = (keys: string) => toml(`type = "interval"\ninterval_seconds = 10\n${keys}`);

  test('a condition that is finished stays finished; without the key it begins anew', async () => {
    for (const [keys, expected] of [
      ['persistent = true', 0],
      ['', 1],
    ] as const) {
      const all = new Instances();
      const before = await all.start(once(keys), '2026-11-26T08:00:00Z');
      await before.advance(30);
      expect(runs(before)).toHaveLength(1);
      const after = await all.start(once(keys), '2026-11-26T09:00:00Z');
      await after.advance(30);
      expect(runs(after)).toHaveLength(expected);
    }
  });

  test('a suspension and the retries left go on', async () => {
    const all = new Instances();
    const text = once('persistent = true\nmax_tasks_retries = 2');
    const failing = { processes: { backup: [{ end: { how: 'exit', code: 1 } }] } } as const;
    const before = await all.start(text, '2026-11-26T08:00:00Z', failing);
    await before.advance(25);
    expect(runs(before)).toHaveLength(2);
    const after = await all.start(text, '2026-11-26T09:00:00Z', failing);
    await after.advance(60);
    expect(runs(after)).toHaveLength(1);
    expect(after.status.condition('Nightly')?.state).toBe('exhausted');
    await after.submit('reset_conditions Nightly');
    await after.submit('suspend_condition Nightly');
    const third = await all.start(text, '2026-11-26T10:00:00Z');
    await third.advance(60);
    expect(third.status.condition('Nightly')).toMatchObject({
      ...{ state: 'suspended', why: 'suspended before the start, which persistent = true keeps' },
    });
    await third.submit('resume_condition Nightly');
    await third.advance(60);
    expect(runs(third)).toHaveLength(1);
  });
});

test('the private state of a script goes on after a restart with persistent = true only', async () => {
  for (const [keys, state] of [
    ['persistent = true', { n: 7, at: { integer: '42' } }],
    ['', undefined],
  ] as const) {
    const all = new Instances();
    const text = `scheduler_tick_seconds = 1
[[task]]
name = "Count"
type = "lua"
script = "state.n = 1"
${keys}
[[condition]]
name = "C"
type = "interval"
interval_seconds = 10
tasks = ["Count"]
recurring = true
`;
    const lua = { Count: [{ kept: { n: 7, at: { integer: '42' } } }] };
    const before = await all.start(text, '2026-11-26T08:00:00Z', { lua });
    await before.advance(35);
    expect(before.lua.requests.map(({ earlierState }) => earlierState)).toEqual([undefined, undefined, undefined]);
    // Stored three times, and written when it changed.
    expect(all.history.of('script')).toHaveLength(state === undefined ? 0 : 1);
    const after = await all.start(text, '2026-11-26T09:00:00Z', { lua });
    await after.advance(25);
    expect(after.lua.requests.map(({ earlierState }) => earlierState)).toEqual([state, undefined]);
  }
});

test('a pause goes on after a restart with keep_pause = true only', async () => {
  const record = 'starting paused: it was paused when it ended, until the command resume';
  for (const [keep, state, records] of [
    ['keep_pause = true', 'paused', [expect.stringContaining(record)]],
    ['', 'running', []],
  ] as const) {
    const all = new Instances();
    const text = toml('type = "interval"\ninterval_seconds = 10\nrecurring = true', keep);
    const before = await all.start(text, '2026-11-26T08:00:00Z');
    await before.submit('pause');
    const after = await all.start(text, '2026-11-26T09:00:00Z');
    expect(after.scheduler.state).toBe(state);
    expect(warnings(after)).toEqual(records);
    await after.submit('resume');
    await after.submit('exit');
    const third = await all.start(text, '2026-11-26T10:00:00Z');
    expect(third.scheduler.state).toBe('running');
  }
});

describe('a pause or suspension with an end', () => {
  const nightlyOnce = nightly('recurring = true\ncatch_up = "once"');

  test('goes on after a restart, and ends by itself', async () => {
    const all = new Instances();
    const text = toml('type = "interval"\ninterval_seconds = 10\nrecurring = true');
    const before = await all.start(text, '2026-11-26T08:00:00Z');
    await before.submit('pause 2h');
    await before.submit('suspend_condition Nightly until 10:30');
    expect(all.history.of('pause')).toMatchObject([{ paused: true, until: '2026-11-26T10:00:00.000Z' }]);
    expect(all.history.of('state')).toMatchObject([
      { state: 'suspended', suspended_until: '2026-11-26T10:30:00.000Z' },
    ]);
    const after = await all.start(text, '2026-11-26T09:59:00Z');
    expect(warnings(after)).toEqual([
      expect.stringContaining('starting paused: it was paused when it ended, until 2026-11-26 10:00:00'),
    ]);
    expect(after.status.condition('Nightly')).toMatchObject({
      ...{ state: 'suspended', why: 'suspended before the start, until 10:30:00' },
      until: Date.parse('2026-11-26T10:30:00Z'),
    });
    // Killed again: both are still known.
    const third = await all.start(text, '2026-11-26T09:59:30Z');
    await third.advance(29);
    expect(third.scheduler.state).toBe('paused');
    await third.advance(1);
    expect(third.scheduler.state).toBe('running');
    await third.advance(30 * 60 - 1);
    expect(third.status.condition('Nightly')?.state).toBe('suspended');
    await third.advance(11);
    expect(runs(third)).toEqual([30 + 30 * 60 + 10]);
    expect(all.history.of('state').at(-1)).toMatchObject({ state: 'waiting' });
    expect(all.history.of('pause').at(-1)).toMatchObject({ paused: false });
  });

  test.each(['', 'keep_pause = true'])('is over after a restart that comes after its end (%s)', async (keep) => {
    const all = new Instances();
    for (const keys of ['', 'persistent = true\n']) {
      const text = toml(`type = "interval"\ninterval_seconds = 10\nrecurring = true\n${keys}`, keep);
      const before = await all.start(text, '2026-11-26T08:00:00Z');
      await before.submit('pause 2h');
      await before.submit('suspend_condition Nightly 1h');
      const after = await all.start(text, '2026-11-26T10:00:00Z');
      expect(after.scheduler.state).toBe('running');
      expect(after.status.condition('Nightly')?.state).toBe('waiting');
      expect(after.lines).toEqual([]);
      await after.advance(10);
      expect(runs(after)).toEqual([10]);
    }
  });

  test('without an end in its place, it does not go on', async () => {
    const all = new Instances();
    const text = toml('type = "interval"\ninterval_seconds = 10\nrecurring = true');
    const before = await all.start(text, '2026-11-26T08:00:00Z');
    for (const line of ['pause 2h', 'pause', 'suspend_condition Nightly 2h', 'suspend_condition Nightly'])
      await before.submit(line);
    const after = await all.start(text, '2026-11-26T09:00:00Z');
    expect(after.scheduler.state).toBe('running');
    expect(after.status.condition('Nightly')?.state).toBe('waiting');
  });

  test('covers the instants that came while no instance was running, and no later ones', async () => {
    for (const [command, missed] of [
      ['pause until 2026-11-26 02:31', []],
      ['pause until 2026-11-26 02:29', ['instants-not-running']],
      ['pause until 2026-11-26 02:30', ['instants-not-running']],
      ['suspend_condition Nightly until 2026-11-26 02:30', ['instants-not-running']],
      ['suspend_condition Nightly until 2026-11-26 02:31', []],
      ['suspend_condition Nightly until 2026-11-26 02:29', ['instants-not-running']],
    ] as const) {
      const all = new Instances();
      const before = await all.start(nightly(), '2026-11-25T22:00:00Z');
      await before.submit(command);
      await before.submit('exit');
      const after = await all.start(nightly(), '2026-11-26T08:00:00Z');
      await after.advance(5);
      const codes = all.history.of('missed').map(({ code }) => code);
      expect([command, codes]).toEqual([command, missed.length > 0 ? missed : ['instants-paused']]);
    }
  });

  test('lets an instant after its end run as soon as a sleeping machine wakes up', async () => {
    const lines = ['pause until 02:29', 'pause 29m', 'suspend_condition Nightly until 02:29'];
    for (const command of [...lines, 'suspend_condition Nightly 29m']) {
      const all = new Instances();
      const night = await all.start(nightlyOnce, '2026-11-26T02:00:00Z');
      await night.submit(command);
      await night.advance(60);
      // The wall clock goes on while the machine is asleep; the monotonic one stands still.
      const asleep = 3_600_000;
      night.clock.stepWall(asleep);
      Object.assign(night.clock, { elapsed: () => night.clock.mono() + asleep });
      await night.advance(5);
      expect(night.processes.runs).toHaveLength(1);
      expect(all.history.of('missed').map(({ code }) => code)).toEqual(['instants-unattended']);
    }
  });

  test('lasts as long as it was to last when the clock is set, also for the next instance', async () => {
    const all = new Instances();
    const text = toml('type = "interval"\ninterval_seconds = 10\nrecurring = true');
    const before = await all.start(text, '2026-11-26T08:00:00Z');
    await before.submit('pause 2h');
    await before.submit('suspend_condition Nightly 3h');
    before.clock.stepWall(-3600_000);
    await before.advance(2);
    expect(all.history.of('pause').at(-1)).toMatchObject({ paused: true, until: '2026-11-26T09:00:00.000Z' });
    expect(all.history.of('state').at(-1)).toMatchObject({ suspended_until: '2026-11-26T10:00:00.000Z' });
  });
});
