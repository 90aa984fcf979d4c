import { suggest } from '../../config/suggest.ts';
import type { Firing } from '../../core/instance.ts';

/** A time zone: how far local time is ahead of UTC. Instants in ms since 1970, whole seconds. */
export interface Zone {
  /** Local time at an instant, written as if it were UTC. */
  local(at: number): number;
}

/** A change of the offset: local time goes on at `to` (as if UTC) where it would have gone on at `from`. */
export interface OffsetChange {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** No offset is further from UTC than this, in ms. */
const FURTHEST = 24 * 3_600_000;
const SECOND = 1000;

const localZone: Zone = {
  local: (at) => {
    const d = new Date(at);
    const utc = new Date(0);
    utc.setUTCFullYear(d.getFullYear(), d.getMonth(), d.getDate());
    return utc.setUTCHours(d.getHours(), d.getMinutes(), d.getSeconds());
  },
};

const zones = new Map<string, Zone>();

/**
 * Names that some versions of Node take and the time zone database does not have. Most are abbreviations that mean another zone
 * elsewhere: with these BST is the time of Dhaka, and AST that of Alaska.
 */
const NOT_ZONES = /^(?:A[CEGR]T|AST|BET|BST|C[ANS]T|CTT|E[AC]T|I[ES]T|JST|MIT|N[ES]T|P[LNRS]T|[SV]ST|SystemV\/.+)$/i;

/** Whether a text is not the name of a zone, although this runtime takes it for one. */
export const isAmbiguousZone = (name: string): boolean => NOT_ZONES.test(name);

const namedZone = (name: string): Zone => {
  if (isAmbiguousZone(name)) throw new RangeError(`${name} is not a time zone`);
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  return {
    local: (at) => {
      const [, sign, h = 0, m = 0, s = 0] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(at))!;
      const offset = (Number(h) * 3600 + Number(m) * 60 + Number(s)) * SECOND;
      return at + (sign === '-' ? -offset : offset);
    },
  };
};

/** An offset from UTC: `+02:00`, `+0200` or `+02`. Not every version of Node takes one as a name. */
const OFFSET = /^([+-])([01]\d|2[0-3])(?::?([0-5]\d))?$/;

const fixedZone = (name: string): Zone | undefined => {
  const [, sign, h, m = 0] = OFFSET.exec(name) ?? [];
  if (sign === undefined) return undefined;
  const offset = (Number(h) * 60 + Number(m)) * 60 * SECOND;
  return { local: (at) => (sign === '-' ? at - offset : at + offset) };
};

/** A suggestion for an unknown zone, as `, did you mean "Europe/Rome"?`; empty when none is similar. */
export const nearestZone = (name: string): string => {
  if (isAmbiguousZone(name)) return ', an abbreviation that can mean several zones';
  const known = Intl.supportedValuesOf('timeZone');
  const plain = (text: string) => text.toLowerCase().replace(/[ -]/g, '_');
  // Often the name is only that of the city.
  const city = known.find((zone) => plain(zone.slice(zone.lastIndexOf('/') + 1)) === plain(name));
  return city === undefined ? suggest(name.replaceAll(' ', '_'), known) : `, did you mean "${city}"?`;
};

/** The zone of this name or offset; without one, that of the machine. @throws RangeError for an unknown name. */
export const zoneOf = (name?: string): Zone => {
  if (name === undefined) return localZone;
  let zone = zones.get(name);
  if (!zone) {
    zone = fixedZone(name) ?? namedZone(name);
    zones.set(name, zone);
  }
  return zone;
};

/** Whether there is a zone of this name or offset; without one it is that of the machine. */
export const isZone = (name: string | undefined): boolean => {
  try {
    zoneOf(name);
    return true;
  } catch {
    return false;
  }
};

/**
 * The change of the offset in `(after, until]`, if there is one. The two are a few days apart at most: no zone has ever
 * changed twice in less than four days.
 */
export const changeBetween = (zone: Zone, after: number, until: number): OffsetChange | undefined => {
  const offset = zone.local(after) - after;
  if (zone.local(until) - until === offset) return undefined;
  let [before, at] = [after, until];
  while (at - before > SECOND) {
    const middle = Math.floor((before + at) / 2 / SECOND) * SECOND;
    if (zone.local(middle) - middle === offset) before = middle;
    else at = middle;
  }
  return { at, from: at + offset, to: zone.local(at) };
};

/** When a local time (as if UTC) occurs for the first time; for one that is skipped: the end of the gap. */
export const firstAt = (zone: Zone, local: number): number => {
  const early = local - FURTHEST;
  const change = changeBetween(zone, early, local + FURTHEST);
  if (!change || local < change.from) return local - (zone.local(early) - early);
  return change.at + Math.max(0, local - change.to);
};

/** The name of the local zone, until this turn of the event loop ends; undefined: it is asked for again. */
let localName: string | undefined;

/** The name of the local zone. The runtime needs a third of a millisecond for it, and a forecast asks for each condition. */
const nameOfLocalZone = (): string => {
  if (localName === undefined) {
    localName = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // It may be set while the program runs.
    queueMicrotask(() => {
      localName = undefined;
    });
  }
  return localName;
};

/** The same firings, with the zone of their rule where it is not the local one. */
export function* inZone(firings: Iterable<Firing>, timezone: string | undefined): Generator<Firing, void> {
  const shown = timezone !== undefined && timezone !== nameOfLocalZone();
  for (const firing of firings) yield shown ? { ...firing, by: `${firing.by} in ${timezone}`, timezone } : firing;
}
