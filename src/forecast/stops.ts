import type { Config } from '../core/spec.ts';
import { guardNames } from '../core/window-guard.ts';
import type { HistoryState } from '../history/history-state.ts';

/** Since when a firing is held, and until when at the longest, wall-clock ms. */
interface HeldNow {
  readonly since: number;
  readonly until: number;
}

/** A pause and suspensions that end by themselves, and firings that are held now. Instants in wall-clock ms. */
export interface Stops {
  readonly pausedUntil: number | undefined;
  readonly suspendedUntil: ReadonlyMap<string, number>;
  readonly held: ReadonlyMap<string, HeldNow>;
}
export const NO_STOPS: Stops = { pausedUntil: undefined, suspendedUntil: new Map(), held: new Map() };

/** What has not ended yet, by the history. @param now wall-clock ms */
export const stopsOf = (state: HistoryState, { conditions }: Config, now: number): Stops => {
  const ahead = (end: number | undefined) => (end !== undefined && end > now ? end : undefined);
  const suspendedUntil = new Map<string, number>();
  const held = new Map<string, HeldNow>();
  for (const spec of conditions) {
    const { name, traits } = spec;
    const since = guardNames(spec).length > 0 ? state.condition(name)?.hold?.since : undefined;
    // A window holds it until it opens, and then its guards can.
    const opens = since === undefined ? undefined : (spec.holdWindow?.opens(since) ?? since);
    if (since !== undefined) held.set(name, { since, until: opens! + traits.hold_seconds * 1000 });
    const known = state.condition(name)?.state;
    const end = ahead(known?.suspended_until === undefined ? undefined : Date.parse(known.suspended_until));
    if (end !== undefined) suspendedUntil.set(name, end);
  }
  return { pausedUntil: ahead(state.pausedUntil), suspendedUntil, held };
};
