import type { TraceContext } from '../log/record.ts';
import type { ConditionRef, EngineEvents } from './engine-events.ts';
import type { Claim, CoveredInstants, Fleet, LostRun, SharedFiring } from './fleet-port.ts';
import type { PassedCheck } from './held-firing.ts';
import type { Accounted, TimeRange } from './instance.ts';
import type { CheckResult, RunOutcomeKind } from './outcome.ts';
import type { Reason } from './reasons.ts';
import type { ConditionSpec } from './spec.ts';

/** A firing that this machine runs. */
export interface OwnFiring {
  readonly fence?: number;
  /** The last of several instants that it stands for: the firing is called after it. Wall-clock ms. */
  readonly last?: number;
  finish(outcome: RunOutcomeKind): void;
}

/** Why a firing does not run here. */
export type NotOwn = Pick<OwnFiring, 'last'> & { readonly reason: Reason };

interface SharedFiringsDeps {
  readonly events: EngineEvents;
  readonly fleet: Fleet;
  readonly tickMs: number;
  wall(): number;
  /** The pauses of the scheduler that are over. */
  pauses(): readonly TimeRange[];
  /** The definition of a condition with its tasks, as a text. */
  definition(condition: ConditionRef): string;
}

const CANCELLED: NotOwn = { reason: { code: 'cancelled' } };
const ENDED: NotOwn = { reason: { code: 'fleet-wait-ended' } };

/** The reason for a claim that was not won. */
const reasonOf = (claim: Exclude<Claim, { kind: 'won' | 'cancelled' }>): Reason => {
  if (claim.kind === 'taken') {
    const { node, differs, missed } = claim;
    return { code: 'fleet-taken', node, differs, ...(missed ? { missed } : {}) };
  }
  if (claim.kind === 'skewed') return { code: 'fleet-skewed', ms: claim.ms };
  if (claim.kind === 'name-taken') return { code: 'fleet-name-taken', node: claim.node };
  return { code: 'fleet-unreachable', message: claim.message, runs: claim.runs };
};

/** The result of a check that has passed for the first of several instants, for the last one. */
export const passedFor = (result: CheckResult, last: number | undefined): CheckResult =>
  last === undefined || result.kind !== 'passed' || result.reason?.code !== 'instant'
    ? result
    : { ...result, reason: { ...result.reason, at: last } };

/** A condition that several machines have in common. */
interface SharedCondition extends ConditionRef {
  readonly accounted: Accounted | undefined;
}

/** So far back instants are listed, ms; further only if there are none. */
const LISTED_MS = 86_400_000;

/** The instants after `since` up to `until`; of very many the last ones. */
const instantsOf = (spec: ConditionSpec, since: number, until: number): readonly number[] => {
  for (let back = LISTED_MS; ; back *= 8) {
    const from = Math.max(since, until - back);
    const found: number[] = [];
    for (const { at } of spec.forecast(from, true) ?? []) {
      if (at > until) break;
      found.push(at);
    }
    if (found.length > 0 || from === since) return found;
  }
};

/** The instant that a check has passed for; undefined: it has not passed for one. */
const instantOf = (reason: Reason | undefined): number | undefined => {
  if (reason?.code === 'instant' || reason?.code === 'held-before-start') return reason.at;
  return reason?.code === 'held' ? instantOf(reason.fired) : undefined;
};

/** How many instants are in these ranges. */
const countIn = (ranges: readonly TimeRange[], instants: readonly number[]): number =>
  instants.filter((at) => ranges.some(({ from, to }) => from < at && at <= to)).length;

/** Asks the fleet for firings of shared conditions, and ends what waits for an answer. */
export class SharedFirings {
  readonly #deps: SharedFiringsDeps;
  readonly #asking = new Map<SharedCondition, AbortController>();
  /** Up to when instants are claimed, wall-clock ms. */
  readonly #claimed = new WeakMap<ConditionRef, number>();
  #ended = false;

  constructor(deps: SharedFiringsDeps) {
    this.#deps = deps;
  }

  /** Instants from now on are claimed. */
  begin(condition: SharedCondition): void {
    if (condition.accounted !== undefined) this.#claimed.set(condition, condition.accounted.until);
  }

  /** What has come since the last claim does not fire here. */
  pass(condition: SharedCondition): void {
    const covers = this.#ended ? undefined : this.#unclaimed(condition);
    if (covers !== undefined) this.#deps.fleet.missed(this.#covering(condition, covers));
  }

