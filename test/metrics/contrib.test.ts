import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { familiesOf } from '../../src/metrics/families.ts';
import { Totals } from '../../src/metrics/totals.ts';
import { hasCommand } from '../support/service-manager.ts';

const CONTRIB = join(import.meta.dirname, '../../contrib');
const RULES = join(CONTRIB, 'prometheus/whenever.rules.yml');
const DASHBOARD = join(CONTRIB, 'grafana/whenever.json');

/** The series that a daemon has, each with its labels. */
const series = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const totals = new Totals();
  totals.configure({ conditions: ['C'], tasks: ['T'], events: ['E'] });
  const [due, overdue, dropped] = [new Map([['C', 1]]), new Map([['C', true]]), new Map([['log', 0]])];
  const families = familiesOf(totals, {
    ...{ vitals: { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 }, now: 0, version: '', node: '' },
    ...{ started: 0, ending: false, live: { due, overdue, dropped, historyBytes: 1, file: '', session: '' } },
  });
  const known = new Map<string, Set<string>>();
  for (const { name, samples } of families)
    for (const { suffix = '', labels = {} } of samples) {
      const full = `${name}${suffix}`;
      known.set(full, new Set([...(known.get(full) ?? []), ...Object.keys(labels)]));
    }
  return known;
};

/** Expressions of a text: those of the dashboard are in JSON, those of the rules stand on a line. */
const expressions = (): readonly string[] => {
  const found: string[] = [];
  JSON.parse(readFileSync(DASHBOARD, 'utf8'), (key, value) => {
    if (key === 'expr' || key === 'definition') found.push(value);
    return value;
  });
  const rules = [...readFileSync(RULES, 'utf8').matchAll(/^\s+expr: (.*)$/gm)];
  return [...found, ...rules.map(([, expression]) => expression!)];
};

/** Labels that Prometheus gives to what it scrapes. */
const OWN = ['instance', 'job'];

/** What an expression names that no daemon has. */
const unknownIn = (expression: string): readonly string[] => {
  const known = series();
  const names = [...expression.matchAll(/\bwhenever_\w+/g)].map(([name]) => name);
  const labels = new Set([...OWN, ...names.flatMap((name) => [...(known.get(name) ?? [])])]);
  const used = [...expression.matchAll(/(\w+)(?:=|!=|=~|!~)"|by \(([^)]*)\)/g)].flatMap(([, one, list]) =>
    one === undefined ? list!.split(', ') : [one],
  );
  return [...names.filter((name) => !known.has(name)), ...used.filter((label) => !labels.has(label))];
};

describe('contrib', () => {
  test('Every series and label of the dashboard and of the alert rules exists.', () => {
    const all = expressions();
    expect(all.length).toBeGreaterThan(25);
    expect(all.flatMap(unknownIn)).toEqual([]);
    expect(unknownIn('sum by (colour) (whenever_runs{mood="bad"})')).toEqual(['whenever_runs', 'colour', 'mood']);
  });

  test('The dashboard has the panels that matter, each with a place of its own.', () => {
    const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      panels: { title: string; gridPos: { x: number; y: number; w: number; h: number } }[];
    };
    expect(panels.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'Failures by condition',
        'Durations of tasks',
        'Lateness of ticks',
        'Next due',
        'Missed',
      ]),
    );
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  test.skipIf(!hasCommand('promtool'))('The alert rules are right, and fire when they should.', () => {
    const folder = mkdtempSync(join(tmpdir(), 'whenever-rules-'));
    const file = join(folder, 'test.yml');
    const inputs: readonly (readonly [string, string])[] = [
      ['up{job="whenever"}', '0x30'],
      ['whenever_task_runs_total{task="Backup",outcome="failure"}', '0x10 1x20'],
      ['whenever_missed_total{condition="Nightly"}', '0x10 2x20'],
      ['whenever_overdue{condition="Nightly"}', '0x10 1x20'],
      ['whenever_last_success_timestamp_seconds{task="Never"}', '0x30'],
      ['whenever_next_due_timestamp_seconds{condition="Nightly"}', '60x30'],
      ['whenever_dropped_total{sink="log"}', '0x30'],
    ];
    const alerts: readonly (readonly [string, string, readonly string[]])[] = [
      ['WheneverDown', '1m', []],
      ['WheneverDown', '3m', ['job: whenever, severity: critical']],
      ['WheneverTaskFailing', '5m', []],
      ['WheneverTaskFailing', '15m', ['task: Backup, outcome: failure, severity: warning']],
      ['WheneverConditionMissed', '15m', ['condition: Nightly, severity: warning']],
      ['WheneverOverdue', '15m', ['condition: Nightly, severity: warning']],
      ['WheneverNoSuccess', '20m', []],
      ['WheneverNotRunningWhatIsDue', '5m', []],
      ['WheneverNotRunningWhatIsDue', '20m', ['condition: Nightly, severity: critical']],
      ['WheneverDropping', '20m', []],
    ];
    const lines = [
      `rule_files: ['${RULES}']`,
      'tests:',
      '  - interval: 1m',
      '    input_series:',
      ...inputs.map(([of, values]) => `      - { series: '${of}', values: '${values}' }`),
      '    alert_rule_test:',
      ...alerts.map(
        ([name, at, labels]) =>
          `      - { alertname: ${name}, eval_time: ${at}, exp_alerts: [${labels.map((text) => `{ exp_labels: { ${text} } }`).join(', ')}] }`,
      ),
    ];
    try {
      // It compares annotations, too: they are left out.
      const rules = readFileSync(RULES, 'utf8');
      const bare = join(folder, 'bare.yml');
      writeFileSync(bare, rules.replace(/^ {8}annotations:\n(?: {10}.*\n)+/gm, ''));
      writeFileSync(file, `${lines.join('\n').replace(RULES, bare)}\n`);
      expect(execFileSync('promtool', ['check', 'rules', RULES], { encoding: 'utf8' })).toContain('SUCCESS: 7 rules');
      execFileSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
