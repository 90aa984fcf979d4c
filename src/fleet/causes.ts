import { NODES_SEEN, type PresenceEntry, readTimeConnected } from './entries.ts';
import type { SharedStore } from './shared-store.ts';

/** When a machine was connected without an interruption, by the clock of the server. */
export interface PresenceReport extends PresenceEntry {
  readonly node: string;
}

/**
 * What the machines were like while something cannot be proved. `connected`: one at least could have asked; `paused`: all that could have were
 * paused, and report it when they go on; `clock`: those that were
 * connected had a clock that was off by more than a tick; `cut-off`: they ran without a connection; `none`: none is known to have run.
 */
export interface Cause {
  readonly kind: 'connected' | 'paused' | 'clock' | 'cut-off' | 'none';
  /** The machines that this is about. */
  readonly machines: readonly string[];
}

/** When the machines were connected. @throws UnreachableError */
export const readPresence = async (store: SharedStore): Promise<readonly PresenceReport[]> =>
  (await store.list(NODES_SEEN)).flatMap(({ key, value }) => {
    const entry = readTimeConnected(value);
    return entry === undefined ? [] : [{ ...entry, node: key.split('.')[1]! }];
  });

const names = (all: readonly { readonly node: string }[]): readonly string[] =>
  [...new Set(all.map(({ node }) => node))].sort();

/** When each instance of the program ran, as far as is known. */
const sessionsOf = (presence: readonly PresenceReport[]): readonly PresenceReport[] => {
  const sessions = new Map<string, PresenceReport>();
  for (const one of presence) {
    const known = sessions.get(one.session);
    if (known === undefined || known.to < one.to) sessions.set(one.session, one);
  }
  return [...sessions.values()];
};

/** Returns the cause at one instant after the other, in their order. */
export const causesOf = (presence: readonly PresenceReport[], tickMs: number): ((at: number) => Cause) => {
  const sessions = sessionsOf(presence);
  const edges = presence.flatMap(({ began, from, to }) => [began, from, to + 1]).sort((a, b) => a - b);
  const find = (at: number): Cause => {
    const connected = presence.filter(({ from, to }) => from <= at && at <= to);
    const right = connected.filter(({ skew }) => Math.abs(skew) <= tickMs);
    const open = right.filter(({ paused }) => paused !== true);
    if (open.length > 0) return { kind: 'connected', machines: names(open) };
    if (right.length > 0) return { kind: 'paused', machines: names(right) };
    if (connected.length > 0) return { kind: 'clock', machines: names(connected) };
    const ran = sessions.filter(({ began, to }) => began <= at && at <= to);
    return { kind: ran.length > 0 ? 'cut-off' : 'none', machines: names(ran) };
  };
  let [next, cause] = [0, undefined as Cause | undefined];
  return (at) => {
    // Between two edges it stays the same.
    for (; next < edges.length && edges[next]! <= at; next++) cause = undefined;
    cause ??= find(at);
    return cause;
  };
};

/** The clock that was farthest from that of the server; undefined: none is known. @param from wall-clock ms */
export const worstClock = (
  presence: readonly PresenceReport[],
  nodes: readonly { readonly node: string; readonly skew: number | null }[],
  from: number,
): { readonly node: string; readonly skew: number } | undefined => {
  const known = [
    ...presence.filter(({ to }) => to >= from),
    ...nodes.flatMap(({ node, skew }) => (skew === null ? [] : [{ node, skew }])),
  ];
  const [first, ...rest] = known;
  if (first === undefined) return undefined;
  const { node, skew } = rest.reduce<{ node: string; skew: number }>(
    (worst, one) => (Math.abs(one.skew) > Math.abs(worst.skew) ? one : worst),
    first,
  );
  return { node, skew };
};
