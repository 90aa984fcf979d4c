import { describe, expect, it } from 'vitest';
import { explainOverMachines, fleetExplanationText } from '../../src/commands/explain-fleet.ts';
import { fleetEntries } from '../../src/fleet/fleet-history.ts';
import type { MachineLog } from '../../src/fleet/read-log.ts';
import type { ClaimReport, FleetSnapshot, NodeReport } from '../../src/fleet/snapshot.ts';
import type { HistoryLine } from '../../src/history/history-line.ts';
import { PLAIN } from '../../src/terminal/terminal.ts';
import { claimLine, runLine, THEN } from '../support/history-lines.ts';

const MINUTE = 60_000;
const TICK = 5000;

const node = (name: string, more: Partial<NodeReport> = {}): NodeReport => ({
  ...{ node: name, state: 'alive', heard: THEN, version: '2', tags: [], skew: 3, shared: ['C'], differs: [] },
  ...more,
});
const claim = (
  at: number,
  state: ClaimReport['entry']['state'],
  more: Partial<ClaimReport['entry']> = {},
): ClaimReport => ({
  ...{ condition: 'C', key: String(at), at: at + 1000 },
  entry: { node: 'office', session: 's', hash: 'h', began: at, state, on_lost: 'miss', ...more },
});
const log = (...lines: readonly HistoryLine[]): MachineLog => ({ lines, records: [], events: [] });

/** What is said of condition C. */
const explain = (
  { nodes = [], running = [] }: Partial<FleetSnapshot>,
  machines: Record<string, MachineLog>,
  claims: readonly ClaimReport[] = [],
  shared = false,
) => {
  const filter = { conditions: ['C'], tasks: [], failed: false, since: 0, until: Number.POSITIVE_INFINITY };
  const entries = fleetEntries(new Map(Object.entries(machines)), filter, () => true);
  return explainOverMachines('C', { now: THEN, nodes, running }, entries, claims, TICK, shared);
};

describe('explain --fleet', () => {
  it('has what each machine did, and what no machine did, the newest first.', () => {
    const { happenings } = explain(
      { nodes: [node('office'), node('laptop')] },
      {
        office: log(
          claimLine('C', 'run-1', THEN),
          runLine('C', 'run-1', THEN + 250),
          claimLine('Other', 'run-2', THEN),
        ),
        laptop: log(claimLine('C', 'run-1', THEN + MINUTE), runLine('C', 'run-1', THEN + MINUTE + 250, 'failure'), {
          ...{ kind: 'missed', time: new Date(THEN + 2 * MINUTE).toISOString(), session: 's1', condition: 'C' },
          ...{ count: 2, first: new Date(THEN).toISOString(), last: new Date(THEN + 90_000).toISOString() },
          ...{ code: 'fleet-skewed', why: 'the clock is off' },
        } as HistoryLine),
      },
      [
        claim(THEN + 3 * MINUTE, 'lost', { from: ['nas'] }),
        claim(THEN + 4 * MINUTE, 'missed'),
        claim(THEN + 5 * MINUTE, 'done', { node: 'laptop', from: ['nas'], taken: THEN + 2.5 * MINUTE }),
        claim(THEN, 'done'),
      ],
    );
    expect(happenings.map(({ text }) => text.replaceAll(/ for 2026\S+ \S+ \w+/g, ''))).toEqual([
      'no machine has run it',
      'nas died in its run, which is not repeated',
      'laptop took its run over from nas',
      'laptop did not run 2 instants: the clock is off',
      'laptop ran it, which failed after 250 ms: no reason was given',
      'office ran it, which succeeded after 250 ms',
    ]);
  });

  it('says how the machines stand: silent, with a wrong clock, with another definition, and what runs.', () => {
    const { present } = explain(
      {
        nodes: [
          node('office', { skew: -7200 }),
          node('laptop', { differs: [{ condition: 'C', from: ['office'] }] }),
          node('nas', { state: 'silent' }),
          node('phone', { shared: [] }),
        ],
        running: [claim(THEN, 'running')],
      },
      {},
    );
    expect(
      present.map((text) => text.replaceAll(/2026\S+ \S+ \S+/g, 'THEN').replace(/THEN[.)]/, (end) => end)),
    ).toEqual([
      'C is shared by 3 machines: office, laptop and nas (silent since THEN',
      'It is running on office for THEN since THEN',
      'It does not run on office: its clock is off by 7.2 s, which is more than a tick.',
      'It is not defined alike on laptop.',
    ]);
    expect(explain({ nodes: [node('nas', { state: 'silent' })] }, {}).present[1]).toBe(
      'None of them is alive, so it does not run.',
    );
    expect(explain({ nodes: [node('nas', { shared: [] })] }, {}).present[0]).toMatch(/^No machine shares C/);
    expect(explain({}, {}, [], true).present).toEqual([
      'C is shared in the file, but no machine has taken part with it yet.',
    ]);
  });

  it('shows as many as are asked for, and how many there are before them.', () => {
    const explanation = explain(
      { nodes: [node('office')] },
      {
        office: log(
          ...[1, 2, 3].flatMap((n) => [claimLine('C', `run-${n}`, THEN + n), runLine('C', `run-${n}`, THEN + n)]),
        ),
      },
    );
    const text = fleetExplanationText(explanation, { now: THEN + MINUTE, count: 1 }, PLAIN);
    expect(text.match(/ran it/g)).toHaveLength(1);
    expect(text).toContain('(and 2 earlier: --count 0 shows all that are kept)');
  });
});
