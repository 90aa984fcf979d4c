import { mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openReplay } from '../../src/commands/open-replay.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { HistoryLine } from '../../src/history/history-line.ts';
import { registry } from '../../src/items/registry.ts';
import { SimulationCounts } from '../../src/simulation/counts.ts';
import { differences, showChange } from '../../src/simulation/difference.ts';
import { Replay } from '../../src/simulation/replay.ts';
import { assumable, simulatedRegistry } from '../../src/simulation/simulated-kinds.ts';
import { runSimulation } from '../../src/simulation/simulation.ts';
import { type Daemon, daemon, fakeMachine, load } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { claimLine, HistoryFolder, startLine, THEN } from '../support/history-lines.ts';
import { bucket, task } from '../support/items.ts';

const START = '2026-03-02T12:00:00Z';
const T = task('T', 'retries = 0');
const timed = (name: string, specification: string, more = '', tasks = '["T"]') =>
  `[[condition]]\nname = "${name}"\ntype = "time"\ntime_specifications = [${specification}]\nrecurring = true\ntasks = ${tasks}\n${more}\n`;
const checked = (name: string, seconds: number, more = 'tasks = ["T"]') =>
  `[[condition]]\nname = "${name}"\ntype = "command"\nrecurring = true\ncheck_after = ${seconds}\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\nsuccess_status = 0\n${more}\n`;

/** The lines that a daemon writes which does all this. Its ticks are some ms late, as real ones are. */
const recorded = async (
  toml: string,
  act: (d: Daemon) => Promise<unknown>,
  options: Parameters<typeof daemon>[1] = {},
  history = new FakeHistory(),
): Promise<FakeHistory> => {
  const d = await daemon(toml, { start: START, level: 'error', history, lateness: () => 7, ...options });
  await act(d);
  await d.submit('exit');
  await d.advance(60);
  return history;
};

/** What another file does over the time of a history. */
const replayed = async (lines: readonly HistoryLine[], toml: string) => {
  const replay = new Replay(lines);
  const counts = new SimulationCounts(true);
  const kinds = simulatedRegistry(registry, replay.assumptions(await load(toml)), counts);
  const config = await loadConfig('new.toml', toml, kinds, fakeMachine);
  await runSimulation(config, counts, {
    ...{ instances: replay.within(replay.range!), seed: 1, level: 'error', sink: () => {}, progress: () => {} },
    load: () => Promise.reject(new Error('not here')),
  });
  const changes = differences(replay.fired, counts.fired, replay.tickMs + 1000);
  return {
    ran: counts.fired.map(({ at, condition }) => `${new Date(at).toISOString().slice(8, 19)} ${condition}`),
    diff: changes.map((change) => showChange(change).replaceAll('2026-03-', '')),
    tasks: counts.tasks,
    conditions: counts.conditions,
  };
};

