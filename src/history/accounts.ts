import { ConditionTimeline, type NotChecked } from './condition-timeline.ts';
import {
  type AccountedInstants,
  type ClaimLine,
  type ElsewhereLine,
  type HistoryLine,
  type HoldLine,
  leftoverReason,
  type MissedLine,
  type RunOutcome,
  type StartLine,
} from './history-line.ts';
import { isCorrected } from './history-state.ts';

/** What became of an instant of a condition. */
export type InstantVerdict = 'ran' | 'late' | 'elsewhere' | 'missed' | NotChecked | 'open' | 'unexplained';

/** A run as the lines have it. Instants are wall-clock ms. */
export interface AccountedRun {
  readonly session: string;
  readonly run: string;
  readonly cause: string;
  /** The code of its reason, and the reason as text. */
  readonly code: string;
  readonly why: string;
  readonly claimed: number;
  /** When it ended; null: it runs, or how it ended is not known. */
  readonly ended: number | null;
  readonly outcome: RunOutcome | null;
  readonly task: string | null;
  readonly reason: string | null;
  readonly lastLine: string | null;
}

/** What became of one instant, and why. */
export interface InstantAccount {
  readonly at: number;
  readonly verdict: InstantVerdict;
  /** The run for it; null: there is none. */
  readonly run: AccountedRun | null;
  /** A clause. */
  readonly why: string;
}

/** A piece of wall-clock time: the beginning is excluded, the end included. */
interface Piece {
  readonly from: number;
  readonly to: number;
}
interface Covered extends Piece {
  readonly run: AccountedRun;
}
interface NotRun extends Piece {
  readonly code: string;
  readonly why: string;
}
/** The reasons for which an instant that is not run for is not a miss. */
const NO_MISS: Readonly<Record<string, InstantVerdict>> = {
  elsewhere: 'elsewhere',
  'instants-paused': 'paused',
  'instants-not-running': 'not-running',
};

/** Of an instant in the future. */
const TO_COME = { verdict: 'open', why: 'it has not come yet' } as const;

const within = <P extends Piece>(list: readonly P[], at: number): P | undefined =>
  list.findLast(({ from, to }) => from < at && at <= to);

/** Accounts for the instants of one condition by the lines of the history, in their order. */
export class ConditionAccounts {
  readonly #condition: string;
  readonly #timeline = new ConditionTimeline();
  readonly #covered: Covered[] = [];
  readonly #notRun: NotRun[] = [];
  readonly #dropped: Piece[] = [];
  /** Of a firing that guards hold back. */
  #holding: Piece[] = [];
  readonly #runs: Map<string, AccountedRun> = new Map();
  #until = Number.NEGATIVE_INFINITY;
  #held: readonly number[] = [];
  #tickMs = 1000;

  constructor(condition: string) {
    this.#condition = condition;
  }

