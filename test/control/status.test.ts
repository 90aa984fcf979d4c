import { describe, expect, test } from 'vitest';
import { formatExplanation } from '../../src/commands/explain.ts';
import { type BugReport, bugReportSource } from '../../src/control/bug-report.ts';
import type { ExplainAnswer } from '../../src/control/queries.ts';
import { recordingSource } from '../../src/control/recording-source.ts';
import type { StatusReport } from '../../src/control/status.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { formatStatus } from '../../src/terminal/status-text.ts';
import { PLAIN, type Terminal } from '../../src/terminal/terminal.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { interval, TICK, task } from '../support/items.ts';
import { requestHandler, settle } from '../support/request-handler.ts';

const exits = (...codes: readonly number[]) => codes.map((code) => ({ end: { how: 'exit' as const, code } }));
const TOML = [
  TICK,
  ...['Backup', 'Good', 'Rare'].map((name) => task(name)),
  interval('Nightly', 3600, 'recurring = true', '["Backup"]'),
  interval('Often', 60, 'recurring = true', '["Good"]'),
  interval('Never', 86_400, 'recurring = true', '["Rare"]'),
].join('');
const processes = () => ({ Backup: exits(0, 3, 3, 3), Good: exits(...Array.from({ length: 999 }, () => 0)) });
/** Four hours in which Nightly succeeds once and then fails three times. */
const night = async (options: Parameters<typeof requestHandler>[1] = {}) => {
  const { daemon, ask } = await requestHandler(TOML, { processes: processes(), ...options });
  await daemon.advance(4 * 3600 + 30);
  const status = (...conditions: string[]) => ask<StatusReport>({ request: 'status', conditions });
  return { daemon, ask, status };
};
const lines = (text: string): string[] => text.trimEnd().split('\n');
const row = (text: string, name: string): string => lines(text).find((line) => line.startsWith(`${name} `)) ?? '';

describe('the last runs in a status', () => {
  test('are counted in the first line', async () => {
    const { status } = await night();
    expect(lines(formatStatus(await status()))[0]).toBe('1 of 3 conditions failed at its last run: Nightly');
    expect((await status()).failed).toEqual(['Nightly']);
    // Also if only others are requested.
    expect((await status('Often')).failed).toEqual(['Nightly']);
    const report = await status();
    expect(lines(formatStatus({ ...report, failed: [] }))[0]).toBe('No condition failed at its last run.');
    const many = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    expect(lines(formatStatus({ ...report, failed: many }))[0]).toBe(
      '7 of 3 conditions failed at their last run: A, B, C, D, E and 2 more',
    );
    expect(lines(formatStatus({ ...report, failed: null }))[0]).toMatch(/^whenever /);
  });

  test('have an instant, an outcome and the streak of failures', async () => {
    const { status } = await night();
    const report = await status();
    const [nightly, often, never] = ['Nightly', 'Often', 'Never'].map((name) =>
      report.conditions.find((one) => one.name === name),
    );
    expect(nightly!.last).toEqual({
      ...{ time: Date.parse('2026-03-02T16:00:00Z'), outcome: 'failure', failed: true, seconds: 0, with: 'Backup' },
      ...{ reason: 'exit code 3 is not the success status 0', lastLine: null },
      streak: { count: 3, time: Date.parse('2026-03-02T14:00:00Z') },
    });
    expect(often!.last).toMatchObject({ outcome: 'success', failed: false, with: 'Good' });
    expect(never!.last).toBeNull();
    const text = formatStatus(report);
    expect(row(text, 'Nightly')).toMatch(/ 16:00 {2,}failed 3 times since 14:00 {2,}/);
    expect(row(text, 'Often')).toMatch(/ 16:00 {2,}ok {2,}/);
    expect(row(text, 'Never')).toMatch(/ - {2,}- {2,}not due/);
  });

  test('are those of tasks in a table of their own', async () => {
    const { status } = await night();
    const report = await status();
    expect(report.tasks.map(({ name, type, state }) => [name, type, state])).toEqual([
      ['Backup', 'command', 'failed'],
      ['Good', 'command', 'succeeded'],
      ['Rare', 'command', 'idle'],
    ]);
    const text = formatStatus(report);
    expect(text).toMatch(/\n\nTASK +STATE +LAST +OUTCOME +TOOK +REASON\n/);
    expect(row(text, 'Backup')).toMatch(
      /^Backup +idle +16:00 +failed 3 times since 14:00 +0 s +exit code 3 is not the success status 0$/,
    );
    expect(row(text, 'Rare')).toMatch(/^Rare +idle +- +- +-$/);
    expect((await status('Often')).tasks.map(({ name }) => name)).toEqual(['Good']);
    const [backup] = report.tasks;
    const shown = formatStatus({
      ...report,
      tasks: [{ ...backup!, last: { ...backup!.last!, lastLine: 'disk full' } }],
    });
    expect(row(shown, 'Backup')).toMatch(/exit code 3 is not the success status 0: "disk full"$/);
  });

  test('are known over a restart, and one that was under way was interrupted', async () => {
    const history = new FakeHistory();
    const { daemon } = await night({
      history,
      processes: { ...processes(), Good: [{ seconds: Number.POSITIVE_INFINITY }] },
    });
    daemon.processes.runs.length = 0;
    const { daemon: next, ask } = await requestHandler(TOML, { history, start: '2026-03-04T08:00:00Z' });
    await settle();
    await next.advance(1);
    const report = await ask<StatusReport>({ request: 'status' });
    expect(report.failed).toEqual(['Often', 'Nightly']);
    const text = formatStatus(report);
    expect(row(text, 'Nightly')).toMatch(/ Mon 16:00 {2,}failed 3 times since Mon 14:00 {2,}/);
    expect(row(text, 'Often')).toMatch(/ interrupted /);
    expect(report.tasks[0]!.last).toMatchObject({ outcome: 'failure', streak: { count: 3 } });
  });
});

