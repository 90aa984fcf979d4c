import { instantOf, type MachineEntry } from '../fleet/fleet-history.ts';
import { type LogBatch, LogReader } from '../fleet/shared-log.ts';
import { HistoryEntries, type HistoryEntry, type RunFilter } from '../history/history-entries.ts';
import { asHistoryLine, type ClaimLine, type HistoryLine } from '../history/history-line.ts';
import { runFromLines } from './run-lines.ts';

/** Characters of lines that are kept; of more the oldest are let go. */
const MOST_TEXT = 16 * 1024 ** 2;

/** A run without an end. */
export interface OpenRun {
  readonly machine: string;
  readonly condition: string;
  readonly since: number;
}

interface Kept {
  readonly line: HistoryLine;
  /** About how long its text is. */
  readonly size: number;
}

/** What is kept of the log of one machine, the oldest first. */
interface Machine {
  lines: Kept[];
  /** By session and run. */
  readonly open: Map<string, ClaimLine>;
}

/** The histories of all machines, of what was added to the log of the fleet since it was first read. */
export class FleetLog {
  readonly #reader = new LogReader();
  readonly #machines = new Map<string, Machine>();
  #size = 0;

  /** Takes what was not taken before. */
  take(batch: LogBatch): void {
    const { node, text } = batch;
    const fresh = this.#reader.take(batch);
    const size = text.length / Math.max(1, fresh.length);
    for (const { kind, value } of fresh) {
      const line = kind === 'history' ? asHistoryLine(value) : undefined;
      if (line) this.#add(node, { line, size });
    }
    while (this.#size > MOST_TEXT && this.#forget());
  }

  /** Numbers that are missing, by machine. */
  get missing(): readonly { readonly machine: string; readonly entries: number }[] {
    const found = new Map<string, number>();
    for (const { node, from, to } of this.#reader.gaps) found.set(node, (found.get(node) ?? 0) + to - from + 1);
    return [...found].map(([machine, entries]) => ({ machine, entries }));
  }

  /** The runs that have not ended, as far as it is known. */
  get running(): readonly OpenRun[] {
    return [...this.#machines].flatMap(([machine, { open }]) =>
      [...open.values()].map(({ condition, time }) => ({ machine, condition, since: Date.parse(time) })),
    );
  }

  /** The newest rows, the newest first. @param machine of which one; undefined: of all */
  newest(machine: string | undefined, failed: boolean, count: number): readonly MachineEntry[] {
    const names = machine === undefined ? [...this.#machines.keys()] : [machine];
    return names
      .flatMap((name) => this.#entries(name, failed, count).map((entry) => ({ machine: name, entry })))
      .sort((a, b) => instantOf(b.entry) - instantOf(a.entry))
      .slice(0, count);
  }

  /** A run; undefined: it is not known. */
  run(machine: string, session: string, run: string) {
    const lines = (this.#machines.get(machine)?.lines ?? []).flatMap(({ line }) =>
      line.session === session && 'run' in line && line.run === run ? [line] : [],
    );
    return runFromLines(lines.toReversed());
  }

  #entries(machine: string, failed: boolean, count: number): readonly HistoryEntry[] {
    const lines = this.#machines.get(machine)?.lines ?? [];
    const all = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
    const filter: RunFilter = { conditions: [], tasks: [], failed, ...all };
    // A machine that is silent may still run what has no end.
    const entries = new HistoryEntries(filter, true);
    const found: HistoryEntry[] = [];
    for (let i = lines.length - 1; i >= 0 && found.length < count; i--) found.push(...entries.take(lines[i]!.line));
    if (found.length < count) found.push(...entries.rest());
    return found;
  }

  #add(node: string, kept: Kept): void {
    let machine = this.#machines.get(node);
    if (machine === undefined) {
      machine = { lines: [], open: new Map() };
      this.#machines.set(node, machine);
    }
    const { line } = kept;
    machine.lines.push(kept);
    this.#size += kept.size;
    if (line.kind === 'start' || line.kind === 'end') machine.open.clear();
    else if (line.kind === 'claim') machine.open.set(`${line.session}/${line.run}`, line);
    else if (line.kind === 'run') machine.open.delete(`${line.session}/${line.run}`);
  }

  /** Lets the older half of the longest log go. Returns whether there was one. */
  #forget(): boolean {
    const [longest] = [...this.#machines.values()].sort((a, b) => b.lines.length - a.lines.length);
    if (longest === undefined || longest.lines.length < 2) return false;
    const gone = longest.lines.splice(0, longest.lines.length >> 1);
    for (const { size } of gone) this.#size -= size;
    return true;
  }
}
