import { resolve } from 'node:path';
import type { ConditionSpec } from '../core/spec.ts';
import { ConditionAccounts, type InstantAccount, type InstantVerdict } from '../history/accounts.ts';
import type { HistoryLine } from '../history/history-line.ts';
import { scheduleOf } from '../history/schedule.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { formatInstant, isoInstant } from '../terminal/instant.ts';
import { bytesText, countText } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { loadConfigFile } from './load-config.ts';
import { openHistoryOf } from './open-history.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { showProgress, stdoutTerminal, writeAll } from './stdio.ts';

/** A range of wall-clock time, ms. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Instants in a row of one condition that came to the same. */
interface Row {
  readonly condition: string;
  readonly verdict: InstantVerdict;
  readonly why: string;
  readonly first: InstantAccount;
  last: InstantAccount;
  count: number;
}

/** The words of the table. */
const WORDS: Readonly<Record<InstantVerdict, string>> = {
  ran: 'ran',
  late: 'ran late',
  elsewhere: 'elsewhere',
  missed: 'missed',
  paused: 'paused',
  suspended: 'suspended',
  finished: 'finished',
  exhausted: 'exhausted',
  'not-running': 'not running',
  'not-in-file': 'not in the file',
  'other-schedule': 'other times',
  open: 'open',
  unexplained: 'UNEXPLAINED',
};

/** A run says itself what it ran for: it is not repeated in each row. */
const whyOf = ({ verdict, why, run }: InstantAccount): string =>
  verdict === 'ran' && run !== null ? `${run.outcome ?? 'runs'}` : why;

/** The instants of a condition within a range, each with what became of it. */
function* accountsOf(spec: ConditionSpec, accounts: ConditionAccounts, { from, to }: Range, now: number) {
  const since = accounts.since;
  if (since === undefined) return;
  const schedule = scheduleOf(spec);
  const jitterMs = Number(spec.values.jitter_seconds) * 1000;
  for (const { at } of spec.forecast(Math.max(from, since), true)!) {
    if (at > to) return;
    yield accounts.verdict(at, schedule, now, jitterMs);
  }
}

const addRow = (rows: Row[], condition: string, account: InstantAccount): void => {
  const last = rows.at(-1);
  const why = whyOf(account);
  if (last?.condition === condition && last.verdict === account.verdict && last.why === why) {
    last.last = account;
    last.count += 1;
  } else rows.push({ condition, verdict: account.verdict, why, first: account, last: account, count: 1 });
};

const rowCells = ({ condition, verdict, why, first, last, count }: Row): readonly string[] => [
  condition,
  count === 1 ? formatInstant(first.at) : `${formatInstant(first.at)} to ${formatInstant(last.at)}`,
  String(count),
  WORDS[verdict],
  oneLine(why),
];

const COLUMNS = [
  { heading: 'CONDITION' },
  { heading: 'INSTANT' },
  { heading: 'COUNT', numeric: true },
  { heading: 'VERDICT', style: (cell: string) => (cell === WORDS.unexplained ? ('red' as const) : undefined) },
  { heading: 'WHY' },
];

const jsonOf = ({ at, verdict, why, run }: InstantAccount, condition: string): object => ({
  ...{ condition, at: isoInstant(at), verdict, why },
  run: run && { ...run, claimed: isoInstant(run.claimed), ended: run.ended === null ? null : isoInstant(run.ended) },
});

/** What is printed of the accounts. */
class Report {
  readonly #rows: Row[] = [];
  readonly #instants: object[] = [];
  readonly #json: boolean;
  total = 0;
  unexplained = 0;

  constructor(json: boolean) {
    this.#json = json;
  }

  add(condition: string, account: InstantAccount): void {
    this.total += 1;
    if (account.verdict === 'unexplained') this.unexplained += 1;
    if (this.#json) this.#instants.push(jsonOf(account, condition));
    else addRow(this.#rows, condition, account);
  }

  get text(): string {
    const { unexplained } = this;
    if (this.#json)
      return `${printedJson(JSON.stringify({ instants: this.#instants, total: this.total, unexplained }))}\n`;
    const rows = this.#rows.length > 0 ? `${table(COLUMNS, this.#rows.map(rowCells), stdoutTerminal())}\n` : '';
    return `${rows}${counted(this.total, 'instant')}, ${unexplained} unexplained\n`;
  }
}

/** What the lines of a history say of some conditions. */
export const accountsIn = (
  lines: Iterable<HistoryLine>,
  conditions: readonly string[],
): ReadonlyMap<string, ConditionAccounts> => {
  const all = new Map(conditions.map((name) => [name, new ConditionAccounts(name)]));
  for (const line of lines) {
    if (!('condition' in line)) for (const accounts of all.values()) accounts.apply(line);
    else all.get(line.condition)?.apply(line);
  }
  return all;
};

/**
 * Holds the history against the file: every instant that there should have been gets one verdict. Prints them, and returns the exit
 * status. @throws ConfigError, UsageError: there is no history.
 */
export const verifyHistory = async (
  file: string,
  { from = Number.NEGATIVE_INFINITY, to, json = false }: { from?: number; to?: number; json?: boolean },
  now: number,
): Promise<number> => {
  const config = await loadConfigFile(resolve(file));
  const specs = config.conditions.filter((spec) => scheduleOf(spec) !== undefined);
  const reader = await openHistoryOf(file);
  const names = specs.map(({ name }) => name);
  const reading = showProgress(`reading ${reader.directory}`, bytesText, 64);
  const all = accountsIn(
    reader.lines({}, (done, bytes) => reading.at(done, done / bytes)),
    names,
  );
  reading.clear();
  if (!reader.isAlive(now)) for (const accounts of all.values()) accounts.killed(reader.written ?? now);
  const range = { from, to: Math.min(to ?? now, now) };
  const report = new Report(json);
  const judging = showProgress('looking at instants', countText('instants'), 16);
  for (const [i, spec] of specs.entries())
    for (const account of accountsOf(spec, all.get(spec.name)!, range, now)) {
      report.add(spec.name, account);
      judging.at(report.total, i / specs.length);
    }
  judging.clear();
  writeAll(1, report.text);
  return report.unexplained === 0 ? FOUND : NOTHING;
};