describe('the last runs of a file', () => {
  test('of a dump are those of the instance; one of an earlier version has none', async () => {
    const { ask, status } = await night();
    const dump = JSON.parse(JSON.stringify(await ask({ request: 'dump' }))) as BugReport;
    const live = await status('Nightly');
    expect(bugReportSource(dump).status(['Nightly'])).toEqual(live);
    const { failed: _, tasks: __, ...earlier } = dump.status;
    const conditions = earlier.conditions.map(({ last, ...one }) => one);
    const old = bugReportSource({ ...dump, status: { ...earlier, conditions } as unknown as StatusReport });
    const report = old.status([])!;
    expect(report).toMatchObject({
      failed: null,
      tasks: [],
      conditions: [{ last: null }, { last: null }, { last: null }],
    });
    expect(lines(formatStatus(report))[0]).toMatch(/^whenever /);
  });

  test('of a recording come from its transitions', async () => {
    const facts: Fact[] = [];
    const Backup = exits(0, 3, 3, 3).map((act) => ({ ...act, stderr: 'disk full\n' }));
    const { status } = await night({ processes: { ...processes(), Backup }, listener: (fact) => facts.push(fact) });
    const live = await status();
    const head = { journal: 2, version: '2.0.0', session: 's', started: 0, pid: 7, part: 1 } as const;
    const recorded = recordingSource({ head, facts, cut: false, bad: [] }, 'rec').status([])!;
    expect(recorded.failed).toEqual(['Nightly']);
    expect(recorded.tasks[0]!.last!.lastLine).toBe('disk full');
    for (const name of ['Nightly', 'Often', 'Never'])
      expect(recorded.conditions.find((one) => one.name === name)!.last).toEqual(
        live.conditions.find((one) => one.name === name)!.last,
      );
    expect(recorded.tasks.map(({ name, last }) => [name, last])).toEqual(
      live.tasks.map(({ name, last }) => [name, last]),
    );
  });
});

describe('the tables of a status', () => {
  const on = (width: number, more: Partial<Terminal> = {}): Terminal => ({ ...PLAIN, width, ...more });

  test.each([
    // Where cells are cut the next instant has room.
    [60, /^CONDITION +STATE +OUTCOME +WHY$/m, /^TASK +LAST +OUTCOME +TOOK +REASON$/m],
    [80, /^CONDITION +STATE +NEXT +LAST +OUTCOME +WHY$/m, /^TASK +STATE +LAST +OUTCOME +TOOK +REASON$/m],
    [120, /^CONDITION +STATE +NEXT +IN +LAST +OUTCOME +WHY$/m, /^TASK +STATE +LAST +OUTCOME +TOOK +REASON$/m],
  ])('fit %i columns: what matters less is left out', async (width, conditions, tasks) => {
    const { status } = await night();
    for (const terminal of [on(width), on(width, { clipped: true })]) {
      const text = formatStatus(await status(), terminal);
      expect(Math.max(...lines(text).map(({ length }) => length))).toBeLessThanOrEqual(width);
      const tight = width === 60 && terminal.clipped === true;
      expect(text).toMatch(tight ? /^CONDITION +STATE +NEXT +OUTCOME +WHY$/m : conditions);
      expect(text).toMatch(tasks);
      expect(text).toMatch(/^Nightly +waiting .*failed/m);
    }
  });
});

describe('whenever explain', () => {
  test('says in its first sentences how the last run ended, and how often it has failed', async () => {
    const { daemon, ask } = await night();
    const explained = async (condition: string) => {
      const answer = await ask<ExplainAnswer>({ request: 'explain', condition });
      return lines(formatExplanation(answer, daemon.clock.wall()))[0];
    };
    expect(await explained('Nightly')).toContain(
      ' Its last run failed at 2026-03-02 16:00:00 Mon, 30 s ago: task Backup: exit code 3 is not the success status 0. It has failed 3 times since 14:00.',
    );
    expect(await explained('Often')).toMatch(/ Its last run succeeded at 2026-03-02 16:00:00 Mon, 30 s ago\.$/);
    expect(await explained('Never')).not.toContain('last run');
  });
});