  /** Resolves with how this machine runs a firing, or why it does not. Never rejects. */
  async claim(condition: SharedCondition, firing: PassedCheck): Promise<OwnFiring | NotOwn> {
    if (this.#ended) return ENDED;
    const { fleet, events, pauses } = this.#deps;
    events.emit('firing.claiming', firing.origin, { condition });
    const asking = new AbortController();
    this.#asking.set(condition, asking);
    const asked = this.#firing(condition, firing);
    const claim = await fleet.claim(asked, asking.signal, (what) =>
      events.emit('firing.waiting', firing.origin, { condition, what }),
    );
    this.#asking.delete(condition);
    if (claim.kind === 'cancelled') return this.#givenUp();
    const instants = asked.covers?.instants ?? [];
    const several = instants.length > 1 ? { last: instants.at(-1)! } : {};
    if (instants.length > 1 && claim.kind === 'won')
      events.emit('firing.combined', firing.origin, { condition, instants, paused: countIn(pauses(), instants) });
    if (claim.kind === 'won') return { ...this.own(condition, firing.origin, claim), ...several };
    const reason = reasonOf(claim);
    if (claim.kind !== 'unreachable' || !claim.runs) return { reason, ...several };
    events.emit('run.unclaimed', firing.origin, { condition, reason });
    return { ...this.own(condition, firing.origin, claim), ...several };
  }

  /** A firing that is run here. */
  own(
    condition: ConditionRef,
    origin: TraceContext,
    claim: { readonly fence?: number; finish?(outcome: RunOutcomeKind): Promise<string | undefined> },
  ): OwnFiring {
    return {
      ...(claim.fence === undefined ? {} : { fence: claim.fence }),
      finish: (outcome) => {
        void claim.finish?.(outcome).then((node) => {
          if (node !== undefined) this.#deps.events.emit('run.taken-over', origin, { condition, node });
        });
      },
    };
  }

  /** The firing of a condition is not wanted any more. */
  cancel(condition: SharedCondition): void {
    this.#asking.get(condition)?.abort('cancelled');
  }

  /** No firing is wanted any more. */
  end(): void {
    const { fleet, wall } = this.#deps;
    for (const condition of this.#asking.keys()) {
      // What has come while it waited: no later firing of this program stands for it.
      const covers = this.#unclaimed(condition, wall());
      if (covers !== undefined) fleet.missed(this.#covering(condition, covers));
    }
    this.#ended = true;
    for (const asking of this.#asking.values()) asking.abort('ended');
  }

  /** By a command, or with the scheduler. */
  #givenUp(): NotOwn {
    return this.#ended ? ENDED : CANCELLED;
  }

  #firing(condition: SharedCondition, { result, origin }: PassedCheck): SharedFiring {
    const { name, spec } = condition;
    const { definition } = this.#deps;
    const covers = this.#unclaimed(condition);
    if (covers !== undefined) return this.#covering(condition, covers);
    const key = this.#key(spec, result.reason, origin);
    return { condition: name, key, definition: definition(condition), onLost: spec.traits.on_lost };
  }
  #covering(condition: ConditionRef, covers: CoveredInstants): SharedFiring {
    const { name, spec } = condition;
    const definition = this.#deps.definition(condition);
    const key = String(covers.instants.at(-1));
    return { condition: name, key, definition, onLost: spec.traits.on_lost, covers };
  }

  /** The instants that have come since the last claim, which are claimed now; undefined: none. @param now default: up to the last check */
  #unclaimed(condition: SharedCondition, now?: number): CoveredInstants | undefined {
    const { accounted } = condition;
    if (accounted === undefined) return undefined;
    // What is held back by a jitter has a firing of its own.
    const until = Math.min(now ?? accounted.until, ...accounted.held.map((at) => at - 1));
    const since = this.#claimed.get(condition) ?? until;
    // The clock can have been set back.
    this.#claimed.set(condition, accounted.until < since ? accounted.until : Math.max(since, until));
    const instants = since < until ? instantsOf(condition.spec, since, until) : [];
    return instants.length === 0 ? undefined : { since, instants };
  }

  /** What a firing is called on all machines. */
  #key({ values }: ConditionSpec, reason: Reason | undefined, { run, cause }: TraceContext): string {
    const { fleet, tickMs, wall } = this.#deps;
    const instant = instantOf(reason);
    if (instant !== undefined) return String(instant);
    // What happens to one machine is known to no other.
    if (reason?.code === 'event-came') return `${fleet.node}-${Math.round(wall())}-${run ?? cause}`;
    const period = Math.max(tickMs, typeof values.check_after === 'number' ? values.check_after * 1000 : 0);
    return `p${Math.floor(wall() / period)}`;
  }
}

/** What was found of a run whose machine has died, as the reason of the run that repeats it. */
export const lostReason = ({ node, began }: LostRun): Reason => ({ code: 'fleet-lost', node, began });