describe('a history that is replayed', () => {
  test('with the file that it is of does nothing else: instants, intervals, events, checks and restarts', async () => {
    const toml = `${T}${task('Fail')}${timed('Hourly', '{ minute = 30 }', 'catch_up = "once"')}${bucket('Asked')}${checked('Probe', 600)}
[[condition]]
name = "Often"
type = "interval"
interval_seconds = 700
recurring = true
tasks = ["Fail", "T"]
`;
    const processes = {
      T: (run: number) => ({ seconds: 20 + (run % 50) }),
      Fail: (run: number) => ({ end: { how: 'exit', code: run % 3 } }) as const,
      Probe: (run: number) => ({ end: { how: 'exit', code: run % 4 === 3 ? 0 : 1 } }) as const,
    };
    const history = new FakeHistory();
    const first = async (d: Daemon) => {
      await d.advance(5000);
      await d.submit('trigger Go');
      await d.advance(4321);
      await d.submit('trigger Go');
      await d.advance(3000);
    };
    await recorded(toml, first, { processes }, history);
    await recorded(toml, (d) => d.advance(20_000), { processes, start: '2026-03-02T20:00:00Z' }, history);
    expect(history.of('claim').length).toBeGreaterThan(60);
    expect(new Set(history.of('claim').map(({ condition }) => condition)).size).toBe(4);
    expect(history.of('claim').map(({ code }) => code)).toContain('catching-up');
    const { diff, tasks } = await replayed(history.lines, toml);
    expect(diff).toEqual([]);
    const real = history.of('task').filter(({ task: name }) => name === 'Fail');
    expect(tasks.get('Fail')).toMatchObject({
      success: real.filter(({ outcome }) => outcome === 'success').length,
      failure: real.filter(({ outcome }) => outcome === 'failure').length,
    });
  });

  test('with another file has its instants, and shows what ran and did not, what would have run, and what has moved', async () => {
    const old = `${T}${timed('Moved', '{ hour = 14 }')}${timed('Gone', '{ hour = 15 }')}${timed('Kept', '{ hour = 16 }')}`;
    const { lines } = await recorded(old, (d) => d.advance(6 * 3600));
    const { diff } = await replayed(
      lines,
      `${T}${timed('Moved', '{ hour = 14, minute = 10 }')}${timed('Kept', '{ hour = 16 }')}${timed('New', '{ hour = 17 }')}`,
    );
    expect(diff).toEqual([
      '~ 02 14:00:00 Mon  Moved  -> 02 14:10:00 Mon',
      '- 02 15:00:00 Mon  Gone',
      '+ 02 17:00:00 Mon  New',
    ]);
  });

  test('gives a run the outcome and the duration of the run that is nearest in time, for the same condition if there is one', async () => {
    const old = `${T}${timed('A', '{ hour = 13 }, { hour = 15 }')}${timed('B', '{ hour = 14 }')}`;
    const ends = [0, 1, 0].map((code, i) => ({ seconds: 100 * (i + 1), end: { how: 'exit', code } as const }));
    const { lines } = await recorded(old, (d) => d.advance(6 * 3600), { processes: { T: ends } });
    const at = async (condition: string, hour: number) => {
      const { tasks, conditions } = await replayed(lines, `${T}${timed(condition, `{ hour = ${hour}, minute = 5 }`)}`);
      const { success, failure } = tasks.get('T')!;
      return [success, failure, Math.round(conditions.get(condition)!.longestBusyMs / 1000)];
    };
    expect(await at('A', 13)).toEqual([1, 0, 100]);
    // Of B there is one run, of C none: then the nearest one for any condition counts.
    expect(await at('B', 13)).toEqual([0, 1, 200]);
    expect(await at('A', 14)).toEqual([1, 0, 300]);
    expect(await at('C', 14)).toEqual([0, 1, 200]);
  });

  test('repeats the attempts of a run', async () => {
    const hourly = `${task('T', 'retries = 3\nretry_delay_seconds = 60')}${timed('Hourly', '{}')}`;
    const ends = [1, 1, 0, 0].map((code) => ({ seconds: 30, end: { how: 'exit', code } }) as const);
    const { lines } = await recorded(hourly, (d) => d.advance(3 * 3600 + 1800), { processes: { T: ends } });
    const { tasks, conditions } = await replayed(lines, hourly);
    expect(tasks.get('T')).toMatchObject({ success: 3, failure: 0, retries: 2 });
    expect(Math.round(conditions.get('Hourly')!.longestBusyMs / 1000)).toBe(210);
    // Without retries the first attempt is the run.
    const once = await replayed(lines, hourly.replace('retries = 3', 'retries = 0'));
    expect(once.tasks.get('T')).toMatchObject({ success: 2, failure: 1, retries: 0 });
  });

  test('closes a guard where it held a run back', async () => {
    const toml = `${T}${checked('Power', 60, '')}${timed('Hourly', '{}', 'only_when = ["Power"]\nhold_seconds = 7200')}`;
    const processes = {
      Power: (run: number) => ({ end: { how: 'exit', code: run > 2 && run < 20 ? 1 : 0 } }) as const,
    };
    const { lines } = await recorded(toml, (d) => d.advance(6 * 3600 - 100), { processes });
    expect(lines.filter(({ kind }) => kind === 'hold')).toHaveLength(2);
    const { diff, ran } = await replayed(lines, toml);
    expect(diff).toEqual([]);
    expect(ran.filter((one) => !one.includes(':00:00'))).toHaveLength(1);
  });

  test('fires again what a window held, at the instant of the event, also over a restart', async () => {
    const inbox = (hours: string) =>
      `${T}${bucket('Asked').replace('recurring', `only = [{ hour = "${hours}" }]\ntimezone = "UTC"\noutside = "hold"\nrecurring`)}`;
    const history = new FakeHistory();
    const first = async (d: Daemon) => {
      await d.advance(900);
      await d.submit('trigger Go');
      await d.advance(900);
    };
    await recorded(inbox('14-15'), first, {}, history);
    await recorded(inbox('14-15'), (d) => d.advance(4 * 3600), { start: '2026-03-02T12:45:00Z' }, history);
    expect(history.of('claim').map(({ code, time }) => `${code} ${time.slice(11, 16)}`)).toEqual(['held 14:00']);
    expect((await replayed(history.lines, inbox('14-15'))).diff).toEqual([]);
    const { ran } = await replayed(history.lines, inbox('12-15'));
    expect(ran).toEqual(['02T12:15:05 Asked']);
  });

  test('has the commands that were given then: runs, pauses and suspensions with their ends', async () => {
    const toml = `${T}${timed('Hourly', '{}')}${timed('Often', '{ cron = "*/10 * * * *" }')}`;
    const { lines } = await recorded(toml, async (d) => {
      await d.advance(1000);
      await d.submit('run Hourly');
      await d.submit('suspend_condition Often until 2026-03-02T14:05');
      await d.advance(9000);
      await d.submit('pause 2h');
      await d.advance(9000);
      await d.submit('suspend_condition Hourly');
      await d.advance(7000);
      await d.submit('resume_condition Hourly');
      await d.submit('pause');
      await d.advance(4000);
      await d.submit('resume');
      await d.advance(4000);
    });
    const { diff, ran } = await replayed(lines, toml);
    expect(diff).toEqual([]);
    expect(ran.filter((one) => one.endsWith('Hourly'))).toEqual([
      ...['02T12:16:40 Hourly', '02T13:00:00 Hourly', '02T14:00:00 Hourly', '02T17:00:00 Hourly', '02T21:00:00 Hourly'],
    ]);
    expect((await replayed(lines, `${T}${timed('Other', '{}')}`)).ran).toHaveLength(6);
  });

  test('has the sleeps of the machine in which instants were missed, and a clock that was set', async () => {
    const toml = `${T}${timed('Hourly', '{}', 'catch_up = "once"')}${bucket('Asked')}
[[condition]]
name = "Often"
type = "interval"
interval_seconds = 3000
recurring = true
tasks = ["T"]
`;
    const { lines } = await recorded(toml, async (d) => {
      await d.advance(3602);
      d.clock.suspend(5 * 3_600_000);
      await d.advance(4000);
      await d.submit('trigger Go');
      await d.advance(4000);
      d.clock.stepWall(7_200_000);
      await d.advance(8000);
    });
    expect(lines.filter(({ kind }) => kind === 'clock')).toHaveLength(1);
    const { diff, ran } = await replayed(lines, toml);
    expect(diff).toEqual([]);
    expect(ran.filter((one) => /T1[4-7]/.test(one))).toEqual([]);
  });

  test('has a clock that was set back, and the commands after it in their order', async () => {
    const toml = `${T}${timed('Often', '{ minute = "*/10" }')}${timed('Other', '{ minute = "*/15" }')}`;
    const { lines } = await recorded(toml, async (d) => {
      await d.advance(7200);
      await d.submit('suspend_condition Other');
      await d.advance(600);
      d.clock.stepWall(-3_600_000);
      await d.advance(1200);
      await d.submit('resume_condition Other');
      await d.advance(3 * 3600 + 100);
    });
    const { diff, ran } = await replayed(lines, toml);
    expect(diff).toEqual([]);
    expect(ran).toHaveLength(lines.filter(({ kind }) => kind === 'claim').length);
  });

  const stamp = (second: number) => ({ time: new Date(THEN + second * 1000).toISOString(), session: 's1' });
  const assumed = async (...lines: readonly object[]) => {
    const replay = new Replay(lines as readonly HistoryLine[]);
    return { replay, assumptions: replay.assumptions(await load(`${T}${bucket('Asked')}`)) };
  };

  test('that is empty has no time, and ticks as a file without the key', async () => {
    const { replay, assumptions } = await assumed();
    expect(replay.range).toBeUndefined();
    expect(replay.tickMs).toBe(5000);
    expect(assumptions.occurrences('Go')).toEqual([]);
    expect(assumptions.guard('G')).toEqual([]);
  });

  test('has an event that has another name by now for the first event of its condition, and none for an unknown one', async () => {
    const came = (second: number, name: string) => ({
      ...claimLine('Asked', `run-${second}`, THEN + second * 1000),
      ...{ code: 'event-came', event: { name } },
    });
    const { assumptions } = await assumed(startLine(), came(10, 'Went'), came(20, 'Go'));
    const instants = assumptions.occurrences('Go').map(({ at }) => (at - THEN) / 1000);
    expect(instants).toEqual([7.5, 17.5]);
    expect(assumptions.occurrences('Other')).toEqual([]);
  });

  test('has a guard closed from a firing that it held until the hold has ended, whichever way', async () => {
    const since = stamp(0).time;
    const hold = (second: number, how: string, condition = 'C') => ({
      ...{ kind: 'hold', ...stamp(second), condition, how, guard: 'G', since },
    });
    const { assumptions } = await assumed(
      startLine(),
      hold(10, 'held'),
      hold(20, 'joined'),
      { ...stamp(30), kind: 'missed', condition: 'C', code: 'hold-expired', why: 'late', ranges: [] },
      // It is not held any more.
      hold(35, 'dropped'),
      hold(100, 'held', 'D'),
      hold(105, 'held', 'E'),
      hold(110, 'released', 'E'),
      hold(120, 'released', 'D'),
    );
    const turns = assumptions.guard('G').map((at) => (at - THEN) / 1000);
    expect(turns).toEqual([Number.NEGATIVE_INFINITY, 5, 27.5, 95, 117.5]);
  });

  test('begins paused, unless the pause had an end, which comes as a command', async () => {
    const paused = { ...startLine(), paused: true };
    const instanceOf = async (line: object) => (await assumed(line, claimLine('C', 'run-1', THEN + 60_000))).replay;
    expect((await instanceOf(paused)).instances).toMatchObject([{ paused: true }]);
    expect((await instanceOf({ ...paused, until: stamp(30).time })).instances).toMatchObject([{ paused: false }]);
  });

  test('has the commands of the user alone: not what a reload changes, a zone, or a short sleep', async () => {
    const state = (second: number, to: string, cause = 'command-1') => ({
      ...{ kind: 'state', ...stamp(second), condition: 'C', state: to, cause },
    });
    const missed = (second: number, from: number, code = 'instants-unattended') => ({
      ...{ kind: 'missed', ...stamp(second), condition: 'C', code, why: '' },
      ranges: [{ from: stamp(from).time, to: stamp(second).time }],
    });
    const { replay } = await assumed(
      startLine(),
      state(10, 'suspended'),
      state(20, 'active'),
      state(30, 'active'),
      { kind: 'reload', ...stamp(40), cause: 'command-2' },
      state(40.5, 'suspended', 'command-2'),
      state(50, 'active', 'tick-9'),
      { kind: 'clock', ...stamp(60), change: 'zone', from: 'UTC', to: 'CET' },
      missed(100, 70),
      missed(300, 110),
      missed(400, 310, 'hold-expired'),
      { ...missed(500, 0), ranges: [] },
      { kind: 'pause', ...stamp(600), paused: true, cause: 'tick-10' },
    );
    const found = replay.instances.flatMap(({ happenings }) => happenings);
    expect(found.map(({ at, ...one }) => [(at - THEN) / 1000, 'command' in one ? one.command : one.asleep])).toEqual([
      [10, 'suspend_condition C'],
      [20, 'resume_condition C'],
      [30, 'reset_conditions C'],
      [110, true],
    ]);
  });

  test('knows what the history has nothing of', async () => {
    const { lines } = await recorded(`${T}${timed('Hourly', '{}')}`, (d) => d.advance(7200));
    const more = `${T}${task('New')}${timed('Hourly', '{}', '', '["T", "New"]')}${checked('Probe', 600)}`;
    const known = new Replay(lines).unknown(assumable(registry, [await load(more)]));
    expect(known).toEqual(['task New', 'condition Probe']);
    const { tasks } = await replayed(lines, more);
    expect(tasks.get('New')).toMatchObject({ success: 2 });
  });
});

