import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { HistoryLine } from '../../src/history/history-line.ts';
import { registry } from '../../src/items/registry.ts';
import { SimulationCounts } from '../../src/simulation/counts.ts';
import { differences, showChange } from '../../src/simulation/difference.ts';
import { Replay } from '../../src/simulation/replay.ts';
import { simulatedRegistry } from '../../src/simulation/simulated-kinds.ts';
import { runSimulation } from '../../src/simulation/simulation.ts';
import { type Daemon, daemon, fakeMachine, load } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
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
});