  /** Takes the next line, of any condition. */
  apply(line: HistoryLine): void {
    const at = Date.parse(line.time);
    switch (line.kind) {
      case 'start':
        this.#start(at, line);
        return;
      case 'end':
        this.#timeline.end(at);
        return;
      case 'pause':
        this.#timeline.pause(at, line);
        return;
      case 'leftover': {
        const run = this.runs.findLast(
          ({ outcome, task }) => outcome === 'interrupted' && `task/${task}` === line.item,
        );
        if (run) Object.assign(run, { reason: leftoverReason(line) });
        return;
      }
      default:
        if ('condition' in line && line.condition === this.#condition) this.#own(line, at);
    }
  }

  /** The instance that has written last was killed, if it has not ended by itself. @param at when it was last known to run */
  killed(at: number): void {
    this.#timeline.killed(at);
  }

  /** The runs, in the order in which they began. */
  get runs(): readonly AccountedRun[] {
    return [...this.#runs.values()];
  }
  /** Whether the history knows the condition at all. */
  get known(): boolean {
    return this.since !== undefined;
  }
  /** The times of the condition at an instant, as `scheduleOf` returns them; null: it had none. */
  scheduleAt(at: number): string | null {
    return this.#timeline.scheduleAt(at);
  }
  /** From when on it is known, wall-clock ms; undefined: it is not. */
  get since(): number | undefined {
    return this.#timeline.since;
  }

  /**
   * What became of an instant.
   * @param schedule that of the file, if the condition is of type `time`. @param now the present; what is not far before it can be open.
   * @param jitterMs for how long it may be held back
   */
  verdict(at: number, schedule: string | undefined, now: number, jitterMs = 0): InstantAccount {
    const covered = within(this.#covered, at);
    if (covered) return this.#ran(at, covered.run);
    const notRun = within(this.#notRun, at);
    if (notRun) return { at, verdict: NO_MISS[notRun.code] ?? 'missed', run: null, why: notRun.why };
    if (at > now) return { at, run: null, ...TO_COME };
    const stated = this.#timeline.notChecked(at, schedule);
    if (stated) return { at, run: null, ...stated };
    if (this.#held.includes(at)) return { at, verdict: 'open', run: null, why: 'it is held back by jitter_seconds' };
    if (within(this.#holding, at)) return { at, verdict: 'open', run: null, why: 'it is held by a guard' };
    if (within(this.#dropped, at))
      return { at, verdict: 'missed', run: null, why: 'it was suspended or reset before it was run for' };
    const recent =
      at > this.#until && this.#timeline.knownUntil(now) - at <= Math.max(60_000, 2 * this.#tickMs) + jitterMs;
    if (recent) return { at, verdict: 'open', run: null, why: 'it has not been looked at yet' };
    return { at, verdict: 'unexplained', run: null, why: 'nothing in the history says what became of it' };
  }

  /** How it was at an instant, for conditions of all types: the run then, or what it was instead. */
  stateAt(
    at: number,
    now: number,
  ): {
    readonly verdict: InstantVerdict | 'running' | 'waiting';
    readonly run: AccountedRun | null;
    readonly why: string;
  } {
    const running = this.runs.findLast(({ claimed, ended }) => claimed <= at && (ended ?? now) >= at);
    if (running) return { verdict: 'running', run: running, why: running.why };
    if (at > now) return { run: null, ...TO_COME };
    const stated = this.#timeline.notChecked(at, undefined);
    if (stated) return { run: null, ...stated };
    return { verdict: 'waiting', run: null, why: 'it was waiting' };
  }

  #start(at: number, line: StartLine): void {
    this.#timeline.start(at, line);
    if (isCorrected(this.#until, at)) {
      this.#until = at;
      this.#held = [];
    }
    this.#tickMs = line.tick_seconds * 1000;
  }

  #own(line: HistoryLine & { readonly condition: string }, at: number): void {
    if ('hook' in line) return;
    switch (line.kind) {
      case 'item':
        this.#timeline.item(at, line);
        if (this.#until < at) this.#until = at;
        return;
      case 'state':
        this.#timeline.state(at, line);
        this.#drop(line);
        this.#account(line);
        return;
      case 'missed':
        this.#miss(line);
        this.#account(line);
        return;
      case 'hold':
        this.#heldBack(line);
        this.#account(line);
        return;
      case 'claim':
        this.#claim(line, at);
        return;
      case 'elsewhere':
        this.#ranElsewhere(line);
        return;
      case 'run': {
        const key = `${line.session}/${line.run}`;
        const claimed = this.#runs.get(key);
        if (!claimed) return;
        const { outcome, task = null, reason = null, last_line: lastLine = null } = line;
        Object.assign(claimed, { ended: at, outcome, task, reason, lastLine });
        return;
      }
      default:
        return;
    }
  }

  #claim(line: ClaimLine, at: number): void {
    const { session, run, cause, code, why } = line;
    const claim: AccountedRun = {
      ...{ session, run, cause, code, why, claimed: at },
      ...{ ended: null, outcome: null, task: null, reason: null, lastLine: null },
    };
    this.#runs.set(`${session}/${run}`, claim);
    if (code === 'held') this.#covered.push(...this.#holdEnds({}).map((piece) => ({ ...piece, run: claim })));
    this.#covered.push(...this.#firedFor(line).map((piece) => ({ ...piece, run: claim })));
  }

  /** Another machine has the firing, and so that which a guard has held back here. */
  #ranElsewhere({ why, ...accounted }: ElsewhereLine): void {
    const pieces = [...this.#holdEnds({}), ...this.#firedFor(accounted)];
    this.#notRun.push(...pieces.map((piece) => ({ ...piece, code: 'elsewhere', why })));
  }

  /** What a firing stands for: what has come since the last check, and is not held back any more. */
  #firedFor(line: AccountedInstants): readonly Piece[] {
    if (line.until === undefined) return [];
    const to = Date.parse(line.until);
    const held = (line.held ?? []).map((one) => Date.parse(one));
    const pieces: Piece[] = this.#held.filter((one) => !held.includes(one)).map((one) => ({ from: one - 1, to: one }));
    let begin = this.#until;
    for (const one of held.filter((each) => each > this.#until && each <= to).sort((a, b) => a - b)) {
      if (one - 1 > begin) pieces.push({ from: begin, to: one - 1 });
      begin = one;
    }
    if (begin < to) pieces.push({ from: begin, to });
    this.#account(line);
    return pieces;
  }

  #miss({ ranges, code, why, ...accounted }: MissedLine): void {
    const pieces = ranges.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
    const held = code === 'hold-expired' ? this.#holdEnds(accounted) : [];
    for (const piece of [...pieces, ...held]) this.#notRun.push({ ...piece, code, why });
  }
  #heldBack({ how, ...accounted }: HoldLine): void {
    // A firing that is released has a claim.
    if (how === 'dropped') this.#dropped.push(...this.#holdEnds({}));
    else if (how !== 'released') this.#hold(accounted);
  }

  /** What has come since the last check is held. */
  #hold({ until }: AccountedInstants): void {
    if (until !== undefined && Date.parse(until) > this.#until)
      this.#holding.push({ from: this.#until, to: Date.parse(until) });
  }
  /** The firing is held no longer: what it stands for, with what has come since the last check. */
  #holdEnds(accounted: AccountedInstants): readonly Piece[] {
    this.#hold(accounted);
    const pieces = this.#holding;
    this.#holding = [];
    return pieces;
  }

  /** A suspension or a reset ends what is held back, and what has come since the last check. */
  #drop({ until, held = [] }: AccountedInstants): void {
    if (until === undefined) return;
    const open = new Set(held.map((one) => Date.parse(one)));
    for (const one of this.#held) if (!open.has(one)) this.#dropped.push({ from: one - 1, to: one });
    this.#dropped.push({ from: this.#until, to: Date.parse(until) });
  }

  #account({ until, held = [] }: AccountedInstants): void {
    if (until === undefined) return;
    this.#until = Math.max(this.#until, Date.parse(until));
    this.#held = held.map((one) => Date.parse(one));
  }

  #ran(at: number, run: AccountedRun): InstantAccount {
    const late = run.claimed - at;
    const isLate = late >= Math.max(this.#tickMs, 1000) && run.code === 'instant';
    const after = isLate ? `, ${Math.round(late / 1000)} s late` : '';
    return { at, verdict: isLate ? 'late' : 'ran', run, why: `${run.run} ran for it${after}` };
  }
}