describe('the file of a history', () => {
  let folder: HistoryFolder;
  beforeEach(() => {
    folder = new HistoryFolder();
    mkdirSync(folder.directory, { recursive: true });
  });
  afterEach(() => folder.remove());
  const text = (...lines: readonly HistoryLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const fired = (path: string) =>
    openReplay(path).fired.map(({ at, condition }) => `${(at - THEN) / 1000} ${condition}`);

  test('is one of several, the oldest first, compressed ones among them, or one alone', () => {
    folder.write('2026-10-001.jsonl.gz', gzipSync(text(startLine(), claimLine('A', 'run-1', THEN + 1000))));
    folder.write('2026-11-001.jsonl', text(claimLine('B', 'run-2', THEN + 2000)));
    folder.write('2026-11-002.jsonl', text(claimLine('C', 'run-3', THEN + 3000)));
    expect(fired(folder.directory)).toEqual(['1 A', '2 B', '3 C']);
    expect(fired(folder.path('2026-10-001.jsonl.gz'))).toEqual(['1 A']);
    // The start of its instance is in another file.
    expect(openReplay(folder.path('2026-11-001.jsonl')).range).toEqual({ from: THEN + 2000, to: THEN + 2000 });
  });

  test('may be cut off in its last line, or in what is compressed, and have lines of later versions', () => {
    const lines = text(startLine(), claimLine('A', 'run-1', THEN + 1000));
    const later = '{"kind":"new","session":"s1","time":"2026-11-10T12:00:01Z"}\n';
    folder.write('2026-10-001.jsonl', `${later}${lines}{"kind":"claim","ti`);
    expect(fired(folder.directory)).toEqual(['1 A']);
    const zipped = gzipSync(lines.repeat(3000));
    folder.write('2026-10-001.jsonl.gz', zipped.subarray(0, zipped.length >> 1));
    expect(fired(folder.path('2026-10-001.jsonl.gz')).length).toBeGreaterThan(100);
  });

  test.each([
    [
      'name = "T"\n',
      'line 1: expected a line of a history, a JSON object with kind, time and session, found name = "T"',
    ],
    [`${JSON.stringify(startLine())}\n{"kind":"run"}\n`, 'line 2: expected a line of a history'],
    [`${JSON.stringify(startLine())}\nnot json`, 'line 2: expected a line of a history'],
  ])('is refused with the file and the line: %j', (wrong, message) => {
    folder.write('2026-10-001.jsonl', wrong);
    for (const path of [folder.directory, folder.path('2026-10-001.jsonl')])
      expect(() => openReplay(path)).toThrow(`${folder.path('2026-10-001.jsonl')}: ${message}`);
  });

  test('has to be there', () => {
    expect(() => openReplay(folder.path('no'))).toThrow(': no such file or directory');
    expect(() => openReplay(folder.directory)).toThrow('has no history: expected files such as 2026-11-001.jsonl');
    expect(() => openReplay(folder.path('my.toml'))).toThrow('has no history yet: expected it in');
    folder.write('2026-10-001.jsonl', '');
    expect(openReplay(folder.directory).range).toBeUndefined();
  });
});
