import type { TraceContext } from '../log/record.ts';
import { conditionDefinition } from './definitions.ts';
import type { ConditionRef, EngineEvents } from './engine-events.ts';
import type { Claim, Fleet, LostRun, SharedFiring } from './fleet-port.ts';
import type { PassedCheck } from './held-firing.ts';
import type { RunOutcomeKind } from './outcome.ts';
import type { Reason } from './reasons.ts';
import type { ConditionSpec } from './spec.ts';

/** A firing that this machine runs. */
export interface OwnFiring {
  readonly fence?: number;
  finish(outcome: RunOutcomeKind): void;
}

/** Why a firing does not run here. */
export type NotOwn = { readonly reason: Reason };

interface SharedFiringsDeps {
  readonly events: EngineEvents;
  readonly fleet: Fleet;
  readonly tickMs: number;
  wall(): number;
}

const CANCELLED: NotOwn = { reason: { code: 'cancelled' } };

/** The reason for a claim that was not won. */
const reasonOf = (claim: Exclude<Claim, { kind: 'won' | 'cancelled' }>): Reason => {
  if (claim.kind === 'taken') return { code: 'fleet-taken', node: claim.node, differs: claim.differs };
  if (claim.kind === 'skewed') return { code: 'fleet-skewed', ms: claim.ms };
  return { code: 'fleet-unreachable', message: claim.message, runs: claim.runs };
};

/** Asks the fleet for firings of shared conditions, and ends what waits for an answer. */
export class SharedFirings {
  readonly #deps: SharedFiringsDeps;
  readonly #asking = new Map<ConditionRef, AbortController>();
  #ended = false;

  constructor(deps: SharedFiringsDeps) {
    this.#deps = deps;
  }

  /** Resolves with how this machine runs a firing, or why it does not. Never rejects. */
  async claim(condition: ConditionRef, firing: PassedCheck): Promise<OwnFiring | NotOwn> {
    if (this.#ended) return CANCELLED;
    const { fleet, events } = this.#deps;
    events.emit('firing.claiming', firing.origin, { condition });
    const asking = new AbortController();
    this.#asking.set(condition, asking);
    const claim = await fleet.claim(this.#firing(condition, firing), asking.signal);
    this.#asking.delete(condition);
    if (claim.kind === 'cancelled') return CANCELLED;
    if (claim.kind === 'won') return this.own(condition, firing.origin, claim);
    const reason = reasonOf(claim);
    if (claim.kind !== 'unreachable' || !claim.runs) return { reason };
    events.emit('run.unclaimed', firing.origin, { condition, reason });
    return this.own(condition, firing.origin, claim);
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
  cancel(condition: ConditionRef): void {
    this.#asking.get(condition)?.abort('cancelled');
  }

  /** No firing is wanted any more. */
  end(): void {
    this.#ended = true;
    for (const asking of this.#asking.values()) asking.abort('ended');
  }

  #firing({ name, spec }: ConditionRef, { result, origin }: PassedCheck): SharedFiring {
    return {
      condition: name,
      key: this.#key(spec, result.reason, origin),
      definition: conditionDefinition(spec),
      onLost: spec.traits.on_lost,
    };
  }

  /** What a firing is called on all machines. */
  #key({ values }: ConditionSpec, reason: Reason | undefined, { run, cause }: TraceContext): string {
    const { fleet, tickMs, wall } = this.#deps;
    if (reason?.code === 'instant') return String(reason.at);
    const missed = reason?.code === 'catching-up' ? reason.missed : undefined;
    if (missed !== undefined && 'count' in missed && 'last' in missed)
      return String((missed.last as { readonly at: number }).at);
    // What happens to one machine is known to no other.
    if (reason?.code === 'event-came') return `${fleet.node}-${Math.round(wall())}-${run ?? cause}`;
    const period = Math.max(tickMs, typeof values.check_after === 'number' ? values.check_after * 1000 : 0);
    return `p${Math.floor(wall() / period)}`;
  }
}

/** What was found of a run whose machine has died, as the reason of the run that repeats it. */
export const lostReason = ({ node, began }: LostRun): Reason => ({ code: 'fleet-lost', node, began });
